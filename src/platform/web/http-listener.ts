import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { codeOf, OperatorError } from "../../kernel/errors.ts";

/**
 * Proxies keep a connection for 60 seconds and take it for open until then: ours must not close it just when a request
 * is on its way. A connection that a proxy opens ahead of its first request falls under `headersTimeout`, so that is
 * longer too. Node demands that a whole request may take at least as long as its headers.
 */
const TIMEOUTS = { keepAliveTimeout: 75_000, headersTimeout: 80_000, requestTimeout: 90_000 } as const;

/** For a first request that is on its way over a connection that was opened just now. */
const UNUSED_GRACE_MS = 250;

/** The port, the connections to it, and the requests in hand. Knows how to leave without cutting anything off. */
export class HttpListener {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #inFlight = new Set<ServerResponse>();
  #isDraining = false;
  #isClosing = false;

  constructor(answer: (request: IncomingMessage, response: ServerResponse) => unknown) {
    this.#server = createServer(TIMEOUTS, (request, response) => {
      this.#track(response);
      void answer(request, response);
    });
    this.#server.on("connection", (socket) => {
      this.#sockets.add(socket);
      socket.once("close", () => this.#sockets.delete(socket));
    });
  }

  /** How many requests have no whole answer yet. */
  get inFlight(): number {
    return this.#inFlight.size;
  }

  /** Throws an OperatorError when the port cannot be had. */
  listen(host: string, port: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once("error", (error) => {
        const reason =
          codeOf(error) === "EADDRINUSE" ? "is in use; stop the other program or set PORT" : "cannot be used";
        reject(new OperatorError(`Port ${String(port)} on ${host} ${reason}.`, { cause: error }));
      });
      this.#server.listen(port, host, () => {
        resolve();
      });
    });
  }

  /** Serves on, and from now on each answer says that it is the last one on its connection. */
  drain(): void {
    this.#isDraining = true;
    this.#inFlight.forEach(endConnection);
  }

  /** Takes no connection any more; requests in hand may end for `limitMs`. Answers how many did not. */
  async close(limitMs: number): Promise<number> {
    this.drain();
    this.#isClosing = true;
    const closed = new Promise<void>((resolve) => {
      this.#server.close(() => {
        resolve();
      });
    });
    const unused = setTimeout(() => {
      this.#endUnused();
    }, UNUSED_GRACE_MS);
    let cutOff = 0;
    const impatient = setTimeout(() => {
      cutOff = this.inFlight;
      this.#server.closeAllConnections();
    }, limitMs);
    await closed;
    clearTimeout(impatient);
    clearTimeout(unused);
    return cutOff;
  }

  #track(response: ServerResponse): void {
    this.#inFlight.add(response);
    if (this.#isDraining) {
      endConnection(response);
    }
    response.once("close", () => {
      this.#inFlight.delete(response);
      if (this.#isClosing) {
        // Its headers may have left before the drain began: then the connection is open, and idle in a moment.
        setImmediate(() => {
          this.#server.closeIdleConnections();
        });
      }
    });
  }

  /** Browsers and proxies open connections ahead. Node takes one without a first request for busy; nothing is lost with it. */
  #endUnused(): void {
    for (const socket of this.#sockets) {
      if (socket.bytesRead === 0) {
        socket.destroy();
      }
    }
  }
}

function endConnection(response: ServerResponse): void {
  if (!response.headersSent) {
    response.shouldKeepAlive = false;
  }
}

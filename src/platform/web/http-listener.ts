import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { Server as NetServer, type Socket } from "node:net";
import { doneWithin } from "../../kernel/done-within.ts";
import { codeOf, OperatorError } from "../../kernel/errors.ts";

/**
 * Proxies keep idle connections open for 60 seconds. If the server closed one earlier, a request could be lost on its way.
 * `headersTimeout` applies to connections that a proxy opens before its first request, so it is longer too. Node requires
 * `requestTimeout` to be at least as long.
 */
const TIMEOUTS = { keepAliveTimeout: 75_000, headersTimeout: 80_000, requestTimeout: 90_000 } as const;

/** Time for the first request on a connection that was opened just before the shutdown. */
const UNUSED_GRACE_MS = 250;

/** The HTTP server with its connections and requests. Shuts down without interrupting requests. */
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

  /** The number of requests whose response is not complete. */
  get inFlight(): number {
    return this.#inFlight.size;
  }

  /** Throws an OperatorError when the port cannot be used. */
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

  /** Continues to serve, and closes each connection after its next response. */
  drain(): void {
    this.#isDraining = true;
    this.#inFlight.forEach(endConnection);
  }

  /**
   * Accepts no more connections, and serves on for at most `limitMs` on those that there are, until each has ended with its next
   * response: another process has the port. What is left is idle, so closing it loses no request that was already on its way.
   */
  async handOver(limitMs: number): Promise<void> {
    this.drain();
    const ended = new Promise<void>((resolve) => {
      this.#server.once("close", resolve);
    });
    // The `close` of an HTTP server would end idle connections at once.
    NetServer.prototype.close.call(this.#server);
    await doneWithin(limitMs, ended);
  }

  /** Accepts no more connections and waits at most `limitMs` for requests in flight. Returns how many it interrupted. */
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
        // If the headers were sent before the drain began, the connection stays open and is idle in a moment.
        setImmediate(() => {
          this.#server.closeIdleConnections();
        });
      }
    });
  }

  /** Node counts a connection without a first request as busy. Browsers and proxies open such connections in advance; closing them loses nothing. */
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

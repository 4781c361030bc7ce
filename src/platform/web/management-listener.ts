import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { codeOf, OperatorError } from "../../kernel/errors.ts";
import type { Health } from "./health.ts";

interface Deps {
  readonly health: Pick<Health, "answer">;
  /** The metrics as text, and its type. */
  readonly metrics: () => Promise<{ readonly type: string; readonly text: string }>;
}

/** Monitoring asks over a few connections, and is quick. */
const LIMITS = { requestTimeout: 10_000, headersTimeout: 10_000, keepAliveTimeout: 60_000 } as const;
const MOST_CONNECTIONS = 100;

/**
 * What operators see of a process, on a port of its own: metrics and health. It knows no sign-in, reads no body and no cookie, and
 * answers nothing but GET.
 */
export class ManagementListener {
  readonly #deps: Deps;
  readonly #server: Server;

  constructor(deps: Deps) {
    this.#deps = deps;
    this.#server = createServer(LIMITS, (request, response) => {
      void this.#answer(request, response);
    });
    this.#server.maxConnections = MOST_CONNECTIONS;
  }

  /** Throws an OperatorError when the port cannot be used. */
  listen(host: string, port: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once("error", (error) => {
        const reason =
          codeOf(error) === "EADDRINUSE"
            ? "is in use; set another VESTIBULE_MANAGEMENT_PORT"
            : "cannot be used";
        reject(new OperatorError(`Port ${String(port)} on ${host} ${reason}.`, { cause: error }));
      });
      this.#server.listen(port, host, resolve);
    });
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => {
        resolve();
      });
      this.#server.closeAllConnections();
    });
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const { status, type, text } = await this.#answerOf(request);
      response.writeHead(status, {
        "Content-Type": type,
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
      });
      response.end(request.method === "HEAD" ? undefined : text);
    } catch {
      // What went wrong is not for this answer, and the next scrape tries again.
      response.writeHead(500).end();
    }
  }

  async #answerOf({ method, url = "" }: IncomingMessage) {
    const [path = ""] = url.split("?");
    if (method !== "GET" && method !== "HEAD") {
      return { status: 405, ...json({ error: "method" }) };
    }
    if (path === "/metrics") {
      return { status: 200, ...(await this.#deps.metrics()) };
    }
    const health = await this.#deps.health.answer(path);
    return health === null
      ? { status: 404, ...json({ error: "not-found" }) }
      : { status: health.isFine ? 200 : 503, ...json(health.body) };
  }
}

const json = (body: object) => ({ type: "application/json; charset=utf-8", text: JSON.stringify(body) });

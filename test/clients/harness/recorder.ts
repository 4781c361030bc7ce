import {
  createServer as createHttpServer,
  request,
  type IncomingMessage,
  type ServerResponse,
} from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { once } from "node:events";
import { buffer } from "node:stream/consumers";
import type { Tls } from "./tls.ts";

/** One request of a client, and what Vestibule answered. */
export interface Heard {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly form: Readonly<Record<string, string>>;
  readonly authorization: string;
  readonly status: number;
  readonly answer: string;
}

/** Stands between the clients and Vestibule, so that what they send is seen as it comes. */
export interface Recorder {
  readonly heard: readonly Heard[];
  forget(): void;
  /** Forgets the last request, which was no client's. */
  forgetLast(): void;
  stop(): Promise<void>;
}

/** The longest answer that is kept, in characters: an error is shorter. */
const KEPT = 2_000;

/** Listens at `port`, with TLS if it is given, and passes everything on to Vestibule at `to`. */
export async function startRecorder({
  port,
  to,
  tls,
}: {
  port: number;
  to: number;
  tls: Tls | null;
}): Promise<Recorder> {
  const heard: Heard[] = [];
  const answer = (incoming: IncomingMessage, response: ServerResponse) => void passOn(incoming, response);
  async function passOn(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(incoming);
    const { method = "GET", url = "/", headers } = incoming;
    const outgoing = request({ host: "127.0.0.1", port: to, method, path: url, headers });
    outgoing.on("error", () => response.destroy());
    outgoing.on("response", (answered) => {
      void buffer(answered).then((content) => {
        heard.push(heardOf(incoming, body, { status: answered.statusCode ?? 0, content }));
        response.writeHead(answered.statusCode ?? 502, answered.headers).end(content);
      });
    });
    outgoing.end(body);
  }
  const server = tls === null ? createHttpServer(answer) : createHttpsServer(tls, answer);
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return {
    heard,
    forget: () => heard.splice(0),
    forgetLast: () => heard.pop(),
    stop: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

function heardOf(
  { method = "GET", url = "/", headers }: IncomingMessage,
  body: Buffer,
  { status, content }: { status: number; content: Buffer },
): Heard {
  const { pathname, searchParams } = new URL(url, "http://localhost");
  const isForm = headers["content-type"]?.startsWith("application/x-www-form-urlencoded") === true;
  const [scheme = ""] = (headers.authorization ?? "").split(" ");
  return {
    method,
    path: pathname,
    query: Object.fromEntries(searchParams),
    form: isForm ? Object.fromEntries(new URLSearchParams(body.toString("utf8"))) : {},
    authorization: scheme.toLowerCase(),
    status,
    answer: content.toString("utf8").slice(0, KEPT),
  };
}

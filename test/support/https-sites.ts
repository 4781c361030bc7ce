import { createServer, type Server } from "node:https";
import { request, type IncomingMessage, type ServerResponse } from "node:http";
import { makeCertificate } from "./certificate.ts";

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** Every https site that the test browser can reach: whatever ends in `.test` is answered here, on this machine. */
export interface HttpsSites {
  readonly port: number;
  readonly fingerprint: string;
  /** Puts a site in front of a server that speaks http, as a proxy does. */
  proxy(host: string, port: number): void;
  close(): Promise<void>;
}

/** A site that nobody has put up says where the browser has arrived: enough for a relying application. */
export async function openHttpsSites(): Promise<HttpsSites> {
  const { key, cert, fingerprint } = makeCertificate();
  const sites = new Map<string, Answer>();
  const server = createServer({ key, cert }, (incoming, response) => {
    (sites.get(incoming.headers.host ?? "") ?? arrived)(incoming, response);
  });
  const port = await listen(server);
  return {
    port,
    fingerprint,
    proxy: (host, to) => sites.set(host, passOn(to)),
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

function arrived(_request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(200, { "Content-Type": "text/html; charset=utf-8" });
  response.end(
    '<!doctype html><html lang="en"><title>Arrived</title><h1>Arrived</h1><link rel="icon" href="data:,">',
  );
}

function passOn(port: number): Answer {
  return (incoming, response) => {
    const { method, url, headers } = incoming;
    const outgoing = request({ host: "127.0.0.1", port, method, path: url, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    outgoing.on("error", () => response.destroy());
    incoming.pipe(outgoing);
  };
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : 0);
    });
  });
}

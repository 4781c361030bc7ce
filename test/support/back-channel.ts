import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** Where an application listens for the end of its sessions. */
export interface BackChannel {
  readonly url: string;
  /** Logout tokens that came, in order. */
  readonly tokens: string[];
  stop(): Promise<void>;
}

/** Listens on 127.0.0.1; `answer` may do worse than an application should. */
export async function startBackChannel(
  answer: (response: ServerResponse) => void = (response) => response.writeHead(204).end(),
): Promise<BackChannel> {
  const tokens: string[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8");
    request.on("data", (chunk: string) => (body += chunk));
    request.on("end", () => {
      tokens.push(new URLSearchParams(body).get("logout_token") ?? "");
      answer(response);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${String(port)}/logged-out`,
    tokens,
    stop: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

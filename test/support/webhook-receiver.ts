import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Receiver } from "../../src/domain/webhooks/webhook-try.ts";
import type { Services } from "../../src/server/wiring/services.ts";

export interface Received {
  readonly id: string;
  readonly type: string;
  readonly subject: string | null;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A receiver of events at 127.0.0.1, which keeps what came. */
export interface WebhookReceiver {
  readonly url: string;
  readonly received: Received[];
  /** How many connections came, and how many are open. */
  connections(): { readonly all: number; readonly open: number };
  stop(): Promise<void>;
}

/** `answer` may do worse than a receiver should. */
export async function startReceiver(
  answer: (response: ServerResponse, event: Received) => void = (response) => response.writeHead(204).end(),
): Promise<WebhookReceiver> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8");
    request.on("data", (chunk: string) => (body += chunk));
    request.on("end", () => {
      const { type, subject } = JSON.parse(body) as { type: string; subject: string | null };
      const event = {
        id: String(request.headers["webhook-id"]),
        type,
        subject,
        headers: request.headers,
        body,
      };
      received.push(event);
      answer(response, event);
    });
  });
  let [all, open] = [0, 0];
  server.on("connection", (socket) => {
    [all, open] = [all + 1, open + 1];
    socket.once("close", () => (open -= 1));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${String(port)}/events`,
    received,
    connections: () => ({ all, open }),
    stop: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

/** What a turn sends to, without any connection. */
export const receiverOf = (fetch: Receiver["fetch"]): Receiver => ({ fetch, close: () => undefined });

/** A webhook of the office, or without one of the platform, that sends nothing. Returns its id. */
export async function makeWebhook(
  { webhooks: { service } }: Pick<Services, "webhooks">,
  { id, name = "Directory" }: { readonly id: string | null; readonly name?: string },
): Promise<string> {
  const draft = { name, url: "https://hooks.example/", types: ["users.imported"] };
  const by = { id: "command line", officeId: null, role: "operator" } as const;
  return (await service.add(id, draft, by)).webhook.id;
}

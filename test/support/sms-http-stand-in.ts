import { createHmac } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { useResource } from "./suite-resource.ts";

const KEY = Buffer.from("marker-of-the-gateway-secret-key");

/** As the settings have it. */
export const HTTP_SECRET = `whsec_${KEY.toString("base64")}`;

/** A request that the gateway got, with a signature that was right. */
interface Got {
  readonly headers: IncomingMessage["headers"];
  readonly body: Readonly<Record<string, unknown>>;
}

/** A text-message gateway of the operator's own, as docs/messages.md describes it, on loopback. */
export interface SmsHttpStandIn {
  readonly url: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Requests that it has accepted. */
  readonly taken: readonly Got[];
  /** Requests, also those that it has refused or never answered. */
  readonly requests: number;
  /** What it answers from now on: a status with a body, `reset` or `silent`; null: it accepts. */
  answer(how: HttpAnswer | null): void;
  stop(): Promise<void>;
}

export type HttpAnswer = { readonly status: number; readonly body?: string } | "reset" | "silent";

/** The signature of Standard Webhooks, written here a second time. */
export const signatureOf = (id: string, timestamp: string, body: string, key = KEY): string =>
  `v1,${createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64")}`;

/** The headers of a signed request to our own webhook. */
export function signedHeaders(body: string, at = Date.now()): Record<string, string> {
  const [id, timestamp] = ["evt_1", String(Math.floor(at / 1000))];
  return {
    ...{ "content-type": "application/json", "webhook-id": id, "webhook-timestamp": timestamp },
    "webhook-signature": signatureOf(id, timestamp, body),
  };
}

async function startSmsHttpStandIn(): Promise<SmsHttpStandIn> {
  const taken: Got[] = [];
  const state = { how: null as HttpAnswer | null, requests: 0 };
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    state.requests += 1;
    const body = await text(request);
    const { "webhook-id": id, "webhook-timestamp": at, "webhook-signature": signature } = request.headers;
    const isSigned = signature === signatureOf(String(id), String(at), body);
    const how = isSigned ? state.how : { status: 401 };
    if (how === "reset") {
      response.socket?.resetAndDestroy();
    } else if (how === null) {
      taken.push({ headers: request.headers, body: JSON.parse(body) as Got["body"] });
      response.writeHead(202, { "content-type": "application/json" });
      response.end(JSON.stringify({ id: `sms-${String(taken.length)}` }));
    } else if (how !== "silent") {
      response.writeHead(how.status, { "content-type": "application/json", location: "/elsewhere" });
      response.end(how.body ?? "");
    }
  };
  const server = createServer((request, response) => {
    void answer(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const url = `http://127.0.0.1:${String(typeof address === "object" ? (address?.port ?? 0) : 0)}/messages`;
  return {
    url,
    environment: {
      VESTIBULE_SMS_GATEWAY: "http",
      VESTIBULE_SMS_HTTP_URL: url,
      VESTIBULE_SMS_HTTP_SECRET: HTTP_SECRET,
    },
    taken,
    get requests() {
      return state.requests;
    },
    answer: (how) => {
      state.how = how;
    },
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The settings of a Vestibule that has a gateway over HTTP behind Vonage, where nothing listens. */
export const withOwnGateway = (environment: Readonly<Record<string, string>>): Record<string, string> => ({
  ...environment,
  VESTIBULE_SMS_GATEWAY: "vonage,http",
  VESTIBULE_SMS_HTTP_URL: "http://127.0.0.1:9/",
  VESTIBULE_SMS_HTTP_SECRET: HTTP_SECRET,
});

/** One for the tests of a suite. Call it inside `describe`. */
export function useSmsHttpStandIn(): SmsHttpStandIn {
  return useResource(startSmsHttpStandIn, (gateway) => gateway.stop());
}

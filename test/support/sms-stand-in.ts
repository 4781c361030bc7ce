import { createHash, createHmac, randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { z } from "zod";
import { useResource } from "./suite-resource.ts";

/**
 * A gateway that speaks as the SMS provider's public documentation says, on loopback, for the real SDK. It is only as
 * true as that documentation: what the provider does and does not write down is not here.
 */
export interface SmsStandIn {
  /** Settings that lead a Vestibule here, with the key and secret that this gateway knows. */
  readonly environment: Readonly<Record<string, string>>;
  readonly url: string;
  /** Everything taken, in order; a message that was refused is not here. */
  readonly taken: readonly TakenSms[];
  /** Every request, also those refused. */
  readonly requests: number;
  /** From now on every number meets this, until `null`. */
  fault(scenario: Scenario | null): void;
  /** Waits so long before each answer. */
  delay(milliseconds: number): void;
  /** Answers nothing from now on, until what it returns is called. */
  hold(): () => void;
  newest(to: string): TakenSms | undefined;
  /** How often it was asked to send to a number, also those refused and those that it never answered. */
  asked(to: string): number;
  stop(): Promise<void>;
}

interface TakenSms {
  readonly id: string;
  /** As it came: digits without the plus sign. */
  readonly to: string;
  readonly from: string;
  readonly text: string;
  readonly reference: string | null;
  readonly by: "sms" | "messages";
}

/** What the last four digits of a number bring about. */
export const MAGIC = {
  throttled: "0001",
  invalid: "0003",
  credentials: "0004",
  internal: "0005",
  barred: "0007",
  "no-credit": "0009",
  sender: "0015",
  "401": "0401",
  "429": "0429",
  "500": "0500",
  "503": "0503",
  broken: "0090",
  empty: "0091",
  reset: "0092",
  silent: "0093",
} as const;

export type Scenario = keyof typeof MAGIC;

export const API_KEY = "a1b2c3d4";
export const API_SECRET = "marker-of-the-api-secret";
export const SIGNATURE_SECRET = "marker-of-the-signature-secret";

/** Codes of the SMS API, and the HTTP status that the Messages API has for the same. */
const REFUSED: Partial<Record<Scenario, { status: string; http: number; says: string }>> = {
  throttled: { status: "1", http: 429, says: "Throttled" },
  invalid: { status: "3", http: 422, says: "Invalid to address" },
  credentials: { status: "4", http: 401, says: "Bad Credentials" },
  internal: { status: "5", http: 500, says: "Internal Error" },
  barred: { status: "7", http: 422, says: "Number barred" },
  "no-credit": { status: "9", http: 402, says: "Partner quota violation" },
  sender: { status: "15", http: 422, says: "Invalid sender address" },
};

const sentSchema = z.object({
  to: z.string(),
  from: z.string(),
  text: z.string(),
  "client-ref": z.string().optional(),
  client_ref: z.string().optional(),
});

export async function startSmsStandIn(): Promise<SmsStandIn> {
  const taken: TakenSms[] = [];
  const asked: string[] = [];
  const state = { scenario: null as Scenario | null, delay: 0, requests: 0, held: Promise.resolve() };
  const server = createServer((request, response) => {
    state.requests += 1;
    void answer(request, response).catch(() => response.destroy());
  });
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const by = request.url === "/v1/messages" ? "messages" : "sms";
    const sent = sentSchema.parse(JSON.parse(await text(request)));
    asked.push(sent.to);
    await state.held;
    await new Promise((resolve) => setTimeout(resolve, state.delay));
    const scenario = state.scenario ?? scenarioOf(sent.to);
    const isKnown = /^Bearer ./.test(request.headers.authorization ?? "") || hasKey(request);
    if (scenario !== null || !isKnown) {
      refuse(response, by, scenario ?? "credentials");
      return;
    }
    const id = randomUUID();
    const reference = sent["client-ref"] ?? sent.client_ref ?? null;
    taken.push({ id, to: sent.to, from: sent.from, text: sent.text, reference, by });
    accept(response, by, { id, to: sent.to });
  };
  const url = await listen(server);
  return {
    url,
    taken,
    get requests() {
      return state.requests;
    },
    environment: {
      VESTIBULE_SMS_GATEWAY: "vonage",
      VESTIBULE_VONAGE_API_KEY: API_KEY,
      VESTIBULE_VONAGE_API_SECRET: API_SECRET,
      VESTIBULE_VONAGE_SENDER: "Vestibule",
      VESTIBULE_VONAGE_SIGNATURE_SECRET: SIGNATURE_SECRET,
      VESTIBULE_VONAGE_SIGNATURE_METHOD: "sha256hmac",
      VESTIBULE_VONAGE_API_URL: url,
      VESTIBULE_VONAGE_SMS_URL: url,
    },
    fault: (scenario) => {
      state.scenario = scenario;
    },
    delay: (milliseconds) => {
      state.delay = milliseconds;
    },
    hold: () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      state.held = promise;
      return resolve;
    },
    newest: (to) => taken.findLast((message) => message.to === to.replace("+", "")),
    asked: (to) => asked.filter((number) => number === to.replace("+", "")).length,
    stop: () => close(server),
  };
}

const scenarioOf = (to: string) =>
  (Object.entries(MAGIC).find(([, ending]) => to.endsWith(ending))?.[0] as Scenario | undefined) ?? null;

const hasKey = (request: IncomingMessage) =>
  request.headers.authorization === `Basic ${Buffer.from(`${API_KEY}:${API_SECRET}`).toString("base64")}`;

function accept(response: ServerResponse, by: TakenSms["by"], { id, to }: { id: string; to: string }): void {
  if (by === "messages") {
    json(response, 202, { message_uuid: id });
    return;
  }
  const price = { "remaining-balance": "10.00", "message-price": "0.07", network: "20408" };
  json(response, 200, { "message-count": "1", messages: [{ to, "message-id": id, status: "0", ...price }] });
}

function refuse(response: ServerResponse, by: TakenSms["by"], scenario: Scenario): void {
  const refusal = REFUSED[scenario];
  if (refusal !== undefined && by === "sms") {
    const message = { status: refusal.status, "error-text": refusal.says };
    json(response, 200, { "message-count": "1", messages: [message] });
    return;
  }
  if (scenario === "reset") {
    response.socket?.resetAndDestroy();
    return;
  }
  if (scenario === "silent") {
    return;
  }
  if (scenario === "broken" || scenario === "empty") {
    response.writeHead(by === "sms" ? 200 : 202, { "content-type": "application/json" });
    response.end(scenario === "broken" ? '{"messages":[' : "");
    return;
  }
  const status = refusal?.http ?? Number(scenario);
  json(response, status, {
    title: refusal?.says ?? "Error",
    detail: `The documentation's ${String(status)}`,
  });
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
}

function listen(server: Server): Promise<string> {
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      resolve(`http://127.0.0.1:${String(typeof address === "object" ? (address?.port ?? 0) : 0)}`);
    });
  });
}

async function close(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

/** A receipt of the SMS API with its signature, as the provider documents it. */
export function signedReceipt(
  fields: Readonly<Record<string, string>>,
  method = "sha256hmac",
): URLSearchParams {
  const text = Object.entries(fields)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, value]) => `&${name}=${value.replaceAll(/[&=]/g, "_")}`)
    .join("");
  const sig =
    method === "md5hash"
      ? createHash("md5")
          .update(text + SIGNATURE_SECRET)
          .digest("hex")
      : createHmac(method.replace("hmac", ""), SIGNATURE_SECRET).update(text).digest("hex");
  return new URLSearchParams({ ...fields, sig });
}

/** The bearer token of a webhook of the Messages API. `changes` spoil or add claims. */
export function webhookToken(body: string, changes: Readonly<Record<string, unknown>> = {}): string {
  const claims = {
    iss: "Vonage",
    api_key: API_KEY,
    iat: Math.floor(Date.now() / 1000),
    jti: randomUUID(),
    payload_hash: createHash("sha256").update(body).digest("hex"),
    ...changes,
  };
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const signed = `${part({ alg: "HS256", typ: "JWT" })}.${part(claims)}`;
  return `${signed}.${createHmac("sha256", SIGNATURE_SECRET).update(signed).digest("base64url")}`;
}

/** One for the tests of a suite. Call it inside `describe`. */
export function useSmsStandIn(): SmsStandIn {
  return useResource(startSmsStandIn, (provider) => provider.stop());
}

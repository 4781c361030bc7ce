import { z } from "zod";
import { now } from "../../kernel/clock.ts";
import type { Secret } from "../../kernel/secret.ts";
import { canConnect } from "./can-connect.ts";
import type { MessageGateway, SendResult } from "./gateway.ts";
import type { Message } from "./message.ts";
import { fillTemplate } from "./sms-template.ts";
import { signedHeaders } from "./standard-webhook.ts";

export interface HttpSmsSettings {
  readonly url: string;
  /** Signs requests and receipts. */
  readonly secret: Secret;
  /** Value of the header `Authorization`; null: none is sent. */
  readonly authorization: Secret | null;
  /** Template of the body; see `sms-template.ts`. */
  readonly body: string;
  readonly sender: string;
}

type Fetch = (url: string, options: RequestInit) => Promise<Response>;

/** Text messages through a gateway of the operator's choice: a signed POST of JSON. docs/messages.md describes it to those who write one. */
export class HttpSms implements MessageGateway {
  readonly capacity = null;
  readonly #settings: HttpSmsSettings;
  readonly #fetch: Fetch;

  constructor(settings: HttpSmsSettings, fetch: Fetch) {
    this.#settings = settings;
    this.#fetch = fetch;
  }

  async send(id: string, { to, text }: Message): Promise<SendResult> {
    if (!/^\+[1-9]\d{5,14}$/.test(to)) {
      return { type: "refused", reason: "not a number" };
    }
    const { url, secret, authorization, body: template, sender } = this.#settings;
    const body = fillTemplate(template, { to, digits: to.slice(1), text, reference: id, sender });
    const headers = {
      "content-type": "application/json",
      // A retry has the same id, and a gateway that knows it need not send the message again.
      ...signedHeaders({ id, body, at: now() }, secret),
      ...(authorization === null ? {} : { authorization: authorization.reveal() }),
    };
    try {
      return await resultOf(await this.#fetch(url, { method: "POST", headers, body }));
    } catch (error) {
      return fromFault(error);
    }
  }

  /** Only checks that the host can be reached: a request would be a message. */
  async check(): Promise<string | null> {
    const url = new URL(this.#settings.url);
    return (await canConnect(url)) ? null : `${url.host} cannot be reached`;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** What a gateway may say of the message that it has taken. */
const takenSchema = z.object({ id: z.string().min(1).max(100) });

/** 429 and 503 promise that nothing was taken. Other server errors, such as those of a proxy on the way, promise nothing. */
async function resultOf(response: Response): Promise<SendResult> {
  const { status, ok } = response;
  if (ok) {
    const said = takenSchema.safeParse(parseJson(await response.text()));
    return { type: "sent", providerId: said.success ? `${HTTP_ID}${said.data.id}` : null };
  }
  const reason = `HTTP ${String(status)}`;
  if (status === 429 || status === 503) {
    return { type: "again", reason };
  }
  return { type: status >= 500 ? "unknown" : status === 422 ? "refused" : "failed", reason };
}

/** Before the ids of this gateway: none passes for one of another provider. */
export const HTTP_ID = "http:";

const faultSchema = z.object({
  name: z.string(),
  code: z.string().optional().catch(undefined),
  wasConnected: z.boolean().optional(),
});

function fromFault(error: unknown): SendResult {
  const { name = "", code, wasConnected } = faultSchema.safeParse(error).data ?? {};
  const isLate = /Abort|Timeout/.test(name);
  if (wasConnected === false) {
    return { type: "again", reason: isLate ? "no connection in time" : (code ?? "no connection") };
  }
  if (code === "REDIRECTED") {
    return { type: "failed", reason: "redirected" };
  }
  // The response was lost or unreadable: the message may be on its way.
  return { type: "unknown", reason: isLate ? "no answer in time" : "answer lost" };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

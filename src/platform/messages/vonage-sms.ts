import { createPrivateKey } from "node:crypto";
import { Vonage } from "@vonage/server-sdk";
import { z } from "zod";
import type { Secret } from "../../kernel/secret.ts";
import { canConnect } from "./can-connect.ts";
import type { SendResult, MessageGateway } from "./gateway.ts";
import type { Message } from "./message.ts";

export interface VonageSettings {
  /** With an application the Messages API is used; with a key only, the SMS API. */
  readonly application: { readonly id: string; readonly privateKey: Secret } | null;
  readonly account: { readonly key: string; readonly secret: Secret } | null;
  readonly sender: string;
  /** Without a trailing slash: the library appends the path unchanged. */
  readonly apiUrl: string;
  readonly smsUrl: string;
  readonly timeoutMs: number;
}

/**
 * Text messages through Vonage. Only this file uses its library, which has no timeout by default, and whose errors contain the
 * account's secret in their configuration: only a status leaves this file.
 */
export class VonageSms implements MessageGateway {
  readonly capacity = null;
  readonly #settings: VonageSettings;
  readonly #client: Vonage;

  constructor(settings: VonageSettings) {
    this.#settings = settings;
    const { application, account, apiUrl, smsUrl, timeoutMs } = settings;
    this.#client = new Vonage(
      {
        apiKey: account?.key ?? null,
        apiSecret: account?.secret.reveal() ?? null,
        // Without a value the library reads a file with an empty name, and Node prints a warning.
        ...(application === null
          ? { privateKey: "" }
          : { applicationId: application.id, privateKey: application.privateKey.reveal() }),
      },
      { apiHost: apiUrl, restHost: smsUrl, timeout: timeoutMs },
    );
  }

  async send(id: string, message: Message): Promise<SendResult> {
    if (!/^\+[1-9]\d{5,14}$/.test(message.to)) {
      return { type: "refused", reason: "not a number" };
    }
    try {
      return await (this.#settings.application === null
        ? this.#bySmsApi(id, message)
        : this.#byMessagesApi(id, message));
    } catch (error) {
      return this.#settings.application === null ? fromSmsFault(error) : fromFault(error);
    }
  }

  /** Only checks that the host can be reached and the key can be read, because requests cost money. */
  async check(): Promise<string | null> {
    const { application, apiUrl, smsUrl } = this.#settings;
    if (application !== null && !isPrivateKey(application.privateKey)) {
      return "VESTIBULE_VONAGE_PRIVATE_KEY holds no private key";
    }
    const url = new URL(application === null ? smsUrl : apiUrl);
    return (await canConnect(url)) ? null : `${url.host} cannot be reached`;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  async #bySmsApi(id: string, { to, text }: Message): Promise<SendResult> {
    const { messages } = await this.#client.sms.send({
      to: to.slice(1),
      from: this.#settings.sender,
      text,
      clientRef: id,
      ...(isGsmText(text) ? {} : { type: UNICODE }),
    });
    // An empty 200 response becomes an object without messages; the provider may have accepted the message.
    const first = (messages as typeof messages | undefined)?.[0];
    if (first === undefined) {
      return { type: "unknown", reason: "empty answer" };
    }
    const status: string = first.status;
    return status === "0" ? { type: "sent", providerId: first.messageId ?? null } : fromSmsStatus(status);
  }

  async #byMessagesApi(id: string, { to, text }: Message): Promise<SendResult> {
    const answer: { messageUUID?: string } = await this.#client.messages.send({
      channel: CHANNEL_SMS,
      messageType: TYPE_TEXT,
      to: to.slice(1),
      from: this.#settings.sender,
      text,
      clientRef: id,
    });
    return answer.messageUUID === undefined
      ? { type: "unknown", reason: "empty answer" }
      : { type: "sent", providerId: answer.messageUUID };
  }
}

// The library's enumerations are spelt as their values.
const UNICODE = "unicode" as never;
const CHANNEL_SMS = "sms" as never;
const TYPE_TEXT = "text" as never;

/** Whether the text uses only characters of the GSM 03.38 alphabet, of which a text message holds more. */
const isGsmText = (text: string) =>
  /^[\n\r -~£¥èéùìòÇØøÅåÆæßÉÄÖÑÜ§¿äöñüà¡]*$/u.test(text) && !/[`[\]{}\\^~|]/.test(text);

/** 1 (throttled) and 5 (internal) are temporary; 3 and 7 concern the number; the rest needs the operator. */
function fromSmsStatus(status: string): SendResult {
  const reason = `status ${status}`;
  if (["1", "5"].includes(status)) {
    return { type: "again", reason };
  }
  return { type: ["3", "7"].includes(status) ? "refused" : "failed", reason };
}

const failureSchema = z.object({
  response: z.object({ messages: z.tuple([z.object({ status: z.string() })], z.unknown()) }),
});

/** The library throws for a status other than 0; `response` is then the provider's response body. */
function fromSmsFault(error: unknown): SendResult {
  const failed = failureSchema.safeParse(error);
  return failed.success ? fromSmsStatus(failed.data.response.messages[0].status) : fromFault(error);
}

/** Errors before a connection was established: the provider cannot have received the message. */
const NOT_CONNECTED = /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT)$/;

function fromFault(error: unknown): SendResult {
  const status = statusOf(error);
  if (status !== null && status >= 400) {
    return fromHttpStatus(status);
  }
  const code = causeCodeOf(error);
  return NOT_CONNECTED.test(code)
    ? { type: "again", reason: code }
    : // The response was lost or unreadable: the message may be on its way, and a retry would send a second code.
      { type: "unknown", reason: isTimeout(error) ? "no answer in time" : "answer lost" };
}

function fromHttpStatus(status: number): SendResult {
  const reason = `HTTP ${String(status)}`;
  if (status === 429 || status >= 500) {
    return { type: "again", reason };
  }
  return { type: status === 422 ? "refused" : "failed", reason };
}

function statusOf(error: unknown): number | null {
  if (!(error instanceof Error) || !("response" in error)) {
    return null;
  }
  const { response } = error;
  return response instanceof Response ? response.status : null;
}

const isTimeout = (error: unknown) => error instanceof Error && /Abort|Timeout/.test(error.name);

function causeCodeOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : null;
  return cause instanceof Error && "code" in cause ? String(cause.code) : "";
}

function isPrivateKey(key: Secret): boolean {
  try {
    createPrivateKey(key.reveal());
    return true;
  } catch {
    return false;
  }
}

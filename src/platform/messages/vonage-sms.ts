import { createPrivateKey } from "node:crypto";
import { connect } from "node:net";
import { Vonage } from "@vonage/server-sdk";
import { z } from "zod";
import type { Secret } from "../../kernel/secret.ts";
import type { SendResult, MessageGateway } from "./gateway.ts";
import type { Message } from "./message.ts";

export interface VonageSettings {
  /** An application speaks to the Messages API; a key alone to the SMS API. */
  readonly application: { readonly id: string; readonly privateKey: Secret } | null;
  readonly account: { readonly key: string; readonly secret: Secret } | null;
  readonly sender: string;
  /** Without a slash at the end: the library appends the path as it stands. */
  readonly apiUrl: string;
  readonly smsUrl: string;
  readonly timeoutMs: number;
}

/**
 * Text messages through Vonage; the only file that knows its library. The library has no timeout unless one is given,
 * and its errors carry the account's secret in their configuration: nothing but a status ever leaves this file.
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
        // Without one the library asks the file system for a file without a name, and Node warns of it.
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

  /** Nothing that costs money is asked: only whether the address answers and the key can be read. */
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
    // An empty answer of 200 becomes an object without messages; the provider may have taken it.
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

/** Every character of the short alphabet of telephones (GSM 03.38) that our texts use. */
const isGsmText = (text: string) =>
  /^[\n\r -~£¥èéùìòÇØøÅåÆæßÉÄÖÑÜ§¿äöñüà¡]*$/u.test(text) && !/[`[\]{}\\^~|]/.test(text);

/** 1 throttled and 5 internal pass; what concerns the number stays; the rest is for the operator. */
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

/** The library throws for a status that is not 0; `response` is then the provider's answer itself. */
function fromSmsFault(error: unknown): SendResult {
  const failed = failureSchema.safeParse(error);
  return failed.success ? fromSmsStatus(failed.data.response.messages[0].status) : fromFault(error);
}

/** Faults of a connection that was never made: the message cannot have arrived. */
const NOT_CONNECTED = /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT)$/;

function fromFault(error: unknown): SendResult {
  const status = statusOf(error);
  if (status !== null && status >= 400) {
    return fromHttpStatus(status);
  }
  const code = causeCodeOf(error);
  return NOT_CONNECTED.test(code)
    ? { type: "again", reason: code }
    : // A lost or unreadable answer: the message may be on its way, and a second one would be a second code.
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

function canConnect({ hostname, port, protocol }: URL): Promise<boolean> {
  return new Promise((resolve) => {
    const usual = protocol === "https:" ? 443 : 80;
    const socket = connect({ host: hostname, port: port === "" ? usual : Number(port), timeout: 3_000 });
    const answer = (can: boolean) => () => {
      socket.destroy();
      resolve(can);
    };
    socket.once("connect", answer(true)).once("error", answer(false)).once("timeout", answer(false));
  });
}

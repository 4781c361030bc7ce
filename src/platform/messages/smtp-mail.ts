import { createTransport } from "nodemailer";
import { codeOf } from "../../kernel/errors.ts";
import { isOneLine } from "../../kernel/one-line.ts";
import type { Secret } from "../../kernel/secret.ts";
import type { SendResult, MessageGateway } from "./gateway.ts";
import type { Message } from "./message.ts";
import { isOneAddress } from "./one-address.ts";

export interface SmtpSettings {
  readonly host: string;
  readonly port: number;
  /** implicit: TLS from the first byte · starttls: TLS required before any command · none: for a server on this machine. */
  readonly tls: "implicit" | "starttls" | "none";
  readonly user: string | null;
  readonly password: Secret | null;
  /** `name@host` or `Name <name@host>`. */
  readonly from: string;
}

const CONNECT_MS = 10_000;
/**
 * How long the server may be silent: ten minutes, as after the final dot (RFC 5321 section 4.5.3.2.6). A client that gives up
 * earlier sends again a mail that the server has accepted. The library has one timeout for the whole session.
 */
const SILENCE_MS = 10 * 60 * 1_000;
/** Few servers accept more connections from one client. */
const CONNECTIONS = 3;

/** Mail through the installation's SMTP server. A retried mail has the same Message-ID, so that servers can detect duplicates. */
export class SmtpMail implements MessageGateway {
  readonly capacity: number;
  readonly #settings: SmtpSettings;
  readonly #host: string;
  readonly #transport;

  /** `silenceMs`: how long the server may be silent. */
  constructor(settings: SmtpSettings, { connections = CONNECTIONS, silenceMs = SILENCE_MS } = {}) {
    this.capacity = connections;
    this.#settings = settings;
    this.#host = settings.from.replace(/^.*@/, "").replace(/>$/, "");
    this.#transport = createTransport({
      ...connectionOf(settings),
      pool: true,
      maxConnections: connections,
      socketTimeout: silenceMs,
      // Our messages are text; attached files and URLs are disabled, so that a value in a mail can read neither.
      disableFileAccess: true,
      disableUrlAccess: true,
    });
  }

  async send(id: string, message: Message): Promise<SendResult> {
    if (message.channel !== "mail" || !isOneAddress(message.to) || !isOneLine(message.subject)) {
      return { type: "refused", reason: "not one address, or a subject of two lines" };
    }
    const { to, subject, text, html } = message;
    try {
      await this.#transport.sendMail({
        from: this.#settings.from,
        to: { name: "", address: to },
        subject,
        text,
        ...(html === undefined ? {} : { html }),
        messageId: `<${id}@${this.#host}>`,
        // Prevents automatic replies (RFC 3834).
        headers: { "Auto-Submitted": "auto-generated" },
      });
      return { type: "sent", providerId: null };
    } catch (error) {
      return fromFault(error);
    }
  }

  async check(): Promise<string | null> {
    const transport = createTransport({ ...connectionOf(this.#settings), socketTimeout: CONNECT_MS });
    try {
      await transport.verify();
      return null;
    } catch (error) {
      return `the mail server says no (${codeOf(error) ?? "no answer"})`;
    } finally {
      transport.close();
    }
  }

  close(): Promise<void> {
    this.#transport.close();
    return Promise.resolve();
  }
}

const connectionOf = ({ host, port, tls, user, password }: SmtpSettings) => ({
  host,
  port,
  secure: tls === "implicit",
  requireTLS: tls === "starttls",
  ignoreTLS: tls === "none",
  ...(user === null ? {} : { auth: { user, pass: password?.reveal() ?? "" } }),
  connectionTimeout: CONNECT_MS,
  greetingTimeout: CONNECT_MS,
});

/** A 5xx for the recipient or the message is permanent. Everything else is retried; a duplicate mail does no harm. */
function fromFault(error: unknown): SendResult {
  const status = error instanceof Error && "responseCode" in error ? Number(error.responseCode) : 0;
  const code = codeOf(error) ?? "no answer";
  if (code === "EENVELOPE" && status >= 500) {
    return { type: "refused", reason: `SMTP ${String(status)}` };
  }
  if (code === "EMESSAGE" && status >= 500) {
    return { type: "failed", reason: `SMTP ${String(status)}` };
  }
  return { type: "again", reason: status > 0 ? `SMTP ${String(status)}` : code };
}

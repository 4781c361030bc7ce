import type { Queryable } from "../database/database.ts";

/**
 * Mails and text messages. This folder stores messages, queues them, sends them through gateways and receives delivery receipts; it
 * knows no page. Start at `MessageQueue`, which the domain uses. delivery.ts sends the queued messages through a gateway: smtp-mail.ts,
 * vonage-sms.ts, http-sms.ts (sms-providers.ts puts one beside the other) or, in development, the outbox, a page that shows them.
 */
export type Message = MailMessage | SmsMessage;

export type Channel = Message["channel"];

export interface MailMessage {
  readonly channel: "mail";
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html?: string;
  /** Null: the message belongs to no office. */
  readonly officeId: string | null;
  /** Expiry: never sent or retried after this time; default: after a day. */
  readonly until?: Date;
}

export interface SmsMessage {
  readonly channel: "sms";
  /** E.164, such as `+31612345678`. */
  readonly to: string;
  readonly text: string;
  readonly officeId: string;
  /** Expiry: never sent or retried after this time. */
  readonly until: Date;
}

export interface MessageQueue {
  /**
   * Queues the message in the transaction of the change that it reports: both are committed, or neither. A message of an office needs
   * a transaction of that office. Returns the message's id.
   */
  send(tx: Queryable, message: Message): Promise<string>;
  /** The same for a statement that writes more than the message, by `add_message` of the database. */
  prepare(message: Message): PreparedMessage;
}

export interface PreparedMessage {
  readonly id: string;
  readonly json: string;
}

/**
 * waiting: not yet sent, or to be retried · sent: accepted by the provider · delivered: confirmed by a receipt · refused: never to
 * this number · failed: provider down, out of credit or misconfigured · unknown: the process ended during the call, or the response
 * was empty · expired: not sent in time.
 */
export type MessageState = "waiting" | "sent" | "delivered" | "refused" | "failed" | "unknown" | "expired";

export interface SmsStatus {
  readonly state: MessageState;
  readonly at: Date;
}

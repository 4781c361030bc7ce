import type { Queryable } from "../database/database.ts";

/**
 * Messages to people. Owns the ports for mail and text messages, their queue and their gateways; knows no page.
 * Start at `MessageQueue`, which the domain uses; delivery.ts hands over what it keeps; the gateways are
 * vonage-sms.ts, smtp-mail.ts and, in development, the outbox: a page instead of a provider.
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
}

export interface SmsMessage {
  readonly channel: "sms";
  /** E.164, such as `+31612345678`. */
  readonly to: string;
  readonly text: string;
  readonly officeId: string;
  /** Worthless after this: never sent or tried again later. */
  readonly until: Date;
}

export interface MessageQueue {
  /**
   * Within the transaction of what the message tells: both are kept, or neither. A message of an office needs a
   * transaction of that office. Answers the message's id.
   */
  send(tx: Queryable, message: Message): Promise<string>;
}

/**
 * waiting: not yet handed over, or tried again · sent: the provider took it · delivered: there is a receipt ·
 * refused: never to this number · failed: provider down, out of credit or set up wrongly · unknown: the process ended
 * in the middle, or the answer was empty · expired: its time had passed.
 */
export type MessageState = "waiting" | "sent" | "delivered" | "refused" | "failed" | "unknown" | "expired";

export interface SmsStatus {
  readonly state: MessageState;
  readonly at: Date;
}

export interface MessageStatusStore {
  find(officeId: string, id: string): Promise<SmsStatus | null>;
}

import type { Queryable } from "../database/database.ts";

/**
 * Messages to people. Owns the ports for mail and text messages and their gateways; knows no page. In development
 * the gateway is the outbox, a page instead of a provider. Start at `MessageGateway`.
 */
export type Message = MailMessage | SmsMessage;

interface MailMessage {
  readonly channel: "mail";
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html?: string;
  /** Null for what belongs to no office. */
  readonly officeId: string | null;
}

interface SmsMessage {
  readonly channel: "sms";
  /** E.164, such as `+31612345678`. */
  readonly to: string;
  readonly text: string;
  readonly officeId: string;
  /** Worthless after this moment: never sent or tried again later. */
  readonly until: Date;
}

/** The port that the domain uses, always in the transaction of what the message tells. */
export interface MessageQueue {
  /** Answers the message's id. */
  send(tx: Queryable, message: Message): Promise<string>;
}

export interface MessageGateway {
  /** Within the transaction of what the message tells: both are kept, or neither. */
  send(tx: Queryable, message: Written): Promise<void>;
}

/** What a gateway shows of a message. */
export type Written =
  | (Omit<MailMessage, "officeId"> & { readonly officeId?: string | null })
  | Omit<SmsMessage, "officeId" | "until">;

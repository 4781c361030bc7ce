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
}

interface SmsMessage {
  readonly channel: "sms";
  /** E.164, such as `+31612345678`. */
  readonly to: string;
  readonly text: string;
}

export interface MessageGateway {
  /** Within the transaction of what the message tells: both are kept, or neither. */
  send(tx: Queryable, message: Message): Promise<void>;
}

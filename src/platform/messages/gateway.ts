import type { Message } from "./message.ts";

/**
 * What became of handing a message over. sent: taken · again: surely not taken, and worth trying later · refused:
 * never to this recipient · failed: surely not taken, and trying later does not help · unknown: perhaps taken.
 */
export type SendResult =
  | { readonly type: "sent"; readonly providerId: string | null }
  | { readonly type: "again" | "refused" | "failed" | "unknown"; readonly reason: string };

export interface MessageGateway {
  /** How many it hands over at the same time; what came above that would wait inside of it. Null: as many as come. */
  readonly capacity: number | null;
  /** Hands one message over. Never throws for what a provider, a network or a recipient can cause. */
  send(id: string, message: Message): Promise<SendResult>;
  /** As far as can be seen without sending anything: null, or one line that says what is wrong. */
  check(): Promise<string | null>;
  close(): Promise<void>;
}

/** One gateway for each channel; null: messages of that channel go nowhere. */
export interface Gateways {
  readonly mail: MessageGateway | null;
  readonly sms: MessageGateway | null;
}

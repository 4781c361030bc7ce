import type { Message } from "./message.ts";

/**
 * The result of a call to the provider. sent: accepted; the reason says what came before · again: not accepted, retry later · refused: never to this recipient ·
 * failed: not accepted, a retry does not help · unknown: perhaps accepted.
 */
export type SendResult =
  | { readonly type: "sent"; readonly providerId: string | null; readonly reason?: string }
  | { readonly type: "again" | "refused" | "failed" | "unknown"; readonly reason: string };

export interface MessageGateway {
  /** Messages that it can send at the same time; further ones would wait inside the gateway. Null: no limit. */
  readonly capacity: number | null;
  /** Sends one message. Never throws for a fault of the provider, the network or the recipient. */
  send(id: string, message: Message): Promise<SendResult>;
  /** Checks the settings without sending anything. Returns null, or one line that names the problem. */
  check(): Promise<string | null>;
  close(): Promise<void>;
}

/** One gateway for each channel; null when the channel has no provider. */
export interface Gateways {
  readonly mail: MessageGateway | null;
  readonly sms: MessageGateway | null;
}

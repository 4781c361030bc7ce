import { z } from "zod";
import { now } from "../../kernel/clock.ts";
import type { Secret } from "../../kernel/secret.ts";
import { HTTP_ID } from "./http-sms.ts";
import type { FinalState, MessageStore } from "./message-store.ts";
import type { ReceiptResult } from "./receipts.ts";
import { isSigned, type ClaimedSignature } from "./standard-webhook.ts";

interface Deps {
  readonly store: MessageStore;
  /** Null: no receipt can be verified, so all are refused. */
  readonly secret: Secret | null;
}

/** Our states for those of the gateway. Others change nothing: a gateway may have more than we know. */
const STATES: ReadonlyMap<string, FinalState> = new Map([
  ["sent", "sent"],
  ["delivered", "delivered"],
  ["refused", "refused"],
  ["failed", "failed"],
  ["expired", "expired"],
]);

/** `reference`: our id of the message; `id`: the gateway's, from its answer. */
const receiptSchema = z.object({
  status: z.string(),
  reference: z.string().optional(),
  id: z.string().max(100).optional(),
});

/** Delivery receipts of a gateway over HTTP, believed by their signature alone. */
export class HttpReceipts {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  async accept(claimed: ClaimedSignature): Promise<ReceiptResult> {
    const { store, secret } = this.#deps;
    if (secret === null || !isSigned(claimed, secret, now())) {
      return "refused";
    }
    const read = receiptSchema.safeParse(parseJson(claimed.body));
    if (!read.success) {
      return "unreadable";
    }
    const { status, reference, id } = read.data;
    const state = STATES.get(status);
    const ours = z.uuid().safeParse(reference).data ?? null;
    const ref = await store.findRef(ours, id === undefined ? null : `${HTTP_ID}${id}`);
    if (state !== undefined && ref !== null) {
      await store.receive(ref, state, now());
    }
    return "heard";
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

import { type Clock, secondsAfter } from "../kernel/clock.ts";
import type { SecretBox } from "../kernel/secret.ts";
import type { Gateways, Handed } from "./gateway.ts";
import type { Message } from "./message.ts";
import { openMessage } from "./message-content.ts";
import { JOB_SECONDS, type MessageJobs, type MessageRef } from "./message-jobs.ts";
import type { Claim, MessageStore, Settled } from "./message-store.ts";

interface Parts {
  readonly store: MessageStore;
  readonly jobs: MessageJobs;
  readonly box: SecretBox;
  readonly gateways: Gateways;
  readonly clock: Clock;
}

/** How long until the next try, by the number of those before; the last one stays. */
const BACKOFF_SECONDS = {
  sms: [2, 4, 8, 15, 30, 60],
  mail: [10, 30, 60, 120, 300, 600, 900],
} as const;

/** A gateway that does not answer in this time has not answered; well below the life of a claim. */
const LOOK_AGAIN_SECONDS = 15;

/** Hands one message over: claim, call, settle. Safe to ask for twice, and by several processes at once. */
export class Delivery {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Throws only when the database fails; the job is then tried again. */
  async deliver(ref: MessageRef): Promise<void> {
    const { store, box, clock } = this.#parts;
    const now = clock();
    const claim = await store.claim(ref, { now, deadBefore: secondsAfter(now, -JOB_SECONDS) });
    if (claim === "over") {
      return;
    }
    if (claim === "sending") {
      await this.#lookAgain(ref);
      return;
    }
    const message = openMessage(box, ref.id, claim.sealed);
    if (now >= claim.until) {
      await store.settle(ref, { state: "expired", at: now, reason: null, providerId: null });
      return;
    }
    await this.#conclude(ref, { claim, message }, await this.#hand(ref.id, message));
  }

  /** Somebody else has it, or died with it: that is seen when the claim is old. */
  #lookAgain(ref: MessageRef): Promise<void> {
    const { store, jobs } = this.#parts;
    return store.inOfficeOf(ref, (tx) => jobs.add(tx, ref, { seconds: LOOK_AGAIN_SECONDS, isUrgent: false }));
  }

  async #hand(id: string, message: Message): Promise<Handed> {
    const gateway = this.#parts.gateways[message.channel];
    return gateway === null ? { type: "failed", reason: "no gateway" } : gateway.hand(id, message);
  }

  async #conclude(ref: MessageRef, { claim, message }: { claim: Claim; message: Message }, handed: Handed) {
    const { store, clock } = this.#parts;
    const at = clock();
    if (handed.type === "sent") {
      await store.settle(ref, { state: "sent", at, reason: null, providerId: handed.providerId });
      return;
    }
    const isWorthAgain = handed.type === "again" || (handed.type === "unknown" && message.channel === "mail");
    const seconds = backoff(message.channel, claim.attempts);
    if (isWorthAgain && secondsAfter(at, seconds) < claim.until) {
      await this.#again(ref, { at, reason: handed.reason, seconds, isUrgent: message.channel === "sms" });
      return;
    }
    const state: Settled = handed.type === "again" ? "failed" : handed.type;
    await store.settle(ref, { state, at, reason: handed.reason, providerId: null });
  }

  #again(
    ref: MessageRef,
    next: { at: Date; reason: string; seconds: number; isUrgent: boolean },
  ): Promise<void> {
    const { store, jobs } = this.#parts;
    return store.inOfficeOf(ref, async (tx) => {
      if (await store.postpone(tx, ref, next)) {
        await jobs.add(tx, ref, next);
      }
    });
  }
}

function backoff(channel: Message["channel"], attempts: number): number {
  const steps = BACKOFF_SECONDS[channel];
  return steps[Math.min(attempts, steps.length) - 1] ?? 60;
}

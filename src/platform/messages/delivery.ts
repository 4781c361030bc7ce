import { setInterval } from "node:timers";
import { secondsAfter, now } from "../../kernel/clock.ts";
import type { SecretBox } from "../../kernel/secret.ts";
import type { Gateways, Handed } from "./gateway.ts";
import type { Channel, Message } from "./message.ts";
import { openMessage } from "./message-content.ts";
import { CLAIM_SECONDS, type MessageJobs, type MessageRef } from "./message-jobs.ts";
import type { Claim, Elsewhere, MessageStore, Settled } from "./message-store.ts";

interface Deps {
  readonly store: MessageStore;
  readonly jobs: MessageJobs;
  readonly box: SecretBox;
  readonly gateways: Gateways;
  /** How old a claim is when it belongs to a process that died; a living one renews it four times as often. */
  readonly claimSeconds?: number;
}

/** How long until the next try, by the number of those before; the last one stays. */
const BACKOFF_SECONDS = {
  sms: [2, 4, 8, 15, 30, 60],
  mail: [10, 30, 60, 120, 300, 600, 900],
} as const;

/** How soon a message is looked at again that somebody else has in hand. */
const LOOK_AGAIN_SECONDS = 15;

/** When a message is tried again. */
interface Next {
  readonly at: Date;
  readonly reason: string;
  readonly seconds: number;
  readonly dueAt: Date;
  readonly channel: Channel;
}

/** Hands one message over: claim, call, settle. Safe to ask for twice, and by several processes at once. */
export class Delivery {
  readonly #deps: Deps;
  readonly #claimSeconds: number;

  constructor(deps: Deps) {
    this.#deps = deps;
    this.#claimSeconds = deps.claimSeconds ?? CLAIM_SECONDS;
  }

  /** Throws only when the database fails; the job is then tried again. */
  async deliver(ref: MessageRef): Promise<void> {
    const { store, box } = this.#deps;
    const at = now();
    const claim = await store.claim(ref, { now: at, deadBefore: secondsAfter(at, -this.#claimSeconds) });
    if (claim === "over") {
      return;
    }
    if ("dueAt" in claim) {
      await this.#lookAgain(ref, claim, at);
      return;
    }
    const message = openMessage(box, ref.id, claim.sealed);
    if (at >= claim.until) {
      await store.settle(ref, { state: "expired", at: at, reason: null, providerId: null });
      return;
    }
    await this.#conclude(ref, { claim, message }, await this.#hand(ref, claim, message));
  }

  /** Somebody else has it, or died with it: that is seen when the claim is old. Or it was postponed: no sooner. */
  #lookAgain(ref: MessageRef, { channel, dueAt }: Elsewhere, now: Date): Promise<void> {
    const { store, jobs } = this.#deps;
    const seconds = dueAt === null ? LOOK_AGAIN_SECONDS : secondsUntil(now, dueAt);
    return store.inOfficeOf(ref, (tx) => jobs.add(tx, ref, { seconds, channel }));
  }

  /** However long the provider takes, nobody else takes the message over meanwhile. */
  async #hand(ref: MessageRef, claim: Claim, message: Message): Promise<Handed> {
    const { gateways, store } = this.#deps;
    const gateway = gateways[message.channel];
    if (gateway === null) {
      return { type: "failed", reason: "no gateway" };
    }
    const renewal = setInterval(() => {
      // One that fails is made up for by the next.
      store.renew(ref, claim, now()).catch(() => undefined);
    }, this.#claimSeconds * 250);
    renewal.unref();
    try {
      return await gateway.hand(ref.id, message);
    } finally {
      clearInterval(renewal);
    }
  }

  async #conclude(ref: MessageRef, { claim, message }: { claim: Claim; message: Message }, handed: Handed) {
    const { store } = this.#deps;
    const at = now();
    if (handed.type === "sent") {
      await store.settle(ref, { state: "sent", at, reason: null, providerId: handed.providerId });
      return;
    }
    const isWorthAgain = handed.type === "again" || (handed.type === "unknown" && message.channel === "mail");
    const seconds = backoff(message.channel, claim.attempts);
    if (isWorthAgain && secondsAfter(at, seconds) < claim.until) {
      const dueAt = secondsAfter(at, seconds);
      await this.#again(ref, { at, reason: handed.reason, seconds, dueAt, channel: message.channel });
      return;
    }
    const state: Settled = handed.type === "again" ? "failed" : handed.type;
    await store.settle(ref, { state, at, reason: handed.reason, providerId: null });
  }

  #again(ref: MessageRef, next: Next): Promise<void> {
    const { store, jobs } = this.#deps;
    return store.inOfficeOf(ref, async (tx) => {
      if (await store.postpone(tx, ref, next)) {
        await jobs.add(tx, ref, next);
      }
    });
  }
}

const secondsUntil = (now: Date, then: Date) => Math.max(1, (then.getTime() - now.getTime()) / 1000);

function backoff(channel: Message["channel"], attempts: number): number {
  const steps = BACKOFF_SECONDS[channel];
  return steps[Math.min(attempts, steps.length) - 1] ?? 60;
}

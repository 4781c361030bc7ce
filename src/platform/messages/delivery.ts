import { setInterval } from "node:timers";
import { secondsAfter, now } from "../../kernel/clock.ts";
import type { SecretBox } from "../../kernel/secret.ts";
import { Signal } from "../../kernel/signal.ts";
import { Work } from "../../kernel/work.ts";
import type { Gateways, SendResult } from "./gateway.ts";
import type { Channel, Message } from "./message.ts";
import { openMessage } from "./message-content.ts";
import { CLAIM_SECONDS, type MessageJobs, type MessageRef } from "./message-jobs.ts";
import type { Claim, ClaimedOrLater, MessageStore, FinalState } from "./message-store.ts";

interface Deps {
  readonly store: MessageStore;
  readonly jobs: MessageJobs;
  readonly box: SecretBox;
  readonly gateways: Gateways;
  /** Age after which a claim is stale, because its process has died. A running process renews it four times as often. */
  readonly claimSeconds?: number;
}

/** How a try to deliver a message ended; `retry`: it waits for another one. */
export const messageTried = new Signal<{ readonly channel: Channel; readonly state: FinalState | "retry" }>();

/** A call of a provider. */
export const providerCall = new Work<{ readonly channel: Channel }>();

/** Delay before the next try, by the number of tries so far; the last value repeats. */
const BACKOFF_SECONDS = {
  sms: [2, 4, 8, 15, 30, 60],
  mail: [10, 30, 60, 120, 300, 600, 900],
} as const;

/** When to check again a message that another process has claimed. */
const CHECK_AGAIN_SECONDS = 15;

/** The next try of a message. */
interface Retry {
  readonly at: Date;
  readonly reason: string;
  readonly seconds: number;
  readonly dueAt: Date;
  readonly channel: Channel;
}

/** Sends one message: claim it, call the gateway, record the result. Safe to call twice, and in several processes at the same time. */
export class Delivery {
  readonly #deps: Deps;
  readonly #claimSeconds: number;

  constructor(deps: Deps) {
    this.#deps = deps;
    this.#claimSeconds = deps.claimSeconds ?? CLAIM_SECONDS;
  }

  /** Throws only when the database fails; the queue then retries the job. */
  async deliver(ref: MessageRef): Promise<void> {
    const { store, box } = this.#deps;
    const at = now();
    const claim = await store.claim(ref, { now: at, deadBefore: secondsAfter(at, -this.#claimSeconds) });
    if (claim === "over") {
      return;
    }
    if ("dueAt" in claim) {
      await this.#checkLater(ref, claim, at);
      return;
    }
    const message = openMessage(box, ref.id, claim.sealed);
    if (at >= claim.until) {
      messageTried.emit({ channel: message.channel, state: "expired" });
      await store.finish(ref, { state: "expired", at: at, reason: null, providerId: null });
      return;
    }
    await this.#recordResult(ref, { claim, message }, await this.#send(ref, claim, message));
  }

  /** Another process has claimed the message, and may have died: the age of the claim will show. Or the message is not due yet. */
  #checkLater(ref: MessageRef, { channel, dueAt }: ClaimedOrLater, now: Date): Promise<void> {
    const { store, jobs } = this.#deps;
    const seconds = dueAt === null ? CHECK_AGAIN_SECONDS : secondsUntil(now, dueAt);
    return store.inOfficeOf(ref, (tx) => jobs.add(tx, ref, { seconds, channel }));
  }

  /** Renews the claim while the provider is slow, so that no other process sends the message again. */
  async #send(ref: MessageRef, claim: Claim, message: Message): Promise<SendResult> {
    const { gateways, store } = this.#deps;
    const gateway = gateways[message.channel];
    if (gateway === null) {
      return { type: "failed", reason: "no gateway" };
    }
    const renewal = setInterval(() => {
      // The next renewal makes up for a failed one.
      store.renew(ref, claim, now()).catch(() => undefined);
    }, this.#claimSeconds * 250);
    renewal.unref();
    try {
      return await providerCall.run({ channel: message.channel }, () => gateway.send(ref.id, message));
    } finally {
      clearInterval(renewal);
    }
  }

  async #recordResult(
    ref: MessageRef,
    { claim, message }: { claim: Claim; message: Message },
    result: SendResult,
  ) {
    const { store } = this.#deps;
    const at = now();
    const { channel } = message;
    if (result.type === "sent") {
      messageTried.emit({ channel, state: "sent" });
      await store.finish(ref, {
        ...{ state: "sent", at, reason: result.reason ?? null, providerId: result.providerId },
      });
      return;
    }
    const isRetryable = result.type === "again" || (result.type === "unknown" && message.channel === "mail");
    const seconds = backoff(message.channel, claim.attempts);
    if (isRetryable && secondsAfter(at, seconds) < claim.until) {
      const dueAt = secondsAfter(at, seconds);
      messageTried.emit({ channel, state: "retry" });
      await this.#retryLater(ref, { at, reason: result.reason, seconds, dueAt, channel: message.channel });
      return;
    }
    const state: FinalState = result.type === "again" ? "failed" : result.type;
    messageTried.emit({ channel, state });
    await store.finish(ref, { state, at, reason: result.reason, providerId: null });
  }

  #retryLater(ref: MessageRef, next: Retry): Promise<void> {
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

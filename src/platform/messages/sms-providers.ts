import { now, secondsAfter } from "../../kernel/clock.ts";
import type { Log } from "../../kernel/log.ts";
import type { KeyedHash } from "../../kernel/secret.ts";
import type { RateLimit, RateLimitStore } from "../limits/rate-limit-store.ts";
import type { MessageGateway, SendResult } from "./gateway.ts";
import type { Message } from "./message.ts";

/** A gateway with what is known of it. */
export interface SmsProvider {
  /** As the settings call it. */
  readonly name: string;
  readonly gateway: MessageGateway;
  /** Messages that it may be asked to send in 24 hours; null: any number. */
  readonly daily: number | null;
}

interface Deps {
  /** In the order in which they are asked. */
  readonly providers: readonly SmsProvider[];
  readonly limits: RateLimitStore;
  readonly hash: KeyedHash;
  readonly log: Log;
}

type Fault = Exclude<SendResult, { type: "sent" }>;

/** How long a provider is passed over after a fault of its own. One that refuses a number has none. */
const PASSED_OVER_SECONDS = { again: 15, unknown: 60, failed: 300 } as const;

const DAY_MINUTES = 24 * 60;

/**
 * Text messages through one or more providers. The next one is asked only where the one before has surely not taken the message
 * (docs/decisions/0088): an unknown outcome stays unknown, because a second message would be a second code.
 */
export class SmsProviders implements MessageGateway {
  readonly capacity = null;
  readonly #deps: Deps;
  readonly #members: readonly Member[];

  constructor(deps: Deps) {
    this.#deps = deps;
    this.#members = deps.providers.map((provider) => ({ provider, rest: new Rest() }));
  }

  async send(id: string, message: Message): Promise<SendResult> {
    const faults: (readonly [string, Fault])[] = [];
    for (const member of this.#toAsk()) {
      const result = await this.#ask(member, id, message);
      if (result.type === "sent") {
        return faults.length === 0 ? result : { ...result, reason: this.#reasonOf(faults) };
      }
      faults.push([member.provider.name, result]);
      if (result.type === "unknown") {
        return { type: "unknown", reason: this.#reasonOf(faults) };
      }
    }
    return { type: worstOf(faults.map(([, { type }]) => type)), reason: this.#reasonOf(faults) };
  }

  async check(): Promise<string | null> {
    for (const { name, gateway } of this.#deps.providers) {
      const fault = await gateway.check();
      if (fault !== null) {
        return this.#isAlone ? fault : `${name}: ${fault}`;
      }
    }
    return null;
  }

  async close(): Promise<void> {
    await Promise.all(this.#deps.providers.map(({ gateway }) => gateway.close()));
  }

  get #isAlone(): boolean {
    return this.#members.length === 1;
  }

  /** Those that rest are asked where there is no other. Whether one is asked is decided when it is its turn. */
  *#toAsk(): Generator<Member> {
    let isAsked = false;
    for (const member of this.#members) {
      if (this.#isAlone || member.rest.isOver(now())) {
        isAsked = true;
        yield member;
      }
    }
    if (!isAsked) {
      yield* this.#members;
    }
  }

  async #ask({ provider, rest }: Member, id: string, message: Message): Promise<SendResult> {
    const { limits } = this.#deps;
    const limit = this.#limitOf(provider);
    const isWithin = await this.#isWithin(limit, rest);
    const result: SendResult = isWithin
      ? await provider.gateway.send(id, message)
      : { type: "failed", reason: "budget of the day" };
    if (isWithin && limit.length > 0 && result.type !== "sent" && result.type !== "unknown") {
      await limits.giveBack(limit);
    }
    if (!this.#isAlone) {
      this.#note(provider.name, rest, result);
    }
    return result;
  }

  async #isWithin(limit: readonly RateLimit[], rest: Rest): Promise<boolean> {
    try {
      return limit.length === 0 || (await this.#deps.limits.reserve(limit, now())).length > 0;
    } catch (error) {
      rest.goOn();
      throw error;
    }
  }

  #note(provider: string, rest: Rest, result: SendResult): void {
    const { log } = this.#deps;
    if (result.type === "sent" || result.type === "refused") {
      if (rest.end()) {
        log.info({ provider }, "a text message provider is used again");
      }
      return;
    }
    const seconds = PASSED_OVER_SECONDS[result.type];
    if (rest.begin(secondsAfter(now(), seconds))) {
      const { reason } = result;
      log.warn({ provider, reason, seconds }, "a text message provider is passed over");
    }
  }

  #limitOf({ name, daily }: SmsProvider): readonly RateLimit[] {
    const key = this.#deps.hash(`text messages of ${name}`);
    return daily === null
      ? []
      : [{ scope: "sms-provider", key, limit: daily, minutes: DAY_MINUTES, isShared: true }];
  }

  #reasonOf(faults: readonly (readonly [string, Fault])[]): string {
    return faults.map(([name, { reason }]) => (this.#isAlone ? reason : `${name}: ${reason}`)).join("; ");
  }
}

interface Member {
  readonly provider: SmsProvider;
  readonly rest: Rest;
}

/** The time for which a provider is passed over. When it is over, one message at a time finds out whether the provider is back. */
class Rest {
  #until: Date | null = null;
  #isProbing = false;

  /** Whether the provider may be asked now. After a yes the caller says by `begin`, `end` or `goOn` what came of it. */
  isOver(at: Date): boolean {
    if (this.#until === null) {
      return true;
    }
    if (at < this.#until || this.#isProbing) {
      return false;
    }
    this.#isProbing = true;
    return true;
  }

  /** Returns whether it is the first rest since the provider was last used. */
  begin(until: Date): boolean {
    const isFirst = this.#until === null;
    this.#until = until;
    this.#isProbing = false;
    return isFirst;
  }

  /** It was not asked after all. */
  goOn(): void {
    this.#isProbing = false;
  }

  /** Returns whether there was one. */
  end(): boolean {
    const wasResting = this.#until !== null;
    this.#until = null;
    this.#isProbing = false;
    return wasResting;
  }
}

/** Tried again where any provider may take it later; otherwise, what one of them says of the number. */
function worstOf(types: readonly Fault["type"][]): Fault["type"] {
  return (["again", "refused"] as const).find((type) => types.includes(type)) ?? "failed";
}

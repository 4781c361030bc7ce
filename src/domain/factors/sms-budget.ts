import type { AuditStore } from "../audit/audit-store.ts";
import type { Visitor } from "../../kernel/visitor.ts";
import type { Queryable } from "../../platform/database/database.ts";
import type { KeyedHash } from "../../kernel/secret.ts";
import { Signal } from "../../kernel/signal.ts";
import { networkLimits } from "../../platform/limits/network-limits.ts";
import type { Counter, RateLimit, RateLimitStore } from "../../platform/limits/rate-limit-store.ts";
import type { Office } from "../offices/office.ts";
import type { UserRef } from "../users/user-ref.ts";
import {
  countMessage,
  fullLimit,
  recordStop,
  type CountedMessage,
  type MessageBudget,
  type CodeStop,
} from "./message-budget.ts";
import { dialPrefix } from "./mobile-number.ts";

/** How many messages may be sent, per hour and per day, counted from the first. */
interface SmsLimits {
  readonly perSignIn: number;
  readonly perNumberHour: number;
  readonly perNumberDay: number;
  readonly perAccountDay: number;
  readonly perAddressHour: number;
  readonly perPrefixHour: number;
}

/** A message to send. */
export interface SmsRequest {
  readonly user: UserRef;
  readonly office: Pick<Office, "smsDailyBudget">;
  /** E.164, so that every notation counts as the same number. */
  readonly number: string;
  /** The sign-in; null for a message outside of one. */
  readonly binding: string | null;
  readonly visitor: Visitor | null;
}

interface Deps {
  readonly store: RateLimitStore;
  readonly limits: SmsLimits;
  readonly hash: KeyedHash;
  readonly audit: AuditStore;
}

const HOUR = 60;
const DAY = 24 * HOUR;

/** An office has sent a message: how many of its day, and how many it may. */
export const smsBudgetUsed = new Signal<{
  readonly officeId: string;
  readonly sent: number;
  readonly budget: number;
}>();

/** The counters, and the stop that each causes when it is full. */
const STOPS = {
  "sms-sign-in": "interaction",
  "sms-number-hour": "number",
  "sms-number-day": "number",
  "sms-account": "account",
  "sms-address": "address",
  "sms-address-56": "address",
  "sms-address-48": "address",
  "sms-prefix": "prefix",
  "sms-office": "office",
  "sms-country": "country",
} as const satisfies Record<string, CodeStop>;

type SmsScope = keyof typeof STOPS;

/** A limit of text messages. */
export interface SmsLimit extends RateLimit {
  readonly scope: SmsScope;
}

/**
 * Limits what is sent, against toll fraud with the attacker's own numbers and against flooding another person's phone: for each user, number,
 * network, office and country. The daily budget of a provider is in `platform/messages/sms-providers.ts`.
 */
export class SmsBudget {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** What a message counts on. The office hears when four fifths of its day are used, and when all of it is. */
  budgetOf(asked: SmsRequest): MessageBudget<SmsLimit> {
    const budget = asked.office.smsDailyBudget;
    const marks = [100, 80].map((percent) => ({
      percent,
      sent: Math.ceil((budget * percent) / 100),
      budget,
    }));
    return {
      limits: this.#limitsOf(asked),
      watched: { scope: "sms-office" satisfies SmsScope, event: "sms.budget", marks },
    };
  }

  /**
   * Counts a message before it is sent, in the transaction that sends it. Returns the limit that is full; then
   * the transaction has to be rolled back, so that an unsent message is not counted.
   */
  async count(tx: Queryable, asked: SmsRequest, at: Date): Promise<SmsLimit | null> {
    const budget = this.budgetOf(asked);
    const counted = await countMessage(tx, asked.user.officeId, { budget, at });
    const full = fullLimit(budget, counted);
    if (full === null) {
      this.tell(asked, counted);
    }
    return full;
  }

  /** Tells what the database has counted, and the alarm that it has written. */
  tell({ user: { officeId }, office }: SmsRequest, { used, warned }: CountedMessage): void {
    smsBudgetUsed.emit({ officeId, sent: used ?? 0, budget: office.smsDailyBudget });
    if (warned !== null) {
      const details = { ...warned };
      this.#deps.audit.tell({ type: "sms.budget", outcome: "alarm", officeId, actor: "vestibule", details });
    }
  }

  /** The limit under which a country that the office does not send to is reported. */
  countryOf({ user }: Pick<SmsRequest, "user">): SmsLimit {
    return this.#limit("sms-country", user.id, [0, HOUR]);
  }

  /** Records a stop, and names it. */
  async recordStop({ user, visitor }: SmsRequest, full: SmsLimit, at: Date): Promise<CodeStop> {
    const by = STOPS[full.scope];
    await recordStop(this.#deps, { type: "sms.stopped", user, visitor, full, by, at });
    return by;
  }

  /** The counter of an office's day. */
  officeCounter(officeId: string): Counter {
    return { scope: "sms-office", key: this.#key("sms-office", officeId) };
  }

  #limitsOf({ user, office, number, binding, visitor }: SmsRequest): SmsLimit[] {
    const { limits } = this.#deps;
    return [
      ...(binding === null ? [] : [this.#limit("sms-sign-in", binding, [limits.perSignIn, DAY])]),
      this.#limit("sms-number-hour", number, [limits.perNumberHour, HOUR]),
      this.#limit("sms-number-day", number, [limits.perNumberDay, DAY]),
      this.#limit("sms-account", user.id, [limits.perAccountDay, DAY]),
      ...(visitor === null ? [] : this.#limitsOfNetwork(visitor.addressGroup)),
      this.#limit("sms-prefix", dialPrefix(number), [limits.perPrefixHour, HOUR]),
      this.#limit("sms-office", user.officeId, [office.smsDailyBudget, DAY]),
    ];
  }

  #limitsOfNetwork(addressGroup: string): SmsLimit[] {
    const limit = { scope: "sms-address", limit: this.#deps.limits.perAddressHour, minutes: HOUR } as const;
    return networkLimits(addressGroup, limit, (network) => this.#key("sms-address", network));
  }

  #limit(scope: SmsScope, value: string, [limit, minutes]: readonly [number, number]): SmsLimit {
    return { scope, key: this.#key(scope, value), limit, minutes };
  }

  #key(scope: SmsScope, value: string): Buffer {
    return this.#deps.hash(`sms budget ${scope} ${value}`);
  }
}

import type { AuditStore } from "../audit/audit-store.ts";
import type { Visitor } from "../../kernel/visitor.ts";
import type { Queryable } from "../../platform/database/database.ts";
import type { KeyedHash } from "../../kernel/secret.ts";
import type { Office } from "../offices/office.ts";
import type { Person } from "./guard-store.ts";
import { dialPrefix } from "./mobile-number.ts";
import { SMS_SCOPE, type SmsBudgetStore, type SmsCount, type SmsCounter } from "./sms-budget-store.ts";

/** How many messages may go out; per hour and per day, counted from the first. */
interface SmsLimits {
  readonly perSignIn: number;
  readonly perNumberHour: number;
  readonly perNumberDay: number;
  readonly perAccountDay: number;
  readonly perAddressHour: number;
  readonly perPrefixHour: number;
}

/** What has stopped a message. */
export type SmsStop =
  | "interaction"
  | "number"
  | "account"
  | "address"
  | "prefix"
  | "office"
  | "country"
  /** This installation sends none at all. */
  | "off";

/** A message that somebody wants to send. */
export interface SmsAsked {
  readonly person: Person;
  readonly office: Pick<Office, "smsDailyBudget">;
  /** E.164: in whatever notation it was typed, it is counted as one number. */
  readonly number: string;
  /** The sign-in; null for a message that belongs to none. */
  readonly binding: string | null;
  readonly visitor: Visitor | null;
}

interface Parts {
  readonly store: SmsBudgetStore;
  readonly limits: SmsLimits;
  readonly hash: KeyedHash;
  readonly audit: AuditStore;
}

const HOUR = 60;
const DAY = 24 * HOUR;

const STOPS: Readonly<Record<SmsCounter["scope"], SmsStop>> = {
  [SMS_SCOPE.interaction]: "interaction",
  [SMS_SCOPE.numberHour]: "number",
  [SMS_SCOPE.numberDay]: "number",
  [SMS_SCOPE.account]: "account",
  [SMS_SCOPE.address]: "address",
  [SMS_SCOPE.prefix]: "prefix",
  [SMS_SCOPE.office]: "office",
  [SMS_SCOPE.country]: "country",
};

/** Bounds what is sent, so that nobody earns by messages to their own numbers or makes a stranger's phone ring all night. */
export class SmsBudget {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /**
   * Counts a message before it is sent, in the transaction that sends it. Answers the counter that is full; then
   * the transaction has to be rolled back, so that what was not sent is not counted.
   */
  async count(tx: Queryable, asked: SmsAsked, now: Date): Promise<SmsCounter | null> {
    const counters = this.#countersOf(asked);
    const counted = await this.#parts.store.count(tx, counters, now);
    const full = counters.find(({ scope }) => !counted.some((count) => count.scope === scope));
    if (full !== undefined) {
      return full;
    }
    await this.#warn(tx, asked, counted);
    return null;
  }

  /** The counter under which a country that the office does not send to is told. */
  countryOf({ person }: SmsAsked): SmsCounter {
    return { scope: SMS_SCOPE.country, key: this.#key("country", person.id), most: 0, minutes: HOUR };
  }

  /** Writes a stop down, once in its window. Needs a transaction of its own: the message's was rolled back. */
  async tellStop({ person, visitor }: SmsAsked, counter: SmsCounter, now: Date): Promise<SmsStop> {
    const { store, audit } = this.#parts;
    const by = STOPS[counter.scope];
    await audit.inOffice(person.officeId, async (tx) => {
      if (!(await store.isFirstStop(tx, counter, now))) {
        return;
      }
      await audit.add(tx, {
        type: "sms.stopped",
        outcome: "refused",
        officeId: person.officeId,
        actor: person.id,
        subject: person.id,
        visitor: visitor ?? undefined,
        details: { by, most: counter.most, minutes: counter.minutes },
      });
    });
    return by;
  }

  /** The counter of an office's day. */
  officeCounter(officeId: string): Pick<SmsCounter, "scope" | "key"> {
    return { scope: SMS_SCOPE.office, key: this.#key(String(SMS_SCOPE.office), officeId) };
  }

  #countersOf({ person, office, number, binding, visitor }: SmsAsked): SmsCounter[] {
    const { limits } = this.#parts;
    const counter = (scope: SmsCounter["scope"], value: string, limit: readonly [number, number]) => {
      const [most, minutes] = limit;
      return { scope, key: this.#key(String(scope), value), most, minutes };
    };
    return [
      ...(binding === null ? [] : [counter(SMS_SCOPE.interaction, binding, [limits.perSignIn, DAY])]),
      counter(SMS_SCOPE.numberHour, number, [limits.perNumberHour, HOUR]),
      counter(SMS_SCOPE.numberDay, number, [limits.perNumberDay, DAY]),
      counter(SMS_SCOPE.account, person.id, [limits.perAccountDay, DAY]),
      ...(visitor === null
        ? []
        : [counter(SMS_SCOPE.address, visitor.addressGroup, [limits.perAddressHour, HOUR])]),
      counter(SMS_SCOPE.prefix, dialPrefix(number), [limits.perPrefixHour, HOUR]),
      counter(SMS_SCOPE.office, person.officeId, [office.smsDailyBudget, DAY]),
    ];
  }

  /** At four fifths and at the end of a day's budget somebody should look. */
  async #warn(tx: Queryable, { person, office }: SmsAsked, counted: readonly SmsCount[]): Promise<void> {
    const sent = counted.find(({ scope }) => scope === SMS_SCOPE.office)?.sent ?? 0;
    const budget = office.smsDailyBudget;
    const percent = [100, 80].find((share) => sent === Math.ceil((budget * share) / 100));
    if (percent === undefined) {
      return;
    }
    await this.#parts.audit.add(tx, {
      type: "sms.budget",
      outcome: "alarm",
      officeId: person.officeId,
      actor: "vestibule",
      subject: person.officeId,
      details: { percent, sent, budget },
    });
  }

  #key(what: string, value: string): Buffer {
    return this.#parts.hash(`sms budget ${what} ${value}`);
  }
}

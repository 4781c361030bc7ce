import { minutesAfter, type Clock } from "../../kernel/clock.ts";
import type { KeyedHash } from "../../kernel/secret.ts";
import {
  SCOPE,
  type Counter,
  type PasswordGuardStore,
  type Reserved,
} from "../../platform/limits/password-guard-store.ts";
import type { Queryable } from "../../platform/database/database.ts";
import type { OwedWork } from "../../platform/database/owed-work.ts";

export interface GuardLimits {
  readonly perAccount: number;
  readonly perAddress: number;
  readonly perOffice: number;
  readonly windowMinutes: number;
}

/** Who tries which name; every part counts whether or not the office and the user exist. */
export interface Attempt {
  /** Folded. */
  readonly officeCode: string;
  /** Folded. */
  readonly username: string;
  /** Network address, IPv6 cut to its /64. */
  readonly addressGroup: string;
  /** The browser's token when this account is used to it, else null. */
  readonly familiarBrowser: string | null;
}

export type Reservation =
  | { readonly type: "refused"; readonly until: Date }
  /** Many are signing in from here at this moment, and nobody knows yet whether they are right. */
  | { readonly type: "busy" }
  | {
      readonly type: "reserved";
      readonly counters: readonly Counter[];
      /** Marks that this try reaches, should its password be wrong. */
      readonly alarms: readonly GuardAlarm[];
    };

/** A counter that has just reached a mark; written to the audit log once per window. */
export type GuardAlarm = "account-throttled" | "address-throttled" | "office-under-attack";

/**
 * Counts wrong passwords. A try is counted before the password is looked at, in a statement of its own, so that
 * forty tries at once are not forty looks. A browser that an account is used to has its own counter and none of
 * the shared ones: a stranger can fill those, and must not keep the owner out.
 */
export class PasswordGuard {
  readonly #store: PasswordGuardStore;
  readonly #limits: GuardLimits;
  readonly #hash: KeyedHash;
  readonly #clock: Clock;

  readonly #owed: OwedWork;

  constructor(options: {
    store: PasswordGuardStore;
    limits: GuardLimits;
    hash: KeyedHash;
    clock: Clock;
    owed: OwedWork;
  }) {
    this.#owed = options.owed;
    this.#store = options.store;
    this.#limits = options.limits;
    this.#hash = options.hash;
    this.#clock = options.clock;
  }

  async reserve(attempt: Attempt): Promise<Reservation> {
    const counters = this.#countersFor(attempt);
    const now = this.#clock();
    const windowEnds = minutesAfter(now, this.#limits.windowMinutes);
    const reserved = await this.#store.reserve(counters, { now, windowEnds });
    if (reserved.length === counters.length) {
      return { type: "reserved", counters, alarms: this.#alarmsOf(reserved) };
    }
    const counted = new Set(reserved.map((counter) => counter.scope));
    await this.giveBack(counters.filter((counter) => counted.has(counter.scope)));
    const full = counters.filter((counter) => !counted.has(counter.scope));
    const { ends, isWrong } = await this.#store.findFull(full, now);
    return isWrong ? { type: "refused", until: ends } : { type: "busy" };
  }

  /**
   * The password was not looked at after all, or was right and nothing came of it. Never throws: what the database does
   * not take now, it gets later.
   */
  giveBack(counters: readonly Counter[]): Promise<void> {
    return this.#owed.settle("a try of a password that was right", () => this.#store.giveBack(counters));
  }

  succeed(tx: Queryable, counters: readonly Counter[]): Promise<void> {
    return this.#store.succeed(tx, counters);
  }

  /** Answers whether the try counts: the same mistake again does not. */
  async fail(counters: readonly Counter[], password: string): Promise<boolean> {
    const [own] = counters;
    if (own === undefined) {
      return false;
    }
    // Four bytes of a keyed hash: enough to see the same mistake again, too little to find the password by.
    const mark = this.#hash(`wrong password ${own.key.toString("hex")} ${password}`).readInt32BE();
    return this.#store.fail(counters, own, mark);
  }

  #countersFor(attempt: Attempt): Counter[] {
    const { officeCode, username, addressGroup, familiarBrowser } = attempt;
    const { perAccount, perAddress, perOffice } = this.#limits;
    const name = JSON.stringify([officeCode, username]);
    if (familiarBrowser !== null) {
      const key = this.#hash(`guard browser ${JSON.stringify([name, familiarBrowser])}`);
      return [{ scope: SCOPE.browser, key, limit: perAccount }];
    }
    return [
      { scope: SCOPE.account, key: this.#hash(`guard account ${name}`), limit: perAccount },
      { scope: SCOPE.address, key: this.#hash(`guard address ${addressGroup}`), limit: perAddress },
      { scope: SCOPE.office, key: this.#hash(`guard office ${officeCode}`), limit: perOffice },
    ];
  }

  #alarmsOf(reserved: readonly Reserved[]): GuardAlarm[] {
    const { perAccount, perAddress, perOffice } = this.#limits;
    const marks: [number, number, GuardAlarm][] = [
      [SCOPE.account, perAccount, "account-throttled"],
      [SCOPE.address, perAddress, "address-throttled"],
      [SCOPE.office, Math.floor(perOffice / 5), "office-under-attack"],
    ];
    return marks
      .filter(([scope, tries]) =>
        reserved.some((counter) => counter.scope === scope && counter.tries === tries),
      )
      .map(([, , alarm]) => alarm);
  }
}

import { now } from "../../kernel/clock.ts";
import type { KeyedHash } from "../../kernel/secret.ts";
import type { Counter, RateLimit, RateLimitStore, Reserved } from "../../platform/limits/rate-limit-store.ts";
import type { Queryable } from "../../platform/database/database.ts";
import type { OwedWork } from "../../platform/database/owed-work.ts";

const SCOPE = {
  account: "password-account",
  browser: "password-browser",
  address: "password-address",
  office: "password-office",
} as const;

export interface GuardLimits {
  readonly perAccount: number;
  readonly perAddress: number;
  readonly perOffice: number;
  readonly windowMinutes: number;
}

/** One try for one name; each limit counts whether or not the office and the user exist. */
export interface Attempt {
  /** Folded. */
  readonly officeCode: string;
  /** Folded. */
  readonly username: string;
  /** Network address, IPv6 cut to its /64. */
  readonly addressGroup: string;
  /** The browser's token when the account has been used from it, else null. */
  readonly familiarBrowser: string | null;
}

export type Reservation =
  | { readonly type: "refused"; readonly until: Date }
  /** Too many sign-ins from here are being checked at this moment; their results are not known yet. */
  | { readonly type: "busy" }
  | {
      readonly type: "reserved";
      readonly counters: readonly Counter[];
      /** The alarms that this try raises if its password is incorrect. */
      readonly alarms: readonly GuardAlarm[];
    };

/** A counter that has just reached a limit; written to the audit log once per window. */
export type GuardAlarm = "account-throttled" | "address-throttled" | "office-under-attack";

/**
 * Counts incorrect passwords. A try is counted before the password is checked, in its own statement, so that forty
 * parallel tries are not forty guesses. A browser that is familiar to an account has its own counter and none of the
 * shared ones: an attacker can fill the shared ones, and must not lock the owner out.
 */
export class PasswordGuard {
  readonly #store: RateLimitStore;
  readonly #limits: GuardLimits;
  readonly #hash: KeyedHash;

  readonly #owed: OwedWork;

  constructor(options: { store: RateLimitStore; limits: GuardLimits; hash: KeyedHash; owed: OwedWork }) {
    this.#owed = options.owed;
    this.#store = options.store;
    this.#limits = options.limits;
    this.#hash = options.hash;
  }

  async reserve(attempt: Attempt): Promise<Reservation> {
    const counters = this.#limitsFor(attempt);
    const at = now();
    const reserved = await this.#store.reserve(counters, at);
    if (reserved.length === counters.length) {
      return { type: "reserved", counters, alarms: this.#alarmsOf(reserved) };
    }
    const counted = new Set<string>(reserved.map((counter) => counter.scope));
    await this.giveBack(counters.filter((counter) => counted.has(counter.scope)));
    const full = await this.#store.findFull(
      counters.filter((counter) => !counted.has(counter.scope)),
      at,
    );
    // A shared limit full of tries that are not checked yet proves nothing: they may all be correct.
    const isRefused = full.some(({ scope, isJudged }) => scope === counters[0].scope || isJudged);
    return isRefused
      ? { type: "refused", until: new Date(Math.max(...full.map(({ until }) => until.getTime()))) }
      : { type: "busy" };
  }

  /**
   * For a password that was not checked after all, or was correct and had no effect. Never throws: what the database does
   * not accept now is written later.
   */
  giveBack(counters: readonly Counter[]): Promise<void> {
    return this.#owed.settle("a try of a password that was right", () => this.#store.giveBack(counters));
  }

  /** A correct password resets the counter of its account or browser; the shared limits only get this try back. */
  async succeed(tx: Queryable, counters: readonly Counter[]): Promise<void> {
    const [own] = counters;
    if (own !== undefined) {
      await this.#store.succeed(tx, counters, own);
    }
  }

  /** Returns whether the try counts: repeating the same mistake does not. */
  async fail(counters: readonly Counter[], password: string): Promise<boolean> {
    const [own] = counters;
    if (own === undefined) {
      return false;
    }
    // Four bytes of a keyed hash: enough to recognise the same mistake, too little to recover the password.
    const mark = this.#hash(`wrong password ${own.key.toString("hex")} ${password}`).readInt32BE();
    return this.#store.fail(counters, own, mark);
  }

  /** The limit of the account or the browser, and then the shared ones. */
  #limitsFor(attempt: Attempt): [RateLimit, ...RateLimit[]] {
    const { officeCode, username, addressGroup, familiarBrowser } = attempt;
    const { perAccount, perAddress, perOffice, windowMinutes: minutes } = this.#limits;
    const name = JSON.stringify([officeCode, username]);
    if (familiarBrowser !== null) {
      const key = this.#hash(`guard browser ${JSON.stringify([name, familiarBrowser])}`);
      return [{ scope: SCOPE.browser, key, limit: perAccount, minutes }];
    }
    return [
      { scope: SCOPE.account, key: this.#hash(`guard account ${name}`), limit: perAccount, minutes },
      { scope: SCOPE.address, key: this.#hash(`guard address ${addressGroup}`), limit: perAddress, minutes },
      { scope: SCOPE.office, key: this.#hash(`guard office ${officeCode}`), limit: perOffice, minutes },
    ];
  }

  #alarmsOf(reserved: readonly Reserved[]): GuardAlarm[] {
    const { perAccount, perAddress, perOffice } = this.#limits;
    const marks: [string, number, GuardAlarm][] = [
      [SCOPE.account, perAccount, "account-throttled"],
      [SCOPE.address, perAddress, "address-throttled"],
      [SCOPE.office, Math.floor(perOffice / 5), "office-under-attack"],
    ];
    return marks
      .filter(([scope, tries]) =>
        reserved.some((counter) => counter.scope === scope && counter.used === tries),
      )
      .map(([, , alarm]) => alarm);
  }
}

import { now } from "../../kernel/clock.ts";
import type { KeyedHash } from "../../kernel/secret.ts";
import { networkLimits } from "../../platform/limits/network-limits.ts";
import type { Counter, RateLimit, RateLimitStore, Reserved } from "../../platform/limits/rate-limit-store.ts";
import type { Queryable } from "../../platform/database/database.ts";
import type { OwedWork } from "../../platform/database/owed-work.ts";
import { OUTDATED, type FamiliarBrowser, type LimitOfBrowser } from "./password-check-store.ts";

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
  /** Null for a browser that is not familiar to the account. */
  readonly familiar: FamiliarBrowser | null;
}

export type Reservation =
  | { readonly type: "refused"; readonly until: Date }
  /** Too many sign-ins from here are being checked at this moment; their results are not known yet. */
  | { readonly type: "busy" }
  | {
      readonly type: "reserved";
      /** The first is that of the account or the browser. */
      readonly counters: readonly RateLimit[];
      /** The office has no try left, and this is the one that its account has all the same. */
      readonly isOfficeFull: boolean;
    };

type Refusal = Exclude<Reservation, { type: "reserved" }>;

/** A counter that has just reached a limit; written to the audit log once per window. */
export type GuardAlarm = "account-throttled" | "address-throttled" | "office-under-attack";

/** The limits of one try: that of the account or the browser, and then the shared ones. */
type Limits = readonly [RateLimit, ...RateLimit[]];

/**
 * Counts incorrect passwords by account, browser, network address and office, and refuses more than the limits. A try is counted before the password is checked, in its own statement, so that forty
 * parallel tries are not forty guesses. A browser that is familiar to an account has its own counter and none of the
 * shared ones: an attacker can fill the shared ones, and must not lock the owner out. A full office lets the correct password
 * of an account through that has had no incorrect one: an attacker who tries many names must not make everyone wait
 * (decision 0052).
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

  /**
   * The limits of a try, for each browser that it may turn out to come from: the statement that counts the try finds out, by one of
   * `browsers`, whether the browser is familiar.
   */
  possibleLimits(attempt: Omit<Attempt, "familiar">, browsers: readonly Buffer[]): LimitOfBrowser[] {
    const of = (familiar: FamiliarBrowser | null, browser: Buffer | null) =>
      this.#limitsFor({ ...attempt, familiar }).map((limit) => ({ ...limit, browser }));
    const outdated = { hash: OUTDATED, isOutdated: true };
    return [
      ...of(null, null),
      ...of(outdated, OUTDATED),
      ...browsers.flatMap((hash) => of({ hash, isOutdated: false }, hash)),
    ];
  }

  /** What a try may do that was counted: `reserved` are the limits that were not full. */
  async judge(attempt: Attempt, reserved: readonly Reserved[], at: Date): Promise<Reservation> {
    const limits = this.#limitsFor(attempt);
    const [own] = limits;
    const used = new Map(reserved.map((counter) => [counter.scope, counter.used]));
    const counters = limits.filter(({ scope }) => used.has(scope));
    const full = limits.filter(({ scope }) => !used.has(scope));
    const isOfficeFull = full.every(({ scope }) => scope === SCOPE.office);
    if (full.length === 0 || (isOfficeFull && used.get(own.scope) === 1)) {
      return { type: "reserved", counters, isOfficeFull: full.length > 0 };
    }
    await this.giveBack(counters);
    return isOfficeFull ? this.#refusalOfOffice(limits, at) : this.#refusal(own, full, at);
  }

  /**
   * For a password that was not checked after all, or was correct and had no effect. Never throws: what the database does
   * not accept now is written later.
   */
  giveBack(counters: readonly Counter[]): Promise<void> {
    return this.#owed.runOrDefer("a try of a password that was right", () => this.#store.giveBack(counters));
  }

  /** A correct password resets the counter of its account or browser; the shared limits only get this try back. */
  async succeed(tx: Queryable, counters: readonly Counter[]): Promise<void> {
    await this.#store.succeed(tx, counters);
  }

  /** Returns the alarms that this try raises. Repeating the same mistake does not count. */
  async fail(counters: readonly RateLimit[], password: string): Promise<GuardAlarm[]> {
    const [own] = counters;
    if (own === undefined) {
      return [];
    }
    // Four bytes of a keyed hash: enough to recognise the same mistake, too little to recover the password.
    const mark = this.#hash(`wrong password ${own.key.toString("hex")} ${password}`).readInt32BE();
    const reached = await this.#store.fail(counters, mark, now());
    return [...new Set(reached.map(alarmOf))];
  }

  /**
   * Until when a full office refuses the account after an incorrect password; null when it does not. The answer to that password
   * is the refusal too: an attacker who floods an office does not learn which of the guesses were checked.
   */
  async untilOfFullOffice(attempt: Attempt): Promise<Date | null> {
    const refusal = await this.#refusalOfOffice(this.#limitsFor(attempt), now());
    return refusal.type === "refused" ? refusal.until : null;
  }

  async #refusal(own: RateLimit, full: readonly RateLimit[], at: Date): Promise<Refusal> {
    const found = await this.#store.findFull(
      full.filter(({ scope }) => scope !== SCOPE.office),
      at,
    );
    // A shared limit full of tries that are not checked yet proves nothing: they may all be correct.
    return found.some(({ scope, isJudged }) => scope === own.scope || isJudged)
      ? { type: "refused", until: new Date(Math.max(...found.map(({ until }) => until.getTime()))) }
      : { type: "busy" };
  }

  /** Until the office or the account has a new window, whichever is first. */
  async #refusalOfOffice([own, ...shared]: Limits, at: Date): Promise<Refusal> {
    const office = shared.filter(({ scope }) => scope === SCOPE.office);
    const found = await this.#store.findFull([{ ...own, limit: 1 }, ...office], at);
    // The owner who presses the button twice has a try that is not checked yet, and no incorrect one.
    return found.some(({ scope, isJudged }) => scope === own.scope && isJudged)
      ? { type: "refused", until: new Date(Math.min(...found.map(({ until }) => until.getTime()))) }
      : { type: "busy" };
  }

  #limitsFor({ officeCode, username, addressGroup, familiar }: Attempt): Limits {
    const { perAccount, perAddress, perOffice, windowMinutes: minutes } = this.#limits;
    const name = JSON.stringify([officeCode, username]);
    if (familiar !== null) {
      const browser = familiar.isOutdated ? "outdated" : familiar.hash.toString("hex");
      const key = this.#hash(`guard browser ${JSON.stringify([name, browser])}`);
      return [{ scope: SCOPE.browser, key, limit: perAccount, minutes }];
    }
    const key = this.#hash(`guard account ${name}`);
    const networks = networkLimits(
      addressGroup,
      { scope: SCOPE.address, limit: perAddress, minutes },
      (network) => this.#hash(`guard address ${network}`),
    );
    const office = {
      scope: SCOPE.office,
      key: this.#hash(`guard office ${officeCode}`),
      limit: perOffice,
      minutes,
    };
    return [
      { scope: SCOPE.account, key, limit: perAccount, minutes, alarmAt: perAccount },
      ...networks.map((network) => ({ ...network, isShared: true, alarmAt: network.limit })),
      { ...office, isShared: true, alarmAt: Math.max(1, Math.floor(perOffice / 5)) },
    ];
  }
}

function alarmOf(scope: string): GuardAlarm {
  if (scope.startsWith(SCOPE.address)) {
    return "address-throttled";
  }
  return scope === SCOPE.office ? "office-under-attack" : "account-throttled";
}

import type { Visitor } from "../../kernel/visitor.ts";
import type { AuditStore } from "../audit/audit-store.ts";
import { now } from "../../kernel/clock.ts";
import type { OwedWork } from "../../platform/database/owed-work.ts";
import type { KeyedHash } from "../../kernel/secret.ts";
import { networkLimits } from "../../platform/limits/network-limits.ts";
import type { Counter, RateLimitStore } from "../../platform/limits/rate-limit-store.ts";

const TRIES_OF_ADDRESS = 20;
/** There are 25 thousand million codes and each lives for ten minutes: this many tries from all addresses find none. */
const TRIES_IN_ALL = 2_000;
/** As for the passwords of an office, the alarm comes long before the limit. */
const ALARM_AT = TRIES_IN_ALL / 5;
const WINDOW = { minutes: 15 };

/** A counted try. */
export interface UserCodeTry {
  readonly counters: readonly Counter[];
  /** Whether it raises the alarm of the installation, if its code is incorrect. */
  readonly isAlarming: boolean;
}

/**
 * Limits the guessing of user codes (RFC 8628 section 5.1). Every try is counted before the code is looked up, and given
 * back when the code exists, so that a whole building can sign its devices in.
 */
export class UserCodeGuard {
  readonly #store: RateLimitStore;
  readonly #hash: KeyedHash;
  readonly #owed: OwedWork;
  readonly #audit: AuditStore;

  constructor(deps: { store: RateLimitStore; hash: KeyedHash; owed: OwedWork; audit: AuditStore }) {
    this.#owed = deps.owed;
    this.#audit = deps.audit;
    this.#store = deps.store;
    this.#hash = deps.hash;
  }

  /**
   * Counts a try; null when it may not be made. Returns what `giveBack` and `fail` take. When all addresses together have made
   * too many, an address without an incorrect code of its own still has one: a stranger must not stop the devices of everyone.
   */
  async reserve(visitor: Visitor | undefined): Promise<UserCodeTry | null> {
    const at = now();
    const ofNetworks = networkLimits(
      visitor?.addressGroup ?? "",
      { scope: "user-code-address", limit: TRIES_OF_ADDRESS, ...WINDOW },
      (network) => this.#hash(`guard user code ${network}`),
    );
    const counted = await this.#store.reserve(ofNetworks, at);
    if (counted.length < ofNetworks.length) {
      await this.#return(ofNetworks.filter(({ scope }) => counted.some((each) => each.scope === scope)));
      return null;
    }
    // In this order, so that a blocked address uses up nothing of the limit that all share.
    const all = { scope: "user-code", key: this.#hash("guard user codes"), limit: TRIES_IN_ALL, ...WINDOW };
    const [ofAll] = await this.#store.reserve([all], at);
    if (ofAll !== undefined) {
      return { counters: [...ofNetworks, all], isAlarming: ofAll.used === ALARM_AT };
    }
    if (counted.some(({ scope, used }) => scope === "user-code-address" && used === 1)) {
      return { counters: ofNetworks, isAlarming: false };
    }
    await this.#return(ofNetworks);
    return null;
  }

  /** For a code that exists, or that was not looked up. Never throws. */
  giveBack({ counters }: UserCodeTry): Promise<void> {
    return this.#return(counters);
  }

  /** For a code that does not exist. Never throws. */
  async fail({ isAlarming }: UserCodeTry, visitor: Visitor | undefined): Promise<void> {
    if (!isAlarming) {
      return;
    }
    // The counter passes the mark once in its window, so an alarm that cannot be written now is written later.
    await this.#owed.runOrDefer("an alarm about user codes", () =>
      this.#audit.addAlone({
        type: "user-code.throttled",
        outcome: "alarm",
        officeId: null,
        actor: "visitor",
        visitor,
        details: { alarm: "installation-under-attack" },
      }),
    );
  }

  #return(counters: readonly Counter[]): Promise<void> {
    return this.#owed.runOrDefer("a try of a user code that was right", () => this.#store.giveBack(counters));
  }
}

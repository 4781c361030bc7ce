import type { Visitor } from "../../kernel/visitor.ts";
import { now } from "../../kernel/clock.ts";
import type { OwedWork } from "../../platform/database/owed-work.ts";
import type { KeyedHash } from "../../kernel/secret.ts";
import { networkLimits } from "../../platform/limits/network-limits.ts";
import type { Counter, RateLimitStore } from "../../platform/limits/rate-limit-store.ts";

const TRIES_OF_ADDRESS = 20;
/** There are 25 thousand million codes and each lives for ten minutes: this many tries from all addresses find none. */
const TRIES_IN_ALL = 2_000;
const WINDOW = { minutes: 15 };

/**
 * Limits the guessing of user codes (RFC 8628 section 5.1). Every try is counted before the code is looked up, and given
 * back when the code exists, so that a whole building can sign its devices in.
 */
export class UserCodeGuard {
  readonly #store: RateLimitStore;
  readonly #hash: KeyedHash;
  readonly #owed: OwedWork;

  constructor(deps: { store: RateLimitStore; hash: KeyedHash; owed: OwedWork }) {
    this.#owed = deps.owed;
    this.#store = deps.store;
    this.#hash = deps.hash;
  }

  /**
   * Counts a try; null when it may not be made. Returns what `giveBack` takes. When all addresses together have made too many,
   * an address without an incorrect code of its own still has one: a stranger must not stop the devices of everyone.
   */
  async reserve(visitor: Visitor | undefined): Promise<readonly Counter[] | null> {
    const at = now();
    const ofNetworks = networkLimits(
      visitor?.addressGroup ?? "",
      { scope: "user-code-address", limit: TRIES_OF_ADDRESS, ...WINDOW },
      (network) => this.#hash(`guard user code ${network}`),
    );
    const counted = await this.#store.reserve(ofNetworks, at);
    if (counted.length < ofNetworks.length) {
      await this.giveBack(ofNetworks.filter(({ scope }) => counted.some((each) => each.scope === scope)));
      return null;
    }
    // In this order, so that a blocked address uses up nothing of the limit that all share.
    const all = { scope: "user-code", key: this.#hash("guard user codes"), limit: TRIES_IN_ALL, ...WINDOW };
    if ((await this.#store.reserve([all], at)).length > 0) {
      return [...ofNetworks, all];
    }
    if (counted.some(({ scope, used }) => scope === "user-code-address" && used === 1)) {
      return ofNetworks;
    }
    await this.giveBack(ofNetworks);
    return null;
  }

  /** For a code that exists, or that was not looked up. Never throws. */
  giveBack(counters: readonly Counter[]): Promise<void> {
    return this.#owed.settle("a try of a user code that was right", () => this.#store.giveBack(counters));
  }
}

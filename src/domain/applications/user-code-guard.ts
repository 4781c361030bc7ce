import type { Visitor } from "../../kernel/visitor.ts";
import { now } from "../../kernel/clock.ts";
import type { OwedWork } from "../../platform/database/owed-work.ts";
import type { KeyedHash } from "../../kernel/secret.ts";
import type { RateLimitStore } from "../../platform/limits/rate-limit-store.ts";

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

  async mayTry(visitor: Visitor | undefined): Promise<boolean> {
    const at = now();
    const { address, all } = this.#limitsOf(visitor);
    // In this order, so that a blocked address uses up nothing of the limit that all share.
    const isAddressFree = (await this.#store.reserve([address], at)).length > 0;
    return isAddressFree && (await this.#store.reserve([all], at)).length > 0;
  }

  /** For a code that exists, or that was not looked up. Never throws. */
  giveBack(visitor: Visitor | undefined): Promise<void> {
    const { address, all } = this.#limitsOf(visitor);
    return this.#owed.settle("a try of a user code that was right", () =>
      this.#store.giveBack([address, all]),
    );
  }

  #limitsOf(visitor: Visitor | undefined) {
    const key = this.#hash(`guard user code ${visitor?.addressGroup ?? ""}`);
    return {
      address: { scope: "user-code-address", key, limit: TRIES_OF_ADDRESS, ...WINDOW },
      all: { scope: "user-code", key: this.#hash("guard user codes"), limit: TRIES_IN_ALL, ...WINDOW },
    };
  }
}

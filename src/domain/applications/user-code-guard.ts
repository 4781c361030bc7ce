import type { Visitor } from "../../kernel/visitor.ts";
import { now } from "../../kernel/clock.ts";
import type { OwedWork } from "../../platform/database/owed-work.ts";
import type { KeyedHash } from "../../kernel/secret.ts";
import type { RateLimitStore } from "../../platform/limits/rate-limit-store.ts";

const TRIES_OF_ADDRESS = 20;
/** Codes are one of 25 thousand million and live for ten minutes: so many tries from everywhere find none. */
const TRIES_IN_ALL = 2_000;
const WINDOW = { minutes: 15 };

/**
 * Stops the guessing of user codes (RFC 8628 section 5.1). Every try is reserved before the code is looked at, and a code
 * that there is gets it back: a whole building may sign its devices in.
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
    // One after the other: an address that is stopped uses up nothing of everybody's.
    const isAddressFree = (await this.#store.reserve([address], at)).length > 0;
    return isAddressFree && (await this.#store.reserve([all], at)).length > 0;
  }

  /** There is such a code, or it was not looked at. Never throws. */
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

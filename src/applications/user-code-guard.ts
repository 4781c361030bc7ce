import type { Visitor } from "../audit/audit-event.ts";
import { minutesAfter, type Clock } from "../kernel/clock.ts";
import type { KeyedHash } from "../kernel/secret.ts";
import { SCOPE, type PasswordGuardStore } from "../users/password-guard-store.ts";

/** A right code is looked at twice, when it is typed and when it is confirmed. */
const TRIES_OF_ADDRESS = 20;
/** Codes are one of 25 thousand million and live for ten minutes: so many tries from everywhere find none. */
const TRIES_IN_ALL = 2_000;
const WINDOW_MINUTES = 15;

/** Stops the guessing of user codes (RFC 8628 section 5.1). Every try is reserved before the code is looked at. */
export class UserCodeGuard {
  readonly #store: PasswordGuardStore;
  readonly #hash: KeyedHash;
  readonly #clock: Clock;

  constructor(parts: { store: PasswordGuardStore; hash: KeyedHash; clock: Clock }) {
    this.#store = parts.store;
    this.#hash = parts.hash;
    this.#clock = parts.clock;
  }

  async mayTry(visitor: Visitor | undefined): Promise<boolean> {
    const now = this.#clock();
    const address = {
      scope: SCOPE.userCodeAddress,
      key: this.#hash(`guard user code ${visitor?.addressGroup ?? ""}`),
      limit: TRIES_OF_ADDRESS,
    };
    const all = { scope: SCOPE.userCodes, key: this.#hash("guard user codes"), limit: TRIES_IN_ALL };
    const window = { now, windowEnds: minutesAfter(now, WINDOW_MINUTES) };
    // One after the other: an address that is stopped uses up nothing of everybody's.
    const isAddressFree = (await this.#store.reserve([address], window)).length > 0;
    return isAddressFree && (await this.#store.reserve([all], window)).length > 0;
  }
}

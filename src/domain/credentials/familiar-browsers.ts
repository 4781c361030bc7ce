import { daysAfter, now } from "../../kernel/clock.ts";
import { randomToken } from "../../kernel/random.ts";
import type { KeyedHash } from "../../kernel/secret.ts";
import type { Queryable } from "../../platform/database/database.ts";
import type { UserRef } from "../users/user-ref.ts";
import type { FamiliarBrowserStore, NewFamiliar } from "./familiar-browser-store.ts";

/** As long as the cookie lives. */
const DAYS = 180;
/** Users who share a browser each have a token of their own. Beyond this number the oldest is dropped. */
const TOKENS_IN_A_BROWSER = 10;
/** Each has a counter of wrong passwords, so an account must not collect any number of them. */
const BROWSERS_OF_AN_ACCOUNT = 20;

interface Preparation {
  readonly row: NewFamiliar;
  readonly keptOf: (replaced: readonly Buffer[]) => string[];
}

/**
 * Browsers whose user has proved an account: by a complete sign-in, or by spending a link from the mailbox. Wrong passwords from
 * there count apart from those of strangers, who could otherwise keep the owner out (`password-guard.ts`). One is
 * recognised by `find_sign_in_candidate` of the database.
 */
export class FamiliarBrowsers {
  readonly #store: FamiliarBrowserStore;
  readonly #hash: KeyedHash;

  constructor(deps: { store: FamiliarBrowserStore; hash: KeyedHash }) {
    this.#store = deps.store;
    this.#hash = deps.hash;
  }

  /** Makes a browser familiar to a user, in the transaction of the proof. Returns the tokens that the cookie has from now on. */
  async remember(tx: Queryable, user: UserRef, tokens: readonly string[]): Promise<string[]> {
    const { row, keptOf } = this.prepare(tokens);
    return keptOf(await this.#store.add(tx, user, row));
  }

  /**
   * What makes a browser familiar, for a statement that writes more than that; `keptOf`: the tokens that the cookie has afterwards,
   * by those that were replaced. `tokens`: those of its cookie. The user's token is always a new one, never one that the browser
   * sent: an attacker could have put that there, or have a copy of it.
   */
  prepare(tokens: readonly string[]): Preparation {
    const token = randomToken();
    const before = this.hashes(tokens);
    const at = now();
    return {
      row: {
        hash: this.#hashOf(token),
        before,
        at,
        until: daysAfter(at, DAYS),
        most: BROWSERS_OF_AN_ACCOUNT,
      },
      keptOf: (replaced) => {
        const ofOthers = tokens.filter((_, index) => !replaced.some((hash) => before[index]?.equals(hash)));
        return [token, ...ofOthers].slice(0, TOKENS_IN_A_BROWSER);
      },
    };
  }

  /** Tokens as they are stored. */
  hashes(tokens: readonly string[]): Buffer[] {
    return tokens.map((token) => this.#hashOf(token));
  }

  #hashOf(token: string): Buffer {
    return this.#hash(`familiar browser ${token}`);
  }
}

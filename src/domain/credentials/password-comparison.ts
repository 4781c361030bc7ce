import { setTimeout as sleep } from "node:timers/promises";
import { now } from "../../kernel/clock.ts";
import type { FamiliarBrowsers } from "./familiar-browsers.ts";
import type { PasswordHasher } from "./password.ts";
import type { TrustedBrowserStore } from "../factors/trusted-browser-store.ts";
import type { Candidate, LimitOfBrowser, PasswordCheckStore, Tried } from "./password-check-store.ts";
import { PASSWORD_LENGTH } from "./password-rules.ts";

const SECOND_MS = 1000;
/** A timer may fire a moment early. */
const TIMER_MS = 5;

/** Folded, as they are stored. */
interface Names {
  readonly officeCode: string;
  readonly username: string;
}

/** What is stored for the names, and the moment before it was read. */
export interface Found {
  readonly candidate: Candidate;
  readonly at: Date;
}

interface Typed {
  readonly password: string;
  /** Tokens of the browser's cookies: of familiar browsers, and of trust. */
  readonly browser: readonly string[];
  readonly trust?: readonly string[];
}

interface Deps {
  readonly store: PasswordCheckStore;
  readonly familiar: FamiliarBrowsers;
  readonly trusted: Pick<TrustedBrowserStore, "hashes">;
  readonly hasher: PasswordHasher;
}

/** Compares a password with the stored hash, in the same time whether or not there is one. */
export class PasswordComparison {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Counts the try, and finds what it is compared with. `limitsOf`: the limits for each token that may be familiar. */
  async begin(
    names: Names,
    { browser, trust = [] }: Typed,
    limitsOf: (familiar: readonly Buffer[]) => readonly LimitOfBrowser[],
  ): Promise<Found & Tried> {
    const { store, familiar, trusted } = this.#deps;
    const tokens = { familiar: familiar.hashes(browser), trust: trusted.hashes(trust) };
    const at = now();
    return { at, ...(await store.try(names, tokens, { limits: limitsOf(tokens.familiar), now: at })) };
  }

  /**
   * Null when the password is incorrect, otherwise what was read before the comparison. A proof in the second of a change ends with
   * the change (docs/decisions/0013): a correct password waits for the next second, and is compared again with what is stored then.
   */
  async prove(found: Found, names: Names, { password, browser }: Typed): Promise<Found | null> {
    const { store, familiar } = this.#deps;
    if (!(await this.#isRight(found.candidate, password))) {
      return null;
    }
    const validFromMs = (found.candidate.user?.validFrom ?? 0) * 1000;
    const earlyMs = validFromMs - found.at.getTime();
    if (earlyMs <= 0 || earlyMs > SECOND_MS) {
      return found;
    }
    await sleep(Math.max(0, validFromMs - now().getTime()) + TIMER_MS);
    const at = now();
    const again = { at, candidate: await store.find(names, familiar.hashes(browser), at) };
    return (await this.#isRight(again.candidate, password)) ? again : null;
  }

  async #isRight({ user, office }: Candidate, password: string): Promise<boolean> {
    const { hasher } = this.#deps;
    if (password.length > PASSWORD_LENGTH.maximum * 2) {
      return false;
    }
    const matches =
      user === null ? await hasher.verifyDummy(password) : await hasher.verify(user.passwordHash, password);
    const isRight = matches && user?.status === "active" && office?.status === "open";
    if (!isRight) {
      await hasher.levelOut(user?.passwordHash ?? null, password);
    }
    return isRight;
  }
}

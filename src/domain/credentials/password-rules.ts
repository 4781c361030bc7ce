import { now } from "../../kernel/clock.ts";
import type { KeyedHash } from "../../kernel/secret.ts";
import type { RateLimitStore } from "../../platform/limits/rate-limit-store.ts";
import type { StrengthThread } from "./strength-thread.ts";

/** NIST SP 800-63B section 3.1.1.2: a minimum length, an estimate of strength, and no composition rules. */
export const PASSWORD_LENGTH = { minimum: 12, maximum: 256 } as const;

export type PasswordFault = "too-short" | "too-long" | "too-easy" | "too-often";

/** Who chooses a password. */
interface Choice {
  /** Words that an attacker would try first: office code, username, product name. */
  readonly known: readonly string[];
  /** The account whose choices are counted; null for an operator at the terminal. */
  readonly userId: string | null;
}

interface Deps {
  readonly strength: Pick<StrengthThread, "estimate">;
  readonly limits: Pick<RateLimitStore, "reserve">;
  readonly hash: KeyedHash;
}

/** New passwords of one account that are estimated, within some minutes of the first: no user needs so many. */
const ESTIMATES = { limit: 20, minutes: 10 };

/** The estimator's work grows with the square of the length, and this much is enough to judge: the rest is ignored. */
const ESTIMATED_LENGTH = 32;

/** Judges new passwords. The estimate is counted before it runs, because it costs far more than any other part of a request. */
export class PasswordRules {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** What is wrong with a new password, or null. Throws PageError "busy" when too many wait. */
  async fault(password: string, { known, userId }: Choice): Promise<PasswordFault | null> {
    const length = Array.from(password).length;
    if (length < PASSWORD_LENGTH.minimum) {
      return "too-short";
    }
    if (length > PASSWORD_LENGTH.maximum) {
      return "too-long";
    }
    if (userId !== null && !(await this.#isCounted(userId))) {
      return "too-often";
    }
    const beginning = Array.from(password).slice(0, ESTIMATED_LENGTH).join("");
    const score = await this.#deps.strength.estimate({ password: beginning, known: wordsOf(known) });
    // 3 of 4: more than ten thousand million guesses.
    return score >= 3 ? null : "too-easy";
  }

  async #isCounted(userId: string): Promise<boolean> {
    const { limits, hash } = this.#deps;
    const counter = { scope: "password-estimate", key: hash(`password estimate ${userId}`) };
    return (await limits.reserve([{ ...counter, ...ESTIMATES }], now())).length > 0;
  }
}

/** Each name as a whole, as one word, and in its parts. */
const wordsOf = (known: readonly string[]): string[] =>
  known
    .flatMap((name) => {
      const parts = name.split(/[^\p{L}\p{N}]+/u);
      return [name, parts.join(""), ...parts];
    })
    .filter((word) => word.length > 1);

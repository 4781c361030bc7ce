import type { ZxcvbnFactory } from "@zxcvbn-ts/core";

/** NIST SP 800-63B section 3.1.1.2: a minimum length, an estimate of strength, and no composition rules. */
export const PASSWORD_LENGTH = { minimum: 12, maximum: 256 } as const;

export type PasswordFault = "too-short" | "too-long" | "too-easy";

/** What is wrong with a new password, or null. `known` are words that an attacker would try first: office code, username, product name. */
export async function passwordFault(
  password: string,
  known: readonly string[],
): Promise<PasswordFault | null> {
  const length = Array.from(password).length;
  if (length < PASSWORD_LENGTH.minimum) {
    return "too-short";
  }
  if (length > PASSWORD_LENGTH.maximum) {
    return "too-long";
  }
  const estimator = await loadEstimator();
  // 3 of 4: more than ten thousand million guesses.
  const beginning = Array.from(password).slice(0, ESTIMATED_LENGTH).join("");
  return estimator.check(beginning, wordsOf(known)).score >= 3 ? null : "too-easy";
}

/** The estimator's work grows with the square of the length, and this much is enough to judge: the rest is ignored. */
const ESTIMATED_LENGTH = 64;

/** Each name as a whole, as one word, and in its parts. */
const wordsOf = (known: readonly string[]): string[] =>
  known
    .flatMap((name) => {
      const parts = name.split(/[^\p{L}\p{N}]+/u);
      return [name, parts.join(""), ...parts];
    })
    .filter((word) => word.length > 1);

let loading: Promise<ZxcvbnFactory> | null = null;

/** The word lists take some 20 MB, so they are loaded when the first password is chosen and not at start. */
function loadEstimator(): Promise<ZxcvbnFactory> {
  loading ??= (async () => {
    const [{ ZxcvbnFactory: Factory }, common] = await Promise.all([
      import("@zxcvbn-ts/core"),
      import("@zxcvbn-ts/language-common"),
    ]);
    return new Factory({
      dictionary: { ...common.dictionary },
      graphs: common.adjacencyGraphs,
      maxLength: 256,
    });
  })();
  return loading;
}

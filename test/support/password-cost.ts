import type { Settings } from "../../src/settings.ts";
import { FULL_COST, type PasswordCost } from "../../src/users/password-cost.ts";

/** Next to nothing: at full cost, hashing is most of what the suite does. */
const LEAST: PasswordCost = { memoryCost: 64, timeCost: 1 };

/** Names the cost to the other processes of a test: what one derives, the others have to derive alike. */
const NAME = "TEST_PASSWORD_COST";

/** For tests that are about the cost, and for those with commands, which always hash at full cost. */
export const AT_FULL_COST = { [NAME]: "full" } as const;

/** The settings of a test: its hashes cost next to nothing, unless its environment says otherwise. */
export function withPasswordCost(
  settings: Settings,
  environment: Readonly<Record<string, string | undefined>>,
): Settings {
  const cost = environment[NAME] === "full" ? FULL_COST : LEAST;
  return { ...settings, passwordHashing: { ...settings.passwordHashing, cost } };
}

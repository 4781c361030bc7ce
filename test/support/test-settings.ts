import type { Settings } from "../../src/server/settings/settings.ts";
import { FULL_COST, type PasswordCost } from "../../src/domain/credentials/password-cost.ts";

/** Next to nothing: at full cost, hashing is most of what the suite does. */
const LEAST: PasswordCost = { memoryCost: 64, timeCost: 1 };

/** By the environment, so that the other processes of a test hear of it too: what one derives, all derive alike. */
const NAMES = { cost: "TEST_PASSWORD_COST", smsTimeout: "TEST_SMS_TIMEOUT_MS" } as const;

/** For tests that are about what a password costs. */
export const AT_FULL_COST = { [NAMES.cost]: "full" } as const;

/** For tests of a provider that never answers, which would wait ten seconds for each. */
export const withSmsTimeout = (milliseconds: number) => ({ [NAMES.smsTimeout]: String(milliseconds) });

/** What no environment of an installation changes, and tests do. */
export function forTests(
  settings: Settings,
  environment: Readonly<Record<string, string | undefined>>,
): Settings {
  const { passwordHashing, messages } = settings;
  const timeoutMs = Number(environment[NAMES.smsTimeout] ?? messages.vonage.timeoutMs);
  return {
    ...settings,
    passwordHashing: { ...passwordHashing, cost: environment[NAMES.cost] === "full" ? FULL_COST : LEAST },
    messages: { ...messages, vonage: { ...messages.vonage, timeoutMs } },
  };
}

import { randomDigits } from "../../kernel/random.ts";
import { typedCode } from "../../kernel/typed-text/typed-text.ts";

export const RECOVERY_CODES = { number: 6, digits: 8, warnAt: 2 } as const;

/** Six different codes of eight digits, leading zeros kept; `recovery-code-store.ts` keeps their hashes. */
export function newRecoveryCodes(): string[] {
  const codes = new Set<string>();
  while (codes.size < RECOVERY_CODES.number) {
    codes.add(randomDigits(RECOVERY_CODES.digits));
  }
  return [...codes];
}

/** A code as typed by a user, in whatever groups (`1234 5678`, `1234-5678`), or null for anything else. */
export function parseRecoveryCode(typed: string): string | null {
  const code = typedCode(typed);
  return /^[0-9]{8}$/.test(code) ? code : null;
}

/** `12345678` as `1234 5678`. */
export const inGroups = (code: string): string => code.replace(/(.{4})(?=.)/g, "$1 ");

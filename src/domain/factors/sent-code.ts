import { randomDigits } from "../../kernel/random.ts";
import { sameBytes, type KeyedHash } from "../../kernel/secret.ts";
import { typedCode } from "../../kernel/typed-text/typed-text.ts";
import type { UserRef } from "../users/user-ref.ts";
import type { CodePurpose, CodeSlot } from "./sent-code-store.ts";

export const SENT_CODE = {
  digits: 6,
  minutes: 5,
  /** Seconds until a code may be sent again: after the first, the second and every later message. */
  resendWaits: [30, 60, 120],
} as const;

/** Six digits, leading zeros kept. */
export const newCode = (): string => randomDigits(SENT_CODE.digits);

/** The slot of a code. It is the user's own, so that the next user of the same sign-in finds none. */
export const slotOf = (
  hash: KeyedHash,
  { user, binding, purpose }: { user: UserRef; binding: string; purpose: CodePurpose },
): CodeSlot => ({ user, purpose, binding: bindingOf(hash, binding) });

/** A sign-in or session as slots name it. */
export const bindingOf = (hash: KeyedHash, binding: string): Buffer => hash(`sms binding ${binding}`);

/** How a code is stored: bound to the sign-in, the user, the purpose and the number that it was sent to. */
export function hashOfCode(hash: KeyedHash, slot: CodeSlot, sent: { number: string; code: string }): Buffer {
  const { user, binding, purpose } = slot;
  const bound = [user.officeId, user.id, binding.toString("hex"), purpose, sent.number];
  return hash(`sms code ${bound.join(" ")} ${sent.code}`);
}

/** Whether a typed code is the stored one. */
export const isCode = (stored: Buffer, typed: Buffer): boolean => sameBytes(stored, typed);

/** Six digits, in whatever groups; null for anything else. */
export const sixDigits = (typed: string): string | null => {
  const code = typedCode(typed);
  return /^[0-9]{6}$/.test(code) ? code : null;
};

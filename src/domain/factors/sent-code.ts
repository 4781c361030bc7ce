import { randomDigits } from "../../kernel/random.ts";
import { sameBytes, type KeyedHash } from "../../kernel/secret.ts";
import { typedCode } from "../../kernel/typed-text/typed-text.ts";
import type { UserRef } from "../users/user-ref.ts";
import type { FactorKind } from "./factor.ts";
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
  {
    user,
    kind,
    binding,
    purpose,
  }: { user: UserRef; kind: FactorKind; binding: string; purpose: CodePurpose },
): CodeSlot => ({ user, kind, purpose, binding: bindingOf(hash, binding) });

/** A sign-in or session as slots name it. */
export const bindingOf = (hash: KeyedHash, binding: string): Buffer => hash(`sms binding ${binding}`);

/** How a code is stored: bound to its kind, the sign-in, the user, the purpose and the number or address that it was sent to. */
export function hashOfCode(hash: KeyedHash, slot: CodeSlot, sent: { to: string; code: string }): Buffer {
  const { user, kind, binding, purpose } = slot;
  const bound = [user.officeId, user.id, binding.toString("hex"), purpose, sent.to];
  return hash(`${kind} code ${bound.join(" ")} ${sent.code}`);
}

/** Whether a typed code is the stored one. */
export const isCode = (stored: Buffer, typed: Buffer): boolean => sameBytes(stored, typed);

/** Six digits, in whatever groups; null for anything else. */
export const sixDigits = (typed: string): string | null => {
  const code = typedCode(typed);
  return /^[0-9]{6}$/.test(code) ? code : null;
};

import { generateSync, generateURI } from "otplib";
import { sameBytes } from "../../kernel/secret.ts";

/** RFC 6238 with the parameters that every authenticator app supports: SHA-1, six digits, 30 seconds. The only file that imports otplib. */
const PERIOD_SECONDS = 30;
export const TOTP_SECRET_BYTES = 20;

export type TotpResult =
  | { readonly type: "accepted"; readonly step: number }
  /** The code of the last used step, however long ago. */
  | { readonly type: "used" }
  /** The code of an earlier step. */
  | { readonly type: "past" }
  /** A code of the last ten minutes that is too old: the user was slow, or the phone's clock is. */
  | { readonly type: "expired" }
  | { readonly type: "wrong" };

/** Checks a code of six digits. `secret` base32, `now` seconds since 1970, `lastStep` the last step that was used. */
export function verify(secret: string, code: string, now: number, lastStep: number): TotpResult {
  const current = Math.floor(now / PERIOD_SECONDS);
  const step = [0, -1, 1]
    .map((drift) => current + drift)
    .find((candidate) => isCodeOfStep(secret, code, candidate));
  if (step !== undefined && step > lastStep) {
    return { type: "accepted", step };
  }
  if (lastStep > 0 && isCodeOfStep(secret, code, lastStep)) {
    return { type: "used" };
  }
  if (step !== undefined) {
    return { type: "past" };
  }
  // Never for a code of the future: who guessed one would know it, and could send it in its time. A code of the past is
  // accepted never again and says nothing about any other (docs/decisions/0053).
  const before = Array.from({ length: EXPIRED_STEPS }, (_, index) => current - 2 - index);
  return before.some((candidate) => isCodeOfStep(secret, code, candidate))
    ? { type: "expired" }
    : { type: "wrong" };
}

/** How many steps before the accepted ones are called expired; ten minutes. */
const EXPIRED_STEPS = 19;

/** The code of a moment; for the demo and the command line's check. */
export const codeAt = (secret: string, now: number): string =>
  generateSync({ secret, epoch: now, period: PERIOD_SECONDS, digits: 6, algorithm: "sha1" });

/** The content of the QR code for the app (Key URI Format), which shows `issuer` and `account` as they are. */
export const keyUri = (secret: string, issuer: string, account: string): string =>
  generateURI({
    strategy: "totp",
    issuer,
    label: account,
    secret,
    period: PERIOD_SECONDS,
    digits: 6,
    algorithm: "sha1",
  });

/** Compares in constant time. */
export const isCodeOfStep = (secret: string, code: string, step: number): boolean =>
  step >= 0 && sameBytes(Buffer.from(codeAt(secret, step * PERIOD_SECONDS)), Buffer.from(code));

import { createGuardrails, generateSync, generateURI } from "otplib";
import { typedCode } from "../../kernel/typed-text/typed-text.ts";
import { sameBytes } from "../../kernel/secret.ts";

/** Codes of authenticator apps (RFC 6238): their parameters, and the check of one. */

/** RFC 6238. New apps get the parameters that every authenticator app supports. The only file that imports otplib. */
export interface TotpParameters {
  readonly algorithm: "sha1" | "sha256" | "sha512";
  readonly digits: 6 | 7 | 8;
  /** Seconds that a code is shown. */
  readonly period: number;
}

const USUAL: TotpParameters = { algorithm: "sha1", digits: 6, period: 30 };
export const TOTP_SECRET_BYTES = 20;

/** Other systems have given out secrets of ten bytes; ours have twenty. */
const guardrails = createGuardrails({ MIN_SECRET_BYTES: 10 });

/**
 * A key as it is stored: the secret in base32, and after it the parameters where an imported app has others: `ABC… sha256 8 60`. They
 * are sealed with the secret, so that none of them is changed without it.
 */
export const totpKey = (secret: string, { algorithm, digits, period }: TotpParameters): string =>
  algorithm === USUAL.algorithm && digits === USUAL.digits && period === USUAL.period
    ? secret
    : [secret, algorithm, digits, period].join(" ");

const ALGORITHMS = ["sha1", "sha256", "sha512"] as const;
const DIGITS = [6, 7, 8] as const;

function readKey(key: string): TotpParameters & { readonly secret: string } {
  const [secret = "", algorithm, digits, period] = key.split(" ");
  return {
    secret,
    algorithm: ALGORITHMS.find((known) => known === algorithm) ?? USUAL.algorithm,
    digits: DIGITS.find((known) => String(known) === digits) ?? USUAL.digits,
    period: period === undefined ? USUAL.period : Number(period),
  };
}

/** Six to eight digits, in whatever groups; null for anything else. */
export const appCode = (typed: string): string | null => {
  const code = typedCode(typed);
  return /^[0-9]{6,8}$/.test(code) ? code : null;
};

export type TotpResult =
  | { readonly type: "accepted"; readonly step: number }
  /** The code of the last used step, however long ago. */
  | { readonly type: "used" }
  /** The code of an earlier step. */
  | { readonly type: "past" }
  /** A code of the last ten minutes that is too old: the user was slow, or the phone's clock is. */
  | { readonly type: "expired" }
  | { readonly type: "wrong" };

/** Checks a code. `key` as it is stored, `now` seconds since 1970, `lastStep` the last step that was used. */
export function verify(key: string, code: string, now: number, lastStep: number): TotpResult {
  const { period } = readKey(key);
  const current = Math.floor(now / period);
  const step = [0, -1, 1]
    .map((drift) => current + drift)
    .find((candidate) => isCodeOfStep(key, code, candidate));
  if (step !== undefined && step > lastStep) {
    return { type: "accepted", step };
  }
  if (lastStep > 0 && isCodeOfStep(key, code, lastStep)) {
    return { type: "used" };
  }
  if (step !== undefined) {
    return { type: "past" };
  }
  // Never for a code of the future: who guessed one would know it, and could send it in its time. A code of the past is
  // accepted never again and says nothing about any other (docs/decisions/0053).
  const before = Array.from({ length: EXPIRED_SECONDS / period }, (_, index) => current - 2 - index);
  return before.some((candidate) => isCodeOfStep(key, code, candidate))
    ? { type: "expired" }
    : { type: "wrong" };
}

/** How long before the accepted ones a code is called expired. */
const EXPIRED_SECONDS = 570;

/** The code of a moment; for the demo and the command line's check. */
export const codeAt = (key: string, now: number): string =>
  generateSync({ ...readKey(key), epoch: now, guardrails });

/** The content of the QR code for the app (Key URI Format), which shows `issuer` and `account` as they are. */
export const keyUri = (secret: string, issuer: string, account: string): string =>
  generateURI({
    strategy: "totp",
    issuer,
    label: account,
    secret,
    ...USUAL,
  });

/** Compares in constant time. */
export const isCodeOfStep = (key: string, code: string, step: number): boolean =>
  step >= 0 && sameBytes(Buffer.from(codeAt(key, step * readKey(key).period)), Buffer.from(code));

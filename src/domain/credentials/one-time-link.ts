import { randomKey } from "../../kernel/random.ts";
import { Secret } from "../../kernel/secret.ts";

/**
 * Mailed links: what they are for, how long each kind is valid, and what its token is. `one-time-link-store.ts` keeps them and lets each
 * be used once.
 */

/** The purposes of single-use links; a link made for one purpose is never valid for another. */
export const LINK_PURPOSES = {
  "password-reset": { minutes: 30, newestOnly: true },
  invitation: { minutes: 24 * 60, newestOnly: true },
  "mail-change": { minutes: 24 * 60, newestOnly: true },
  // "This was not me" only cancels, so it can wait until the user is back from holiday.
  "not-me": { minutes: 7 * 24 * 60, newestOnly: false },
} as const;
export type LinkPurpose = keyof typeof LINK_PURPOSES;

/** Stored with the link in plain text, so it must never hold a secret. */
export type LinkData = Readonly<Record<string, string | number | boolean | null>>;

/** A valid link, and its user. */
export interface OneTimeLink {
  readonly officeId: string;
  readonly userId: string;
  readonly data: LinkData;
}

const OFFICE_BYTES = 16;
const RANDOM_BYTES = 32;

/**
 * A new token: the office's id, so that the link alone identifies the office whose rows to search, and 256 random bits.
 * With a changed office id the token matches no row.
 */
export const newLinkToken = (officeId: string): Secret => linkTokenOf(officeId, randomKey(RANDOM_BYTES));

/** The same of given random bytes, 32 of them. */
export function linkTokenOf(officeId: string, bytes: Buffer): Secret {
  const office = Buffer.from(officeId.replaceAll("-", ""), "hex");
  return new Secret(Buffer.concat([office, bytes]).toString("base64url"));
}

/** The office that a token names; null for a malformed token. */
export function officeOfToken(token: string): string | null {
  if (!/^[\w-]{64}$/.test(token)) {
    return null;
  }
  const hex = Buffer.from(token, "base64url").subarray(0, OFFICE_BYTES).toString("hex");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

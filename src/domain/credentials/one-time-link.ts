import { randomKey } from "../../kernel/random.ts";
import { Secret } from "../../kernel/secret.ts";

/** What links that work once are for; one that was made for something never does anything else. */
export const LINK_PURPOSES = {
  "password-reset": { minutes: 30, newestOnly: true },
  invitation: { minutes: 24 * 60, newestOnly: true },
  "mail-change": { minutes: 24 * 60, newestOnly: true },
  // "This was not me" only ever cancels, so it may wait for somebody who is on holiday.
  "not-me": { minutes: 7 * 24 * 60, newestOnly: false },
} as const;
export type LinkPurpose = keyof typeof LINK_PURPOSES;

/** What a link remembers; kept in the database in the clear, so never a secret. */
export type LinkData = Readonly<Record<string, string | number | boolean | null>>;

/** A link that works, and whose it is. */
export interface OneTimeLink {
  readonly officeId: string;
  readonly userId: string;
  readonly data: LinkData;
}

const OFFICE_BYTES = 16;
const RANDOM_BYTES = 32;

/**
 * A new token: its office, so that the link alone says which office's rows to look at, and 256 random bits. Whoever
 * changes the office in it has a token that nobody made.
 */
export function newLinkToken(officeId: string): Secret {
  const office = Buffer.from(officeId.replaceAll("-", ""), "hex");
  return new Secret(Buffer.concat([office, randomKey(RANDOM_BYTES)]).toString("base64url"));
}

/** The office that a token names; null for what cannot be a token. */
export function officeOfToken(token: string): string | null {
  if (!/^[\w-]{64}$/.test(token)) {
    return null;
  }
  const hex = Buffer.from(token, "base64url").subarray(0, OFFICE_BYTES).toString("hex");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

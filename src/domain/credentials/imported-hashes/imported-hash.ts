import { argon2DummyLike, readArgon2 } from "./argon2-text.ts";
import { bcryptHash } from "./bcrypt-hash.ts";
import { firebaseHash } from "./firebase-hash.ts";
import type { HashCost, HashKind } from "./hash-kind.ts";
import { pbkdf2Hash } from "./pbkdf2-hash.ts";
import { phpassHash } from "./phpass-hash.ts";
import { scryptHash } from "./scrypt-hash.ts";

/**
 * Hashes of passwords that another system has made: users who come from there sign in as before, and get one of ours with the
 * first sign-in. A file of a kind each; `readHash` is what an import asks, and `password.ts` compares.
 */

/** What is compared on this side of `password.ts`; argon2 on the other. */
const KINDS: readonly HashKind[] = [bcryptHash, pbkdf2Hash, scryptHash, firebaseHash, phpassHash];
const ARGON2 = /^(argon2)?\$argon2/;

/** How imported hashes begin where they are stored, with their kind: `imported:bcrypt:$2b$…`. An index has this beginning too. */
const MARK = "imported:";
const STORED = /^imported:([a-z0-9-]+):/;
const stored = (kind: string, text: string): string => `${MARK}${kind}:${text}`;

export interface ImportedHash {
  readonly kind: string;
  /** As it is stored. */
  readonly stored: string;
  readonly cost: HashCost;
}

/**
 * unknown: no kind that we compare · broken: begins like one · weak: a copy of it is nearly a copy of the password · costly: each try
 * of a password would keep the server busy.
 */
export type HashFault = "unknown" | "broken" | "weak" | "costly";

/** A comparison takes no longer than this on a usual server, and no more memory. */
export const HASH_LIMITS: HashCost = { milliseconds: 1_200, kibibytes: 131_072 };

/** Of plain digests, which are guessed a thousand million times a second. */
const WEAK =
  /^(([0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}|[0-9a-f]{128})$|(unsalted_)?(md5|sha1)\$|\{\w+\}|\$1\$|\$NT\$)/i;

/** A hash as another system has written it. */
export function readHash(typed: string): ImportedHash | HashFault {
  const kind = KINDS.find(({ begins }) => begins.test(typed));
  const isArgon2 = ARGON2.test(typed);
  if (kind === undefined && !isArgon2) {
    return WEAK.test(typed) ? "weak" : "unknown";
  }
  const read = kind === undefined ? readArgon2(typed) : kind.read(typed);
  if (read === null) {
    return "broken";
  }
  const { milliseconds, kibibytes } = read.cost;
  if (milliseconds > HASH_LIMITS.milliseconds || kibibytes > HASH_LIMITS.kibibytes) {
    return "costly";
  }
  const name = kind?.name ?? "argon2";
  return read.isWeak ? "weak" : { kind: name, stored: stored(name, read.text), cost: read.cost };
}

/** The text of an imported hash as its kind reads it; null for one of ours. */
export const importedText = (hash: string): string | null =>
  STORED.test(hash) ? hash.replace(STORED, "") : null;

/** Whether `password.ts` compares it, which is the only file that imports argon2. */
export const isArgon2 = (text: string): boolean => ARGON2.test(text);

/** Compares with anything but argon2. `text`: from `importedText`. False for what no kind knows. */
export async function verifyImported(text: string, password: string): Promise<boolean> {
  return (await KINDS.find(({ begins }) => begins.test(text))?.verify(text, password)) ?? false;
}

/** A stored hash of no password that costs as much as another one. */
export function dummyLike(hash: string): string {
  const text = importedText(hash) ?? hash;
  const kind = KINDS.find(({ begins }) => begins.test(text));
  return stored(kind?.name ?? "argon2", kind?.dummyLike(text) ?? argon2DummyLike(text));
}

/** What a comparison with a stored hash takes; null for one of ours. */
export function costOfStored(hash: string): HashCost | null {
  const text = importedText(hash);
  const read = text === null ? null : readHash(text);
  return read === null || typeof read === "string" ? null : read.cost;
}

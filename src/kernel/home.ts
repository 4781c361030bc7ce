import { createHash, randomBytes, randomInt } from "node:crypto";
import { randomToken } from "./random.ts";

/**
 * The home of an office: the first 15 bits of its id. Everything of an office has the same bits at the front of its own id, so that
 * its home is computed and never looked up, and every statement can name it. docs/scale.md says what that is for.
 */

/** Homes are the numbers from 0 to 32767, which a PostgreSQL smallint holds. */
export const HOMES = 2 ** 15;

/**
 * What waits is worked off lane by lane, a lane being the homes with the same remainder: processes that begin at different lanes
 * rarely want the same rows.
 */
export const LANES = 8;

/** The home of what belongs to no office, such as the platform's own messages and audit events. */
export const NO_OFFICE = 0;

/** What an opaque id carries: 15 bits of home and 3 random ones, in three characters of base64url (RFC 4648 section 5). */
const PREFIX_CHARACTERS = 3;
const RANDOM_BITS = 3;

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** The home of a UUID; 0 for anything else, where nothing is found either. */
export function homeOf(id: string): number {
  const front = id.slice(0, 4);
  return /^[0-9a-f]{4}$/.test(front) ? Number.parseInt(front, 16) >> 1 : 0;
}

/** The home of a keyed hash that is a key of its own. */
export const homeOfBytes = (bytes: Buffer): number => bytes.readUInt16BE(0) >> 1;

/** The home of a token or session id; 0 for what is none, where nothing is found either. Asked several times for each request. */
export function homeOfToken(token: string): number {
  const first = ALPHABET.indexOf(token.charAt(0));
  const second = ALPHABET.indexOf(token.charAt(1));
  const third = ALPHABET.indexOf(token.charAt(2));
  if (token.length < PREFIX_CHARACTERS || first < 0 || second < 0 || third < 0) {
    return 0;
  }
  return ((first * ALPHABET.length + second) * ALPHABET.length + third) >> RANDOM_BITS;
}

/** A random home, for what has no office (yet). */
export const randomHome = (): number => randomInt(HOMES);

/** A random UUID (version 4) at a home; 107 of its bits are random. */
export const idAt = (home: number): string => idOf(home, randomBytes(16));

/** The same for an attempt, a random token: each repetition gives the same id. */
export const idOfAttempt = (home: number, attempt: string): string =>
  idOf(home, createHash("sha256").update(attempt).digest().subarray(0, 16));

/** The same for a token that is no secret. */
export const tokenOfAttempt = (home: number, attempt: string): string => {
  const digest = createHash("sha256").update(attempt).digest();
  return (
    frontOf(home, digest.readUInt8(0) % 2 ** RANDOM_BITS) +
    digest.toString("base64url").slice(PREFIX_CHARACTERS)
  );
};

function idOf(home: number, bytes: Buffer): string {
  bytes.writeUInt16BE((home << 1) | (bytes.readUInt16BE(0) & 1), 0);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x40, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** A random token at a home, as base64url; of `bytes` bytes all but 15 bits are random. */
export function tokenAt(home: number, bytes = 32): string {
  return frontOf(home, randomInt(2 ** RANDOM_BITS)) + randomToken(bytes).slice(PREFIX_CHARACTERS);
}

/** The characters that carry the home. */
function frontOf(home: number, rest: number): string {
  const front = home * 2 ** RANDOM_BITS + rest;
  return [front >> 12, (front >> 6) & 63, front & 63].map((value) => ALPHABET.charAt(value)).join("");
}

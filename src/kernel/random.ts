import { randomBytes, randomInt, randomUUID } from "node:crypto";

/** Bytes per call of `randomBytes`, which costs about the same for a few bytes as for many. */
const RESERVE_BYTES = 4_096;
let reserve = Buffer.alloc(0);

/** `bytes` random bytes as base64url; 32 bytes are 256 bits. */
export function randomToken(bytes = 32): string {
  if (reserve.length < bytes) {
    reserve = randomBytes(Math.max(RESERVE_BYTES, bytes));
  }
  const taken = reserve.subarray(0, bytes);
  reserve = reserve.subarray(bytes);
  const token = taken.toString("base64url");
  taken.fill(0);
  return token;
}

/** A random UUID (version 4). */
export const randomId = (): string => randomUUID();

/** The format of `randomId`. PostgreSQL understands the same pattern. */
export const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** `length` random bytes, for keys and initialisation vectors. */
export const randomKey = (length: number): Buffer => randomBytes(length);

const READABLE = "abcdefghjkmnpqrstuvwxyz23456789";

/** A password of four groups of five characters that are hard to confuse; 99 bits. */
export function randomPassword(): string {
  const letters = Array.from({ length: 20 }, () => readableLetter());
  return [0, 5, 10, 15].map((start) => letters.slice(start, start + 5).join("")).join("-");
}

function readableLetter(): string {
  for (;;) {
    const value = randomBytes(1).readUInt8();
    // Without this, the modulo would make the first letters more likely (modulo bias).
    if (value < READABLE.length * Math.floor(256 / READABLE.length)) {
      return READABLE.charAt(value % READABLE.length);
    }
  }
}

/** A uniformly random whole number, from `least` to `most`. */
export const randomBetween = (least: number, most: number): number => randomInt(least, most + 1);

/** `length` uniformly random decimal digits. */
export function randomDigits(length: number): string {
  return Array.from({ length }, () => String(randomInt(10))).join("");
}

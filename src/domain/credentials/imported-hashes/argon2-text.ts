import { randomKey } from "../../../kernel/random.ts";
import type { ReadHash } from "./hash-kind.ts";
import { areUsual, base64Of, bytesOf, countOf } from "./phc-text.ts";

/** Of one kibibyte in one pass. */
const KIBIBYTE_MS = 0.000_7;
const LEAST_KIBIBYTES = 4_096;
const MOST_LANES = 16;

const FORM = /^(?:argon2)?\$(argon2(?:id|i|d))\$v=(16|19)\$m=(\d+),t=(\d+),p=(\d+)\$([^$]+)\$([^$]+)$/;

/** PHC strings of argon2 with any parameters, and Django's with its prefix. Comparing them is the work of `password.ts`. */
export function readArgon2(typed: string): ReadHash | null {
  const [, id = "", version = "", m, t, p, saltText = "", digestText = ""] = FORM.exec(typed) ?? [];
  const [memory, passes, lanes] = [countOf(m), countOf(t), countOf(p)];
  const [salt, digest] = [bytesOf(saltText), bytesOf(digestText)];
  if (memory === null || passes === null || lanes === null || salt === null || digest === null) {
    return null;
  }
  // RFC 9106 section 3.1: at least eight kibibytes for each lane, and a salt of eight bytes.
  if (memory < 8 * lanes || lanes > MOST_LANES || salt.length < 8 || !areUsual({ salt, digest })) {
    return null;
  }
  return {
    text: `$${id}$v=${version}$m=${String(memory)},t=${String(passes)},p=${String(lanes)}$${base64Of(salt)}$${base64Of(digest)}`,
    cost: { milliseconds: memory * passes * KIBIBYTE_MS, kibibytes: memory },
    isWeak: memory < LEAST_KIBIBYTES,
  };
}

export const argon2DummyLike = (text: string): string =>
  text.replace(/\$([^$]+)\$([^$]+)$/, (_, salt: string, digest: string) =>
    [salt, digest].map((part) => `$${base64Of(randomKey(bytesOf(part)?.length ?? 16))}`).join(""),
  );

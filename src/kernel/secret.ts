import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  hkdfSync,
  timingSafeEqual,
} from "node:crypto";
import { inspect } from "node:util";
import { randomKey } from "./random.ts";

/** A value that never prints itself: not in a log, not in an error, not as JSON. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return "[secret]";
  }

  toJSON(): string {
    return "[secret]";
  }

  [inspect.custom](): string {
    return "[secret]";
  }
}

/** A key of its own for each use, so that a value made for one use never fits another (RFC 5869). */
export function deriveKey(secret: Secret, use: string): Buffer {
  return Buffer.from(
    hkdfSync("sha256", Buffer.from(secret.reveal(), "base64url"), "", `vestibule ${use}`, 32),
  );
}

/** Keyed hash (HMAC-SHA-256, 32 bytes) of a value that is stored only in this form. */
export type KeyedHash = (value: string) => Buffer;

export function keyedHash(key: Buffer): KeyedHash {
  const prepared = createSecretKey(key);
  return (value) => createHmac("sha256", prepared).update(value).digest();
}

/** Compares in constant time; values of different length are unequal. */
export function sameBytes(one: Buffer, other: Buffer): boolean {
  return one.length === other.length && timingSafeEqual(one, other);
}

/** Encrypts at rest with AES-256-GCM; the first key seals, every key opens. */
export class SecretBox {
  readonly #keys: readonly Buffer[];

  constructor(keys: readonly Secret[]) {
    this.#keys = keys.map((key) => deriveKey(key, "data at rest"));
  }

  /** `context` names owner and purpose; opening with another context fails. */
  seal(plain: string, context: string): Buffer {
    const [key] = this.#keys;
    if (key === undefined) {
      throw new Error("A secret box needs at least one key.");
    }
    const iv = randomKey(12);
    const cipher = createCipheriv("aes-256-gcm", key, iv).setAAD(Buffer.from(context));
    const sealed = Buffer.concat([cipher.update(plain, "utf8"), cipher.final()]);
    return Buffer.concat([fingerprint(key), iv, cipher.getAuthTag(), sealed]);
  }

  /** Names of the keys, that which seals first; they tell nothing about the keys. */
  get names(): readonly string[] {
    return this.#keys.map((key) => fingerprint(key).toString("hex"));
  }

  /** The first bytes of whatever the first key seals; other first bytes are those of an older key. */
  get mark(): Buffer {
    const [key] = this.#keys;
    if (key === undefined) {
      throw new Error("A secret box needs at least one key.");
    }
    return fingerprint(key);
  }

  /** The same value under the first key. */
  reEncrypt(sealed: Buffer, context: string): Buffer {
    return this.seal(this.open(sealed, context), context);
  }

  /** Throws when no key fits, the value was altered, or the context is another. */
  open(sealed: Buffer, context: string): string {
    const key = this.#keys.find((candidate) => fingerprint(candidate).equals(sealed.subarray(0, 4)));
    if (key === undefined) {
      throw new Error("No key of this installation opens the stored value.");
    }
    const decipher = createDecipheriv("aes-256-gcm", key, sealed.subarray(4, 16));
    decipher.setAAD(Buffer.from(context)).setAuthTag(sealed.subarray(16, 32));
    return Buffer.concat([decipher.update(sealed.subarray(32)), decipher.final()]).toString("utf8");
  }
}

/** Names a key without telling anything about it; four bytes before each sealed value. */
function fingerprint(key: Buffer): Buffer {
  return keyedHash(key)("fingerprint").subarray(0, 4);
}

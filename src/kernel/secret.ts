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

/** A value that logs, errors and JSON never print. */
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

/** Derives a separate key for each use with HKDF (RFC 5869), so that a value made for one use is invalid for another. */
export function deriveKey(secret: Secret, use: string): Buffer {
  return Buffer.from(
    hkdfSync("sha256", Buffer.from(secret.reveal(), "base64url"), "", `vestibule ${use}`, 32),
  );
}

/** HMAC-SHA-256 (32 bytes), for values that are stored as a hash only. */
export type KeyedHash = (value: string) => Buffer;

export function keyedHash(key: Buffer): KeyedHash {
  const prepared = createSecretKey(key);
  return (value) => createHmac("sha256", prepared).update(value).digest();
}

/** The same hash for a caller that often asks for one value several times in a row. */
export function rememberLast(hash: KeyedHash): KeyedHash {
  let last = { value: "", hashed: hash("") };
  return (value) => {
    if (last.value !== value) {
      last = { value, hashed: hash(value) };
    }
    return last.hashed;
  };
}

/** Compares in constant time, against timing attacks. Values of different length are unequal. */
export function sameBytes(one: Buffer, other: Buffer): boolean {
  return one.length === other.length && timingSafeEqual(one, other);
}

/** Encryption at rest with AES-256-GCM. The first key encrypts, all keys decrypt. */
export class SecretBox {
  readonly #keys: readonly Buffer[];

  constructor(keys: readonly Secret[]) {
    this.#keys = keys.map((key) => deriveKey(key, "data at rest"));
  }

  /** `context`: owner and purpose, authenticated with the value, so that it cannot be moved to another row or column. */
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

  /** Fingerprints of the keys, the current one first. They reveal nothing about the keys. */
  get names(): readonly string[] {
    return this.#keys.map((key) => fingerprint(key).toString("hex"));
  }

  /** The first bytes of every value that the current key has sealed; values with other first bytes need an older key. */
  get mark(): Buffer {
    const [key] = this.#keys;
    if (key === undefined) {
      throw new Error("A secret box needs at least one key.");
    }
    return fingerprint(key);
  }

  /** The same value, sealed with the current key. */
  reEncrypt(sealed: Buffer, context: string): Buffer {
    return this.seal(this.open(sealed, context), context);
  }

  /** Throws when no key fits, the value was altered, or the context differs. */
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

/** Identifies a key without revealing it; four bytes before each sealed value. */
function fingerprint(key: Buffer): Buffer {
  return keyedHash(key)("fingerprint").subarray(0, 4);
}

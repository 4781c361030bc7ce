import { createCipheriv } from "node:crypto";
import { randomKey } from "../../../kernel/random.ts";
import { sameBytes } from "../../../kernel/secret.ts";
import type { HashKind } from "./hash-kind.ts";
import { base64Of, bytesOf, countOf, readPhc, writePhc, type PhcText } from "./phc-text.ts";
import { costOfScrypt, deriveScrypt, isWeakScrypt, workOf, type ScryptWork } from "./scrypt-hash.ts";

interface Parts extends PhcText {
  readonly work: ScryptWork;
  readonly key: Buffer;
  readonly separator: Buffer;
}

/**
 * Firebase's own use of scrypt: what is derived from the password encrypts a key of the project, and the outcome is stored. Written
 * as `$firebase-scrypt$ln=14,r=8,sep=…,key=…$salt$hash`, so that each hash has what it takes to compare it.
 */
export const firebaseHash: HashKind = {
  name: "firebase-scrypt",
  begins: /^\$firebase-scrypt\$/,
  read(typed) {
    const parts = partsOf(typed);
    if (parts === null) {
      return null;
    }
    const { id, salt, digest, work, key, separator } = parts;
    const parameters = new Map([
      ["ln", String(work.ln)],
      ["r", String(work.blocks)],
      ["sep", base64Of(separator)],
      ["key", base64Of(key)],
    ]);
    const text = writePhc({ id, parameters, salt, digest });
    return { text, cost: costOfScrypt(work), isWeak: isWeakScrypt(work) };
  },
  async verify(text, password) {
    const parts = partsOf(text);
    if (parts === null) {
      return false;
    }
    const { salt, separator, work, key, digest } = parts;
    const derived = await deriveScrypt(password, {
      salt: Buffer.concat([salt, separator]),
      length: 32,
      work,
    });
    const cipher = createCipheriv("aes-256-ctr", derived, Buffer.alloc(16));
    return sameBytes(Buffer.concat([cipher.update(key), cipher.final()]), digest);
  },
  dummyLike(text) {
    const parts = partsOf(text);
    if (parts === null) {
      return text;
    }
    const { id, salt, digest, key } = parts;
    // The key of the project is not kept longer than the hashes that need it.
    const parameters = new Map([...parts.parameters, ["key", base64Of(randomKey(key.length))]]);
    const random = { salt: randomKey(salt.length), digest: randomKey(digest.length) };
    return writePhc({ id, parameters, ...random });
  },
};

/** The salt is of some bytes; what is encrypted is as long as the key. */
function partsOf(text: string): Parts | null {
  const phc = readPhc(text);
  const parameters = phc?.parameters;
  const work = workOf(countOf(parameters?.get("ln")), countOf(parameters?.get("r")), 1);
  const key = bytesOf(parameters?.get("key") ?? "");
  const separator = parameters?.get("sep") === "" ? Buffer.alloc(0) : bytesOf(parameters?.get("sep") ?? "");
  if (phc === null || work === null || key === null || separator === null) {
    return null;
  }
  const isWhole = key.length === phc.digest.length && key.length >= 32 && key.length <= 128;
  return isWhole && phc.salt.length <= 128 && separator.length <= 128
    ? { ...phc, work, key, separator }
    : null;
}

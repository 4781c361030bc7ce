import { pbkdf2 } from "node:crypto";
import { promisify } from "node:util";
import { randomKey } from "../../../kernel/random.ts";
import { sameBytes } from "../../../kernel/secret.ts";
import type { HashKind } from "./hash-kind.ts";
import { areUsual, bytesOf, countOf, readPhc, writePhc } from "./phc-text.ts";

const derive = promisify(pbkdf2);

interface Prf {
  readonly bytes: number;
  readonly roundMs: number;
}

/** Of one digest: its length, and what one round takes. */
const PRFS = {
  sha1: { bytes: 20, roundMs: 0.000_17 },
  sha256: { bytes: 32, roundMs: 0.000_2 },
  sha512: { bytes: 64, roundMs: 0.000_38 },
} as const satisfies Readonly<Record<string, Prf>>;
type PrfName = keyof typeof PRFS;

/** In the order of the numbers that ASP.NET Identity gives them. */
const PRF_NAMES = ["sha1", "sha256", "sha512"] as const satisfies readonly PrfName[];
const isPrf = (name: string): name is PrfName => PRF_NAMES.some((known) => known === name);

/** What ASP.NET Identity's second version has. */
const LEAST_ROUNDS = 1_000;

interface Parts {
  readonly prf: PrfName;
  readonly rounds: number;
  readonly salt: Buffer;
  readonly digest: Buffer;
}

/**
 * PHC strings, passlib's form, Django's, Werkzeug's and ASP.NET Identity's two. Only the first block of a digest is kept: it proves
 * the password as well as all of them, and each block costs all rounds again.
 */
export const pbkdf2Hash: HashKind = {
  name: "pbkdf2",
  begins: /^(\$pbkdf2(-[a-z0-9]+)?\$|pbkdf2_[a-z0-9]+\$|pbkdf2:|(AQAAAA|A[A-P][A-Za-z0-9+/]{64}==$))/,
  read(typed) {
    const parts = partsOfPhc(typed) ?? partsOfText(typed) ?? partsOfIdentity(typed);
    if (parts === null || !areUsual(parts)) {
      return null;
    }
    const { prf, rounds, salt, digest } = parts;
    const kept = digest.subarray(0, PRFS[prf].bytes);
    const parameters = new Map([["i", String(rounds)]]);
    return {
      text: writePhc({ id: `pbkdf2-${prf}`, parameters, salt, digest: kept }),
      cost: { milliseconds: rounds * PRFS[prf].roundMs, kibibytes: 1 },
      isWeak: rounds < LEAST_ROUNDS,
    };
  },
  async verify(text, password) {
    const parts = partsOfPhc(text);
    if (parts === null) {
      return false;
    }
    const { prf, rounds, salt, digest } = parts;
    return sameBytes(await derive(password, salt, rounds, digest.length, prf), digest);
  },
  dummyLike(text) {
    const phc = readPhc(text);
    return phc === null
      ? text
      : writePhc({ ...phc, salt: randomKey(16), digest: randomKey(phc.digest.length) });
  },
};

/** `$pbkdf2-sha256$i=1000$…`, and passlib's `$pbkdf2-sha256$1000$…`, where SHA-1 is not named. */
function partsOfPhc(text: string): Parts | null {
  const phc = readPhc(text);
  const prf = phc?.id === "pbkdf2" ? "sha1" : (phc?.id.replace(/^pbkdf2-/, "") ?? "");
  const rounds = countOf(phc?.parameters.get("i") ?? phc?.parameters.get(""));
  return phc === null || rounds === null || !isPrf(prf) ? null : { ...phc, prf, rounds };
}

/** Django: `pbkdf2_sha256$1000$salt$base64`. Werkzeug: `pbkdf2:sha256:1000$salt$hexadecimal`. Both salts are text. */
function partsOfText(text: string): Parts | null {
  const [, prf = "", count, salt = "", end = ""] =
    /^pbkdf2[_:](\w+)[$:](\d+)\$([^$]+)\$([^$]+)$/.exec(text) ?? [];
  const digest = text.startsWith("pbkdf2:") ? hexOf(end) : bytesOf(end);
  const rounds = countOf(count);
  return digest === null || rounds === null || !isPrf(prf)
    ? null
    : { prf, rounds, salt: Buffer.from(salt), digest };
}

const hexOf = (text: string): Buffer | null =>
  /^([0-9a-f]{2})+$/i.test(text) ? Buffer.from(text, "hex") : null;

/** One byte is the version. 0: a salt of 16 bytes, a key of 32. 1: three numbers of four bytes, salt, key. */
function partsOfIdentity(text: string): Parts | null {
  const bytes = text.startsWith("A") ? bytesOf(text) : null;
  if (bytes?.[0] === 0 && bytes.length === 49) {
    return { prf: "sha1", rounds: LEAST_ROUNDS, salt: bytes.subarray(1, 17), digest: bytes.subarray(17) };
  }
  if (bytes?.[0] !== 1 || bytes.length < 13) {
    return null;
  }
  const prf = PRF_NAMES[bytes.readUInt32BE(1)];
  const saltEnd = 13 + bytes.readUInt32BE(9);
  const parts = {
    rounds: bytes.readUInt32BE(5),
    salt: bytes.subarray(13, saltEnd),
    digest: bytes.subarray(saltEnd),
  };
  return prf === undefined || parts.rounds === 0 ? null : { prf, ...parts };
}

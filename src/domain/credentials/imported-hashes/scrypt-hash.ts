import { scrypt, type ScryptOptions } from "node:crypto";
import { randomKey } from "../../../kernel/random.ts";
import { sameBytes } from "../../../kernel/secret.ts";
import type { HashCost, HashKind } from "./hash-kind.ts";
import { areUsual, bytesOf, countOf, readPhc, writePhc, type PhcText } from "./phc-text.ts";

export interface ScryptWork {
  /** The logarithm of the cost, to the base 2. */
  readonly ln: number;
  readonly blocks: number;
  readonly lanes: number;
}

/** Of one block that is mixed once. */
const MIX_MS = 0.000_37;
/** OWASP's least is 2 to the power of 13, with ten lanes. */
const LEAST_LN = 10;

export const costOfScrypt = ({ ln, blocks, lanes }: ScryptWork): HashCost => ({
  milliseconds: 2 ** ln * blocks * lanes * MIX_MS,
  kibibytes: (2 ** ln * blocks) / 8,
});

export const isWeakScrypt = ({ ln }: ScryptWork): boolean => ln < LEAST_LN;

/** The three numbers of a scrypt hash; null where one is missing, or so large that nothing could compute it. */
export function workOf(ln: number | null, blocks: number | null, lanes: number | null): ScryptWork | null {
  return ln === null || blocks === null || lanes === null || ln > 30 || blocks > 1_024 || lanes > 1_024
    ? null
    : { ln, blocks, lanes };
}

export function deriveScrypt(
  password: string,
  { salt, length, work }: { salt: Buffer; length: number; work: ScryptWork },
): Promise<Buffer> {
  const { ln, blocks, lanes } = work;
  const options: ScryptOptions = { N: 2 ** ln, r: blocks, p: lanes };
  // The library refuses by default what takes more than 32 MiB.
  const maxmem = costOfScrypt(work).kibibytes * 1024 + 256 * blocks * (lanes + 2) + 1024 * 1024;
  return new Promise((resolve, reject) => {
    scrypt(password, salt, length, { ...options, maxmem }, (error, derived) =>
      error === null ? resolve(derived) : reject(error),
    );
  });
}

/** PHC strings, Django's form and Werkzeug's. */
export const scryptHash: HashKind = {
  name: "scrypt",
  begins: /^(\$scrypt\$|scrypt[$:])/,
  read(typed) {
    const phc = readPhc(typed) ?? phcOfText(typed);
    const work = phc === null ? null : workOfPhc(phc);
    if (phc === null || work === null || !areUsual(phc)) {
      return null;
    }
    return { text: writePhc(phc), cost: costOfScrypt(work), isWeak: isWeakScrypt(work) };
  },
  async verify(text, password) {
    const phc = readPhc(text);
    const work = phc === null ? null : workOfPhc(phc);
    if (phc === null || work === null) {
      return false;
    }
    const { salt, digest } = phc;
    return sameBytes(await deriveScrypt(password, { salt, length: digest.length, work }), digest);
  },
  dummyLike(text) {
    const phc = readPhc(text);
    return phc === null
      ? text
      : writePhc({ ...phc, salt: randomKey(16), digest: randomKey(phc.digest.length) });
  },
};

const workOfPhc = ({ parameters }: PhcText): ScryptWork | null =>
  workOf(countOf(parameters.get("ln")), countOf(parameters.get("r")), countOf(parameters.get("p")));

/** Django: `scrypt$N$salt$r$p$base64`; its salt comes second. Werkzeug: `scrypt:N:r:p$salt$hexadecimal`. Both salts are text. */
function phcOfText(text: string): PhcText | null {
  const django = /^scrypt\$(\d+)\$([^$]+)\$(\d+)\$(\d+)\$([^$]+)$/.exec(text);
  const werkzeug = /^scrypt:(\d+):(\d+):(\d+)\$([^$]+)\$((?:[0-9a-f]{2})+)$/i.exec(text);
  const [, n, salt = "", r = "", p = "", end = ""] = django ?? [];
  const [, otherN, otherR = "", otherP = "", otherSalt = "", hex = ""] = werkzeug ?? [];
  const digest = django === null ? Buffer.from(hex, "hex") : bytesOf(end);
  const ln = Math.log2(countOf(n ?? otherN) ?? 0);
  if ((django ?? werkzeug) === null || digest === null || !Number.isInteger(ln)) {
    return null;
  }
  const parameters = new Map([
    ["ln", String(ln)],
    ["r", r || otherR],
    ["p", p || otherP],
  ]);
  return { id: "scrypt", parameters, salt: Buffer.from(salt || otherSalt), digest };
}

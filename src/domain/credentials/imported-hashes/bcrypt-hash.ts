import { createHash, createHmac } from "node:crypto";
import bcrypt from "bcrypt";
import type { HashKind } from "./hash-kind.ts";

/** The prefix of the hash says what was hashed: Django and WordPress shorten the password first. */
const FORM = /^(bcrypt\$|bcrypt_sha256\$|\$wp)?\$2[aby]\$(0[4-9]|[12][0-9]|3[01])\$([./A-Za-z0-9]{53})$/;

/** PostgreSQL's pgcrypto makes hashes of cost 6 by default. */
const LEAST_COST = 6;
/** Of one round, where 2 to the power of the cost are made. */
const ROUND_MS = 0.07;

/** The only file that imports bcrypt. `$2a$`, `$2b$` and `$2y$` are one algorithm; the broken `$2x$` is not accepted. */
export const bcryptHash: HashKind = {
  name: "bcrypt",
  begins: /^(\$2[abxy]?\$|bcrypt(_sha256)?\$|\$wp\$)/,
  read(typed) {
    const [whole, prefix = "", cost = "", rest = ""] = FORM.exec(typed) ?? [];
    if (whole === undefined) {
      return null;
    }
    return {
      text: `${prefix === "bcrypt$" ? "" : prefix}$2b$${cost}$${rest}`,
      cost: { milliseconds: 2 ** Number(cost) * ROUND_MS, kibibytes: 4 },
      isWeak: Number(cost) < LEAST_COST,
    };
  },
  verify(text, password) {
    const at = text.indexOf("$2b$");
    return bcrypt.compare(shortened(text.slice(0, at), password), text.slice(at));
  },
  dummyLike: (text) => text.replace(/\$[^$]{53}$/, `$${"e".repeat(21)}u${DIGEST_OF_NOTHING}`),
};

/** Of no password: its last letter has bits that no digest has, and `verifyDummy` does not look at the answer. */
const DIGEST_OF_NOTHING = "u".repeat(31);

function shortened(prefix: string, password: string): string {
  switch (prefix) {
    case "bcrypt_sha256$":
      return createHash("sha256").update(password).digest("hex");
    case "$wp":
      return createHmac("sha384", "wp-sha384").update(password.trim()).digest("base64");
    default:
      return password;
  }
}

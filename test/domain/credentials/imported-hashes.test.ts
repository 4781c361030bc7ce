import { expect } from "chai";
import { PasswordHasher } from "../../../src/domain/credentials/password.ts";
import {
  costOfStored,
  dummyLike,
  HASH_LIMITS,
  readHash,
} from "../../../src/domain/credentials/imported-hashes/imported-hash.ts";
import { IMPORTED_PASSWORD, KNOWN_HASHES } from "../../support/imported-hashes.ts";

const hasher = new PasswordHasher({ concurrency: 2, queue: 100, cost: { memoryCost: 1_024, timeCost: 2 } });

const storedOf = (typed: string): string => {
  const read = readHash(typed);
  if (typeof read === "string") {
    throw new Error(`The hash is ${read}: ${typed}`);
  }
  return read.stored;
};

describe("a password hash of another system", () => {
  for (const { form, hash, password = IMPORTED_PASSWORD } of KNOWN_HASHES) {
    it(`lets its owner in, and no other password: ${form}`, async () => {
      const stored = storedOf(hash);
      const tried = [password, `${password}!`].map((typed) => hasher.verify(stored, typed));
      expect(await Promise.all(tried)).to.deep.equal([true, false]);
    });

    it(`has a hash of no password beside it that costs the same: ${form}`, () => {
      const stored = storedOf(hash);
      const dummy = dummyLike(stored);
      expect(dummy).to.not.equal(stored);
      expect(costOfStored(dummy)).to.deep.equal(costOfStored(stored)).and.to.not.equal(null);
    });
  }

  it("is outdated from the beginning, so that the first sign-in replaces it", () => {
    for (const { form, hash } of KNOWN_HASHES) {
      expect(hasher.isOutdated(storedOf(hash)), form).to.equal(true);
    }
  });

  it("is compared with what was typed, and ours with its composed form", async () => {
    const apart = IMPORTED_PASSWORD.normalize("NFD");
    const bcrypt = KNOWN_HASHES.find(({ form }) => form === "bcrypt $2a$")?.hash ?? "";
    expect(await hasher.verify(storedOf(bcrypt), apart)).to.equal(false);
    expect(await hasher.verify(await hasher.hash(IMPORTED_PASSWORD), apart)).to.equal(true);
  });

  it("keeps one block of a long PBKDF2 digest, so that a comparison costs what its rounds say", () => {
    const long = KNOWN_HASHES.find(({ form }) => form.endsWith("more than one block"))?.hash ?? "";
    expect(storedOf(long)).to.equal(
      "imported:pbkdf2:$pbkdf2-sha1$i=20000$AAECAwQFBgcICQoLDA0ODw$zGwIclCWF0nPUQB80yO/CK+NlUk",
    );
  });
});

const SALT = "AAECAwQFBgcICQoLDA0ODw";
const DIGEST = "R4JM9UIZyMrFvpdbGVQRz1RDtD+D5V+a43PAvFpLabA";
const END = "e".repeat(53);

describe("a hash that would be an attack, or protects nothing", () => {
  const cases = {
    costly: [
      `$2b$15$${END}`,
      `$2b$31$${END}`,
      `$pbkdf2-sha256$i=900000000$${SALT}$${DIGEST}`,
      `pbkdf2_sha256$99999999$abcdefgh$${DIGEST}`,
      `$scrypt$ln=18,r=8,p=1$${SALT}$${DIGEST}`,
      `$scrypt$ln=14,r=8,p=1024$${SALT}$${DIGEST}`,
      `$argon2id$v=19$m=2097152,t=1,p=4$${SALT}$${DIGEST}`,
      `$argon2id$v=19$m=65536,t=900000000,p=1$${SALT}$${DIGEST}`,
      `$firebase-scrypt$ln=24,r=8,sep=Bw==,key=${DIGEST}$${SALT}$${DIGEST}`,
      "$P$SIQRaTwmfeRo7ud9Fh4E2PdI0S3r.L0",
      "AQAAAAF/////AAAAEAABAgMEBQYHCAkKCwwNDg9Ix6AfuhMp+9fU9gfVVwzISBNqxoKC2Sux3hZMabpkNg==",
    ],
    weak: [
      `$2b$04$${END}`,
      `$pbkdf2-sha256$i=1$${SALT}$${DIGEST}`,
      `$scrypt$ln=4,r=8,p=1$${SALT}$${DIGEST}`,
      `$argon2id$v=19$m=64,t=1,p=1$${SALT}$${DIGEST}`,
      "5f4dcc3b5aa765d61d8327deb882cf99",
      "5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8",
      "md5$salt$67a1e09bb1f83f5007dc119c14d663aa",
      "{SSHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=",
      "$1$salt$qJH7.N4xYta3aEG/dfqo/0",
    ],
    broken: [
      "$2b$10$short",
      `$2x$10$${END}`,
      `$2b$99$${END}`,
      `$pbkdf2-md5$i=1000$${SALT}$${DIGEST}`,
      `$pbkdf2-sha256$i=0$${SALT}$${DIGEST}`,
      `$pbkdf2-sha256$i=1e5$${SALT}$${DIGEST}`,
      `$pbkdf2-sha256$i=1000$AA$${DIGEST}`,
      `$pbkdf2-sha256$i=1000$${SALT}$AAAA`,
      `$pbkdf2-sha256$i=1000$${SALT}$${"A".repeat(2_000)}`,
      `$pbkdf2-sha256$i=1000$sa lt$${DIGEST}`,
      `$scrypt$ln=14,r=8$${SALT}$${DIGEST}`,
      `$scrypt$ln=14,r=99999,p=1$${SALT}$${DIGEST}`,
      "scrypt$16385$salt$8$1$Z4/V7BDRPYBjuJg+rkHe8Q",
      `$firebase-scrypt$ln=14,r=8,sep=Bw==$${SALT}$${DIGEST}`,
      `$firebase-scrypt$ln=14,r=8,sep=Bw==,key=AAAA$${SALT}$${DIGEST}`,
      `$argon2id$v=19$m=7,t=1,p=1$${SALT}$${DIGEST}`,
      `$argon2id$v=19$m=65536,t=1,p=64$${SALT}$${DIGEST}`,
      `$argon2id$v=18$m=65536,t=1,p=1$${SALT}$${DIGEST}`,
      `$argon2id$m=65536,t=1,p=1$${SALT}$${DIGEST}`,
      "$P$!IQRaTwmfeRo7ud9Fh4E2PdI0S3r.L0",
      "$P$9IQRaTwmfeRo7ud9Fh4E2PdI0S3r",
      "AQAAAAkAACcQAAAAEAABAgMEBQYHCAkKCwwNDg9Ix6AfuhMp+9fU9gfVVwzISBNqxoKC2Sux3hZMabpkNg==",
      "AQAAAAEAACcQ////fwABAgMEBQYHCAkKCwwNDg9Ix6AfuhMp+9fU9gfVVwzISBNqxoKC2Sux3hZMabpkNg==",
    ],
    unknown: ["", "hunter2", "$6$rounds=5000$salt$abc", "$", "$$$$", "imported:x", "!", "x".repeat(3_000)],
  } as const;

  for (const [verdict, hashes] of Object.entries(cases)) {
    for (const hash of hashes) {
      it(`T166 is refused as ${verdict}: ${hash.slice(0, 50)}`, () => {
        expect(readHash(hash)).to.equal(verdict);
      });
    }
  }

  it("T166 is not what the defaults of known systems make", () => {
    for (const hash of [
      `$2y$13$${END}`,
      `$pbkdf2-sha1$i=1300000$${SALT}$${DIGEST}`,
      `pbkdf2_sha256$1200000$abcdefgh$${DIGEST}`,
      `$pbkdf2-sha512$i=210000$${SALT}$${DIGEST}`,
      `$scrypt$ln=17,r=8,p=1$${SALT}$${DIGEST}`,
      `$argon2id$v=19$m=65536,t=3,p=4$${SALT}$${DIGEST}`,
    ]) {
      expect(readHash(hash), hash).to.be.an("object");
    }
  });

  it("T166 bounds what one comparison can take", () => {
    for (const { hash } of KNOWN_HASHES) {
      const cost = costOfStored(storedOf(hash));
      expect(cost?.milliseconds).to.be.above(0).and.at.most(HASH_LIMITS.milliseconds);
      expect(cost?.kibibytes).to.be.above(0).and.at.most(HASH_LIMITS.kibibytes);
    }
  });
});

import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect } from "chai";
import { readHash } from "../../../src/domain/credentials/imported-hashes/imported-hash.ts";
import { PasswordHasher } from "../../../src/domain/credentials/password.ts";
import { PageError } from "../../../src/kernel/errors.ts";
import { watchHashing } from "../../support/hashing-jobs.ts";
import { IMPORTED_PASSWORD, KNOWN_HASHES } from "../../support/imported-hashes.ts";

const hashOf = (form: string): string => {
  const read = readHash(KNOWN_HASHES.find((known) => known.form === form)?.hash ?? "");
  return typeof read === "string" ? read : read.stored;
};

/** Cheap ones, one for each library. */
const FORMS = {
  bcrypt: "bcrypt $2a$",
  pbkdf2: "Werkzeug pbkdf2",
  scrypt: "PHC scrypt",
  argon2: "argon2i",
  firebase: "Firebase scrypt",
} as const;

const hasherFor = (queue: number) =>
  new PasswordHasher({ concurrency: 2, queue, cost: { memoryCost: 1_024, timeCost: 2 } });

describe("the queue of passwords that are hashed", () => {
  it("T167 has imported hashes in it like ours, compared in threads and never more at a time than it lets", async () => {
    const hasher = hasherFor(100);
    const { kinds, most } = await watchHashing(() =>
      Promise.all([
        ...Object.values(FORMS).flatMap((form) =>
          ["one", "two", "three"].map((typed) => hasher.verify(hashOf(form), typed)),
        ),
        hasher.verifyDummy("four"),
      ]),
    );
    const counted = Object.fromEntries(
      Array.from(
        Map.groupBy(kinds, (kind) => kind),
        ([kind, all]) => [kind, all.length],
      ),
    );
    expect(counted).to.deep.equal({ bcrypt: 3, pbkdf2: 3, scrypt: 6, argon2: 4 });
    expect(most).to.equal(2);
  });

  it("T167 turns a comparison with an imported hash away when it is full", async () => {
    const hasher = hasherFor(1);
    const tries = Array.from({ length: 6 }, () => hasher.verify(hashOf(FORMS.bcrypt), "typed"));
    const ends = await Promise.allSettled(tries);
    const refused = ends.filter((end) => end.status === "rejected").map(({ reason }) => reason as unknown);
    expect(refused).to.have.length(3);
    expect(refused.every((error) => error instanceof PageError && error.kind === "busy")).to.equal(true);
  });

  it("T167 has the rounds of phpass in a thread, whose code the main thread never loads", async () => {
    const module = (name: string) =>
      JSON.stringify(new URL(`../../../src/domain/credentials/${name}`, import.meta.url).href);
    const [phpass, password] = [hashOf("phpass $P$"), IMPORTED_PASSWORD].map((text) => JSON.stringify(text));
    const script = `
      import { registerHooks } from "node:module";
      const loaded = [];
      registerHooks({ load: (url, context, next) => (loaded.push(url), next(url, context)) });
      const { PasswordHasher } = await import(${module("password.ts")});
      const hasher = new PasswordHasher({ concurrency: 1, queue: 1, cost: { memoryCost: 1024, timeCost: 2 } });
      console.log(JSON.stringify({ right: await hasher.verify(${phpass ?? ""}, ${password ?? ""}), loaded }));`;
    const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", script]);
    const { right, loaded } = JSON.parse(stdout) as { right: boolean; loaded: string[] };
    expect(right).to.equal(true);
    expect(loaded.some((url) => url.endsWith("phpass-hash.ts"))).to.equal(true);
    expect(loaded.filter((url) => url.endsWith("phpass-worker.ts"))).to.deep.equal([]);
  });
});

describe("the answer to a wrong password while imported hashes are in use", () => {
  const hasher = hasherFor(100);
  let ours = "";

  // Not while the file is read: the tests above count every hash of this process.
  before(async () => {
    ours = await hasher.hash("a password of ours");
  });

  /** What `PasswordComparison` does for a hash, or for a name that does not exist. */
  const answer = async (stored: string | null) => {
    const { kinds } = await watchHashing(async () => {
      await (stored === null ? hasher.verifyDummy("typed") : hasher.verify(stored, "typed"));
      await hasher.levelOut(stored, "typed");
    });
    return kinds;
  };

  it("T168 is one comparison of ours where no hash was imported", async () => {
    hasher.levelWith(null);
    expect(await answer(null)).to.deep.equal(["argon2"]);
    expect(await answer(ours)).to.deep.equal(["argon2"]);
  });

  it("T168 takes one of ours and one of the slowest kind, whether the name exists and whichever of them its hash is", async () => {
    hasher.levelWith(hashOf(FORMS.bcrypt));
    for (const stored of [null, ours, hashOf("bcrypt $2y$")]) {
      expect((await answer(stored)).toSorted(), stored ?? "unknown name").to.deep.equal(["argon2", "bcrypt"]);
    }
  });

  it("T168 takes one of the slowest kind after one of a faster imported kind", async () => {
    hasher.levelWith(hashOf("Django bcrypt"));
    expect(await answer(hashOf(FORMS.scrypt))).to.deep.equal(["scrypt", "bcrypt"]);
    expect(await answer(hashOf("bcrypt $2y$"))).to.deep.equal(["bcrypt", "bcrypt"]);
  });
});

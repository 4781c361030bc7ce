import { expect } from "chai";
import { PasswordHasher } from "../../../src/domain/credentials/password.ts";
import { countArgon2 } from "../../support/argon2-jobs.ts";

const LIMITS = { concurrency: 1, queue: 1, cost: { memoryCost: 1_024, timeCost: 2 } };

describe("a password for a name that does not exist", () => {
  it("costs one derivation from the first time on, and is never right", async () => {
    const hasher = new PasswordHasher(LIMITS);
    for (const password of ["", "a password of no user", "lantern-harbour-quiet-27"]) {
      const { answer, jobs } = await countArgon2(() => hasher.verifyDummy(password));
      expect({ answer, jobs }).to.deep.equal({ answer: false, jobs: 1 });
    }
  });
});

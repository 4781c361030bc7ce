import { dictionary } from "@zxcvbn-ts/language-common";
import { expect } from "chai";
import { isCommonPassword } from "../../../src/domain/credentials/common-passwords.ts";
import { PASSWORD_LENGTH, PasswordRules } from "../../../src/domain/credentials/password-rules.ts";
import { StrengthThread } from "../../../src/domain/credentials/strength-thread.ts";

describe("common passwords", () => {
  const common = dictionary["passwords-common"].map(String);
  const long = common.filter((password) => Array.from(password).length >= PASSWORD_LENGTH.minimum);

  const rules = new PasswordRules({
    strength: new StrengthThread(),
    limits: { reserve: () => Promise.resolve([]) },
    hash: () => Buffer.alloc(0),
  });
  const faultOf = (password: string) => rules.fault(password, { known: [], userId: null });

  it("T135 T2 are refused, all of them that are long enough, in small letters and in capitals", async () => {
    expect(common).to.have.length.above(40_000);
    expect(long).to.have.length.above(300);
    for (const password of long) {
      expect(await faultOf(password), password).to.equal("too-easy");
      expect(await faultOf(password.toUpperCase()), password).to.equal("too-easy");
    }
  });

  it("T135 T2 are known at a sign-in as well", async () => {
    for (const password of long) {
      expect(await isCommonPassword(password), password).to.equal(true);
    }
  });
});

import { expect } from "chai";
import { base32 } from "../../../src/domain/factors/base32.ts";
import { appCode, codeAt, totpKey, verify } from "../../../src/domain/factors/totp.ts";

/** The secrets of RFC 6238, appendix B: the same digits, as long as the hash. */
const secretOf = (length: number) => base32(Buffer.from("1234567890".repeat(7).slice(0, length)));
const SHA256 = totpKey(secretOf(32), { algorithm: "sha256", digits: 8, period: 30 });
const SHA512 = totpKey(secretOf(64), { algorithm: "sha512", digits: 8, period: 30 });

describe("codes of an app that another system has set up", () => {
  it("T19 are those of RFC 6238 with SHA-256, SHA-512 and eight digits, by its own examples", () => {
    const examples = [
      [SHA256, 59, "46119246"],
      [SHA256, 1_111_111_109, "68084774"],
      [SHA256, 20_000_000_000, "77737706"],
      [SHA512, 59, "90693936"],
      [SHA512, 1_111_111_109, "25091201"],
      [SHA512, 20_000_000_000, "47863826"],
    ] as const;
    for (const [key, seconds, code] of examples) {
      expect(codeAt(key, seconds)).to.equal(code);
      expect(verify(key, code, seconds, 0)).to.deep.equal({
        type: "accepted",
        step: Math.floor(seconds / 30),
      });
    }
  });

  it("T19 are accepted one step of their own length early or late, and are expired for ten minutes", () => {
    const key = totpKey(secretOf(20), { algorithm: "sha1", digits: 6, period: 60 });
    const now = 1_900_000_020;
    const judged = (steps: number) => verify(key, codeAt(key, now + steps * 60), now, 0).type;
    expect([-12, -11, -10, -2, -1, 0, 1, 2].map(judged)).to.deep.equal([
      ...["wrong", "wrong", "expired", "expired", "accepted", "accepted", "accepted", "wrong"],
    ]);
  });

  it("T17 are not accepted for a step that was used, nor for an earlier one", () => {
    const now = 1_900_000_020;
    const step = Math.floor(now / 30);
    expect(verify(SHA512, codeAt(SHA512, now), now, step).type).to.equal("used");
    expect(verify(SHA512, codeAt(SHA512, now - 30), now, step).type).to.equal("past");
  });

  it("T16 of another length are wrong, and never an error", () => {
    const now = 1_900_000_020;
    expect(verify(SHA256, codeAt(SHA256, now).slice(2), now, 0).type).to.equal("wrong");
    expect(["123456", "1234 5678", "12345", "123456789", "x"].map(appCode)).to.deep.equal([
      ...["123456", "12345678", null, null, null],
    ]);
  });

  it("may have a short secret, and have the usual parameters where the key names none", () => {
    const short = totpKey(secretOf(10), { algorithm: "sha1", digits: 6, period: 30 });
    expect(short).to.equal(secretOf(10));
    expect(codeAt(short, 59)).to.match(/^[0-9]{6}$/);
  });
});

import { expect } from "chai";
import { base32 } from "../../../src/domain/factors/base32.ts";
import { codeAt, verify } from "../../../src/domain/factors/totp.ts";
import { totpAt } from "../../support/totp.ts";

const SECRET = base32(Buffer.from("12345678901234567890"));
const NOW = 1_900_000_005;
const STEP = Math.floor(NOW / 30);

describe("codes of an authenticator app", () => {
  it("T19 are those of RFC 6238, by its own examples", () => {
    const examples = { 59: "287082", 1111111109: "081804", 1234567890: "005924", 20000000000: "353130" };
    for (const [seconds, code] of Object.entries(examples)) {
      expect(totpAt(SECRET, Number(seconds)), "this test's own").to.equal(code);
      expect(codeAt(SECRET, Number(seconds))).to.equal(code);
      expect(verify(SECRET, code, Number(seconds), 0)).to.deep.equal({
        type: "accepted",
        step: Math.floor(Number(seconds) / 30),
      });
    }
  });

  it("T19 are accepted one step early or late, and no further", () => {
    const judged = [-2, -1, 0, 1, 2].map((drift) => verify(SECRET, totpAt(SECRET, NOW + drift * 30), NOW, 0));
    expect(judged.map(({ type }) => type)).to.deep.equal([
      "expired",
      "accepted",
      "accepted",
      "accepted",
      "wrong",
    ]);
    expect(judged.map((result) => (result.type === "accepted" ? result.step - STEP : null))).to.deep.equal([
      null,
      -1,
      0,
      1,
      null,
    ]);
  });

  it("T19 end at the second in which their step is two steps old", () => {
    const start = STEP * 30;
    const code = totpAt(SECRET, start);
    expect(verify(SECRET, code, start + 59, 0).type).to.equal("accepted");
    expect(verify(SECRET, code, start + 60, 0).type).to.equal("expired");
    expect(verify(SECRET, code, start - 30, 0).type).to.equal("accepted");
    expect(verify(SECRET, code, start - 31, 0).type).to.equal("wrong");
  });

  it("T127 are called expired for ten minutes, and are accepted never again", () => {
    const at = (steps: number) => verify(SECRET, totpAt(SECRET, NOW + steps * 30), NOW, 0).type;
    const past = Array.from({ length: 40 }, (_, index) => at(-2 - index));
    expect(past.slice(0, 19)).to.deep.equal(Array.from({ length: 19 }, () => "expired"));
    expect(past.slice(19)).to.deep.equal(Array.from({ length: 21 }, () => "wrong"));
  });

  it("T127 of the future are answered like wrong ones, whether a code was used before or not", () => {
    for (const lastStep of [0, STEP - 3, STEP - 1, STEP, STEP + 1]) {
      const answers = Array.from({ length: 100 }, (_, index) => {
        const code = totpAt(SECRET, NOW + (2 + index) * 30);
        return verify(SECRET, code, NOW, lastStep).type;
      });
      expect([...new Set(answers)], String(lastStep)).to.deep.equal(["wrong"]);
    }
  });

  it("T17 are not accepted for a step that was used, however long ago, nor for an earlier one", () => {
    const code = (drift: number) => totpAt(SECRET, NOW + drift * 30);
    expect(verify(SECRET, code(0), NOW, STEP).type).to.equal("used");
    expect(verify(SECRET, code(0), NOW + 3_600, STEP).type).to.equal("used");
    expect(verify(SECRET, code(-1), NOW, STEP).type).to.equal("past");
    expect(verify(SECRET, code(-1), NOW, STEP - 1).type).to.equal("used");
    expect(verify(SECRET, code(1), NOW, STEP).type).to.equal("accepted");
    expect(verify(SECRET, code(0), NOW, STEP + 1).type).to.equal("past");
  });
});

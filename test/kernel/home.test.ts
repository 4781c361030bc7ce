import { expect } from "chai";
import { HOMES, homeOf, homeOfToken, idAt, randomHome, tokenAt } from "../../src/kernel/home.ts";
import { randomId, UUID } from "../../src/kernel/random.ts";

const MANY = Array.from({ length: 10_000 }, (_, index) => index);

describe("home", () => {
  it("is in the first 15 bits of every id and token", () => {
    for (const index of MANY) {
      const home = (index * 7_919) % HOMES;
      expect(homeOf(idAt(home))).to.equal(home);
      expect(homeOfToken(tokenAt(home))).to.equal(home);
    }
  });

  it("goes to both ends of a smallint", () => {
    for (const home of [0, 1, HOMES - 2, HOMES - 1]) {
      expect(homeOf(idAt(home))).to.equal(home);
      expect(homeOfToken(tokenAt(home, 16))).to.equal(home);
    }
  });

  it("leaves an id a UUID of version 4, and a token as long as any other", () => {
    const id = idAt(randomHome());
    expect(id).to.match(UUID);
    expect(id).to.match(/^.{14}4.{4}[89ab]/);
    expect(tokenAt(5)).to.match(/^[A-Za-z0-9_-]{43}$/);
  });

  it("never makes the same one twice, however few homes there are", () => {
    expect(new Set(MANY.map(() => idAt(7))).size).to.equal(MANY.length);
    expect(new Set(MANY.map(() => tokenAt(7))).size).to.equal(MANY.length);
  });

  it("draws every bit but those of the home and the version, both ways", () => {
    const seen = { or: 0n, and: (1n << 128n) - 1n };
    for (const index of MANY) {
      const bits = BigInt(`0x${idAt(index % 2 === 0 ? 0 : HOMES - 1).replaceAll("-", "")}`);
      seen.or |= bits;
      seen.and &= bits;
    }
    const fixed = ((seen.or ^ ((1n << 128n) - 1n)) | seen.and).toString(2).replaceAll("0", "").length;
    expect(fixed).to.equal(6);
  });

  it("of an office is that of its random id", () => {
    const homes = MANY.slice(0, 2_000).map(() => homeOf(randomId()));
    expect(Math.min(...homes)).to.be.at.least(0);
    expect(Math.max(...homes)).to.be.below(HOMES);
    expect(new Set(homes).size).to.be.above(1_800);
  });

  it("of what is no id is 0, and it throws for nothing", () => {
    for (const broken of ["", "a", "zz", "zzzz-", "ä\u0000!", "%%%", "-1-1", "1e", "é".repeat(50)]) {
      expect(homeOfToken(broken), broken).to.be.within(0, HOMES - 1);
      expect(homeOf(broken), broken).to.be.within(0, HOMES - 1);
    }
    expect(homeOfToken("ab")).to.equal(0);
    expect(homeOf("not an id")).to.equal(0);
  });
});

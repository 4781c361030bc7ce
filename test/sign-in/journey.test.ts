import { expect } from "chai";
import { firstPage, journey, nextStep, stepOf } from "../../src/sign-in/journey.ts";
import { brokenClaims, claims, everySituation, mutants, next, realTable } from "./journey-walk.ts";

describe("the journey, in every situation", () => {
  for (const [sentence, holds] of Object.entries(claims)) {
    it(sentence, () => {
      const broken = everySituation().filter((signIn) => !holds(realTable, signIn));
      expect(broken).to.deep.equal([]);
    });
  }

  it("is what nextStep says", () => {
    for (const signIn of everySituation()) {
      expect(nextStep(signIn)).to.equal(next(realTable, signIn));
    }
  });
});

describe("a journey that somebody has broken", () => {
  for (const { name, table } of mutants()) {
    it(`is noticed: ${name}`, () => {
      expect(brokenClaims(table)).to.not.deep.equal([]);
    });
  }
});

describe("the journey's pages", () => {
  it("belong to one step each, and each step begins with one", () => {
    const pages = journey.flatMap((step) => [...step.pages]);
    expect(new Set(pages).size).to.equal(pages.length);
    for (const step of journey) {
      expect(stepOf(firstPage(step.name))?.name).to.equal(step.name);
    }
  });
});

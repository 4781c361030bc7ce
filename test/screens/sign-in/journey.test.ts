import { expect } from "chai";
import { firstPage, journey, nextStep, stepOf } from "../../../src/screens/sign-in/journey.ts";
import { clauseMutants, rowMutants, type Mutant } from "./journey-mutants.ts";
import { everySituation } from "./journey-situations.ts";
import { brokenClaim, brokenClaims, walk } from "./broken-claims.ts";
import { claims, next } from "./journey-walk.ts";

const situations = everySituation();

describe(`the journey, in every one of ${String(situations.length)} situations`, () => {
  let broken: ReadonlyMap<string, unknown>;

  before(() => {
    broken = brokenClaims(journey, situations);
  });

  for (const sentence of Object.keys(claims)) {
    it(sentence, () => {
      expect(broken.get(sentence)).to.equal(undefined);
    });
  }

  it("is what nextStep says", () => {
    const different = situations.find((signIn) => nextStep(signIn) !== next(journey, signIn));
    expect(different).to.equal(undefined);
  });
});

describe("a journey that was broken on purpose", () => {
  const expectNoticed = (mutants: readonly Mutant[]) => {
    const walked = walk(journey, situations);
    const unnoticed = mutants
      .filter(({ table }) => brokenClaim(table, walked) === null)
      .map(({ name }) => name);
    expect(unnoticed).to.deep.equal([]);
  };

  it("is noticed when a row is dropped or two neighbours are swapped", () => {
    expectNoticed(rowMutants());
  });

  it("is noticed when any clause of any condition is left out or turned round", async () => {
    expectNoticed(await clauseMutants());
  });
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

import { expect } from "chai";
import { RefusalBudget } from "../../../src/protocol/requests/refusal-budget.ts";

const MINUTE = 60_000;

describe("how many refused requests are told of", () => {
  const taken = (budget: RefusalBudget, application: string, count: number, at = 0) =>
    Array.from({ length: count }, (_, place) => budget.take(application, `way ${String(place)}`, at)).filter(
      Boolean,
    ).length;

  it("T145 is ten different ones of an application in a minute, however many a stranger sends for it", () => {
    const budget = new RefusalBudget();
    expect(taken(budget, "app_one", 1_000)).to.equal(10);
    expect(taken(budget, "app_two", 3), "of another application").to.equal(3);
    expect(taken(budget, "app_one", 1_000, MINUTE - 1)).to.equal(0);
    expect(taken(budget, "app_one", 1_000, MINUTE)).to.equal(10);
  });

  it("T145 is each once in a minute", () => {
    const budget = new RefusalBudget();
    const times = [0, 1, MINUTE - 1, MINUTE, MINUTE + 1].map((at) => budget.take("app_one", "the same", at));
    expect(times).to.deep.equal([true, false, false, true, false]);
  });

  it("T145 is a hundred in all in a minute, for client ids that a stranger makes up", () => {
    const budget = new RefusalBudget();
    const all = Array.from({ length: 5_000 }, (_, place) => budget.take(`app_${String(place)}`, "x", place));
    expect(all.filter(Boolean)).to.have.lengthOf(100);
  });
});

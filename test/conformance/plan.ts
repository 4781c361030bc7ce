import { expect } from "chai";
import type { Plan } from "./plan-module.ts";
import { keepResults } from "./results.ts";

/** Names a test after a module of the plan. */
export type AddTest = (name: string, body: () => Promise<void>) => void;

/** A plan as a suite: every module that applies has a test of its name that runs, and no test has another name. */
export function describePlan(plan: Plan, define: (test: AddTest) => void): void {
  describe(plan.name, () => {
    const tests: Mocha.Test[] = [];
    define((name, body) => {
      tests.push(it(name, body));
    });

    it("has run one test for each module that applies", () => {
      const applying = plan.modules.filter(({ notApplicable }) => notApplicable === undefined);
      expect(tests.map(({ title }) => title)).to.have.members(applying.map(({ name }) => name));
      expect(tests.filter((test) => !hasRun(test)).map(({ title }) => title)).to.deep.equal([]);
    });

    after(() => {
      // With --grep a part of it ran, which says nothing of the rest.
      if (tests.every(hasRun)) {
        const results = tests.map((test) => [test.title, test.isPassed() ? "passed" : "failed"] as const);
        keepResults(plan, Object.fromEntries(results));
      }
    });
  });
}

const hasRun = (test: Mocha.Test): boolean => test.isPassed() || test.isFailed();

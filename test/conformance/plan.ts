import { expect } from "chai";
import type { Plan } from "./modules.ts";

/** Names a test after a module of the plan. */
export type AddTest = (name: string, body: () => Promise<void>) => void;

/** A plan as a suite: every module that applies has a test of its name, and no test has another name. */
export function describePlan(plan: Plan, define: (test: AddTest) => void): void {
  describe(plan.name, () => {
    const tested: string[] = [];
    define((name, body) => {
      tested.push(name);
      it(name, body);
    });

    it("has one test for each module that applies", () => {
      const applying = plan.modules.filter(({ notApplicable }) => notApplicable === undefined);
      expect(tested).to.have.members(applying.map(({ name }) => name));
    });
  });
}

import { expect } from "chai";
import { Suite, Test } from "mocha";
import { lengthen } from "./time-limits.ts";

describe("the limits of a whole run", () => {
  it("are longer for tests and hooks, however deep, and stay off where there are none", () => {
    const outer = new Suite("outer");
    outer.timeout(100);
    const inner = Suite.create(outer, "inner");
    inner.timeout(200);
    const [first, second, free] = [
      new Test("first", () => null),
      new Test("second", () => null),
      new Test("free", () => null),
    ];
    outer.addTest(first);
    inner.addTest(second);
    inner.addTest(free);
    free.timeout(0);
    inner.beforeAll("hook", () => null);
    lengthen(outer, 3);
    expect([first, second, free].map((test) => test.timeout())).to.deep.equal([300, 600, 0]);
    const [hook] = Reflect.get(inner, "_beforeAll") as Test[];
    expect(hook?.timeout()).to.equal(600);
  });
});

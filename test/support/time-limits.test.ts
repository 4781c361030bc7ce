import { expect } from "chai";
import { Test } from "mocha";
import { lengthen } from "./time-limits.ts";

describe("the limits of a whole run", () => {
  it("are longer for whatever sets one, and stay off where there are none", () => {
    const [usual, longer, free] = [new Test("usual"), new Test("longer"), new Test("free")];
    usual.timeout(100);
    const restore = lengthen(5);
    try {
      longer.timeout(100);
      free.timeout(0);
    } finally {
      restore();
    }
    expect([longer.timeout(), free.timeout()]).to.deep.equal([usual.timeout() * 5, 0]);
  });
});

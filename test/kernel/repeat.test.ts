import { expect } from "chai";
import { repeat } from "../../src/kernel/repeat.ts";
import { doneWithin } from "../../src/kernel/done-within.ts";
import { eventually } from "../support/eventually.ts";

const answered = <T>(value: () => T, isExpected: (answer: T) => boolean) =>
  eventually(() => Promise.resolve(value()), isExpected);

describe("work that is repeated", () => {
  it("goes on after a turn that failed, and reports it", async () => {
    const faults: unknown[] = [];
    let turns = 0;
    const repeated = repeat(
      1,
      () => {
        turns += 1;
        return turns === 1 ? Promise.reject(new Error("first")) : Promise.resolve();
      },
      (error) => faults.push(error),
    );
    await answered(
      () => turns,
      (count) => count > 2,
    );
    await repeated.stop();
    expect(faults.map(String)).to.deep.equal(["Error: first"]);
  });

  it("never runs twice at once, and leaves nothing behind that stopping waits for", async () => {
    const { promise: held, resolve: free } = Promise.withResolvers<undefined>();
    let begun = 0;
    let ticks = 0;
    const repeated = repeat(
      1,
      () => {
        begun += 1;
        return held;
      },
      () => undefined,
    );
    const clock = repeat(
      1,
      () => {
        ticks += 1;
        return Promise.resolve();
      },
      () => undefined,
    );
    await answered(
      () => ticks,
      (count) => count > 20,
    );
    await clock.stop();
    expect(begun).to.equal(1);
    const stopped = repeated.stop();
    expect(await doneWithin(20, stopped), "waits for what is under way").to.equal(false);
    free(undefined);
    await stopped;
    expect(begun).to.equal(1);
  });
});

describe("waiting with a limit", () => {
  it("says whether the work was done by then", async () => {
    expect(await doneWithin(10_000, Promise.resolve())).to.equal(true);
    expect(await doneWithin(1, new Promise(() => undefined))).to.equal(false);
  });

  it("hands an error on that comes in time", async () => {
    const fault = await doneWithin(10_000, Promise.reject(new Error("in time"))).catch(String);
    expect(fault).to.equal("Error: in time");
  });
});

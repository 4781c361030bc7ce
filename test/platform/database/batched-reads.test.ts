import { setImmediate } from "node:timers/promises";
import { expect } from "chai";
import { batchReads } from "../../../src/platform/database/batched-reads.ts";
import { eventually } from "../../support/eventually.ts";

/** Doubles numbers, and remembers which were asked together. */
function doubling() {
  const asked: number[][] = [];
  const double = batchReads((numbers: readonly number[]) => {
    asked.push([...numbers]);
    return Promise.resolve(numbers.map((number) => 2 * number));
  });
  return { asked, double };
}

describe("questions of one turn of the event loop", () => {
  it("are asked together, and each gets its own answer", async () => {
    const { asked, double } = doubling();
    expect(await Promise.all([1, 2, 3].map(double))).to.deep.equal([2, 4, 6]);
    expect(asked).to.deep.equal([[1, 2, 3]]);
  });

  it("do not wait for those of a later turn", async () => {
    const { asked, double } = doubling();
    expect([await double(1), await double(2)]).to.deep.equal([2, 4]);
    expect(asked).to.deep.equal([[1], [2]]);
  });

  it("are never too many for one statement", async () => {
    const { asked, double } = doubling();
    const numbers = Array.from({ length: 120 }, (_, number) => number);
    expect(await Promise.all(numbers.map(double))).to.deep.equal(numbers.map((number) => 2 * number));
    expect(asked.map(({ length }) => length)).to.deep.equal([50, 50, 20]);
  });

  it("share an error", async () => {
    const ask = batchReads((): Promise<never[]> => Promise.reject(new Error("gone")));
    const ends = await Promise.allSettled([ask(1), ask(2)]);
    expect(ends.map(({ status }) => status)).to.deep.equal(["rejected", "rejected"]);
  });

  it("may be answered apart", async () => {
    const ask = batchReads((numbers: readonly number[]) =>
      Promise.resolve(
        numbers.map((number) => (number === 1 ? Promise.reject<number>(new Error("one")) : number)),
      ),
    );
    const [one, two] = await Promise.allSettled([ask(1), ask(2)]);
    expect([one?.status, two]).to.deep.equal(["rejected", { status: "fulfilled", value: 2 }]);
  });

  it("gather while as many as allowed are on their way", async () => {
    const { asked, answer, ask } = held({ mostAtOnce: 2 });
    const answers = [ask(1)];
    await setImmediate();
    answers.push(ask(2));
    await setImmediate();
    answers.push(ask(3));
    await setImmediate();
    answers.push(ask(4));
    await setImmediate();
    expect(asked).to.deep.equal([[1], [2]]);
    answer(0);
    await isAskedTimes(asked, 3);
    expect(asked).to.deep.equal([[1], [2], [3, 4]]);
    answer(1);
    answer(2);
    expect(await Promise.all(answers)).to.deep.equal([1, 2, 3, 4]);
  });

  it("are not held up by some that get no answer", async () => {
    const { asked, ask } = held({ mostAtOnce: 1 });
    void ask(1);
    await setImmediate();
    void ask(2);
    await isAskedTimes(asked, 2);
    expect(asked).to.deep.equal([[1], [2]]);
  });
});

const isAskedTimes = (asked: readonly unknown[], times: number) =>
  eventually(
    () => Promise.resolve(asked.length),
    (length) => length === times,
  );

/** Batches whose answers the test gives, by their number. */
function held(options: { mostAtOnce: number }) {
  const asked: number[][] = [];
  const answers: (() => void)[] = [];
  const ask = batchReads((numbers: readonly number[]) => {
    asked.push([...numbers]);
    return new Promise<readonly number[]>((resolve) => {
      answers.push(() => {
        resolve(numbers);
      });
    });
  }, options);
  return { asked, ask, answer: (number: number) => answers[number]?.() };
}

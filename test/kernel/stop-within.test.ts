import { expect } from "chai";
import { pino } from "pino";
import { stopWithin } from "../../src/kernel/stop-within.ts";

const never = () => new Promise<never>(() => undefined);

describe("stopping in stages", () => {
  let lines: string[];
  const log = pino({ base: null }, { write: (line: string) => lines.push(line) });

  beforeEach(() => {
    lines = [];
  });

  it("ends what belongs together at once, and the next stage after it", async () => {
    const order: string[] = [];
    const step = (name: string, work: () => Promise<unknown>) => ({
      name,
      stop: async () => {
        order.push(`${name} begins`);
        await work();
        order.push(`${name} ends`);
      },
    });
    let finish: (() => void) | undefined;
    const slow = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const left = await stopWithin(
      [
        {
          untilMs: 60_000,
          steps: [
            step("first", () => slow),
            step("second", () => {
              finish?.();
              return Promise.resolve();
            }),
          ],
        },
        { untilMs: 60_000, steps: [step("third", () => Promise.resolve())] },
      ],
      log,
    );
    expect(left).to.deep.equal([]);
    expect(order.slice(0, 2)).to.deep.equal(["first begins", "second begins"]);
    expect(order.slice(-2)).to.deep.equal(["third begins", "third ends"]);
  });

  it("leaves what hangs when its time is over, and names it", async () => {
    const left = await stopWithin(
      [
        {
          untilMs: 20,
          steps: [
            { name: "hangs", stop: never },
            { name: "ends", stop: () => Promise.resolve() },
          ],
        },
        { untilMs: 40, steps: [{ name: "hangs too", stop: never }] },
      ],
      log,
    );
    expect(left).to.deep.equal(["hangs", "hangs too"]);
  });

  it("goes on after a part that fails, and says which and why", async () => {
    let isClosed = false;
    const left = await stopWithin(
      [
        { untilMs: 60_000, steps: [{ name: "demo", stop: () => Promise.reject(new Error("marker")) }] },
        {
          untilMs: 60_000,
          steps: [
            {
              name: "database",
              stop: () => {
                isClosed = true;
                return Promise.resolve();
              },
            },
          ],
        },
      ],
      log,
    );
    expect({ left, isClosed }).to.deep.equal({ left: ["demo"], isClosed: true });
    expect(lines.join()).to.contain('"part":"demo"');
  });

  it("waits for no time that is over", async () => {
    const left = await stopWithin([{ untilMs: 0, steps: [{ name: "hangs", stop: never }] }], log);
    expect(left).to.deep.equal(["hangs"]);
  });
});

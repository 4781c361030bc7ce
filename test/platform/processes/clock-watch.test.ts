import { expect } from "chai";
import { createLog } from "../../../src/kernel/log.ts";
import {
  describeOffset,
  readClock,
  requireRightClock,
} from "../../../src/platform/processes/clock-reading.ts";
import { ClockWatch } from "../../../src/platform/processes/clock-watch.ts";
import { DAY, SECOND } from "../../support/time.ts";

/** A machine and a database whose clocks a test sets, and a database that may be away. */
class Clocks {
  steadyMs = 0;
  offMs = 0;
  answerMs = 0;
  isAway = false;
  asked = 0;

  readonly source = {
    time: () => new Date(1_800_000_000_000 + this.steadyMs + this.offMs),
    monotonic: () => this.steadyMs,
  };

  readonly database = {
    query: <Row extends object>(): Promise<Row[]> => {
      this.asked += 1;
      if (this.isAway) {
        return Promise.reject(new Error("the database is away"));
      }
      this.steadyMs += this.answerMs / 2;
      const milliseconds = 1_800_000_000_000 + this.steadyMs;
      this.steadyMs += this.answerMs / 2;
      // The one statement that is asked has this one column.
      return Promise.resolve([{ milliseconds }] as unknown as Row[]);
    },
  };
}

describe("the clock of a process", () => {
  let clocks: Clocks;
  let watch: ClockWatch;
  beforeEach(() => {
    clocks = new Clocks();
    watch = new ClockWatch({ database: clocks.database, log: createLog("silent"), source: clocks.source });
  });

  for (const [words, offMs, isRight] of [
    ["29 s ahead is right", 29 * SECOND, true],
    ["29 s behind is right", -29 * SECOND, true],
    ["31 s ahead is wrong", 31 * SECOND, false],
    ["31 s behind is wrong", -31 * SECOND, false],
    ["a day ahead is wrong", DAY, false],
    ["a year behind is wrong", -365 * DAY, false],
  ] as const) {
    it(words, async () => {
      clocks.offMs = offMs;
      expect(await watch.isRight()).to.equal(isRight);
    });
  }

  it("is not taken for wrong because the database answers slowly", async () => {
    clocks.answerMs = 20_000;
    clocks.offMs = 35 * SECOND;
    expect(await watch.isRight()).to.equal(true);
    expect(await readClock(clocks.database, clocks.source)).to.deep.equal({
      offsetMs: 35_000,
      uncertaintyMs: 10_000,
    });
  });

  it("is compared once for many requests", async () => {
    await Promise.all(Array.from({ length: 50 }, () => watch.isRight()));
    await watch.isRight();
    expect(clocks.asked).to.equal(1);
  });

  it("is wrong from the moment in which it is set wrong, and right from the moment in which it is set back", async () => {
    expect(await watch.isRight()).to.equal(true);
    clocks.offMs = DAY;
    expect(await watch.isRight()).to.equal(false);
    clocks.offMs = 0;
    expect(await watch.isRight()).to.equal(true);
  });

  it("stays right when the whole machine was paused for a day", async () => {
    expect(await watch.isRight()).to.equal(true);
    const before = clocks.source.time;
    clocks.source.time = () => new Date(before().getTime() + DAY);
    const ask = clocks.database.query;
    clocks.database.query = async <Row extends object>() => {
      const [row] = await ask<{ milliseconds: number }>();
      return [{ milliseconds: (row?.milliseconds ?? 0) + DAY }] as unknown as Row[];
    };
    expect(await watch.isRight()).to.equal(true);
  });

  it("is wrong when it was set and the database cannot be asked, and stays right when it was not set", async () => {
    expect(await watch.isRight()).to.equal(true);
    clocks.isAway = true;
    expect(await watch.isRight()).to.equal(true);
    clocks.offMs = DAY;
    expect(await watch.isRight()).to.equal(false);
  });

  it("is not trusted before the database was asked once", async () => {
    clocks.isAway = true;
    expect(await watch.isRight()).to.equal(false);
    clocks.isAway = false;
    expect(await watch.isRight()).to.equal(true);
  });

  it("runs what follows it while it is right, and only then", async () => {
    const calls: string[] = [];
    const begin = () => {
      calls.push("begun");
      return {
        stop: () => {
          calls.push("stopped");
          return Promise.resolve();
        },
      };
    };
    clocks.offMs = -DAY;
    const following = await watch.whileRight(begin);
    expect(calls, "wrong").to.deep.equal([]);
    clocks.offMs = 0;
    await watch.isRight();
    await watch.stop();
    expect(calls, "right").to.deep.equal(["begun"]);
    clocks.offMs = DAY;
    await watch.isRight();
    await watch.stop();
    expect(calls, "wrong again").to.deep.equal(["begun", "stopped"]);
    clocks.offMs = 0;
    await watch.isRight();
    await following.stop();
    expect(calls, "stopped for good").to.deep.equal(["begun", "stopped", "begun", "stopped"]);
    clocks.offMs = DAY;
    await watch.isRight();
    clocks.offMs = 0;
    await watch.isRight();
    await watch.stop();
    expect(calls).to.have.length(4);
  });

  it("stops a command with one sentence that says by how much it is wrong", async () => {
    clocks.offMs = 0;
    const database = {
      query: <Row extends object>() =>
        Promise.resolve([{ milliseconds: Date.now() - DAY }] as unknown as Row[]),
    };
    const fault = await requireRightClock(database).then(
      () => "",
      (error: unknown) => String(error),
    );
    expect(fault).to.contain("is 86400 s ahead of the database's clock");
    expect(describeOffset(-31_400)).to.equal("31 s behind the database's clock");
  });
});

import { createHash } from "node:crypto";
import { expect } from "chai";
import { minutesAfter } from "../../../src/kernel/clock.ts";
import { homeOfBytes } from "../../../src/kernel/home.ts";
import type { Queryable } from "../../../src/platform/database/database.ts";
import { RateLimitStore, type RateLimit } from "../../../src/platform/limits/rate-limit-store.ts";
import { asOwner } from "../../support/database.ts";
import { eventually } from "../../support/eventually.ts";
import { useServices } from "../../support/use-vestibule.ts";

const key = (name: string) => createHash("sha256").update(name).digest();

const LIMIT = 50;
const HOLD = { name: "test_hold", text: "select from rate_limits where home = $1 and key = $2 for update" };

describe("a limit that many people share", () => {
  const started = useServices();
  let store: RateLimitStore;
  before(() => {
    store = new RateLimitStore(started.services.database);
  });

  const now = new Date("2030-01-01T12:00:00Z");
  const inFive = minutesAfter(now, 5);
  const atTheEnd = minutesAfter(now, 15);

  /** A limit that no test has used; the office is the second one that all of its people share. */
  const sharedOf = (name: string, limit = LIMIT): [RateLimit, RateLimit] => [
    { scope: "password-address", key: key(`address ${name}`), limit, minutes: 15, isShared: true },
    { scope: "password-office", key: key(`office ${name}`), limit, minutes: 15, isShared: true },
  ];
  const own = (account: string): RateLimit => ({
    ...{ scope: "password-account", key: key(`account ${account}`), limit: 10, minutes: 15 },
  });
  const many = <T>(count: number, work: (number: number) => Promise<T>) =>
    Promise.all(Array.from({ length: count }, (_, number) => work(number)));
  /** How many tries are counted, and how many of them are not checked yet. */
  const counted = async (limit: RateLimit) => {
    const [row] = await asOwner<{ used: number; pending: number }>(
      started.database,
      `select coalesce(sum(used), 0)::integer as used, coalesce(sum(pending), 0)::integer as pending
       from rate_limits where scope = $1 and key = $2`,
      [limit.scope, limit.key],
    );
    return row;
  };
  /** Runs `work` while `held` has done its part and its transaction stays open. */
  async function whileOpen(held: (tx: Queryable) => Promise<unknown>, work: () => Promise<void>) {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const { promise: begun, resolve: begin } = Promise.withResolvers<undefined>();
    const open = started.services.database.transaction(async (tx) => {
      await held(tx);
      begin(undefined);
      await promise;
    });
    await Promise.race([begun, open]);
    await work().finally(() => {
      resolve(undefined);
    });
    await open;
  }

  it("T49 gives a crowd exactly as many tries as the limit, however many come at once", async () => {
    for (const limit of [1, 3, 16, 17, 100]) {
      const limits = sharedOf(`crowd of ${String(limit)}`, limit);
      const answers = await many(limit + 60, () => store.reserve(limits, now));
      for (const { scope } of limits) {
        const passed = answers.filter((answer) => answer.some((each) => each.scope === scope));
        expect(passed.length, `${scope}, ${String(limit)}`).to.equal(limit);
      }
      expect(await counted(limits[0])).to.deep.equal({ used: limit, pending: limit });
    }
  });

  it("T49 never has more tries under way than the limit while others come, fail, succeed and are given back", async () => {
    const [address] = sharedOf("coming and going", 20);
    let underWay = 0;
    let wrong = 0;
    let most = 0;
    await many(600, async (number) => {
      const mine = own(`coming ${String(number)}`);
      const passed = await store.reserve([mine, address], now);
      if (passed.length < 2) {
        return;
      }
      underWay += 1;
      most = Math.max(most, underWay + wrong);
      const isWrong = number % 50 === 0;
      underWay -= 1;
      wrong += isWrong ? 1 : 0;
      await (isWrong
        ? store.fail([mine, address], number, now)
        : number % 2 === 0
          ? store.giveBack([mine, address])
          : started.services.database.transaction((tx) => store.succeed(tx, [mine, address])));
    });
    expect(most).to.be.within(2, 20);
    expect(await counted(address)).to.deep.equal({ used: wrong, pending: 0 });
  });

  it("T115 makes no try wait for one whose transaction does not end", async () => {
    const limits = sharedOf("waiting");
    await store.reserve(limits, now);
    await whileOpen(
      (tx) => store.reserve(limits, now, tx),
      async () => {
        for (const number of [1, 2, 3, 4, 5]) {
          const mine = own(`in a hurry ${String(number)}`);
          const counters = [mine, ...limits];
          expect(await store.reserve(counters, now), "reserved").to.have.length(3);
          await [
            () => store.giveBack(counters),
            () => store.fail(counters, number, now),
            () => started.services.database.transaction((tx) => store.succeed(tx, counters)),
          ][number % 3]?.();
        }
      },
    );
    expect(await counted(limits[0])).to.deep.equal({ used: 4, pending: 2 });
  });

  it("T115 makes no try wait for a right password that is being recorded", async () => {
    const limits = sharedOf("recording");
    await many(2, () => store.reserve(limits, now));
    await whileOpen(
      (tx) => store.succeed(tx, [own("recording"), ...limits]),
      async () => {
        expect(await store.reserve(limits, now)).to.have.length(2);
        await store.giveBack(limits);
        await store.giveBack(limits);
      },
    );
    expect(await counted(limits[1])).to.deep.equal({ used: 0, pending: 0 });
  });

  it("T49 gives a try back while its row is being changed, and to one alone", async () => {
    const [one] = sharedOf("given back beside", 1);
    await store.reserve([one], now);
    await whileOpen(
      (tx) => tx.query(HOLD, [homeOfBytes(one.key), one.key]),
      async () => {
        await store.giveBack([one]);
        expect(await store.reserve([one], now)).to.have.length(1);
      },
    );
    expect(await store.reserve([one], now)).to.deep.equal([]);
    expect(await counted(one)).to.deep.equal({ used: 1, pending: 1 });
  });

  it("T49 lets a try wait, and does not refuse it, while the only room is being changed", async () => {
    const [one] = sharedOf("one try", 1);
    await store.reserve([one], now);
    await store.giveBack([one]);
    let isAnswered = false;
    let late: Promise<unknown[]> | undefined;
    await whileOpen(
      (tx) => tx.query(HOLD, [homeOfBytes(one.key), one.key]),
      async () => {
        late = store.reserve([one], now);
        void late.then(() => (isAnswered = true));
        await eventually(
          () => asOwner(started.database, "select from pg_locks where not granted"),
          (waiting) => waiting.length > 0,
        );
        expect(isAnswered).to.equal(false);
      },
    );
    expect(await late).to.have.length(1);
    expect(await store.reserve([one], now)).to.deep.equal([]);
  });

  it("T50 has one window: lanes that begin later end with the first", async () => {
    const [address] = sharedOf("one window");
    await store.reserve([address], now);
    await whileOpen(
      (tx) => store.reserve([address], inFive, tx),
      () => many(10, () => store.reserve([address], inFive)).then(() => undefined),
    );
    const rows = await asOwner<{ ends: Date }>(
      started.database,
      "select window_ends as ends from rate_limits where key = $1",
      [address.key],
    );
    expect(rows.length).to.be.above(1);
    expect(new Set(rows.map(({ ends }) => ends.getTime()))).to.deep.equal(new Set([atTheEnd.getTime()]));
    await many(LIMIT, () => store.reserve([address], atTheEnd));
    expect(await store.reserve([address], atTheEnd), "more than the limit in the next window").to.deep.equal(
      [],
    );
    expect(await counted(address)).to.deep.equal({ used: LIMIT, pending: LIMIT });
  });

  it("T50 says when it is full, until when, and whether by tries that were checked", async () => {
    const [address] = sharedOf("full", 20);
    await many(20, () => store.reserve([address], now));
    const full = { scope: address.scope, until: atTheEnd };
    expect(await store.findFull([address], inFive)).to.deep.equal([{ ...full, isJudged: false }]);
    await many(20, (number) => store.fail([own(`full ${String(number)}`), address], number, inFive));
    expect(await store.findFull([address], inFive)).to.deep.equal([{ ...full, isJudged: true }]);
    expect(await store.reserveAll([address], inFive)).to.deep.equal(atTheEnd);
  });

  it("T50 raises one alarm in a window when its mark is reached by wrong tries at the same moment", async () => {
    for (const [name, wrong] of [
      ["exactly the mark", 25],
      ["more than the mark", 40],
    ] as const) {
      const [address] = sharedOf(name);
      const watched = { ...address, alarmAt: 25 };
      const fail = (number: number) =>
        store.fail([own(`${name} ${String(number)}`), watched], number, inFive);
      await many(wrong, () => store.reserve([watched], now));
      const alarms = (await many(wrong, fail)).flat();
      expect(alarms, name).to.deep.equal([address.scope]);
    }
  });

  it("T50 raises no alarm for a crowd of right passwords with one typing mistake", async () => {
    const [address] = sharedOf("a crowd that is right");
    const watched = { ...address, alarmAt: 25 };
    await many(40, () => store.reserve([watched], now));
    expect(await store.fail([own("the mistake"), watched], 1, now)).to.deep.equal([]);
  });

  it("T50 raises its alarm again in the next window", async () => {
    const [address] = sharedOf("two windows");
    const watched = { ...address, alarmAt: 5 };
    const raise = async (at: Date) => {
      const alarms: string[] = [];
      for (let number = 0; number < 8; number += 1) {
        await store.reserve([watched], at);
        alarms.push(
          ...(await store.fail([own(`${at.toISOString()} ${String(number)}`), watched], number, at)),
        );
      }
      return alarms;
    };
    expect(await raise(now)).to.deep.equal([address.scope]);
    expect(await raise(inFive)).to.deep.equal([]);
    expect(await raise(atTheEnd)).to.deep.equal([address.scope]);
  });

  it("takes one row while its tries come one after the other", async () => {
    const [address] = sharedOf("quiet");
    for (let number = 0; number < 3; number += 1) {
      await store.reserve([address], now);
      await store.giveBack([address]);
    }
    const rows = await asOwner(started.database, "select from rate_limits where key = $1", [address.key]);
    expect(rows).to.have.length(1);
  });
});

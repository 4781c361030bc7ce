import { createHash } from "node:crypto";
import { expect } from "chai";
import { minutesAfter } from "../../../src/kernel/clock.ts";
import { RateLimitStore, type RateLimit } from "../../../src/platform/limits/rate-limit-store.ts";
import { asOwner } from "../../support/database.ts";
import { useServices } from "../../support/use-vestibule.ts";

const key = (name: string) => createHash("sha256").update(name).digest();

/** Counters as one try has them: its own account, and an address and an office that all share. */
const countersOf = (account: string): [RateLimit, ...RateLimit[]] => [
  { scope: "password-account", key: key(account), limit: 100_000, minutes: 15 },
  { scope: "password-address", key: key("address"), limit: 100_000, minutes: 15 },
  { scope: "password-office", key: key("office"), limit: 100_000, minutes: 15 },
];

describe("rate limits", () => {
  const started = useServices();
  let store: RateLimitStore;
  before(() => {
    store = new RateLimitStore(started.services.database);
  });

  const now = new Date("2030-01-01T12:00:00Z");

  async function triesOf(counters: readonly RateLimit[]): Promise<number[]> {
    const reserved = await store.reserve(counters, now);
    await store.giveBack(counters);
    return reserved.map(({ used }) => (used ?? 0) - 1);
  }

  it("T115 never wait for each other in a ring, however many try, fail and succeed at once", async () => {
    const faults: string[] = [];
    const tryOnce = async (index: number) => {
      const counters = countersOf(`account ${String(index % 40)}`);
      await store.reserve(counters, now);
      const ends = [
        () => store.giveBack(counters),
        () => store.giveBack([...counters].reverse()),
        () => started.services.database.transaction((tx) => store.succeed(tx, counters)),
        () => store.fail(counters, index, now),
      ];
      await ends[index % ends.length]?.();
    };
    // Many more at once than there are connections, and not so many that the last wait for one for seconds.
    for (let first = 0; first < 2_000; first += 200) {
      const tries = Array.from({ length: 200 }, (_, place) => tryOnce(first + place));
      const settled = await Promise.allSettled(tries);
      faults.push(...settled.flatMap((end) => (end.status === "rejected" ? [String(end.reason)] : [])));
    }
    expect(faults).to.deep.equal([]);
    const [, address, office] = await triesOf(countersOf("another owner"));
    expect([address, office], "wrong tries that are left").to.deep.equal([500, 500]);
  });

  it("T49 count every one of a hundred tries that come at the same moment", async () => {
    const counters = countersOf("popular").map((counter) => ({
      ...counter,
      key: key(`hundred ${counter.scope}`),
    }));
    await Promise.all(Array.from({ length: 100 }, () => store.reserve(counters, now)));
    expect(await triesOf(counters)).to.deep.equal([100, 100, 100]);
  });

  it("T125 of which one is full count a try on none, and refuse until the full one's window ends", async () => {
    const [narrow, wide] = countersOf("neighbour").map((counter) => ({
      ...counter,
      key: key(`all or none ${counter.scope}`),
      limit: 1,
    }));
    if (narrow === undefined || wide === undefined) {
      throw new Error("There are three counters.");
    }
    expect(await store.reserveAll([wide], now)).to.equal(null);
    const later = minutesAfter(now, 5);
    for (const order of [
      [narrow, wide],
      [wide, narrow],
    ]) {
      expect(await store.reserveAll(order, later)).to.deep.equal(minutesAfter(now, wide.minutes));
    }
    expect(await store.reserveAll([narrow], later)).to.equal(null);
    expect(await store.reserveAll([narrow], later)).to.deep.equal(minutesAfter(later, narrow.minutes));
  });

  it("T50 are forgotten after their window, those in use excepted", async () => {
    const counters = countersOf("forgotten");
    await store.reserve(counters, now);
    await store.purge(1_000);
    expect((await triesOf(counters))[0]).to.equal(1);
    await asOwner(started.database, "update rate_limits set window_ends = now()");
    await store.purge(1_000);
    expect((await triesOf(counters))[0]).to.equal(0);
  });
});

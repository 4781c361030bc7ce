import { createHash } from "node:crypto";
import { expect } from "chai";
import {
  PasswordGuardStore,
  SCOPE,
  type Counter,
} from "../../../src/platform/limits/password-guard-store.ts";
import { asOwner } from "../../support/database.ts";
import { startServices } from "../../support/vestibule.ts";

type Started = Awaited<ReturnType<typeof startServices>>;

const key = (name: string) => createHash("sha256").update(name).digest();

/** Counters as one try has them: its own account, and an address and an office that all share. */
const countersOf = (account: string): [Counter, ...Counter[]] => [
  { scope: SCOPE.account, key: key(account), limit: 100_000 },
  { scope: SCOPE.address, key: key("address"), limit: 100_000 },
  { scope: SCOPE.office, key: key("office"), limit: 100_000 },
];

describe("the counters of wrong passwords", () => {
  let started: Started;
  let store: PasswordGuardStore;
  before(async () => {
    started = await startServices();
    store = new PasswordGuardStore(started.services.database);
  });
  after(() => started.stop());

  const at = { now: new Date("2030-01-01T12:00:00Z"), windowEnds: new Date("2030-01-01T12:15:00Z") };

  async function triesOf(counters: readonly Counter[]): Promise<number[]> {
    const reserved = await store.reserve(counters, at);
    await store.giveBack(counters);
    return reserved.map(({ tries }) => tries - 1);
  }

  it("T115 never wait for each other in a ring, however many try, fail and succeed at once", async () => {
    const tries = Array.from({ length: 2_000 }, async (_, index) => {
      const counters = countersOf(`account ${String(index % 40)}`);
      const [own] = counters;
      await store.reserve(counters, at);
      const ends = [
        () => store.giveBack(counters),
        () => store.giveBack([...counters].reverse()),
        () => started.services.database.transaction((tx) => store.succeed(tx, counters)),
        () => store.fail(counters, own, index),
      ];
      await ends[index % ends.length]?.();
    });
    const settled = await Promise.allSettled(tries);
    const faults = settled.flatMap((result) => (result.status === "rejected" ? [String(result.reason)] : []));
    expect(faults).to.be.empty;
    const [, address, office] = await triesOf(countersOf("somebody else"));
    expect([address, office], "wrong tries that are left").to.deep.equal([500, 500]);
  });

  it("T49 count every one of a hundred tries that come at the same moment", async () => {
    const counters = countersOf("popular").map((counter) => ({
      ...counter,
      key: key(`hundred ${String(counter.scope)}`),
    }));
    await Promise.all(Array.from({ length: 100 }, () => store.reserve(counters, at)));
    expect(await triesOf(counters)).to.deep.equal([100, 100, 100]);
  });

  it("T50 are forgotten after their window, those in use excepted", async () => {
    const counters = countersOf("forgotten");
    await store.reserve(counters, at);
    await store.purge(1_000);
    expect((await triesOf(counters))[0]).to.equal(1);
    await asOwner(started.database, "update password_guard set window_ends = now()");
    await store.purge(1_000);
    expect((await triesOf(counters))[0]).to.equal(0);
  });
});

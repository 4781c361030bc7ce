import { expect } from "chai";
import type { ExportFilter } from "../../../src/domain/audit/audit-export-store.ts";
import type { FollowOptions } from "../../../src/domain/audit/audit-follow.ts";
import type { Services } from "../../../src/server/wiring/services.ts";
import { eventually } from "../../support/eventually.ts";
import { openGate, type DatabaseGate } from "../../support/database-gate.ts";
import { makeOffice, type TestOffice } from "../../support/people.ts";
import { startServices } from "../../support/vestibule.ts";
import { composeServices } from "../../../src/server/wiring/services.ts";
import { Secret } from "../../../src/kernel/secret.ts";

const ALL: ExportFilter = { from: null, to: null, types: null, outcome: null };

describe("following the audit log", () => {
  let services: Services;
  let gate: DatabaseGate;
  let close: () => Promise<void>;
  let noord: TestOffice;
  let zuid: TestOffice;
  let last = 0;

  before(async () => {
    const started = await startServices();
    services = started.services;
    gate = await openGate(started.database.url);
    noord = await makeOffice(services);
    zuid = await makeOffice(services);
    close = async () => {
      await gate.shut();
      await started.stop();
    };
  });
  after(() => close());

  const event = (subject: string, officeId: string | null, outcome: "ok" | "alarm" = "ok") =>
    ({ type: "sign-in", outcome, officeId, actor: "test", subject }) as const;
  const add = async (officeId: string | null, outcome: "ok" | "alarm" = "ok") => {
    last += 1;
    const subject = `event ${String(last)}`;
    await services.audit.addAlone(event(subject, officeId, outcome));
    return subject;
  };

  /** Follows until `stop`; `seen` are subjects in the order in which they came. */
  const start = (by: Services, changes: Partial<ExportFilter> = {}, scope: Partial<FollowOptions> = {}) => {
    const end = new AbortController();
    const seen: string[] = [];
    const faults: unknown[] = [];
    const following = {
      everyMs: 5,
      signal: end.signal,
      onFault: (fault: unknown) => faults.push(fault),
      ...scope,
    };
    const running = by.auditLog.follow.run({ ...ALL, types: ["sign-in"], ...changes }, following, (text) => {
      for (const line of text.trimEnd().split("\n")) {
        seen.push((JSON.parse(line) as { subject: string }).subject);
      }
      return Promise.resolve();
    });
    const stop = async () => {
      end.abort();
      await running;
    };
    return { seen, faults, stop };
  };
  const sees = ({ seen }: { seen: readonly string[] }, subjects: readonly string[]) =>
    eventually(
      () => Promise.resolve(seen),
      (all) => subjects.every((subject) => all.includes(subject)),
    );

  it("shows what was there and what comes, of every office and of none, each once", async () => {
    const before = [await add(noord.id), await add(null)];
    const follower = start(services);
    await sees(follower, before);
    const later = [await add(zuid.id), await add(noord.id), await add(null)];
    await sees(follower, later);
    const third = await makeOffice(services);
    await sees(follower, [await add(third.id)]);
    await follower.stop();
    expect(new Set(follower.seen).size).to.equal(follower.seen.length);
  });

  it("loses no event that is committed after later ones, however long its transaction takes", async () => {
    const follower = start(services, {}, { officeId: noord.id });
    last += 1;
    const slow = `event ${String(last)}`;
    const others: string[] = [];
    await services.database.inOffice(noord.id, async (tx) => {
      await services.audit.add(tx, event(slow, noord.id));
      for (let times = 0; times < 3; times += 1) {
        others.push(await add(noord.id));
        await sees(follower, others);
      }
      expect(follower.seen).to.not.include(slow);
    });
    await sees(follower, [slow]);
    await follower.stop();
    expect(follower.seen.filter((subject) => [slow, ...others].includes(subject))).to.deep.equal([
      ...others,
      slow,
    ]);
  });

  it("loses and doubles nothing when many write at once", async () => {
    const follower = start(services);
    const written = await Promise.all(
      Array.from({ length: 60 }, (_, index) => add([noord.id, zuid.id, null][index % 3] ?? null)),
    );
    await sees(follower, written);
    await follower.stop();
    const found = follower.seen.filter((subject) => written.includes(subject));
    expect(found.sort()).to.deep.equal(written.sort());
  });

  it("begins at a moment and keeps to an outcome", async () => {
    await add(noord.id, "alarm");
    const since = new Date(Date.now() + 1);
    await eventually(
      () => Promise.resolve(Date.now()),
      (now) => now > since.getTime(),
    );
    await add(noord.id);
    const wanted = await add(noord.id, "alarm");
    const follower = start(services, { from: since, outcome: "alarm" });
    await sees(follower, [wanted]);
    await follower.stop();
    expect(follower.seen).to.deep.equal([wanted]);
  });

  it("goes on after the database was away", async () => {
    const { settings } = services;
    const behind = await composeServices({
      ...settings,
      database: { ...settings.database, url: new Secret(gate.url) },
    });
    const follower = start(behind, {}, { officeId: zuid.id });
    await sees(follower, [await add(zuid.id)]);
    await gate.shut();
    const meanwhile = await add(zuid.id);
    await eventually(
      () => Promise.resolve(follower.faults.length),
      (faults) => faults > 0,
    );
    await gate.open();
    await sees(follower, [meanwhile]);
    await follower.stop();
    await behind.close();
    expect(new Set(follower.seen).size).to.equal(follower.seen.length);
  });
});

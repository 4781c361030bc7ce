import { duringMoment } from "../../support/time.ts";
import { expect } from "chai";
import { AuditRetention } from "../../../src/domain/audit/audit-retention.ts";
import { AuditStore } from "../../../src/domain/audit/audit-store.ts";
import { asOwner } from "../../support/database.ts";
import { makeOffice } from "../../support/people.ts";
import { useServices } from "../../support/use-vestibule.ts";

describe("keeping the audit log for its time", () => {
  const { services, database } = useServices();
  const now = new Date("2026-11-24T12:00:00Z");

  const owner = (text: string, values: unknown[] = []) =>
    asOwner<Record<string, unknown>>(database, text, values);
  const sealAll = async () => {
    while ((await services.stores.auditSeals.seal(100)) > 0);
  };
  const retention = (days: number) => new AuditRetention({ seals: services.stores.auditSeals, days });
  const prune = async (days = 730) => {
    let pruned = 0;
    for (
      let found = await duringMoment(now, () => retention(days).prune());
      found > 0;
      found = await duringMoment(now, () => retention(days).prune())
    ) {
      pruned += found;
    }
    return pruned;
  };
  const typesOf = async (officeId: string) => {
    const rows = await owner("select type from audit_events where office_id = $1 order by id", [officeId]);
    return rows.map(({ type }) => type);
  };

  /** An office with events of these days. */
  async function officeSince(...days: readonly string[]) {
    const office = await makeOffice(services);
    await owner("delete from audit_unsealed");
    await owner("delete from audit_events where office_id = $1", [office.id]);
    for (const day of days) {
      const store = new AuditStore(services.database);
      const event = { type: "sign-in", outcome: "ok", officeId: office.id, actor: "someone" } as const;
      await duringMoment(new Date(day), () => store.addAlone(event));
    }
    await sealAll();
    return office.id;
  }

  it("removes what is older, leaves a checkpoint that the log records, and the rest verifies", async () => {
    const officeId = await officeSince(
      "2024-01-05",
      "2024-02-05",
      "2024-10-31T23:59:59.999Z",
      "2024-11-01",
      "2026-01-01",
    );
    const { head } = await services.auditLog.verification.verify(officeId);
    expect(await prune()).to.equal(3);
    await sealAll();
    const report = await services.auditLog.verification.verify(officeId, head);
    expect(report).to.include({ checked: 3, fault: null });
    expect(report.checkpoint.position).to.equal(3);
    expect(await typesOf(officeId)).to.deep.equal(["sign-in", "sign-in", "audit.pruned"]);
    const [event] = await owner(
      "select details, actor from audit_events where type = 'audit.pruned' and office_id = $1",
      [officeId],
    );
    expect(event).to.deep.equal({ actor: "vestibule", details: { events: 3, ...report.checkpoint } });
    expect(await prune(), "nothing more to remove").to.equal(0);
  });

  it("goes on from a checkpoint, and to the end of a log that is old altogether", async () => {
    const officeId = await officeSince("2024-01-05", "2024-06-05");
    expect(await prune(900)).to.equal(1);
    expect(await prune()).to.equal(1);
    await sealAll();
    expect(await services.auditLog.verification.verify(officeId)).to.include({ checked: 2, fault: null });
    expect(await typesOf(officeId)).to.deep.equal(["audit.pruned", "audit.pruned"]);
  });

  it("removes nothing that does not verify, nor anything after it", async () => {
    const officeId = await officeSince("2024-01-05", "2024-01-06", "2024-01-07");
    const whole = await officeSince("2024-02-01");
    await owner(
      "update audit_events set actor = 'other' where office_id = $1 and at = '2024-01-06T00:00:00Z'",
      [officeId],
    );
    expect(await prune()).to.equal(2);
    expect(await prune()).to.equal(0);
    expect(await typesOf(whole)).to.deep.equal(["audit.pruned"]);
    expect((await services.auditLog.verification.verify(officeId)).fault).to.include({
      kind: "changed",
      position: 2,
    });
  });

  it("T109 finds events that were removed without the log telling of it", async () => {
    const officeId = await officeSince("2024-12-05", "2024-12-06", "2024-12-07");
    await owner(
      `with gone as (delete from audit_seals where chain = $1 and position = 1 returning event_id, hash),
         event as (delete from audit_events e using gone where e.id = gone.event_id)
       update audit_chains set pruned_position = 1, pruned_hash = gone.hash from gone where chain = $1`,
      [officeId],
    );
    expect((await services.auditLog.verification.verify(officeId)).fault).to.include({
      kind: "checkpoint",
      position: 1,
    });
  });

  it("T109 removes nothing younger than 180 days, whatever is asked", async () => {
    await officeSince("2024-12-05");
    const work = services.stores.auditSeals.prune(
      { before: new Date(Date.now() - 179 * 86_400_000), days: 179 },
      10,
    );
    const fault = await work.then(
      () => "done",
      (error: unknown) => String(error),
    );
    expect(fault).to.contain("180 days at least");
  });
});

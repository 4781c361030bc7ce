import { expect } from "chai";
import { AuditRetention } from "../../../src/domain/audit/audit-retention.ts";
import { newOfficeSchema } from "../../../src/domain/offices/office.ts";
import { idAt, LANES, NO_OFFICE } from "../../../src/kernel/home.ts";
import { asOwner } from "../../support/database.ts";
import { duringMoment } from "../../support/time.ts";
import { useServices } from "../../support/use-vestibule.ts";

describe("the audit logs of two offices at the same home, which is also that of events without an office", () => {
  const { services, database } = useServices();

  async function officeAt(home: number): Promise<string> {
    const id = idAt(home);
    const draft = newOfficeSchema.parse({ code: `H${id.slice(0, 8)}`, name: "Noord" });
    const secondFactor = { demand: "off", from: null, methods: ["totp"] } as const;
    await services.database.inOffice(id, (tx) =>
      services.offices.add(tx, id, { ...draft, secondFactor }, new Date(0)),
    );
    return id;
  }

  async function write(officeId: string | null, count: number): Promise<void> {
    for (let index = 0; index < count; index += 1) {
      await services.audit.addAlone({ type: "sign-in", outcome: "ok", officeId, actor: "someone" });
    }
  }

  const seals = () => services.stores.auditSeals;
  const sealAll = async () => {
    while ((await seals().seal(100)) > 0);
  };
  const verify = (officeId: string | null) => services.auditLog.verification.verify(officeId);

  it("T109 are chains of their own", async () => {
    const [one, other] = [await officeAt(NO_OFFICE), await officeAt(NO_OFFICE)];
    const ofNone = (await verify(null)).checked;
    await write(one, 3);
    await write(other, 2);
    await write(null, 1);
    await sealAll();
    for (const [officeId, checked] of [[one, 3] as const, [other, 2] as const, [null, ofNone + 1] as const]) {
      expect(await verify(officeId)).to.include({ checked, unsealed: 0, fault: null });
    }
  });

  it("are sealed while another process holds the other one", async () => {
    const [held, free] = [await officeAt(NO_OFFICE), await officeAt(NO_OFFICE)];
    await write(held, 1);
    await sealAll();
    await write(held, 1);
    await services.database.transaction(async (tx) => {
      const hold = { name: "hold_chain", text: "select seal_audit_events($home, $1, 100)" };
      await tx.query(hold, [held]);
      await write(held, 1);
      await write(free, 1);
      await sealAll();
      expect((await verify(free)).unsealed).to.equal(0);
      expect((await verify(held)).unsealed).to.equal(2);
    });
    await sealAll();
    expect(await verify(held)).to.include({ checked: 3, unsealed: 0, fault: null });
  });

  it("T87 are listed, exported and counted by themselves", async () => {
    const [one, other] = [await officeAt(NO_OFFICE), await officeAt(NO_OFFICE)];
    await write(one, 3);
    await write(other, 2);
    await sealAll();
    const lines: string[] = [];
    await services.auditLog.export.write(
      one,
      { from: null, to: null, types: null, outcome: null },
      (text) => {
        lines.push(text);
        return Promise.resolve();
      },
    );
    expect(lines.join("").trim().split("\n")).to.have.length(3);
    expect((await services.stores.auditList.find(other, {})).events).to.have.length(2);
    const { days } = await services.stores.overviewDays.ofOffice(one);
    expect(days.at(-1)?.signIns).to.equal(3);
  });

  it("are pruned by themselves, each behind a checkpoint of its own", async () => {
    const [one, other] = [await officeAt(NO_OFFICE), await officeAt(NO_OFFICE)];
    await duringMoment(new Date("2024-01-05"), () => write(one, 2));
    await duringMoment(new Date("2024-02-05"), () => write(other, 3));
    await sealAll();
    const retention = new AuditRetention({ seals: seals(), days: 730 });
    const prune = () => duringMoment(new Date("2026-11-24"), () => retention.prune());
    expect([await prune(), await prune(), await prune()]).to.have.members([2, 3, 0]);
    await sealAll();
    expect((await verify(one)).checkpoint.position).to.equal(2);
    expect(await verify(other)).to.include({ checked: 1, fault: null });
  });

  it("T109 cannot be stored at another home than the office's", async () => {
    const one = await officeAt(NO_OFFICE);
    const work = asOwner(
      database,
      "insert into audit_events (home, at, office_id, type, outcome, actor) values (1, now(), $1, 'x', 'ok', 'x')",
      [one],
    );
    expect(await work.catch(String)).to.contain("audit_events_home");
  });

  it("are sealed in every lane", async () => {
    const offices = await Promise.all(Array.from({ length: LANES }, (_, lane) => officeAt(4_000 + lane)));
    await Promise.all(offices.map((id) => write(id, 1)));
    expect(await seals().seal(100)).to.equal(LANES);
    for (const id of offices) {
      expect(await verify(id)).to.include({ checked: 1, unsealed: 0 });
    }
  });
});

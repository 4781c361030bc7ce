import { expect } from "chai";
import { ofAllHomes } from "../../support/homeless-statements.ts";
import type { AuditEvent } from "../../../src/domain/audit/audit-event.ts";
import { asOwner } from "../../support/database.ts";
import { makeOffice } from "../../support/people.ts";
import { useServices } from "../../support/use-vestibule.ts";

describe("the chain over the audit log", () => {
  const { services, database } = useServices();

  const owner = (text: string, values: unknown[] = []) =>
    asOwner<Record<string, string>>(database, text, values);
  const verify = (officeId: string | null) => services.auditLog.verification.verify(officeId);
  const faultOf = async (officeId: string | null) => (await verify(officeId)).fault;
  const sealAll = async () => {
    while ((await services.stores.auditSeals.seal(100)) > 0);
  };
  const visitor = { address: "2001:db8::1", addressGroup: "2001:db8::/64", requestId: "request-1234" };

  /** An office with eight sealed events (its first is that it was added), and the numbers of the events. */
  async function sealedOffice() {
    const office = await makeOffice(services);
    const event: AuditEvent = {
      ...{ type: "sign-in", outcome: "ok", officeId: office.id, actor: "someone", subject: "someone" },
      ...{
        applicationId: "app_x",
        visitor,
        details: { methods: "pwd otp", é: 'a "quoted" €\n', n: 1.5, none: null },
      },
    };
    for (let index = 0; index < 7; index += 1) {
      await services.audit.addAlone(event);
    }
    await sealAll();
    const rows = await owner("select id from audit_events where office_id = $1 order by id", [office.id]);
    return { officeId: office.id, ids: rows.map(({ id }) => id ?? "") };
  }

  it("T109 verifies what was written, in each office and for what belongs to none", async () => {
    const { officeId } = await sealedOffice();
    const types = ["data-key.added", "signing-key.rotated"] as const;
    for (const type of types) {
      await services.audit.addAlone({ type, outcome: "ok", officeId: null, actor: "test" });
    }
    await sealAll();
    expect(await verify(officeId)).to.include({ checked: 8, unsealed: 0, fault: null });
    expect(await verify(null)).to.include({ checked: 2, unsealed: 0, fault: null });
  });

  it("T109 reports what waits for its seal, and since when", async () => {
    const { officeId } = await sealedOffice();
    await services.audit.addAlone({ type: "sign-out", outcome: "ok", officeId, actor: "test" });
    const report = await verify(officeId);
    expect(report).to.include({ checked: 8, unsealed: 1, fault: null });
    expect(report.unsealedSince).to.be.closeTo(Date.now() / 1000, 60);
    await sealAll();
    expect(await verify(officeId)).to.include({ checked: 9, unsealed: 0, unsealedSince: null, fault: null });
  });

  const CHANGES: Readonly<Record<string, string>> = {
    at: "at + interval '1 microsecond'",
    office_id: "null, home = 0",
    type: "'sign-out'",
    outcome: "'alarm'",
    actor: "actor || 'x'",
    subject: "null",
    application_id: "''",
    address: "'2001:db8::2'",
    request_id: "'request-1235'",
    details: 'details || \'{"methods": "pwd"}\'',
    address_salt: "gen_random_uuid()",
    address_digest: "decode(repeat('00', 32), 'hex')",
    personal_salt: "null",
    personal_digest: "decode(repeat('00', 32), 'hex')",
  };

  it("T109 covers every column there is", async () => {
    const columns = await owner(
      // The home is the first bits of the office, or the row cannot be stored.
      `select column_name as name from information_schema.columns
       where table_name = 'audit_events' and column_name not in ('id', 'home')`,
    );
    expect(Object.keys(CHANGES)).to.have.members(columns.map(({ name }) => name));
  });

  for (const [column, value] of Object.entries(CHANGES)) {
    it(`T109 finds a changed ${column}, and where`, async () => {
      const { officeId, ids } = await sealedOffice();
      await owner(`update audit_events set ${column} = ${value} where id = $1`, [ids[4]]);
      const kind = column === "office_id" ? "removed" : "changed";
      expect(await faultOf(officeId)).to.deep.equal({ kind, position: 5, eventId: ids[4] });
    });
  }

  it("T109 finds a value that moved from one column to the next", async () => {
    const { officeId, ids } = await sealedOffice();
    await owner("update audit_events set actor = 'some', subject = 'onesomeone' where id = $1", [ids[2]]);
    expect(await faultOf(officeId)).to.include({ kind: "changed", position: 3 });
  });

  it("T109 finds the first of several", async () => {
    const { officeId, ids } = await sealedOffice();
    await owner("update audit_events set actor = 'other' where id in ($1, $2)", [ids[6], ids[3]]);
    expect(await faultOf(officeId)).to.deep.equal({ kind: "changed", position: 4, eventId: ids[3] });
  });

  it("T109 finds a removed event: the first, one in between and the last", async () => {
    for (const index of [0, 4, 7]) {
      const { officeId, ids } = await sealedOffice();
      await owner("delete from audit_events where id = $1", [ids[index]]);
      expect(await faultOf(officeId)).to.deep.equal({
        kind: "removed",
        position: index + 1,
        eventId: ids[index],
      });
    }
  });

  it("T109 finds an event that was removed together with its seal", async () => {
    for (const index of [0, 4, 7]) {
      const { officeId, ids } = await sealedOffice();
      await owner("delete from audit_seals where event_id = $1", [ids[index]]);
      await owner("delete from audit_events where id = $1", [ids[index]]);
      expect(await faultOf(officeId)).to.deep.equal({ kind: "removed", position: index + 1, eventId: null });
    }
  });

  it("T109 finds an event that was removed before it got its seal", async () => {
    const { officeId } = await sealedOffice();
    await services.audit.addAlone({ type: "sign-out", outcome: "ok", officeId, actor: "test" });
    await owner("delete from audit_events where office_id = $1 and type = 'sign-out'", [officeId]);
    await sealAll();
    expect(await faultOf(officeId)).to.include({ kind: "removed", position: 9 });
  });

  it("T109 finds an event that was inserted past the log", async () => {
    const { officeId, ids } = await sealedOffice();
    await owner(
      `insert into audit_events (home, at, office_id, type, outcome, actor)
         values (home_of('${officeId}'), now(), '${officeId}', 'sign-in', 'ok', 'x')`,
    );
    const fault = await faultOf(officeId);
    expect(fault).to.include({ kind: "inserted", position: null });
    expect(Number(fault?.eventId)).to.be.greaterThan(Number(ids[7]));
  });

  it("T109 finds two events that changed places", async () => {
    const { officeId, ids } = await sealedOffice();
    await owner("alter table audit_seals drop constraint audit_seals_home_event_id_key");
    await owner(
      `update audit_seals set event_id = case event_id when $1::bigint then $2::bigint else $1::bigint end
       where event_id in ($1, $2)`,
      [ids[2], ids[5]],
    );
    await owner(
      "alter table audit_seals add constraint audit_seals_home_event_id_key unique (home, event_id)",
    );
    expect(await faultOf(officeId)).to.deep.equal({ kind: "reordered", position: 3, eventId: ids[5] });
  });

  it("T109 finds a chain that was written anew, for an auditor who kept its head", async () => {
    const { officeId, ids } = await sealedOffice();
    const { head } = await verify(officeId);
    await owner("delete from audit_events where id = $1", [ids[4]]);
    await owner("delete from audit_chains where chain = $1", [officeId]);
    await owner("delete from audit_seals where chain = $1", [officeId]);
    await owner(
      "insert into audit_unsealed select home, office_id, id from audit_events where office_id = $1",
      [officeId],
    );
    await sealAll();
    await services.audit.addAlone({ type: "sign-out", outcome: "ok", officeId, actor: "test" });
    await sealAll();
    expect(await faultOf(officeId), "by itself it looks whole").to.equal(null);
    const { verification } = services.auditLog;
    expect((await verification.verify(officeId, head)).fault).to.include({
      kind: "other-chain",
      position: 8,
    });
  });

  it("T109 misses events that a kept head had and the chain has no more", async () => {
    const { officeId } = await sealedOffice();
    const { head } = await verify(officeId);
    const known = { ...head, position: head.position + 1 };
    expect((await services.auditLog.verification.verify(officeId, known)).fault).to.include({
      kind: "removed",
    });
  });

  it("T109 lets the server's role add and read, and write neither events nor chains otherwise", async () => {
    const { officeId } = await sealedOffice();
    const statements = [
      "update audit_events set actor = 'x'",
      "delete from audit_events",
      "truncate audit_events",
      "insert into audit_seals (home, chain, position, event_id, hash) values (home_of(vestibule_chain()), vestibule_chain(), 99, 99, sha256('x'))",
      "update audit_seals set hash = sha256('x')",
      "delete from audit_seals",
      "update audit_chains set position = 0",
      "delete from audit_chains",
      "insert into audit_unsealed values (home_of(vestibule_chain()), vestibule_chain(), 1)",
      "delete from audit_unsealed",
      "insert into audit_events (home, at, office_id, type, outcome, actor) values (home_of(vestibule_office()), now(), vestibule_office(), 'sign-in', 'ok', 'x')",
    ];
    for (const [index, text] of statements.entries()) {
      const work = services.database.inOffice(officeId, (tx) =>
        tx.query({ name: `forbidden_${String(index)}`, text }),
      );
      const fault = await work.then(
        () => "done",
        (error: unknown) => String(error),
      );
      expect(fault, text).to.match(/permission denied|must be owner/);
    }
  });

  it("T87 shows an office its own chain only", async () => {
    const { officeId } = await sealedOffice();
    for (const table of ["audit_seals", "audit_chains"]) {
      const rows = await services.database.inOffice(officeId, (tx) =>
        tx.query<{ chain: string }>({
          name: `own_${table}`,
          text: ofAllHomes(`select distinct chain from ${table}`),
        }),
      );
      expect(rows, table).to.deep.equal([{ chain: officeId }]);
    }
  });
});

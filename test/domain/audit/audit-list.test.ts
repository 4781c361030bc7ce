import { readFileSync } from "node:fs";
import { expect } from "chai";
import { AUDIT_GROUPS, AUDIT_TYPES, typesOf } from "../../../src/domain/audit/audit-groups.ts";
import { listQuery } from "../../../src/domain/audit/audit-list-statements.ts";
import { AuditListStore, type AuditFilter } from "../../../src/domain/audit/audit-list-store.ts";
import type { Database } from "../../../src/platform/database/database.ts";
import { asOwner } from "../../support/database.ts";
import { makeApplication, makeOffice, makeUser } from "../../support/people.ts";
import { useServices } from "../../support/use-vestibule.ts";
import { useResource } from "../../support/suite-resource.ts";

/** Events of the office, most of them sign-ins, over twenty days. */
const MANY = 20_000;

describe("the list of audit events", () => {
  const { services, database, office } = useServices({ office: {} });
  const sanne = useResource(() => makeUser(services, office, { username: "sanne", name: "Sanne Bakker" }));
  before(async () => {
    await asOwner(
      database,
      `insert into audit_events (home, at, office_id, type, outcome, actor, subject)
       select home_of($1), timestamptz '2026-01-01Z' + n * interval '86.4 seconds', $1,
         case when n % 4000 = 0 then 'office.changed' when n % 10 = 0 then 'password.wrong' else 'sign-in' end,
         case when n % 5000 = 1 then 'alarm' when n % 10 = 0 then 'refused' else 'ok' end,
         case when n % 2500 = 2 then $2 else 'user-' || n % 500 end, case when n % 2500 = 3 then $2 else 'user-' || n % 500 end
       from generate_series(1, $3) n`,
      [office.id, sanne.id, MANY],
    );
    await asOwner(database, "analyze audit_events");
  });

  const find = (filter: AuditFilter, before?: string, limit?: number) =>
    services.stores.auditList.find(office.id, filter, { before, ...(limit === undefined ? {} : { limit }) });

  it("T117 gives a hundred events at most, the newest first, and all of them page by page", async () => {
    const filter = { from: new Date("2026-01-03T00:00:00Z"), to: new Date("2026-01-04T00:00:00Z") };
    const seen: string[] = [];
    let before: string | undefined;
    for (let page = 0; page < 20; page += 1) {
      const { events, older } = await find(filter, before, 1_000);
      expect(events.length).to.be.at.most(100);
      seen.push(...events.map(({ id }) => id));
      before = older ?? undefined;
      if (older === null) {
        break;
      }
    }
    expect(seen).to.have.length(1_000);
    expect(seen.map(Number)).to.deep.equal([...new Set(seen)].map(Number).sort((one, other) => other - one));
  });

  it("finds by what was done, by outcome, by who did it and by whom it happened to", async () => {
    const count = async (filter: AuditFilter) => (await find(filter)).events.length;
    const month = { from: new Date("2026-01-01T00:00:00Z"), to: new Date("2026-02-01T00:00:00Z") };
    expect(await count({ ...month, group: "administration" })).to.equal(5);
    expect(await count({ ...month, outcome: "alarm" })).to.equal(4);
    expect(await count({ ...month, outcome: "alarm", group: "administration" })).to.equal(0);
    expect(await count({ ...month, actor: sanne.id })).to.equal(8);
    expect(await count({ ...month, subject: sanne.id })).to.equal(8);
    expect(await count({ ...month, subject: sanne.id, actor: sanne.id })).to.equal(0);
    expect(await count({ ...month, group: "keys" })).to.equal(0);
    const refused = await find({ group: "password", outcome: "refused" });
    expect(new Set(refused.events.map(({ type }) => type))).to.deep.equal(new Set(["password.wrong"]));
    expect(refused.older).to.be.a("string");
  });

  it("names who and what is known, in the same statement", async () => {
    const { application } = await makeApplication(services, { name: "Own books" }, office.id);
    await services.audit.addAlone({
      ...{ type: "sign-in", outcome: "ok", officeId: office.id, actor: sanne.id, subject: sanne.id },
      applicationId: application.id,
    });
    const [event] = (await find({ actor: sanne.id })).events;
    expect(event).to.include({ actorUsername: "sanne", subjectName: "Sanne Bakker", subjectKind: "user" });
    expect(event?.applicationName).to.equal("Own books");
    const [added] = (await find({ subject: application.id })).events;
    expect(added).to.include({ type: "application.added", subjectKind: "application", actorName: null });
  });

  it("T87 shows nothing of another office, and its own list to those without office", async () => {
    const other = await makeOffice(services);
    const ofOther = await services.stores.auditList.find(other.id, {});
    expect(ofOther.events.map(({ type }) => type)).to.deep.equal(["office.added"]);
    expect((await services.stores.auditList.find(other.id, { subject: sanne.id })).events).to.be.empty;
    await services.audit.addAlone({
      type: "data-key.added",
      outcome: "ok",
      officeId: null,
      actor: "command line",
    });
    const ofNone = await services.stores.auditList.find(null, { group: "keys" });
    expect(ofNone.events.map(({ type }) => type)).to.deep.equal(["data-key.added"]);
  });

  it("begins anew at a place that nobody gave", async () => {
    const first = (await find({})).events[0]?.id;
    for (const before of ["", "1", "x.y", "99999999999999999999.1", "1.1; drop table users"]) {
      expect((await find({}, before)).events[0]?.id, before).to.equal(first);
    }
  });

  const INDEXES = {
    time: "audit_events_time",
    types: "audit_events_type",
    outcome: "audit_events_outcome",
    actor: "audit_events_actor",
    subject: "audit_events_subject",
  } as const;

  for (const [path, index] of Object.entries(INDEXES) as [keyof typeof INDEXES, string][]) {
    it(`reads along an index and sorts nothing but a page when it looks by ${path}`, async () => {
      const plan = await planOf(path);
      expect(plan).to.contain(index);
      expect(plan).to.not.contain("Seq Scan on audit_events");
      const read = [...plan.matchAll(/Index Scan[^\n]*audit_events[^\n]*rows=(\d+)\.\d+ loops/g)];
      expect(read, plan).to.not.be.empty;
      expect(
        read.every(([, rows]) => Number(rows) <= 101),
        plan,
      ).to.equal(true);
    });
  }

  it("looks up the names of those in it by their ids, and reads no other user", async () => {
    await asOwner(
      database,
      `with made as (
         insert into subjects (home, id, office_id)
         select home_of($1), (left($1::text, 4) || substr(md5('crowd ' || n), 5))::uuid, $1 from generate_series(1, 3000) n
         returning home, id)
       insert into users (home, id, office_id, username, username_key, name, password_hash, password_changed_at, valid_from, created_at,
         changed_at)
       select home, id, $1, id::text, id::text, 'One of many', 'x', now(), now(), now(), now() from made`,
      [office.id],
    );
    await asOwner(database, "analyze users");
    const plan = await planOf("subject");
    expect(plan).to.contain("users_pkey").and.not.contain("Seq Scan on users");
  });

  it("is planned for the office that it is read for: the plan of a small one would sort the whole log of a large one", async () => {
    const seen: unknown[] = [];
    const inOffice: Database["inOffice"] = (id, work) =>
      services.database.inOffice(id, async (tx) => {
        const answer = await work(tx);
        seen.push(...(await tx.query({ name: "plans", text: "show plan_cache_mode" })));
        return answer;
      });
    await new AuditListStore({ ...services.database, inOffice }).find(office.id, {});
    expect(seen).to.deep.equal([{ plan_cache_mode: "force_custom_plan" }]);
  });

  /** The generic plan, which has to be right for every office and value, as the server's role has it. */
  async function planOf(path: keyof typeof INDEXES): Promise<string> {
    const asked = {
      types: path === "types" ? typesOf("administration") : null,
      outcome: path === "outcome" ? "alarm" : null,
      actor: path === "actor" ? sanne.id : null,
      subject: path === "subject" ? sanne.id : null,
    };
    const question = { ...asked, from: null, to: null, at: "253402300800000000", id: "0" };
    const { statement, values } = listQuery(path, question, { hasOffice: true, limit: 101 });
    const text = `explain (analyze, costs off, timing off, summary off) ${statement.text}`;
    const rows = await services.database.inOffice(office.id, async (tx) => {
      await tx.query({ name: "generic", text: "set local plan_cache_mode = force_generic_plan" });
      return tx.query<Record<string, string>>({ name: `explain_${path}`, text }, values);
    });
    return rows.map((row) => row["QUERY PLAN"]).join("\n");
  }
});

describe("the words of the audit log", () => {
  for (const language of ["en", "nl"]) {
    it(`say every type, group and outcome in "${language}", each type in its own way`, () => {
      const texts = JSON.parse(readFileSync(`views/locales/${language}.json`, "utf8")) as Record<
        string,
        string
      >;
      const keys = [
        ...AUDIT_TYPES.map((type) => `audit.type.${type}`),
        ...AUDIT_GROUPS.map((group) => `audit.group.${group}`),
        ...["ok", "refused", "alarm"].map((outcome) => `audit.outcome.${outcome}`),
      ];
      expect(Object.keys(texts)).to.include.members(keys);
      const words = AUDIT_TYPES.map((type) => texts[`audit.type.${type}`]);
      expect(new Set(words).size).to.equal(words.length);
    });
  }

  it("have a group for each type and no type twice", () => {
    expect(AUDIT_GROUPS.flatMap(typesOf).sort()).to.deep.equal([...AUDIT_TYPES].sort());
  });
});

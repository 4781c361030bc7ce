import { expect } from "chai";
import type { AuditEvent } from "../../../src/domain/audit/audit-event.ts";
import { asOwner } from "../../support/database.ts";
import { VISITOR } from "../../support/mobile-numbers.ts";
import { makeOffice, makeUser, type TestOffice, type TestUser } from "../../support/people.ts";
import { writersOf } from "../../support/row-writers.ts";
import { statementsOf } from "../../support/statements.ts";
import { useResource } from "../../support/suite-resource.ts";
import { useServices } from "../../support/use-vestibule.ts";

interface Row {
  readonly subject: string | null;
  readonly type: string;
  readonly waits: boolean;
}

describe("what follows from an event of the audit log", () => {
  const { services, database } = useServices();
  const office: TestOffice = useResource(() => makeOffice(services));
  const user: TestUser = useResource(() => makeUser(services, office));

  const owner = <Found extends object>(text: string, values: unknown[] = []) =>
    asOwner<Found>(database, text, values);
  beforeEach(() => owner("truncate audit_unsealed, alarms_untold"));

  /** Events that wait for a seal, of their own chain. */
  const waiting = () =>
    owner<Row>(
      `select e.subject, e.type, u.chain = coalesce(e.office_id, '00000000-0000-0000-0000-000000000000') as waits
       from audit_unsealed u join audit_events e on e.id = u.event_id order by e.id`,
    );
  const alarms = () =>
    owner(`select type, office_code as code, request_id as request from alarms_untold order by id`);
  const lastSignIn = async (): Promise<number | null> =>
    (await owner<{ at: Date | number }>("select at from last_sign_ins where user_id = $1", [user.id])).map(
      ({ at }) => (at instanceof Date ? at.getTime() : null),
    )[0] ?? null;

  const plain = (): AuditEvent => ({
    type: "sign-out",
    outcome: "ok",
    officeId: office.id,
    actor: user.id,
    subject: user.id,
  });

  it("is one statement, and a seal for it, in the chain of its office or in the one of no office", async () => {
    const add = async () => {
      await services.audit.addAlone(plain());
      await services.audit.addAlone({ ...plain(), officeId: null });
    };
    expect(await statementsOf(add)).to.deep.equal(["audit_add", "audit_add"]);
    const row = { subject: user.id, type: "sign-out", waits: true };
    expect(await waiting()).to.deep.equal([row, row]);
    expect(await alarms()).to.deep.equal([]);
  });

  it("is a seal for each of several users, by one statement", async () => {
    const event = { type: "user.added", outcome: "ok", officeId: office.id, actor: "test" } as const;
    const add = () =>
      services.audit.inOffice(office.id, (tx) => services.audit.addEach(tx, event, ["one", "two", "three"]));
    expect(await statementsOf(add)).to.deep.equal(["audit_add"]);
    expect((await waiting()).map(({ subject }) => subject)).to.have.members(["one", "two", "three"]);
    await services.audit.inOffice(office.id, (tx) => services.audit.addEach(tx, event, []));
    expect(await waiting(), "no user, no event").to.have.lengthOf(3);
  });

  it("is a mail to come for an alarm, with the code of the office and the request", async () => {
    const alarm = { ...plain(), type: "code.blocked", outcome: "alarm" } as const;
    await services.audit.addAlone({ ...alarm, visitor: { ...VISITOR, requestId: "req-1" } });
    await services.audit.addAlone({ ...alarm, officeId: null });
    await services.audit.inOffice(office.id, (tx) =>
      services.audit.addEach(tx, { ...alarm }, ["one", "two"]),
    );
    await services.audit.addAlone({ ...plain(), type: "code.wrong", outcome: "refused" });
    const of = (code: string | null, request: string | null) => ({ type: "code.blocked", code, request });
    const expected = [of(office.code, "req-1"), of(null, null), of(office.code, null), of(office.code, null)];
    expect(await alarms()).to.deep.equal(expected);
    expect(await waiting()).to.have.lengthOf(5);
  });

  it("is the time of the last sign-in of a user, and of no other event", async () => {
    const signIn = { ...plain(), type: "sign-in" } as const;
    expect(await lastSignIn(), "never").to.equal(null);
    await services.audit.addAlone({ ...signIn, outcome: "refused" });
    await services.audit.addAlone(plain());
    await services.audit.addAlone({ ...signIn, subject: "no user" });
    await services.audit.addAlone({ ...signIn, subject: undefined });
    expect(await lastSignIn()).to.equal(null);
    const before = Date.now();
    await services.audit.addAlone(signIn);
    expect(await lastSignIn()).to.be.within(before - 1, Date.now() + 1);
  });

  it("is judged here for every statement and function that writes events", () => {
    // The last two add none; prune_audit_events calls the first, and test/domain/audit/retention.test.ts seals what it adds.
    expect(writersOf("audit_events")).to.deep.equal([
      ...["add_audit_events", "erase_audit_events", "prune_audit_events"],
    ]);
  });
});

import { expect } from "chai";
import { ofAllHomes } from "../../support/homeless-statements.ts";
import type { Actor } from "../../../src/domain/access/actor.ts";
import { makeActor, OPERATOR } from "../../support/actors.ts";
import { asOwner } from "../../support/database.ts";
import { makeSmsOffice, makeSmsUser, newNumber, personOf, storedUser } from "../../support/mobile-numbers.ts";
import { numberDesk } from "../../support/number-desk.ts";
import { makeUser, type TestUser } from "../../support/people.ts";
import { giveApp } from "../../support/second-factor.ts";
import { SECOND, travel } from "../../support/time.ts";
import { useServices } from "../../support/use-vestibule.ts";
import { useResource } from "../../support/suite-resource.ts";

const REASON = "called back on the office line";
const RESET = { action: "reset" } as const;

describe("help with a user's second factor", function () {
  this.timeout(60_000);
  const { services, database } = useServices();
  const desk = numberDesk({ services, database });
  let user: TestUser;

  beforeEach(async () => {
    ({ user } = await makeSmsUser(services));
    await giveApp(services, user);
  });

  const help = () => services.administration.factors;
  const stored = (whom = user) => storedUser(services, whom);
  /** Every way to another user's factor. */
  const ways = (by: Actor, whom = user) => ({
    reset: async () => help().reset(await stored(whom), { by, reason: REASON }),
    "enter a number": async () => help().enterNumber(await stored(whom), newNumber(), { by, reason: REASON }),
    "delete the number": async () => help().deleteNumber(await stored(whom), { by, reason: REASON }),
    "approve a number": async () => help().approveNumber(await stored(whom), { by, reason: REASON }),
    "refuse a number": async () => help().refuseNumber(await stored(whom), { by, reason: REASON }),
  });
  const expectNothingDone = async (by: Actor, why: string, whom = user) => {
    const status = () => services.secondFactor.factorStatus.find(personOf(whom));
    const before = JSON.stringify([await status(), await desk.stored(whom), await desk.validFrom(whom)]);
    for (const [way, go] of Object.entries(ways(by, whom))) {
      expect(await go(), way).to.deep.equal({ type: why });
    }
    const after = JSON.stringify([await status(), await desk.stored(whom), await desk.validFrom(whom)]);
    expect(after).to.equal(before);
  };
  const setGuard = (failedSinceSuccess: number) =>
    asOwner(
      database,
      `insert into second_factor_guard (home, office_id, user_id, failed_attempts, failed_since_success, blocked_until)
       values (home_of($1), $1, $2, 3, $3, now() + interval '1 day')`,
      [user.office.id, user.id, failedSinceSuccess],
    );
  const guard = async () =>
    (
      await asOwner<Record<string, unknown>>(
        database,
        "select failed_attempts, failed_since_success, blocked_until from second_factor_guard where user_id = $1",
        [user.id],
      )
    )[0];

  it("T91 is never for oneself", async () => {
    const self: Actor = { id: user.id, officeId: user.office.id, role: "superuser" };
    await expectNothingDone(self, "own");
    expect(await help().unlock(await stored(), { by: self, reason: REASON })).to.deep.equal({ type: "own" });
  });

  it("T91 is never for a user of a higher role", async () => {
    const boss = await makeActor(services, user.office, "superuser");
    await giveApp(services, boss.user);
    const accountant = await makeActor(services, user.office, "accountant");
    await expectNothingDone(accountant, "higher", boss.user);
  });

  it("T91 is never for a user of another office", async () => {
    const stranger = await makeActor(services, await makeSmsOffice(services), "superuser");
    await expectNothingDone(stranger, "elsewhere");
    const unlocked = await help().unlock(await stored(), { by: stranger, reason: REASON });
    expect(unlocked).to.deep.equal({ type: "elsewhere" });
  });

  it("T91 resets by a colleague: factors gone, sessions ended, a code to hand over, event and notice", async () => {
    const by = await makeActor(services, user.office, "superuser");
    const before = await desk.validFrom(user);
    await desk.mails();
    travel(2 * SECOND);
    const result = await help().reset(await stored(), { by, reason: REASON });
    const code = result.type === "reset" ? result.enrolmentCode.reveal() : "";
    expect(code).to.have.length.above(15);
    expect(await desk.kinds(user)).to.deep.equal([]);
    expect(await desk.validFrom(user)).to.be.above(before);
    expect(await desk.window(user)).to.deep.equal({ code: true });
    expect(await desk.mails()).to.include("Your second factor was reset");
    const [event] = await asOwner<{ actor: string; details: Record<string, unknown> }>(
      database,
      "select actor, details from audit_events where subject = $1 and type = 'factor.reset'",
      [user.id],
    );
    expect(event?.actor).to.equal(by.id);
    expect(event?.details["reason"]).to.equal(REASON);
    expect(JSON.stringify(event)).to.not.contain(code);
  });

  it("ends a block with a reason; what was tried stays counted", async () => {
    await setGuard(12);
    const by = await makeActor(services, user.office, "superuser");
    expect(await help().unlock(await stored(), { by, reason: REASON })).to.deep.equal({ type: "unlocked" });
    expect(await guard()).to.deep.equal({
      failed_attempts: 0,
      failed_since_success: 12,
      blocked_until: null,
    });
    const [event] = await asOwner<{ details: unknown }>(
      database,
      "select details from audit_events where subject = $1 and type = 'code.unblocked'",
      [user.id],
    );
    expect(event?.details).to.deep.equal({ reason: REASON });
  });

  it("T52 does not thaw a frozen factor by ending a block: only a reset does", async () => {
    await setGuard(50);
    const before = await guard();
    const result = await help().unlock(await stored(), { by: OPERATOR, reason: REASON });
    expect(result).to.deep.equal({ type: "frozen" });
    expect(await guard()).to.deep.equal(before);
    await help().reset(await stored(), { by: OPERATOR, reason: REASON });
    expect(await guard()).to.deep.equal({ failed_attempts: 0, failed_since_success: 0, blocked_until: null });
  });
});

describe("the reset of a superuser by support", function () {
  this.timeout(60_000);
  const { services, database } = useServices();
  let boss: TestUser;

  const office = useResource(() => makeSmsOffice(services));
  const one = useResource(() => makeActor(services, office, "support"));
  const other = useResource(() => makeActor(services, office, "support"));
  beforeEach(async () => {
    boss = (await makeActor(services, office, "superuser")).user;
    await giveApp(services, boss);
  });

  const requests = () => services.administration.approvals;
  const kinds = async () => (await services.secondFactor.factorStatus.find(personOf(boss))).kinds;
  const request = async (by = one) =>
    requests().request(await storedUser(services, boss), RESET, { by, reason: REASON, office });
  const requested = async () => {
    const result = await request();
    return { id: result.type === "requested" ? result.id : expect.fail(result.type), officeId: office.id };
  };
  const events = async () =>
    (
      await asOwner<{ type: string }>(
        database,
        "select type from audit_events where subject = $1 and type like 'factor.%' order by id",
        [boss.id],
      )
    ).map(({ type }) => type);

  it("T91 takes two: one alone resets nothing, by whatever way", async () => {
    const { factors: help } = services.administration;
    const user = await storedUser(services, boss);
    const ways = [
      help.reset(user, { by: one, reason: REASON }),
      help.deleteNumber(user, { by: one, reason: REASON }),
      help.enterNumber(user, newNumber(), { by: one, reason: REASON }),
    ];
    for (const result of await Promise.all(ways)) {
      expect(result).to.deep.equal({ type: "needs-approval" });
    }
    const key = await requested();
    expect(await requests().approve(key, one), "one's own request").to.deep.equal({ type: "gone" });
    expect(await kinds()).to.deep.equal(["totp"]);
  });

  it("T91 is done by another who approves, once, and the audit log names both", async () => {
    const key = await requested();
    const results = await Promise.all(Array.from({ length: 5 }, () => requests().approve(key, other)));
    expect(results.filter(({ type }) => type === "approved")).to.have.length(1);
    expect(await kinds()).to.deep.equal([]);
    expect(await events()).to.deep.equal(["factor.reset-requested", "factor.reset"]);
    const [event] = await asOwner<{ actor: string; details: Record<string, unknown> }>(
      database,
      "select actor, details from audit_events where subject = $1 and type = 'factor.reset'",
      [boss.id],
    );
    expect(event).to.deep.equal({
      actor: other.id,
      details: { reason: REASON, requestedBy: one.id },
    });
  });

  it("is too late after a day, and another request takes its place", async () => {
    const key = await requested();
    expect((await request(other)).type, "while it waits").to.equal("waiting");
    await asOwner(database, "update approval_requests set ends_at = now() where id = $1", [key.id]);
    expect(await requests().approve(key, other)).to.deep.equal({ type: "gone" });
    expect((await request(other)).type).to.equal("requested");
    expect(await kinds()).to.deep.equal(["totp"]);
  });

  it("is cancelled by either of them, and then nobody approves it", async () => {
    const key = await requested();
    expect(await requests().cancel(key, one)).to.equal(true);
    expect(await requests().cancel(key, other)).to.equal(false);
    expect(await requests().approve(key, other)).to.deep.equal({ type: "gone" });
    expect(await events()).to.deep.equal(["factor.reset-requested", "factor.reset-cancelled"]);
  });

  it("T91 is nothing when the member who asked has left support", async () => {
    const third = await makeActor(services, office, "support");
    const asked = await request(third);
    const id = asked.type === "requested" ? asked.id : expect.fail();
    await services.administration.users.disable(await storedUser(services, third.user), OPERATOR);
    expect(await requests().approve({ id, officeId: office.id }, other)).to.deep.equal({ type: "gone" });
    expect(await kinds()).to.deep.equal(["totp"]);
  });

  it("T88 is not asked for or approved by any other role, nor needed for others", async () => {
    const colleague = await makeActor(services, office, "superuser");
    expect((await request(colleague)).type).to.equal("unneeded");
    const accountant = await makeActor(services, office, "accountant");
    const key = await requested();
    expect((await requests().approve(key, accountant)).type).to.equal("higher");
    expect(await requests().cancel(key, accountant)).to.equal(false);
    const self = { id: boss.id, officeId: office.id, role: "superuser" } as const;
    expect((await requests().approve(key, self)).type).to.equal("own");
    expect(await requests().cancel(key, self)).to.equal(false);
    const plain = await makeUser(services, office);
    const help = { by: one, reason: REASON, office };
    const result = await requests().request(await storedUser(services, plain), RESET, help);
    expect(result).to.deep.equal({ type: "unneeded" });
  });

  it("is seen by support with who it is about, in all offices, as long as it waits", async () => {
    const key = await requested();
    const mine = async () => (await requests().waiting.oldest()).items.filter(({ id }) => id === key.id);
    expect(await mine()).to.have.length(1);
    expect((await mine())[0]).to.include({
      ...{ officeCode: office.code, username: boss.username, reason: REASON, requestedBy: one.id },
    });
    await requests().approve(key, other);
    expect(await mine()).to.deep.equal([]);
  });

  it("T82 is unknown under the id of another office", async () => {
    const key = await requested();
    const elsewhere = await makeSmsOffice(services);
    expect(await requests().approve({ ...key, officeId: elsewhere.id }, other)).to.deep.equal({
      type: "gone",
    });
    expect(await requests().cancel({ ...key, officeId: elsewhere.id }, other)).to.equal(false);
  });

  it("T87 stands in a table that shows an office its own rows alone", async () => {
    await requested();
    const elsewhere = await makeSmsOffice(services);
    const statement = { name: "careless_requests", text: ofAllHomes("select id from approval_requests") };
    expect(await services.database.inOffice(elsewhere.id, (tx) => tx.query(statement))).to.deep.equal([]);
    expect(await services.database.query(statement)).to.deep.equal([]);
    expect(await services.database.inOffice(office.id, (tx) => tx.query(statement))).to.not.deep.equal([]);
  });
});

import { expect } from "chai";
import type { Services } from "../../src/compose.ts";
import { asOwner, type FreshDatabase } from "../support/database.ts";
import {
  bindingOf,
  giveNumber,
  lastCode,
  makeSmsOffice,
  makeSmsUser,
  newNumber,
  personOf,
  send,
  sentSms,
  storedUser,
  tryCode,
  VISITOR,
} from "../support/mobile-numbers.ts";
import { makeUser, type TestUser } from "../support/people.ts";
import { giveApp } from "../support/second-factor.ts";
import { MINUTE, SECOND, travel } from "../support/time.ts";
import { startServices } from "../support/vestibule.ts";

const BY = { actor: "test", reason: "called back" };

describe("the mobile number of a user", function () {
  this.timeout(60_000);
  let services: Services;
  let database: FreshDatabase;
  let stop: () => Promise<void>;
  let user: TestUser;
  let number: string;

  before(async () => {
    ({ services, database, stop } = await startServices());
  });
  after(() => stop());
  beforeEach(async () => {
    ({ user, number } = await makeSmsUser(services));
  });

  const service = () => services.secondFactor.numberService;
  const stored = (whom = user) => service().find(personOf(whom));
  const kinds = async (whom = user) => (await services.secondFactor.standing.find(personOf(whom))).kinds;
  const validFrom = async () =>
    (
      await asOwner<{ at: Date }>(database, "select valid_from as at from users where id = $1", [user.id])
    )[0]?.at.getTime() ?? 0;
  const window = async (whom = user) =>
    (
      await asOwner<{ code: boolean }>(
        database,
        "select code_hash is not null as code from enrolment_windows where user_id = $1",
        [whom.id],
      )
    )[0] ?? null;
  const events = async (whom = user) =>
    asOwner<{ type: string; actor: string; details: Record<string, unknown> }>(
      database,
      "select type, actor, details from audit_events where subject = $1 and type like 'number.%' order by id",
      [whom.id],
    );
  /** Subjects of the mails since the last look, oldest first. */
  let seen = 0;
  const mails = async () => {
    const rows = await asOwner<{ id: string; subject: string }>(
      database,
      "select id, subject from outbox_messages where channel = 'mail' and id > $1 order by id",
      [seen],
    );
    seen = Number(rows.at(-1)?.id ?? seen);
    return rows.map(({ subject }) => subject);
  };
  const request = (to: string) => service().requestPending(personOf(user), to, VISITOR);
  const enrol = async (whom: TestUser, to: string, replaces: boolean) => {
    await send(services, whom, { number: to, purpose: "enrol", replaces });
    const attempt = { type: "new-sms", binding: bindingOf(whom), replaces } as const;
    return tryCode(services, whom, { ...attempt, code: await lastCode(database, to) });
  };

  beforeEach(() => mails());

  describe("T37 that is confirmed, with the password alone", () => {
    it("gets no message to a new number", async () => {
      const thief = newNumber();
      const attempt = send(services, user, { number: thief, purpose: "enrol" });
      expect(await attempt.then(() => "sent", String)).to.contain("No code for enrol goes to this number");
      const signIn = send(services, user, { number: thief });
      expect(await signIn.then(() => "sent", String)).to.contain("No code for sign-in goes to this number");
      expect(await sentSms(database, thief)).to.have.length(0);
      expect(await stored()).to.deep.include({ number, state: "confirmed" });
    });

    it("is not replaced by a code that was sent before it was confirmed", async () => {
      const fresh = await makeUser(services, user.office);
      const [mine, thiefs] = [newNumber(), newNumber()];
      await send(services, fresh, { number: thiefs, purpose: "enrol", binding: "the thief's" });
      const code = await lastCode(database, thiefs);
      expect(await enrol(fresh, mine, false)).to.equal("accepted");
      const late = { type: "new-sms", binding: "the thief's", replaces: false, code } as const;
      expect(await tryCode(services, fresh, late)).to.equal("used meanwhile");
      expect(await stored(fresh)).to.deep.include({ number: mine });
      expect(await kinds(fresh)).to.deep.equal(["sms"]);
    });

    it("is confirmed once by two first numbers at once", async () => {
      const fresh = await makeUser(services, user.office);
      const numbers = [newNumber(), newNumber()];
      for (const to of numbers) {
        await send(services, fresh, { number: to, purpose: "enrol", binding: `tab of ${to}` });
      }
      const results = await Promise.all(
        numbers.map(async (to) =>
          tryCode(services, fresh, {
            type: "new-sms",
            binding: `tab of ${to}`,
            replaces: false,
            code: await lastCode(database, to),
          }),
        ),
      );
      expect(results.sort()).to.deep.equal(["accepted", "used meanwhile"]);
      expect((await events(fresh)).map(({ type }) => type)).to.deep.equal(["number.confirmed"]);
    });
  });

  it("is confirmed by its code: stored, a factor, told by mail, the window closed", async () => {
    const fresh = await makeUser(services, user.office);
    await services.database.inOffice(user.office.id, (tx) =>
      services.secondFactor.enrolments.open(tx, personOf(fresh), new Date(Date.now())),
    );
    const mine = newNumber();
    expect(await enrol(fresh, mine, false)).to.equal("accepted");
    expect(await stored(fresh)).to.deep.equal({
      number: mine,
      state: "confirmed",
      enteredBy: "user",
      pendingNumber: null,
    });
    expect(await kinds(fresh)).to.deep.equal(["sms"]);
    expect(await window(fresh)).to.equal(null);
    expect(await mails()).to.deep.equal(["Your mobile number is confirmed"]);
    const account = await services.users.findAccount(fresh.id);
    expect(account?.mobile).to.equal(mine);
  });

  it("is replaced after another factor was proved, and the old phone learns of it", async () => {
    const next = newNumber();
    expect(await enrol(user, next, true)).to.equal("accepted");
    expect(await stored()).to.deep.include({ number: next, state: "confirmed" });
    const [notice] = await sentSms(database, number);
    expect(notice?.body).to.contain("go to +31 •• ••• 678 from now on, not to this phone");
    expect(await mails()).to.deep.equal(["Your mobile number was changed"]);
  });

  describe("T38 whose phone is lost", () => {
    it("becomes a request: nothing is sent to the new number, mail and old phone are told", async () => {
      const next = newNumber();
      expect(await request(next)).to.deep.equal({ type: "requested" });
      expect(await stored()).to.deep.equal({
        number,
        state: "confirmed",
        enteredBy: "user",
        pendingNumber: next,
      });
      expect(await kinds()).to.deep.equal(["sms"]);
      expect(await sentSms(database, next)).to.have.length(0);
      expect((await sentSms(database, number))[0]?.body).to.contain("somebody who knows your password");
      expect(await mails()).to.deep.equal(["Somebody asks for another mobile number"]);
      expect(await events()).to.deep.equal([
        {
          type: "number.change-requested",
          actor: user.id,
          details: { number: "+31 •• ••• 678", old: "+31 •• ••• 678" },
        },
      ]);
    });

    it("has one request at a time, also by ten at once", async () => {
      const asked = await Promise.all(Array.from({ length: 10 }, () => request(newNumber())));
      expect(asked.filter(({ type }) => type === "requested")).to.have.length(1);
      expect(asked.filter(({ type }) => type === "refused")).to.have.length(9);
      expect(await mails()).to.have.length(1);
    });

    it("is not requested to be the same, nor by whoever has none", async () => {
      expect(await request(number)).to.deep.equal({ type: "same" });
      const fresh = await makeUser(services, user.office);
      expect(await service().requestPending(personOf(fresh), newNumber(), VISITOR)).to.deep.equal({
        type: "refused",
      });
      await giveNumber(services, fresh, { state: "unconfirmed" });
      expect(await service().requestPending(personOf(fresh), newNumber(), VISITOR)).to.deep.equal({
        type: "refused",
      });
    });

    it("is approved by somebody else: then codes go to the new number, and all sessions have ended", async () => {
      const next = newNumber();
      await request(next);
      const before = await validFrom();
      travel(2 * SECOND);
      expect(await service().approve(await storedUser(services, user), BY)).to.deep.equal({
        type: "approved",
        number: next,
      });
      expect(await stored()).to.deep.include({ number: next, state: "confirmed", pendingNumber: null });
      expect(await kinds()).to.deep.equal(["sms"]);
      expect(await validFrom()).to.be.above(before);
      expect((await send(services, user, { number: next })).type).to.equal("sent");
      expect(
        await send(services, user, { number, binding: "old" }).then(
          () => "sent",
          () => "refused",
        ),
      ).to.equal("refused");
      expect(await mails()).to.deep.equal([
        "Somebody asks for another mobile number",
        "Your new mobile number was approved",
      ]);
      expect((await sentSms(database, number))[0]?.body).to.contain("has approved");
      expect((await events()).at(-1)).to.deep.include({ type: "number.change-approved", actor: "test" });
      expect((await events()).at(-1)?.details["reason"]).to.equal("called back");
    });

    it("is never approved by its own user, and not without a request", async () => {
      const mine = await storedUser(services, user);
      expect(await service().approve(mine, BY)).to.deep.equal({ type: "refused" });
      await request(newNumber());
      expect(await service().approve(mine, { ...BY, actor: user.id })).to.deep.equal({ type: "own" });
      expect(await service().set(mine, newNumber(), { ...BY, actor: user.id })).to.deep.equal({
        type: "own",
      });
      expect(await service().remove(mine, { ...BY, actor: user.id })).to.deep.equal({ type: "own" });
      expect(await stored()).to.deep.include({ number });
    });

    it("keeps its number when somebody says that it was not them", async () => {
      await request(newNumber());
      const mine = await storedUser(services, user);
      const link = { actor: user.id, reason: null, proof: "link" } as const;
      expect(await service().cancelPending(mine, link)).to.deep.equal({ type: "cancelled" });
      expect(await stored()).to.deep.include({ number, state: "confirmed", pendingNumber: null });
      expect(await service().approve(mine, BY)).to.deep.equal({ type: "refused" });
      expect(await service().cancelPending(mine, link)).to.deep.equal({ type: "refused" });
      expect((await events()).map(({ type }) => type)).to.deep.equal([
        "number.change-requested",
        "number.change-cancelled",
      ]);
    });

    it("is not approved and cancelled both at once", async () => {
      await request(newNumber());
      const mine = await storedUser(services, user);
      const results = await Promise.all([
        service().approve(mine, BY),
        service().cancelPending(mine, { ...BY, proof: "link" }),
        service().approve(mine, BY),
      ]);
      expect(results.filter(({ type }) => type === "refused")).to.have.length(2);
    });

    it("does not make the old phone ring for ever", async () => {
      const mine = await storedUser(services, user);
      for (let time = 0; time < 8; time += 1) {
        await request(newNumber());
        await service().cancelPending(mine, { ...BY, proof: "link" });
      }
      expect(await sentSms(database, number)).to.have.length(5);
      expect(await mails()).to.have.length(16);
    });
  });

  describe("when an administrator enters another", () => {
    it("is unconfirmed, no factor any more, and has to be confirmed: sessions end, the window asks for more than the password", async () => {
      const next = newNumber();
      const before = await validFrom();
      travel(2 * SECOND);
      expect(await service().set(await storedUser(services, user), next, BY)).to.deep.equal({ type: "set" });
      expect(await stored()).to.deep.equal({
        number: next,
        state: "unconfirmed",
        enteredBy: "administrator",
        pendingNumber: null,
      });
      expect(await kinds()).to.deep.equal([]);
      expect(await window()).to.deep.equal({ code: true });
      expect(await validFrom()).to.be.above(before);
      expect(await sentSms(database, next), "nothing yet").to.have.length(0);
      expect((await sentSms(database, number))[0]?.body).to.contain("no longer go to this phone");
      expect(await mails()).to.deep.equal(["Your office has entered another mobile number"]);
      expect((await services.users.findAccount(user.id))?.mobile, "not told to applications").to.equal(null);
    });

    it("kills the code that is on its way", async () => {
      await send(services, user, { number });
      const code = await lastCode(database, number);
      await service().set(await storedUser(services, user), newNumber(), BY);
      expect(await tryCode(services, user, { type: "sms", code, binding: bindingOf(user) })).to.equal(
        "wrong",
      );
    });

    it("opens no window for whoever has the app too", async () => {
      await giveApp(services, user);
      await service().set(await storedUser(services, user), newNumber(), BY);
      expect(await kinds()).to.deep.equal(["totp"]);
      expect(await window()).to.equal(null);
    });

    it("leaves the window of whoever had none as it was, and makes no noise", async () => {
      const fresh = await makeUser(services, user.office);
      const first = newNumber();
      expect(await service().set(await storedUser(services, fresh), first, BY)).to.deep.equal({
        type: "set",
      });
      expect(await window(fresh)).to.equal(null);
      expect(await mails()).to.deep.equal([]);
      expect(await enrol(fresh, first, false)).to.equal("accepted");
      expect(await stored(fresh)).to.deep.include({ state: "confirmed", enteredBy: "administrator" });
    });

    it("changes nothing when it is the same", async () => {
      expect(await service().set(await storedUser(services, user), number, BY)).to.deep.equal({
        type: "unchanged",
      });
      expect(await kinds()).to.deep.equal(["sms"]);
    });

    it("drops a pending change", async () => {
      await request(newNumber());
      const mine = await storedUser(services, user);
      await service().set(mine, newNumber(), BY);
      expect(await service().approve(mine, BY)).to.deep.equal({ type: "refused" });
    });
  });

  describe("when an administrator removes it", () => {
    it("is gone with its factor, and a code has to be handed over", async () => {
      const result = await service().remove(await storedUser(services, user), BY);
      const code = result.type === "removed" ? result.enrolmentCode?.reveal() : undefined;
      expect(code).to.have.length.above(15);
      expect(await stored()).to.equal(null);
      expect(await kinds()).to.deep.equal([]);
      expect(await tryCode(services, user, { type: "enrolment", code: code ?? "" })).to.equal("accepted");
      expect(await mails()).to.deep.equal(["Your mobile number was removed"]);
      expect((await sentSms(database, number))[0]?.body).to.contain("was removed from your account");
    });

    it("needs no code where the app is left, nor where it was never confirmed", async () => {
      await giveApp(services, user);
      const result = await service().remove(await storedUser(services, user), BY);
      expect(result).to.deep.equal({ type: "removed", enrolmentCode: null });
      const fresh = await makeUser(services, await makeSmsOffice(services));
      await giveNumber(services, fresh, { state: "unconfirmed" });
      expect(await service().remove(await storedUser(services, fresh), BY)).to.deep.equal({
        type: "removed",
        enrolmentCode: null,
      });
      expect(await window(fresh)).to.equal(null);
      expect(await service().remove(await storedUser(services, fresh), BY)).to.deep.equal({
        type: "refused",
      });
    });

    it("gives a code as well when the number was one that had to be confirmed in place of another", async () => {
      const mine = await storedUser(services, user);
      await service().set(mine, newNumber(), BY);
      const result = await service().remove(mine, BY);
      expect(result.type === "removed" && result.enrolmentCode !== null).to.equal(true);
    });
  });

  it("goes with a reset of the factor, and the old phone is told", async () => {
    travel(MINUTE);
    await request(newNumber());
    await services.secondFactor.service.reset(await storedUser(services, user), {
      reason: "phone stolen",
      actor: "test",
    });
    expect(await stored()).to.equal(null);
    expect(await kinds()).to.deep.equal([]);
    expect((await sentSms(database, number))[0]?.body).to.contain("was removed");
    expect(await mails()).to.deep.equal([
      "Somebody asks for another mobile number",
      "Your second factor was reset",
      "Your mobile number was removed",
    ]);
  });

  it("is nowhere whole in the audit log", async () => {
    await request(newNumber());
    await service().approve(await storedUser(services, user), BY);
    await service().remove(await storedUser(services, user), BY);
    const rows = await asOwner<{ row: string }>(
      database,
      "select details::text as row from audit_events where subject = $1",
      [user.id],
    );
    expect(rows.length).to.be.above(3);
    expect(rows.filter(({ row }) => /\+?31\d{9}/.test(row))).to.deep.equal([]);
  });
});

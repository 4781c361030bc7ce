import { expect } from "chai";
import { asOwner } from "../../support/database.ts";
import {
  bindingOf,
  giveNumber,
  lastCode,
  makeSmsOffice,
  newNumber,
  personOf,
  send,
  sentSms,
  storedUser,
  tryCode,
  makeSmsUser,
} from "../../support/mobile-numbers.ts";
import { numberDesk } from "../../support/number-desk.ts";
import { makeUser, type TestUser } from "../../support/people.ts";
import { resetFactor, giveApp } from "../../support/second-factor.ts";
import { MINUTE, SECOND, travel } from "../../support/time.ts";
import { useServices } from "../../support/use-vestibule.ts";

const BY = { actor: "test", reason: "called back" };

describe("the mobile number of a user", function () {
  this.timeout(60_000);
  const { services, database } = useServices();
  const desk = numberDesk({ services, database });
  let user: TestUser;
  let number: string;

  beforeEach(async () => {
    ({ user, number } = await makeSmsUser(services));
    await desk.mails();
  });

  const service = () => services.secondFactor.numberService;
  const stored = (whom = user) => desk.stored(whom);
  const kinds = (whom = user) => desk.kinds(whom);
  const window = (whom = user) => desk.window(whom);
  const validFrom = () => desk.validFrom(user);
  const request = (to: string) => desk.request(user, to);

  it("is confirmed by its code: stored, a factor, reported by mail, the window closed", async () => {
    const fresh = await makeUser(services, user.office);
    await services.database.inOffice(user.office.id, (tx) =>
      services.secondFactor.enrolments.open(tx, personOf(fresh), new Date(Date.now())),
    );
    const mine = newNumber();
    expect(await desk.enrol(fresh, mine, false)).to.equal("accepted");
    expect(await stored(fresh)).to.deep.include({
      number: mine,
      state: "confirmed",
      enteredBy: "user",
      pendingNumber: null,
    });
    expect(await kinds(fresh)).to.deep.equal(["sms"]);
    expect(await window(fresh)).to.equal(null);
    expect(await desk.mails()).to.deep.equal(["Your mobile number is confirmed"]);
    const account = await services.users.findAccount(fresh.id);
    expect(account?.mobile).to.equal(mine);
  });

  it("is replaced after another factor was proved, and the old phone learns of it", async () => {
    const next = newNumber();
    expect(await desk.enrol(user, next, true)).to.equal("accepted");
    expect(await stored()).to.deep.include({ number: next, state: "confirmed" });
    const [notice] = await sentSms(database, number);
    expect(notice?.body).to.contain("now go to +31 ** *** 678 instead of this phone");
    expect(await desk.mails()).to.deep.equal(["Your mobile number was changed"]);
  });

  describe("when an administrator enters another", () => {
    it("is unconfirmed, no factor any more, and has to be confirmed: sessions end, the window asks for more than the password", async () => {
      const next = newNumber();
      const before = await validFrom();
      travel(2 * SECOND);
      expect(await service().set(await storedUser(services, user), next, BY)).to.deep.equal({
        type: "set",
        codesEnded: 0,
      });
      expect(await stored()).to.deep.include({
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
      expect(await desk.mails()).to.deep.equal(["Your office entered a new mobile number"]);
      expect((await services.users.findAccount(user.id))?.mobile, "not given to applications").to.equal(null);
    });

    it("kills the code that is on its way", async () => {
      await send(services, user, { number });
      const code = await lastCode(database, number);
      await service().set(await storedUser(services, user), newNumber(), BY);
      expect(await tryCode(services, user, { type: "sms", code, binding: bindingOf(user) })).to.equal(
        "wrong",
      );
    });

    it("kills the code that is on its way to a number of the user's own", async () => {
      const next = newNumber();
      await send(services, user, { number: next, purpose: "enrol", replaces: true });
      const code = await lastCode(database, next);
      await service().set(await storedUser(services, user), newNumber(), BY);
      const attempt = { type: "new-sms", code, binding: bindingOf(user), replaces: true } as const;
      expect(await tryCode(services, user, attempt)).to.equal("wrong");
    });

    it("opens no window for a user who has the app too", async () => {
      await giveApp(services, user);
      await service().set(await storedUser(services, user), newNumber(), BY);
      expect(await kinds()).to.deep.equal(["totp"]);
      expect(await window()).to.equal(null);
    });

    it("leaves the window of a user who had none as it was, and makes no noise", async () => {
      const fresh = await makeUser(services, user.office);
      const first = newNumber();
      expect(await service().set(await storedUser(services, fresh), first, BY)).to.deep.equal({
        type: "set",
        codesEnded: 0,
      });
      expect(await window(fresh)).to.equal(null);
      expect(await desk.mails()).to.deep.equal([]);
      expect(await desk.enrol(fresh, first, false)).to.equal("accepted");
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
      expect(
        await tryCode(services, user, { type: "enrolment", binding: "test", code: code ?? "" }),
      ).to.equal("accepted");
      expect(await desk.mails()).to.deep.equal(["Your mobile number was removed"]);
      expect((await sentSms(database, number))[0]?.body).to.contain("was removed from your account");
    });

    it("needs no code where the app is left, nor where it was never confirmed", async () => {
      await giveApp(services, user);
      const result = await service().remove(await storedUser(services, user), BY);
      expect(result).to.deep.equal({ type: "removed", enrolmentCode: null, codesEnded: 0 });
      const fresh = await makeUser(services, await makeSmsOffice(services));
      await giveNumber(services, fresh, { state: "unconfirmed" });
      expect(await service().remove(await storedUser(services, fresh), BY)).to.deep.equal({
        type: "removed",
        codesEnded: 0,
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

  it("goes with a reset of the factor, and the old phone is notified", async () => {
    travel(MINUTE);
    await request(newNumber());
    await resetFactor(services, await storedUser(services, user), "phone stolen");
    expect(await stored()).to.equal(null);
    expect(await kinds()).to.deep.equal([]);
    expect((await sentSms(database, number))[0]?.body).to.contain("was removed");
    expect(await desk.mails()).to.deep.equal([
      "A new mobile number was requested",
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

import { expect } from "chai";
import {
  giveNumber,
  justProved,
  lastCode,
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
import { SECOND, travel } from "../../support/time.ts";
import { useServices } from "../../support/use-vestibule.ts";

const BY = { actor: "test", reason: "called back" };

describe("a confirmed mobile number", function () {
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
  const validFrom = () => desk.validFrom(user);
  const events = (whom = user) => desk.events(whom);
  const request = (to: string) => desk.request(user, to);

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
      expect(await desk.enrol(fresh, mine, false)).to.equal("accepted");
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
      const attempts = [];
      for (const to of numbers) {
        const code = await lastCode(database, to);
        attempts.push({ type: "new-sms", binding: `tab of ${to}`, replaces: false, code } as const);
      }
      const results = await Promise.all(attempts.map((attempt) => tryCode(services, fresh, attempt)));
      expect(results.sort()).to.deep.equal(["accepted", "used meanwhile"]);
      expect((await events(fresh)).map(({ type }) => type)).to.deep.equal(["number.confirmed"]);
    });
  });

  describe("T38 whose phone is lost", () => {
    it("becomes a request: nothing is sent to the new number, mail and old phone are notified", async () => {
      const next = newNumber();
      expect(await request(next)).to.deep.equal({ type: "requested" });
      expect(await stored()).to.deep.include({
        number,
        state: "confirmed",
        enteredBy: "user",
        pendingNumber: next,
      });
      expect(await kinds()).to.deep.equal(["sms"]);
      expect(await sentSms(database, next)).to.have.length(0);
      expect((await sentSms(database, number))[0]?.body).to.contain("your password was used to request");
      expect(await desk.mails()).to.deep.equal(["A new mobile number was requested"]);
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
      expect(await desk.mails()).to.have.length(1);
    });

    it("is not requested to be the same, nor by a user who has none", async () => {
      expect(await request(number)).to.deep.equal({ type: "same" });
      const fresh = await makeUser(services, user.office);
      expect(await service().requestPending(personOf(fresh), newNumber(), justProved())).to.deep.equal({
        type: "refused",
      });
      await giveNumber(services, fresh, { state: "unconfirmed" });
      expect(await service().requestPending(personOf(fresh), newNumber(), justProved())).to.deep.equal({
        type: "refused",
      });
    });

    it("is approved by another person: then codes go to the new number, and all sessions have ended", async () => {
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
      expect(await desk.mails()).to.deep.equal([
        "A new mobile number was requested",
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

    it("keeps its number when the owner says that it was not them", async () => {
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
      expect(await desk.mails()).to.have.length(16);
    });
  });
});

import { expect } from "chai";
import { spend } from "../../support/codes.ts";
import { newCode } from "../../../src/domain/factors/sent-code.ts";
import { asOwner } from "../../support/database.ts";
import {
  bindingOf,
  giveNumber,
  lastCode,
  makeSmsUser,
  newNumber,
  otherThan,
  personOf,
  send,
  sentSms,
  tryCode,
  VISITOR,
} from "../../support/mobile-numbers.ts";
import { makeUser, type TestUser } from "../../support/people.ts";
import { clearGuard, giveApp, guardOf } from "../../support/second-factor.ts";
import { MINUTE, SECOND, travel } from "../../support/time.ts";
import { useServices } from "../../support/use-vestibule.ts";

describe("a code by text message", function () {
  this.timeout(60_000);
  const { services, database } = useServices();
  let user: TestUser;
  let number: string;

  beforeEach(async () => {
    ({ user, number } = await makeSmsUser(services));
  });

  const tryIt = (code: string, binding = bindingOf(user)) =>
    tryCode(services, user, { type: "sms", code, binding });
  const failedAttempts = async () => (await guardOf({ database }, user)).failed_attempts;

  it("T29 is six digits, each as likely as the other at every place, in ten thousand draws", () => {
    const draws = Array.from({ length: 10_000 }, () => newCode());
    expect(draws.every((code) => /^[0-9]{6}$/.test(code))).to.equal(true);
    expect(draws.some((code) => code.startsWith("0"))).to.equal(true);
    for (let place = 0; place < 6; place += 1) {
      const counts = Array.from(
        { length: 10 },
        (_, digit) => draws.filter((code) => code.charAt(place) === String(digit)).length,
      );
      const chi = counts.reduce((sum, count) => sum + (count - 1_000) ** 2 / 1_000, 0);
      // Nine degrees of freedom: above 45 once in a million.
      expect(chi, `place ${String(place)}`).to.be.below(45);
    }
  });

  it("T29 is sent once, says what it is for, and names the site on its last line", async () => {
    const result = await send(services, user, { number });
    expect(result.type).to.equal("sent");
    const [sms] = await sentSms(database, number);
    expect(sms?.body).to.equal(
      `${sms?.code ?? ""} is your Vestibule verification code. It is valid for 5 minutes.\n\n@localhost #${sms?.code ?? ""}`,
    );
    expect(await tryIt(sms?.code ?? "")).to.equal("accepted");
    expect(await tryIt(sms?.code ?? ""), "once more").to.equal("used");
  });

  it("T29 comes in the language of its reader", async () => {
    await send(services, user, { number, user: { ...personOf(user), language: "nl" } });
    const [sms] = await sentSms(database, number);
    expect(sms?.body).to.contain("is uw verificatiecode voor Vestibule. De code is 5 minuten geldig.");
  });

  it("T29 is right until five minutes have gone", async () => {
    await send(services, user, { number });
    const code = await lastCode(database, number);
    travel(5 * MINUTE + SECOND);
    expect(await tryIt(code)).to.equal("late");
    await send(services, user, { number, isResend: true });
    travel(5 * MINUTE - SECOND);
    expect(await tryIt(await lastCode(database, number))).to.equal("accepted");
  });

  it("T29 is not in the database in clear, nor as a hash without the installation's key", async () => {
    await send(services, user, { number });
    const code = await lastCode(database, number);
    const rows = await asOwner<{ row: string; hash: Buffer }>(
      database,
      "select c::text as row, c.hash from sent_codes c where user_id = $1",
      [user.id],
    );
    expect(rows).to.have.length(1);
    expect(rows[0]?.row).to.not.match(new RegExp(`(?<![0-9a-f])${code}(?![0-9a-f])`));
    expect(rows[0]?.row, "the sign-in's uid").to.not.contain(bindingOf(user));
    expect(rows[0]?.hash).to.have.length(32);
  });

  it("T30 is guessed three times at most, also by forty requests at once, and then the right one is refused", async () => {
    await send(services, user, { number });
    const code = await lastCode(database, number);
    const four = await Promise.all([1, 2, 3, 4].map((by) => tryIt(otherThan(code, by))));
    expect(four.filter((type) => type === "wrong")).to.have.length(3);
    expect(await tryIt(code), "the right one").to.equal("refused");
    await clearGuard({ database }, user);
    const forty = await Promise.all(Array.from({ length: 40 }, (_, by) => tryIt(otherThan(code, by + 1))));
    expect(forty.filter((type) => type === "wrong")).to.have.length(3);
    expect(forty.filter((type) => type === "refused")).to.have.length(37);
    expect(await tryIt(code), "the right one").to.equal("refused");
  });

  it("T41 is used once by ten requests at once", async () => {
    await send(services, user, { number });
    const code = await lastCode(database, number);
    const look = await services.secondFactor.codes.check(
      personOf(user),
      { type: "sms", code, binding: bindingOf(user) },
      VISITOR,
    );
    const use = () =>
      services.database.inOffice(user.office.id, (tx) =>
        look.type === "accepted" ? spend(services, user, { tx, code: look }) : expect.fail(look.type),
      );
    const spent = await Promise.all(Array.from({ length: 10 }, use));
    expect(spent.filter((isSpent) => isSpent)).to.have.length(1);
  });

  it("T31 is dead when a newer one was sent, and the failed attempts stay", async () => {
    await send(services, user, { number });
    const first = await lastCode(database, number);
    expect(await tryIt(otherThan(first))).to.equal("wrong");
    travel(31 * SECOND);
    expect((await send(services, user, { number, isResend: true })).type).to.equal("sent");
    const second = await lastCode(database, number);
    expect(await failedAttempts()).to.equal(1);
    expect(await tryIt(first === second ? otherThan(second) : first), "the older one").to.equal("superseded");
    expect(await failedAttempts()).to.equal(2);
    expect(await tryIt(second)).to.equal("accepted");
    expect(await failedAttempts()).to.equal(0);
  });

  it("T31 is sent again after 30, 60 and 120 seconds, four times in all", async () => {
    expect((await send(services, user, { number })).type).to.equal("sent");
    for (const wait of [30, 60, 120]) {
      travel((wait - 1) * SECOND);
      const early = await send(services, user, { number, isResend: true });
      expect(early.type, `${String(wait)} s`).to.equal("wait");
      travel(2 * SECOND);
      expect((await send(services, user, { number, isResend: true })).type, `${String(wait)} s`).to.equal(
        "sent",
      );
    }
    travel(MINUTE * 3);
    expect(await send(services, user, { number, isResend: true })).to.deep.equal({
      type: "stopped",
      by: "interaction",
    });
    expect(await sentSms(database, number)).to.have.length(4);
  });

  it("T31 says when the next one may be sent, and what was sent", async () => {
    await send(services, user, { number });
    const { smsSender } = services.secondFactor;
    const state = await smsSender.stateOf({
      user: personOf(user),
      binding: bindingOf(user),
      purpose: "sign-in",
    });
    expect(state).to.deep.include({ to: number, sends: 1 });
    expect((state?.resendAt.getTime() ?? 0) - (state?.sentAt.getTime() ?? 0)).to.equal(30 * SECOND);
    expect((state?.expiresAt.getTime() ?? 0) - (state?.sentAt.getTime() ?? 0)).to.equal(5 * MINUTE);
    expect(state?.messageId).to.match(/^[0-9a-f-]{36}$/);
    const wait = await send(services, user, { number, isResend: true });
    expect(wait).to.deep.equal({ type: "wait", until: state?.resendAt });
    expect(await smsSender.stateOf({ user: personOf(user), binding: "other", purpose: "sign-in" })).to.equal(
      null,
    );
  });

  it("T33 is one message for ten loads of the page at once, and for every later load", async () => {
    const loads = await Promise.all(Array.from({ length: 10 }, () => send(services, user, { number })));
    expect(loads.filter(({ type }) => type === "sent")).to.have.length(1);
    expect(loads.filter(({ type }) => type === "already-sent")).to.have.length(9);
    travel(10 * MINUTE);
    expect((await send(services, user, { number })).type).to.equal("already-sent");
    expect(await sentSms(database, number)).to.have.length(1);
  });

  it("T33 is one message for ten clicks on Resend at once", async () => {
    await send(services, user, { number });
    travel(31 * SECOND);
    const clicks = await Promise.all(
      Array.from({ length: 10 }, () => send(services, user, { number, isResend: true })),
    );
    expect(clicks.filter(({ type }) => type === "sent")).to.have.length(1);
    expect(clicks.filter(({ type }) => type === "already-sent")).to.have.length(9);
  });

  it("is not sent while the account is blocked or frozen", async () => {
    await send(services, user, { number });
    const code = await lastCode(database, number);
    for (let tries = 1; tries <= 3; tries += 1) {
      await tryIt(otherThan(code, tries));
    }
    travel(MINUTE);
    expect(await send(services, user, { number, isResend: true })).to.deep.equal({ type: "blocked" });
    expect(await send(services, user, { number, binding: "another" })).to.deep.equal({ type: "blocked" });
    travel(15 * MINUTE);
    expect((await send(services, user, { number, isResend: true })).type, "after the block").to.equal("sent");
    await asOwner(
      database,
      "update second_factor_guard set failed_since_success = 50, blocked_until = null where user_id = $1",
      [user.id],
    );
    expect(await send(services, user, { number, binding: "frozen" })).to.deep.equal({ type: "blocked" });
  });

  describe("T20 fits only what it was made for", () => {
    it("not another sign-in", async () => {
      await send(services, user, { number });
      await send(services, user, { number, binding: "sign-in-2" });
      const [second, first] = await sentSms(database, number);
      const other = first?.code === second?.code ? otherThan(first?.code ?? "") : (first?.code ?? "");
      expect(await tryIt(other, "sign-in-2")).to.equal("wrong");
      expect(await failedAttempts()).to.equal(1);
      expect(await tryIt(second?.code ?? "", "sign-in-2")).to.equal("accepted");
    });

    it("not a sign-in that none was sent for", async () => {
      await send(services, user, { number });
      expect(await tryIt(await lastCode(database, number), "sign-in-2")).to.equal("wrong");
      expect(await failedAttempts()).to.equal(1);
    });

    it("not another user, also in the same sign-in", async () => {
      const thief = await makeUser(services, user.office);
      await giveNumber(services, thief);
      await send(services, user, { number });
      const code = await lastCode(database, number);
      expect(await tryCode(services, thief, { type: "sms", code, binding: bindingOf(user) })).to.equal(
        "wrong",
      );
      expect((await guardOf({ database }, thief)).failed_attempts).to.equal(1);
      expect(await failedAttempts(), "of its owner").to.equal(0);
    });

    it("not another purpose", async () => {
      await send(services, user, { number: newNumber(), purpose: "enrol", replaces: true });
      const [enrol] = await sentSms(database);
      expect(await tryIt(enrol?.code ?? "")).to.equal("wrong");
      expect(await failedAttempts()).to.equal(1);
      await send(services, user, { number, binding: "sign-in-3" });
      const attempt = {
        type: "new-sms",
        code: await lastCode(database, number),
        binding: "sign-in-3",
      } as const;
      expect(await tryCode(services, user, { ...attempt, replaces: true })).to.equal("wrong");
      expect(await failedAttempts()).to.equal(2);
    });

    it("not another number: one that is no longer the user's is worth nothing", async () => {
      await send(services, user, { number });
      const code = await lastCode(database, number);
      await asOwner(database, "update mobile_numbers set number = $2 where user_id = $1", [
        user.id,
        newNumber(),
      ]);
      expect(await tryIt(code)).to.equal("wrong");
      expect(await failedAttempts()).to.equal(1);
    });

    it("not the number before in an enrolment", async () => {
      const enrolling = await makeUser(services, user.office);
      const [one, other] = [newNumber(), newNumber()];
      await send(services, enrolling, { number: one, purpose: "enrol" });
      const first = await lastCode(database, one);
      expect((await send(services, enrolling, { number: other, purpose: "enrol" })).type).to.equal("sent");
      const second = await lastCode(database, other);
      const attempt = { type: "new-sms", binding: bindingOf(enrolling), replaces: false } as const;
      expect(
        await tryCode(services, enrolling, { ...attempt, code: first === second ? otherThan(first) : first }),
      ).to.equal("wrong");
      expect(await tryCode(services, enrolling, { ...attempt, code: second })).to.equal("accepted");
      expect(await services.secondFactor.numberService.find(personOf(enrolling))).to.deep.include({
        number: other,
        state: "confirmed",
      });
    });
  });

  it("T21 T42 shares its three tries with the app and the recovery codes, whatever is typed where", async () => {
    const { codes } = await giveApp(services, user);
    await send(services, user, { number });
    const code = await lastCode(database, number);
    const elsewhere = { binding: "test", code };
    expect(await tryCode(services, user, { type: "totp", ...elsewhere })).to.equal("wrong");
    expect(await failedAttempts()).to.equal(1);
    expect(await tryIt(codes[0] ?? ""), "a recovery code in the field of the text message").to.equal("wrong");
    expect(await failedAttempts()).to.equal(2);
    expect(await tryCode(services, user, { type: "recovery", ...elsewhere })).to.equal("wrong");
    expect(await tryIt(code), "the right one").to.equal("refused");
  });

  it("T42 is one code: spaces may stand in it, a list may not", async () => {
    await send(services, user, { number });
    const code = await lastCode(database, number);
    expect(await tryIt(`${code},${otherThan(code)}`)).to.equal("wrong");
    expect(await tryIt(`${code.slice(0, 3)} ${code.slice(3)}`)).to.equal("accepted");
  });

  it("T47 does not forget failed attempts with a new sign-in, a resend or another method", async () => {
    await send(services, user, { number });
    await tryIt(otherThan(await lastCode(database, number)));
    travel(31 * SECOND);
    await send(services, user, { number, isResend: true });
    await tryIt(otherThan(await lastCode(database, number)));
    await send(services, user, { number, binding: "sign-in-2" });
    expect(await tryCode(services, user, { type: "totp", binding: "", code: "123456" })).to.equal("wrong");
    expect(await tryIt(await lastCode(database, number), "sign-in-2")).to.equal("refused");
  });
});

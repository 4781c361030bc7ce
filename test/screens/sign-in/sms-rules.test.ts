import { now } from "../../../src/kernel/clock.ts";
import { expect } from "chai";
import { countArgon2 } from "../../support/argon2-jobs.ts";
import { asOwner } from "../../support/database.ts";
import type { Page } from "../../support/http-browser.ts";
import {
  giveNumber,
  makeSmsOffice,
  newNumber,
  otherThan,
  sentSms,
  VISITOR,
} from "../../support/mobile-numbers.ts";
import { BY_HAND } from "../../support/outbox.ts";
import { makeUser, type TestUser } from "../../support/people.ts";
import {
  changeOffice,
  clearGuard,
  codesOn,
  giveApp,
  guardOf,
  hasCode,
  sayLost,
  sendForm,
  sibling,
  wrongCode,
} from "../../support/second-factor.ts";
import { SECOND, travel } from "../../support/time.ts";
import { totpNow } from "../../support/totp.ts";
import { useVestibule } from "../../support/use-vestibule.ts";
import { smsSignIn } from "../../support/sms-sign-in.ts";
import { useResource } from "../../support/suite-resource.ts";

describe("what a code by text message is good for", () => {
  const vestibule = useVestibule({ settings: BY_HAND, application: {} });
  const { services } = vestibule;
  const office = useResource(() => makeSmsOffice(services));

  const { codes, code, userWithNumber, arrive, at, openPage } = smsSignIn(vestibule, office);
  const isRefused = (page: Page) => page.status === 400 && /is incorrect/.test(page.body);
  const toEntry = async (user: TestUser) => {
    const { browser, page } = await arrive(user);
    return { browser, entry: await sendForm(browser, page, { method: "sms" }) };
  };

  it("T20 works in the sign-in that it was sent for and in no other", async () => {
    const { user, number } = await userWithNumber();
    const first = await arrive(user);
    const ofFirst = await code(number);
    const second = await arrive(user);
    const ofSecond = await code(number);
    expect(isRefused(await sendForm(second.browser, second.page, { code: ofFirst }))).to.equal(
      ofFirst !== ofSecond,
    );
    expect(hasCode(await sendForm(first.browser, first.page, { code: ofFirst }))).to.equal(true);
  });

  it("T20 works for the user that it was sent for and for no other", async () => {
    const [anna, bert] = [await userWithNumber(), await userWithNumber()];
    const ofAnna = await arrive(anna.user);
    const ofBert = await arrive(bert.user);
    const code = (await codes(bert.number))[0] ?? "";
    if (code !== (await codes(anna.number))[0]) {
      expect(isRefused(await sendForm(ofAnna.browser, ofAnna.page, { code }))).to.equal(true);
    }
    expect(hasCode(await sendForm(ofBert.browser, ofBert.page, { code }))).to.equal(true);
  });

  it("T20 sent to prove a new number, does not prove the confirmed one", async () => {
    const { user, number } = await userWithNumber();
    const { browser, page } = await arrive(user);
    const uid = /interaction\/([^/]+)/.exec(page.url)?.[1] ?? "";
    const other = newNumber();
    const contact = { ...user, officeId: user.office.id, name: "Sanne", mail: null, language: "en" };
    const wish = { user: contact, binding: uid, purpose: "enrol", to: other, visitor: VISITOR } as const;
    await services.secondFactor.smsSender.sendCode({ ...wish, isResend: false, replaces: true });
    const ofOther = await code(other);
    expect(ofOther).to.match(/^\d{6}$/);
    const right = await code(number);
    if (ofOther !== right) {
      expect(isRefused(await sendForm(browser, page, { code: ofOther }))).to.equal(true);
    }
    expect(hasCode(await sendForm(browser, page, { code: right }))).to.equal(true);
  });

  it("T21 is no code of the app and no recovery code, nor are those it; each costs exactly one try", async () => {
    const { user, number } = await userWithNumber();
    const app = await giveApp(services, user);
    const { browser, page } = await arrive(user);
    const sms = await openPage(browser, page, "challenge-sms");
    const right = await code(number);
    const tries: [string, Record<string, string>][] = [
      ["challenge-totp", { code: right }],
      ["recovery-code", { recoveryCode: right }],
    ];
    for (const [index, [name, fields]] of tries.entries()) {
      await sendForm(browser, await openPage(browser, page, name), { ...fields, method: "sms" });
      expect((await guardOf(vestibule, user)).failed_attempts, name).to.equal(index + 1);
    }
    expect(hasCode(await sendForm(browser, sms, { code: right }))).to.equal(true);
    const again = await arrive(user);
    const page2 = await openPage(again.browser, again.page, "challenge-sms");
    expect((await sendForm(again.browser, page2, { code: app.codes[0] ?? "" })).status).to.equal(400);
    expect((await guardOf(vestibule, user)).failed_attempts).to.equal(1);
  });

  it("T21 is neither sent to nor taken from a user who has the app alone", async () => {
    const user = await makeUser(services, office);
    await giveApp(services, user);
    const { browser, page } = await arrive(user);
    expect((await openPage(browser, page, "challenge-sms")).location).to.match(/challenge-totp$/);
    const posted = await browser.post(sibling(page, "challenge-sms"), { method: "sms", code: "123456" });
    expect(hasCode(posted)).to.equal(false);
    expect((await guardOf(vestibule, user)).failed_attempts).to.equal(0);
  });

  it("T33 is sent once, and not for a look that nobody sees: HEAD, a page that is loaded ahead, a reload", async () => {
    const user = await makeUser(services, office);
    await giveApp(services, user);
    const number = await giveNumber(services, user);
    const { browser, page } = await arrive(user);
    const address = sibling(page, "challenge-sms");
    await browser.send(address, { method: "HEAD" });
    for (const headers of [
      { "sec-purpose": "prefetch;prerender" },
      { purpose: "prefetch" },
      { "x-moz": "prefetch" },
    ]) {
      await browser.get(address, { headers });
    }
    expect(await codes(number)).to.have.length(0);
    await Promise.all(Array.from({ length: 10 }, () => browser.get(address)));
    await browser.get(`${address}/status`);
    expect(await codes(number)).to.have.length(1);
  });

  it("T34 goes to no number that costs or cannot be read, and says why", async () => {
    const user = await makeUser(services, office);
    const { browser, entry } = await toEntry(user);
    const before = await sentSms(vestibule.database);
    const typed: [string, RegExp][] = [
      ["+31612345678;ext=99", /number/],
      ["06-CALL-ME-NOW", /number/],
      ["1".repeat(40), /number/],
      ["+882 16 12345678", /number|country/],
      ["+883 5100 12345678", /number|country/],
      ["0900 1234", /number/],
      ["1234", /number/],
      ["+1 202 555 0123", /country|number/],
      ["+7 912 345 67 89", /country/],
      ["010 123 45 67", /mobile/],
    ];
    for (const [number, says] of typed) {
      const page = await sendForm(browser, entry, { number });
      expect(page.status, number).to.equal(400);
      expect(/<p class="wrong"[^>]*>.*?<span>([^<]*)</.exec(page.body)?.[1], number).to.match(says);
    }
    expect(await sentSms(vestibule.database)).to.have.length(before.length);
  });

  const stops: Readonly<Record<string, [string, string]>> = {
    number: ["sms-number-hour", "Too many text messages were sent to this number."],
    account: ["sms-account", "Too many text messages were sent for your account today."],
    address: ["sms-address", "Too many text messages were requested from your network."],
    prefix: ["sms-prefix", "Too many text messages were sent to numbers like this one."],
    office: ["sms-office", "Your office has reached its limit of text messages for today."],
  };
  for (const [stop, [scope, says]] of Object.entries(stops)) {
    it(`T34 is stopped by the budget of the ${stop}: the page says so, and app and recovery code still work`, async () => {
      const own = await makeSmsOffice(services);
      const user = await makeUser(services, own);
      const app = await giveApp(services, user);
      const number = await giveNumber(services, user);
      const first = await arrive(user);
      await openPage(first.browser, first.page, "challenge-sms");
      // As if as many had gone out as may.
      await asOwner(vestibule.database, "update rate_limits set used = 1000000 where scope = $1", [scope]);
      const { browser, page } = await arrive(user);
      const stopped = await openPage(browser, page, "challenge-sms");
      expect(stopped.body).to.include(says).and.include("You can also use a recovery code");
      expect(stopped.body).to.include(`No text message has been sent`);
      expect(await codes(number)).to.have.length(1);
      const recovered = await sendForm(
        first.browser,
        await openPage(first.browser, first.page, "recovery-code"),
        {
          recoveryCode: app.codes[0] ?? "",
        },
      );
      expect(at(recovered)).to.equal("recovered");
      expect(hasCode(await sendForm(browser, page, { code: totpNow(app.secret) }))).to.equal(true);
      await asOwner(vestibule.database, "delete from rate_limits where scope = $1", [scope]);
    });
  }

  it("T34 goes to no country that the office has taken off its list since", async () => {
    const own = await makeSmsOffice(services);
    const user = await makeUser(services, own);
    const number = await giveNumber(services, user);
    await changeOffice(services, own, { countries: ["BE"] });
    const { page } = await arrive(user);
    expect(page.body).to.include("Your office does not send text messages to this country.");
    expect(await codes(number)).to.have.length(0);
  });

  it("T41 T42 T43 a user of text messages has six recovery codes: each works once, counts with the rest and is reported", async () => {
    const user = await makeUser(services, office);
    const number = newNumber();
    const { browser, entry } = await toEntry(user);
    const shown = await sendForm(browser, await sendForm(browser, entry, { number }), {
      code: await code(number),
    });
    const [first = "", second = ""] = codesOn(shown);
    expect(shown.body)
      .to.include("Set up your mobile number again.")
      .and.not.include("authenticator app again");
    expect(hasCode(await sendForm(browser, shown, { saved: "yes" }))).to.equal(true);
    const one = await arrive(user);
    const recovered = await sendForm(one.browser, await openPage(one.browser, one.page, "recovery-code"), {
      recoveryCode: first,
    });
    expect(recovered.body)
      .to.include("You have 5 left.")
      .and.match(/Do you still have your number \+31[^?]*\?/);
    const chosen = await sayLost(one.browser, recovered);
    const entered = await sendForm(one.browser, chosen, { method: "sms" });
    expect(at(entered)).to.equal("enter-number");
    expect(entered.body, "said once").to.not.include("You have 5 left.");
    const two = await arrive(user);
    const recovery = await openPage(two.browser, two.page, "recovery-code");
    expect((await sendForm(two.browser, recovery, { recoveryCode: first })).status, "again").to.equal(400);
    await sendForm(two.browser, recovery, { recoveryCode: "00000000" });
    await sendForm(two.browser, two.page, { code: otherThan(await code(number)) });
    expect((await guardOf(vestibule, user)).failed_attempts, "without the used one").to.equal(2);
    expect(hasCode(await sendForm(two.browser, recovery, { recoveryCode: second }))).to.equal(false);
  });

  it("T41 one of ten uses at once of one recovery code lets a user of text messages on", async () => {
    const { user, doors, codes: recovery } = await atRecovery(10);
    const answers = await Promise.all(doors.map((enter) => enter(recovery[0] ?? "")));
    // Ten tries at once are three looks; the others find the account blocked or the code used.
    expect(answers.filter((page) => at(page) === "recovered")).to.have.length(1);
    expect(answers.filter(hasCode)).to.deep.equal([]);
    const sql = "select 1 from recovery_codes where user_id = $1 and used_at is not null";
    expect(await asOwner(vestibule.database, sql, [user.id])).to.have.length(1);
    await clearGuard(vestibule, user);
    const { browser, page } = await arrive(user);
    const later = await openPage(browser, page, "recovery-code");
    expect((await sendForm(browser, later, { recoveryCode: recovery[0] ?? "" })).status).to.equal(400);
  });

  it("T44 a recovery code costs a user of text messages one derivation, whether right, wrong or none at all", async () => {
    const { doors, codes: recovery } = await atRecovery(3);
    const costs: number[] = [];
    for (const [index, typed] of ["00000000", "1234", recovery[5] ?? ""].entries()) {
      costs.push((await countArgon2(async () => doors[index]?.(typed))).jobs);
    }
    expect(costs).to.deep.equal([1, 0, 1]);
  });

  /** A user of text messages and six codes, in browsers that are all on the page for recovery codes. */
  const atRecovery = async (browsers: number) => {
    const { user } = await userWithNumber();
    const { secondFactor, database } = services;
    const { codes: made, save } = await secondFactor.recoveryCodes.prepare();
    const person = { id: user.id, officeId: user.office.id };
    await database.inOffice(person.officeId, (tx) => save(tx, person, now()));
    const doors: ((recoveryCode: string) => Promise<Page>)[] = [];
    for (let index = 0; index < browsers; index += 1) {
      const { browser, page } = await arrive(user);
      const form = await openPage(browser, page, "recovery-code");
      doors.push((recoveryCode) => sendForm(browser, form, { recoveryCode }));
    }
    return { user, doors, codes: made };
  };

  it("T47 two wrong codes of the app, another method, another browser, one wrong text message: blocked", async () => {
    const user = await makeUser(services, office);
    const app = await giveApp(services, user);
    const number = await giveNumber(services, user);
    const { browser, page } = await arrive(user);
    await sendForm(browser, page, { code: wrongCode(app.secret) });
    await sendForm(browser, page, { code: wrongCode(app.secret) });
    const other = await arrive(user);
    const sms = await openPage(other.browser, other.page, "challenge-sms");
    travel(31 * SECOND);
    await sendForm(other.browser, sms, { resend: "1" });
    const sent = (await codes(number)).length;
    expect(at(await sendForm(other.browser, sms, { code: otherThan(await code(number)) }))).to.equal(
      "blocked",
    );
    expect(at(await arrive(user).then((next) => next.page))).to.equal("blocked");
    expect(await codes(number)).to.have.length(sent);
  });
});

import { expect } from "chai";
import { readableNumber } from "../../../src/domain/factors/mobile-number.ts";
import { App, expectOn, openAccount, pathOf, send } from "../../support/account.ts";
import { asOwner } from "../../support/database.ts";
import type { Page } from "../../support/http-browser.ts";
import { mailsTo } from "../../support/mailbox.ts";
import {
  BY_SMS,
  giveNumber,
  lastCode,
  newNumber,
  otherThan,
  personOf,
  sentSms,
} from "../../support/mobile-numbers.ts";
import { BY_HAND } from "../../support/outbox.ts";
import { makeOffice, makeUser, type TestUser } from "../../support/people.ts";
import { follow } from "../../support/relying-party.ts";
import {
  changeOffice,
  clearGuard,
  giveApp,
  guardOf,
  keyOf,
  makeStrictOffice,
  REQUIRED,
  pageName,
  sendForm,
} from "../../support/second-factor.ts";
import { MINUTE, travel } from "../../support/time.ts";
import { totpNow } from "../../support/totp.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

describe("the second authentication method on the account page", () => {
  const vestibule = useVestibule({ settings: BY_HAND });
  let people = 0;

  /** A user with the app in an office that accepts both methods, signed in a moment ago. */
  async function enrolledUser() {
    const { services } = vestibule;
    people += 1;
    const mail = `method${String(people)}@mail.example`;
    const office = await makeOffice(services);
    await changeOffice(services, office, { secondFactor: BY_SMS });
    const user = await makeUser(services, office, { mail });
    const { secret } = await giveApp(services, user);
    const browser = vestibule.browser();
    const app = new App(secret);
    return {
      user,
      browser,
      mail,
      open: (path: string) => openAccount(browser, path, { user, app }),
      post: async (page: Page, fields: Readonly<Record<string, string>>) =>
        follow(browser, await send(browser, page, fields)),
    };
  }

  const kinds = async ({ id }: TestUser) =>
    (
      await asOwner<{ kind: string }>(
        vestibule.database,
        "select kind from factors where user_id = $1 order by kind",
        [id],
      )
    ).map(({ kind }) => kind);

  const numberOf = async ({ id }: TestUser) => {
    const [row] = await asOwner<{ number: string; state: string }>(
      vestibule.database,
      "select number, state from mobile_numbers where user_id = $1",
      [id],
    );
    return row ?? null;
  };

  it("T24 switches from the app to text messages: the app ends with the right code and not before", async () => {
    const { user, browser, mail, open, post } = await enrolledUser();
    const number = newNumber();
    const place = await post(await open("/account/method"), { method: "sms" });
    expect(pathOf(place)).to.equal("/account/number");
    const page = await post(place, { number });
    expect(page.body).to.contain(`We have sent a code to ${readableNumber(number)}.`);
    expect(await kinds(user)).to.deep.equal(["totp"]);
    const code = await lastCode(vestibule.database, number);
    expect((await send(browser, page, { code: otherThan(code) })).status).to.equal(400);
    expect([await kinds(user), await numberOf(user)]).to.deep.equal([["totp"], null]);
    expectOn(await post(page, { code }), "/account");
    expect(await kinds(user)).to.deep.equal(["sms"]);
    expect(await numberOf(user)).to.deep.equal({ number, state: "confirmed" });
    const subjects = (await mailsTo(vestibule, mail)).map(({ subject }) => subject);
    expect(subjects).to.include("Your mobile number is confirmed");
  });

  it("T24 switches from text messages to the app, and notifies the old phone", async () => {
    const { user } = await enrolledUser();
    const number = await giveNumber(vestibule.services, user);
    const session = await signedInBySms(user, number);
    const page = await session.open("/account/app");
    expect(await kinds(user)).to.deep.equal(["sms"]);
    expectOn(await session.post(page, { code: totpNow(keyOf(page)) }), "/account");
    expect(await kinds(user)).to.deep.equal(["totp"]);
    expect(await numberOf(user)).to.equal(null);
    const [notice] = await sentSms(vestibule.database, number);
    expect(notice?.body).to.contain("an authenticator app now replaces");
  });

  it("T24 says of a session how it was proved: the text message then, the app from the next sign-in on", async () => {
    const { user } = await enrolledUser();
    const { services } = vestibule;
    const session = await signedInBySms(user, await giveNumber(services, user));
    expect(await provedBy(user)).to.deep.equal([["pwd", "sms", "mfa"]]);
    const page = await session.open("/account/app");
    const secret = keyOf(page);
    expectOn(await session.post(page, { code: totpNow(secret) }), "/account");
    expect(await provedBy(user), "the session goes on as it was proved").to.deep.equal([
      ["pwd", "sms", "mfa"],
    ]);
    travel(MINUTE);
    const app = new App(secret);
    expectOn(await openAccount(vestibule.browser(), "/account", { user, app }), "/account");
    expect(await provedBy(user)).to.deep.equal([
      ["pwd", "sms", "mfa"],
      ["pwd", "otp", "mfa"],
    ]);
    await changeOffice(services, user.office, { secondFactor: { ...BY_SMS, methods: ["totp"] } });
    const asked = await session.open("/account");
    expect(pageName(asked), "where only the app counts, the text message of before does not").to.equal(
      "challenge-totp",
    );
  });

  it("T24 changes the number: the old one gets codes until the new one is proved, and is notified", async () => {
    const { user, open, post } = await enrolledUser();
    const old = await giveNumber(vestibule.services, user);
    const number = newNumber();
    const page = await post(await open("/account/number"), { number });
    expect(await numberOf(user)).to.deep.equal({ number: old, state: "confirmed" });
    await post(page, { code: await lastCode(vestibule.database, number) });
    expect(await numberOf(user)).to.deep.equal({ number, state: "confirmed" });
    expect(await kinds(user), "who had both keeps both").to.deep.equal(["sms", "totp"]);
    expect((await sentSms(vestibule.database, old))[0]?.body).to.contain("instead of this phone");
  });

  it("T24 sends nothing and changes nothing when the sign-in is five minutes old", async () => {
    const { user, browser, open, post } = await enrolledUser();
    const number = newNumber();
    const entry = await open("/account/number");
    const page = await post(entry, { number });
    const code = await lastCode(vestibule.database, number);
    travel(5 * MINUTE);
    const other = newNumber();
    for (const fields of [{ code }, { number: other }, { resend: "1" }]) {
      expect((await send(browser, page, fields)).location).to.match(/\/authorize\?.*max_age=/);
    }
    expect(await sentSms(vestibule.database, other)).to.deep.equal([]);
    expect(await kinds(user)).to.deep.equal(["totp"]);
  });

  it("accepts a code for the number only that it was sent to, whatever the form says", async () => {
    const { user, browser, open, post } = await enrolledUser();
    const [first, second] = [newNumber(), newNumber()];
    const page = await post(await open("/account/number"), { number: first });
    const code = await lastCode(vestibule.database, first);
    await post(await open("/account/number?other=1"), { number: second });
    const answered = await send(browser, page, { code, mobile: first, to: first });
    expect(answered.status).to.equal(400);
    expect([await kinds(user), await numberOf(user)]).to.deep.equal([["totp"], null]);
  });

  it("sends one message for one number, and another only after the wait, and then says that the first code is dead", async () => {
    const { browser, open, post } = await enrolledUser();
    const number = newNumber();
    const page = await post(await open("/account/number"), { number });
    for (let loads = 0; loads < 3; loads += 1) {
      await browser.get("/account/number");
    }
    expect((await send(browser, page, { resend: "1" })).status).to.equal(400);
    expect(await sentSms(vestibule.database, number)).to.have.lengthOf(1);
    expect((await browser.get("/account/number")).body).to.not.contain("New code sent.");
    travel(MINUTE);
    const again = await post(page, { resend: "1" });
    expect(again.body).to.contain("New code sent. The previous one no longer works.");
    expect(await sentSms(vestibule.database, number)).to.have.lengthOf(2);
  });

  it("T34 sends to no number that the office does not allow", async () => {
    const { browser, open } = await enrolledUser();
    const page = await open("/account/number");
    for (const number of ["+882 16 12345678", "112", "+1 202 555 0100", "020 123 4567", "06 1", "", "x"]) {
      expect((await send(browser, page, { number })).status, number).to.equal(400);
    }
    const before = await sentSms(vestibule.database);
    expect(before.filter(({ to }) => !to.startsWith("+31"))).to.deep.equal([]);
  });

  it("T48 sends no message and accepts no code while the account is blocked", async () => {
    const { user, browser, open, post } = await enrolledUser();
    const number = newNumber();
    const page = await post(await open("/account/number"), { number });
    const code = await lastCode(vestibule.database, number);
    for (const by of [1, 2, 3]) {
      await send(browser, page, { code: otherThan(code, by) });
    }
    const blocked = await guardOf(vestibule, user);
    expect(blocked.failed_attempts).to.equal(3);
    expect((await send(browser, page, { code })).status).to.equal(400);
    const other = newNumber();
    expect((await send(browser, page, { number: other })).status).to.equal(400);
    expect(await sentSms(vestibule.database, other)).to.deep.equal([]);
    expect([await kinds(user), await numberOf(user)]).to.deep.equal([["totp"], null]);
    expect(await guardOf(vestibule, user)).to.deep.equal(blocked);
    await clearGuard(vestibule, user);
  });

  it("T25 refuses 'off', and every method that the office does not accept", async () => {
    const { services } = vestibule;
    const user = await makeUser(services, await makeStrictOffice(services));
    const app = new App((await giveApp(services, user)).secret);
    const browser = vestibule.browser();
    const page = await openAccount(browser, "/account/method", { user, app });
    for (const method of ["off", "none", "", "sms", "email", "recovery"]) {
      const answered = await send(browser, page, { method });
      expect(answered.status, method).to.equal(400);
    }
    expect((await browser.get("/account/number")).status).to.equal(404);
    expect((await send(browser, page, {})).status).to.equal(400);
    // A form from when the office still accepted it.
    await changeOffice(services, user.office, { secondFactor: BY_SMS });
    const form = await openAccount(browser, "/account/number", { user, app });
    await changeOffice(services, user.office, { secondFactor: REQUIRED });
    expect((await send(browser, form, { number: newNumber() })).status).to.equal(404);
    expect(await kinds(user)).to.deep.equal(["totp"]);
  });

  /** A session that was proved by a text message: an app is lost first. */
  async function signedInBySms(user: TestUser, number: string) {
    const { services, database } = vestibule;
    await services.database.inOffice(user.office.id, (tx) =>
      services.secondFactor.factors.remove(tx, personOf(user), "totp"),
    );
    const browser = vestibule.browser();
    const challenge = await openAccount(browser, "/account", { user });
    expect(pageName(challenge)).to.equal("challenge-sms");
    expectOn(await sendForm(browser, challenge, { code: await lastCode(database, number) }), "/account");
    return {
      browser,
      open: (path: string) => openAccount(browser, path, { user }),
      post: async (page: Page, fields: Readonly<Record<string, string>>) =>
        follow(browser, await send(browser, page, fields)),
    };
  }

  const provedBy = async ({ id }: TestUser) => {
    const text = `select payload -> 'amr' as amr from oidc_models where kind = 1 and account_id = $1
                  order by (payload ->> 'loginTs')::float8`;
    return (await asOwner<{ amr: string[] }>(vestibule.database, text, [id])).map(({ amr }) => amr);
  };
});

describe("the mobile number on the account page, where no text messages are sent", () => {
  const vestibule = useVestibule({ settings: { ...BY_HAND, VESTIBULE_SMS_GATEWAY: "none" } });

  it("is a page that says so in place of a form that would be refused", async () => {
    const { services } = vestibule;
    const office = await makeOffice(services);
    await changeOffice(services, office, { secondFactor: BY_SMS });
    const user = await makeUser(services, office);
    const app = new App((await giveApp(services, user)).secret);
    const browser = vestibule.browser();
    const page = await openAccount(browser, "/account/number", { user, app });
    expect(page.body).to.contain("Text messages are not available here").and.not.contain('name="number"');
    const method = await openAccount(browser, "/account/method", { user, app });
    const sent = await browser.post(page.url, { _csrf: csrfOf(method), number: newNumber() });
    expect(sent.status, "the token of another page").to.equal(403);
  });
});

const csrfOf = ({ body }: Page): string => /name="_csrf" value="([^"]*)"/.exec(body)?.[1] ?? "";

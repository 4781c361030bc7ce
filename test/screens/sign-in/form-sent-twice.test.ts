import { expect } from "chai";
import { Client } from "pg";
import { epochSeconds, now } from "../../../src/kernel/clock.ts";
import { asOwner } from "../../support/database.ts";
import { eventually } from "../../support/eventually.ts";
import type { HttpBrowser, Page } from "../../support/http-browser.ts";
import {
  giveNumber,
  lastCode,
  makeSmsOffice,
  newNumber,
  sentSms,
  storedUser,
} from "../../support/mobile-numbers.ts";
import { useOtherProcess } from "../../support/other-process.ts";
import { BY_HAND } from "../../support/outbox.ts";
import { makeOffice, makeUser, type TestUser } from "../../support/people.ts";
import { authorizationRequest, formAction, hiddenField, openSignIn } from "../../support/relying-party.ts";
import {
  giveApp,
  guardOf,
  keyOf,
  newBrowser,
  passPassword,
  sendForm,
  sibling,
  wrongCode,
  makeStrictUser,
} from "../../support/second-factor.ts";
import { SECOND, travel } from "../../support/time.ts";
import { totpNow } from "../../support/totp.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

const CLEAN = { failed_attempts: 0, failed_since_success: 0, blocked_until: null };

describe("a form of the sign-in that is sent twice at the same moment", function () {
  this.timeout(30_000);
  const vestibule = useVestibule({ settings: BY_HAND, application: {} });
  const { application } = vestibule;
  const other = useOtherProcess(vestibule);

  /** To both processes, as a double click without script does it behind a load balancer; answers where each leads. */
  const twice = async (browser: HttpBrowser, page: Page, fields: Record<string, string>) => {
    const send = (copy: HttpBrowser) =>
      copy.post(formAction(page), { _csrf: hiddenField(page, "_csrf"), ...fields });
    const pages = await Promise.all([send(browser), send(browser.copy(other.port))]);
    return pages.map(({ status, location }) => `${String(status)} ${nameOf(location)}`);
  };
  const nameOf = (location: string) =>
    location.includes("/interaction/") ? (location.split("/").at(-1) ?? "") : "application";
  const twoTo = (name: string) => [`303 ${name}`, `303 ${name}`];

  const eventsOf = async ({ id }: TestUser) =>
    (
      await asOwner<{ type: string }>(
        vestibule.database,
        "select type from audit_events where subject = $1 order by type",
        [id],
      )
    )
      .map(({ type }) => type)
      .filter((type) => !/^(user\.|sms\.sent)/.test(type));
  const strict = async () => {
    const user = await makeStrictUser(vestibule.services);
    const app = await giveApp(vestibule.services, user);
    const browser = newBrowser(vestibule);
    return { user, app, browser, page: await passPassword(browser, application, user) };
  };

  it("goes on twice from the password, and is recorded once", async () => {
    const user = await makeUser(vestibule.services, await makeOffice(vestibule.services));
    const browser = newBrowser(vestibule);
    const page = await openSignIn(browser, authorizationRequest(vestibule.issuer, application));
    const { office, username, password } = user;
    const answers = await twice(browser, page, { officeCode: office.code, username, password });
    expect(answers).to.deep.equal(twoTo("application"));
    expect(await eventsOf(user)).to.deep.equal(["sign-in"]);
  });

  it("goes on twice from the app's code, without a failed attempt", async () => {
    const { user, app, browser, page } = await strict();
    expect(await twice(browser, page, { code: totpNow(app.secret) })).to.deep.equal(twoTo("application"));
    expect(await guardOf(vestibule, user)).to.deep.equal(CLEAN);
    expect(await eventsOf(user)).to.deep.equal(["sign-in"]);
  });

  it("goes on twice from the last try that there is", async () => {
    const { user, app, browser, page } = await strict();
    await sendForm(browser, page, { code: wrongCode(app.secret) });
    await sendForm(browser, page, { code: ` ${wrongCode(app.secret)}` });
    expect(await twice(browser, page, { code: totpNow(app.secret) })).to.deep.equal(twoTo("application"));
    expect(await guardOf(vestibule, user)).to.deep.equal(CLEAN);
    expect(await eventsOf(user)).to.deep.equal(["code.wrong", "code.wrong", "sign-in"]);
  });

  it("goes on twice from a recovery code, and uses one up", async () => {
    const { user, app, browser, page } = await strict();
    const form = await browser.get(sibling(page, "recovery-code"));
    const answers = await twice(browser, form, { recoveryCode: app.codes[0] ?? "" });
    expect(answers).to.deep.equal(twoTo("recovered"));
    expect(await guardOf(vestibule, user)).to.deep.equal(CLEAN);
    expect(await eventsOf(user)).to.deep.equal(["recovery-code.used"]);
  });

  it("goes on twice from a text message's code", async () => {
    const user = await makeUser(vestibule.services, await makeSmsOffice(vestibule.services));
    const number = await giveNumber(vestibule.services, user);
    const browser = newBrowser(vestibule);
    const page = await passPassword(browser, application, user);
    const code = await lastCode(vestibule.database, number);
    expect(await twice(browser, page, { code })).to.deep.equal(twoTo("application"));
    expect(await guardOf(vestibule, user)).to.deep.equal(CLEAN);
  });

  it("sends one text message for two presses of Resend, and leads to the page of its code twice", async () => {
    const user = await makeUser(vestibule.services, await makeSmsOffice(vestibule.services));
    const number = await giveNumber(vestibule.services, user);
    const browser = newBrowser(vestibule);
    const page = await passPassword(browser, application, user);
    // In the database, because two processes look at it.
    await asOwner(vestibule.database, "update sent_codes set resend_at = now() where user_id = $1", [
      user.id,
    ]);
    expect(await twice(browser, page, { resend: "1" })).to.deep.equal(twoTo("challenge-sms"));
    expect(await sentSms(vestibule.database, number)).to.have.length(2);
  });

  it("sends one text message to a number that is entered, and goes on twice through the whole enrolment", async () => {
    const user = await makeUser(vestibule.services, await makeSmsOffice(vestibule.services));
    const number = newNumber();
    const browser = newBrowser(vestibule);
    const choose = await passPassword(browser, application, user);
    expect(await twice(browser, choose, { method: "sms" })).to.deep.equal(twoTo("enter-number"));
    const enter = await browser.get(sibling(choose, "enter-number"));
    expect(await twice(browser, enter, { number })).to.deep.equal(twoTo("enrol-sms"));
    expect(await sentSms(vestibule.database, number)).to.have.length(1);
    const page = await browser.get(sibling(choose, "enrol-sms"));
    const code = await lastCode(vestibule.database, number);
    expect(await twice(browser, page, { code })).to.deep.equal(twoTo("recovery-codes"));
    expect(await guardOf(vestibule, user)).to.deep.equal(CLEAN);
    expect(await eventsOf(user)).to.deep.equal(["factor.enrolled", "number.confirmed"]);
  });

  /** Sends the form, and its duplicate at the moment when the first looks for the code that was sent. */
  async function withDuplicateBetween(browser: HttpBrowser, page: Page, fields: Record<string, string>) {
    const { smsSender } = vestibule.services.secondFactor;
    const stateOf = smsSender.stateOf.bind(smsSender);
    const send = () => browser.post(formAction(page), { _csrf: hiddenField(page, "_csrf"), ...fields });
    const answers: Page[] = [];
    let isFirst = true;
    smsSender.stateOf = async (code) => {
      if (isFirst) {
        isFirst = false;
        answers.push(await send());
      }
      return stateOf(code);
    };
    try {
      answers.push(await send());
    } finally {
      smsSender.stateOf = stateOf;
    }
    return answers.map(({ status, location }) => `${String(status)} ${nameOf(location)}`);
  }

  it("goes on twice also when the first has used the code before the second looks for it", async () => {
    const user = await makeUser(vestibule.services, await makeSmsOffice(vestibule.services));
    const number = newNumber();
    const browser = newBrowser(vestibule);
    const choose = await passPassword(browser, application, user);
    await sendForm(browser, await browser.get(sibling(choose, "enter-number")), { number });
    const page = await browser.get(sibling(choose, "enrol-sms"));
    const code = await lastCode(vestibule.database, number);
    expect(await withDuplicateBetween(browser, page, { code })).to.deep.equal(twoTo("recovery-codes"));
  });

  it("goes on twice from the code to a number that an administrator has entered, in the same moment", async () => {
    const user = await makeUser(vestibule.services, await makeSmsOffice(vestibule.services));
    await giveNumber(vestibule.services, user);
    const number = newNumber();
    const stored = await storedUser(vestibule.services, user);
    const how = { actor: "test", reason: null };
    await vestibule.services.secondFactor.numberService.set(stored, number, how);
    travel(SECOND);
    const browser = newBrowser(vestibule);
    const confirm = await passPassword(browser, application, user);
    await sendForm(browser, confirm, {});
    const page = await browser.get(sibling(confirm, "confirm-number-code"));
    const code = await lastCode(vestibule.database, number);
    expect(await withDuplicateBetween(browser, page, { code })).to.deep.equal(twoTo("recovery-codes"));
  });

  it("goes on twice from the first code of an app, a new set of recovery codes and the tick", async () => {
    const user = await makeStrictUser(vestibule.services);
    const browser = newBrowser(vestibule);
    const page = await passPassword(browser, application, user);
    expect(await twice(browser, page, { code: totpNow(keyOf(page)) })).to.deep.equal(twoTo("recovery-codes"));
    expect(await guardOf(vestibule, user)).to.deep.equal(CLEAN);
    const codes = await browser.get(sibling(page, "recovery-codes"));
    expect(await twice(browser, codes, { again: "1" })).to.deep.equal(twoTo("recovery-codes"));
    await browser.get(sibling(page, "recovery-codes"));
    expect(await twice(browser, codes, { saved: "yes" })).to.deep.equal(twoTo("application"));
    const events = await eventsOf(user);
    expect(events).to.deep.equal([
      "factor.enrolled",
      "recovery-codes.made",
      "recovery-codes.made",
      "sign-in",
    ]);
  });

  it("goes on also when the app is set up while the sign-in of the second is being read", async () => {
    const user = await makeStrictUser(vestibule.services);
    const browser = newBrowser(vestibule);
    const page = await passPassword(browser, application, user);
    const first = new Client({ connectionString: vestibule.database.ownerUrl });
    await first.connect();
    try {
      await first.query("begin");
      // Read after the facts of the sign-in, and before the factors.
      await first.query("lock table mobile_numbers in access exclusive mode");
      const second = browser.post(formAction(page), { _csrf: hiddenField(page, "_csrf"), code: "000000" });
      await eventually(
        () =>
          asOwner(
            vestibule.database,
            "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
          ),
        ({ length }) => length === 1,
      );
      await first.query(
        `insert into factors (home, office_id, user_id, kind, sealed_secret, confirmed_at)
           select home, office_id, user_id, 'totp', '\\x00', now() from sign_ins where user_id = $1`,
        [user.id],
      );
      await first.query("update sign_ins set facts = facts || $2::jsonb where user_id = $1", [
        user.id,
        JSON.stringify([{ type: "totp-enrolled", at: epochSeconds(now()) }]),
      ]);
      await first.query("commit");
      const { status, location } = await second;
      expect(`${String(status)} ${nameOf(location)}`).to.equal("303 recovery-codes");
    } finally {
      await first.end();
    }
  });

  it("goes on twice from a new password, which is set once", async () => {
    const user = await makeUser(vestibule.services, await makeOffice(vestibule.services));
    await asOwner(vestibule.database, "update users set password_expired = true where id = $1", [user.id]);
    const browser = newBrowser(vestibule);
    const page = await passPassword(browser, application, user);
    const newPassword = "gossamer kettle 41 verandah";
    expect(await twice(browser, page, { newPassword })).to.deep.equal(twoTo("application"));
    expect(await eventsOf(user)).to.deep.equal(["password.changed", "sign-in"]);
  });

  it("counts one wrong code once, and says so twice", async () => {
    const { user, app, browser, page } = await strict();
    const answers = await twice(browser, page, { code: wrongCode(app.secret) });
    expect((await guardOf(vestibule, user)).failed_attempts).to.be.within(1, 2);
    expect(answers.filter((answer) => answer.startsWith("400"))).to.have.length.at.least(1);
  });
});

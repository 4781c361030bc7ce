import { expect } from "chai";
import { App, openAccount, pathOf, send, titleOf } from "../../support/account.ts";
import { asOwner } from "../../support/database.ts";
import type { HttpBrowser, Page } from "../../support/http-browser.ts";
import { BY_HAND, settledOutbox } from "../../support/outbox.ts";
import { makeUser, type TestUser } from "../../support/people.ts";
import { hiddenField } from "../../support/relying-party.ts";
import {
  changeOffice,
  codesOn,
  giveApp,
  hasCode,
  keyOf,
  makeStrictOffice,
  pageName,
  passPassword,
  resetFactor,
  sendForm,
} from "../../support/second-factor.ts";
import { storedUser } from "../../support/mobile-numbers.ts";
import { MINUTE, SECOND, travel } from "../../support/time.ts";
import { totpNow } from "../../support/totp.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

describe("recovery codes that were not saved", () => {
  const vestibule = useVestibule({ settings: BY_HAND, application: {} });
  const { services, application } = vestibule;
  let user: TestUser;
  let secret: string;

  beforeEach(async () => {
    user = await makeUser(services, await makeStrictOffice(services), { mail: "omar@mail.example" });
  });

  /** Sets the app up, to the page that shows the codes; `isOpened`: the browser loads that page. */
  async function enrol({ isOpened = true } = {}): Promise<{ browser: HttpBrowser; page: Page }> {
    const browser = vestibule.browser();
    const setUp = await passPassword(browser, application, user);
    secret = keyOf(setUp);
    if (isOpened) {
      return { browser, page: await sendForm(browser, setUp, { code: totpNow(secret) }) };
    }
    const csrf = /name="_csrf" value="([^"]*)"/.exec(setUp.body)?.[1] ?? "";
    return { browser, page: await browser.post(setUp.url, { _csrf: csrf, code: totpNow(secret) }) };
  }

  /** Another sign-in, in another browser, with password and code. */
  async function signInAgain(browser = vestibule.browser()): Promise<{ browser: HttpBrowser; page: Page }> {
    travel(MINUTE);
    const challenge = await passPassword(browser, application, user, { prompt: "login" });
    return { browser, page: await sendForm(browser, challenge, { code: totpNow(secret) }) };
  }

  const signsIn = async (code: string): Promise<boolean> => {
    const browser = vestibule.browser();
    const challenge = await passPassword(browser, application, user);
    const page = await browser.get(challenge.url.replace("challenge-totp", "recovery-code"));
    return pageName(await sendForm(browser, page, { recoveryCode: code })) === "recovered";
  };

  it("T146 have no Cancel, and one that is sent by hand changes nothing", async () => {
    const { browser, page } = await enrol();
    expect(page.body).to.not.contain('name="cancel"');
    const sent = await sendForm(browser, page, { cancel: "1" });
    expect([hasCode(sent), pageName(sent)]).to.deep.equal([false, "recovery-codes"]);
  });

  it("T146 are asked for at every later sign-in, in every browser, until the box was ticked", async () => {
    await enrol();
    const second = await signInAgain();
    expect(pageName(second.page)).to.equal("recovery-codes");
    expect(codesOn(second.page)).to.deep.equal([]);
    expect(titleOf(second.page)).to.equal("Your codes have already been shown");
    const third = await signInAgain();
    const ticked = await sendForm(third.browser, third.page, { saved: "yes" });
    expect(hasCode(ticked)).to.equal(true);
    expect(hasCode((await signInAgain()).page), "after the tick").to.equal(true);
  });

  it("T146 are shown at the next sign-in when the browser was closed before the page came", async () => {
    await enrol({ isOpened: false });
    const { browser, page } = await signInAgain();
    const codes = codesOn(page);
    expect(codes).to.have.length(6);
    expect(hasCode(await sendForm(browser, page, { saved: "yes" }))).to.equal(true);
    expect(await signsIn(codes[0] ?? "")).to.equal(true);
  });

  it("T146 T43 can be replaced at a later sign-in: the earlier ones are dead, and a mail reports it", async () => {
    const { page } = await enrol();
    const [earlier = ""] = codesOn(page);
    const { browser, page: shown } = await signInAgain();
    await settledOutbox(vestibule);
    const renewed = await sendForm(browser, shown, { again: "1" });
    const codes = codesOn(renewed);
    expect(codes).to.have.length(6).and.not.include(earlier);
    expect((await settledOutbox(vestibule))[0]?.subject).to.equal("New recovery codes were created");
    expect(hasCode(await sendForm(browser, renewed, { saved: "yes" }))).to.equal(true);
    expect([await signsIn(earlier), await signsIn(codes[0] ?? "")]).to.deep.equal([false, true]);
  });

  it("T146 are not saved by a box below codes that another sign-in has replaced", async () => {
    const first = await enrol();
    const second = await signInAgain();
    const renewed = await sendForm(second.browser, second.page, { again: "1" });
    const ticked = await sendForm(first.browser, first.page, {
      seen: hiddenField(first.page, "seen"),
      saved: "yes",
    });
    expect([hasCode(ticked), pageName(ticked)]).to.deep.equal([false, "recovery-codes"]);
    const seen = hiddenField(renewed, "seen");
    expect(hasCode(await sendForm(second.browser, renewed, { seen, saved: "yes" }))).to.equal(true);
  });

  it("T146 T28 are not given to a trusted browser without the code", async () => {
    await changeOffice(services, user.office, { trustedBrowserDays: 14 });
    const { browser, page } = await enrol();
    await sendForm(browser, page, { saved: "yes" });
    travel(MINUTE);
    const challenge = await passPassword(browser, application, user, { prompt: "login" });
    expect(hasCode(await sendForm(browser, challenge, { code: totpNow(secret), trust: "yes" }))).to.equal(
      true,
    );
    browser.forget("vestibule-session");
    expect(hasCode(await passPassword(browser, application, user)), "trusted").to.equal(true);
    await asOwner(
      vestibule.database,
      "insert into unsaved_recovery_codes (home, office_id, user_id) values (home_of($1), $1, $2)",
      [user.office.id, user.id],
    );
    browser.forget("vestibule-session");
    expect(pageName(await passPassword(browser, application, user))).to.equal("challenge-totp");
  });

  it("T146 are not asked for after a reset, which takes them away", async () => {
    await enrol();
    await resetFactor(services, await storedUser(services, user), "phone lost");
    travel(SECOND);
    const page = await passPassword(vestibule.browser(), application, user);
    expect(pageName(page)).to.equal("enrolment-code");
  });

  it("T146 of the account page are asked for as well, until the box there was ticked", async () => {
    const app = await giveApp(services, user);
    ({ secret } = app);
    const browser = vestibule.browser();
    const person = { user, app: new App(secret) };
    const question = await openAccount(browser, "/account/recovery-codes", person);
    const shown = await send(browser, question, { seen: hiddenField(question, "seen") });
    expect(codesOn(shown)).to.have.length(6);
    expect(pageName((await signInAgain()).page)).to.equal("recovery-codes");
    const done = await send(browser, shown, { seen: hiddenField(shown, "seen"), saved: "yes" });
    expect([done.status, done.location]).to.deep.equal([303, `${vestibule.issuer}/account?done=codes`]);
    expect(pathOf(await browser.get(done.location))).to.equal("/account");
    expect(hasCode((await signInAgain()).page), "after the tick").to.equal(true);
  });
});

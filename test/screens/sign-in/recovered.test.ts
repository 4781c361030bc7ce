import { expect } from "chai";
import { supportOffice } from "../../support/console.ts";
import { asOwner } from "../../support/database.ts";
import type { HttpBrowser, Page } from "../../support/http-browser.ts";
import { BY_HAND, settledOutbox } from "../../support/outbox.ts";
import { makeUser, type TestUser } from "../../support/people.ts";
import { claimsOf, follow, redeem } from "../../support/relying-party.ts";
import {
  changeOffice,
  codesOn,
  giveApp,
  givePassword,
  hasCode,
  keyOf,
  makeStrictOffice,
  OFF,
  pageName,
  REQUIRED,
  sendForm,
  sibling,
  type TestApp,
} from "../../support/second-factor.ts";
import { policySignIn } from "../../support/policy-sign-in.ts";
import { DAY, MINUTE, travel } from "../../support/time.ts";
import { tokensOf } from "../../support/tokens.ts";
import { totpNow } from "../../support/totp.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

const SECOND_FACTOR = "urn:vestibule:acr:2";

describe("a sign-in with a recovery code", () => {
  const vestibule = useVestibule({ settings: BY_HAND, application: {} });
  const { services, application } = vestibule;
  let user: TestUser;
  let app: TestApp;
  beforeEach(async () => {
    user = await makeUser(services, await makeStrictOffice(services));
    app = await giveApp(services, user);
  });
  const { open } = policySignIn(vestibule, () => user);

  /** A browser that has given the password and a recovery code, and the page that follows. */
  const recovered = async (changes: Record<string, string> = {}, code = app.codes[0] ?? "") => {
    const browser = vestibule.browser();
    const request = vestibule.request(changes);
    const challenge = await givePassword(browser, await open(browser, request), user);
    const page = await browser.get(sibling(challenge, "recovery-code"));
    return { browser, request, page: await sendForm(browser, page, { recoveryCode: code }) };
  };
  const tokensAfter = async (
    browser: HttpBrowser,
    request: ReturnType<typeof vestibule.request>,
    done: Page,
  ) =>
    claimsOf(tokensOf(await redeem(browser, application, { redirect: new URL(done.location), request })).id);

  it("acknowledges the code on the next page, says how many are left, and asks for the app", async () => {
    const { page } = await recovered();
    expect(pageName(page)).to.equal("recovered");
    expect(page.body)
      .to.contain("Recovery code accepted")
      .and.contain("You have 5 left")
      .and.contain("Do you still have your authenticator app?");
  });

  it("T146 T26 goes on into the application with two factors, of which none is an app or a number", async () => {
    const { browser, request, page } = await recovered();
    const done = await sendForm(browser, page, { answer: "yes" });
    expect(await tokensAfter(browser, request, done)).to.deep.include({
      amr: ["pwd", "mfa"],
      acr: SECOND_FACTOR,
    });
  });

  it("is acknowledged on that page alone, not again where another app is set up", async () => {
    const { browser, page } = await recovered();
    const setUp = await sendForm(browser, page, { answer: "no" });
    expect(pageName(setUp)).to.equal("enrol-totp");
    expect(setUp.body).to.not.contain("Recovery code accepted");
  });

  it("T146 is a sign-in that answers a request for the second factor, also without a page", async () => {
    const changes = { acr_values: SECOND_FACTOR };
    const { browser, page } = await recovered(changes);
    await follow(browser, await sendForm(browser, page, { answer: "yes" }));
    expect(hasCode(await open(browser, vestibule.request({ ...changes, prompt: "none" })))).to.equal(true);
  });

  for (const [how, changes] of Object.entries({ max_age: { max_age: "0" }, prompt: { prompt: "login" } })) {
    it(`T146 T27 is a fresh sign-in where a client asks for one by ${how}`, async () => {
      const { browser, request, page } = await recovered(changes);
      const done = await sendForm(browser, page, { answer: "yes" });
      expect(await tokensAfter(browser, request, done)).to.deep.include({ amr: ["pwd", "mfa"] });
    });
  }

  it("T146 says nothing of Cancel while the account is locked, and goes on once it is not", async () => {
    const { browser, page } = await recovered();
    const setUp = await sendForm(browser, page, { answer: "no" });
    for (const code of ["1", "2"]) {
      await sendForm(browser, setUp, { code });
    }
    const blocked = await sendForm(browser, setUp, { code: "3" });
    expect(pageName(blocked)).to.equal("blocked");
    expect(blocked.body).to.not.contain('name="cancel"');
    travel(16 * MINUTE);
    expect(hasCode(await sendForm(browser, setUp, { cancel: "1" }))).to.equal(true);
  });

  for (const [when, leave] of Object.entries({
    "on the page that asks": (browser: HttpBrowser, page: Page) => sendForm(browser, page, { cancel: "1" }),
    "while another app is set up": async (browser: HttpBrowser, page: Page) =>
      sendForm(browser, await sendForm(browser, page, { answer: "no" }), { cancel: "1" }),
  })) {
    it(`T146 loses nothing by Cancel ${when}: the code has signed the user in`, async () => {
      const { browser, request, page } = await recovered();
      const done = await leave(browser, page);
      expect(hasCode(done), done.location).to.equal(true);
      expect(await tokensAfter(browser, request, done)).to.deep.include({ amr: ["pwd", "mfa"] });
      const [{ left } = { left: 0 }] = await asOwner<{ left: number }>(
        vestibule.database,
        "select count(*)::integer as left from factors where user_id = $1",
        [user.id],
      );
      expect(left, "the app that was there").to.equal(1);
    });
  }

  it("T146 replaces the app only with the first code of the new one, and reports that", async () => {
    const { browser, request, page } = await recovered();
    const setUp = await sendForm(browser, page, { answer: "no" });
    expect(pageName(setUp)).to.equal("enrol-totp");
    expect(keyOf(setUp)).to.have.length(32).and.not.equal(app.secret);
    const other = vestibule.browser();
    const challenge = await givePassword(other, await open(other, vestibule.request()), user);
    expect(hasCode(await sendForm(other, challenge, { code: totpNow(app.secret) })), "the old app").to.equal(
      true,
    );
    await settledOutbox(vestibule);
    const codes = await sendForm(browser, setUp, { code: totpNow(keyOf(setUp)) });
    expect(codesOn(codes)).to.have.length(6);
    const done = await sendForm(browser, codes, { saved: "yes" });
    expect(await tokensAfter(browser, request, done)).to.deep.include({ amr: ["pwd", "otp", "mfa"] });
    const subjects = (await settledOutbox(vestibule)).map(({ subject }) => subject);
    expect(subjects).to.include("A recovery code was used");
    expect(subjects.join("\n")).to.match(/second factor|authenticator|method/i);
  });

  it("takes no answer but yes and no", async () => {
    const { browser, page } = await recovered();
    const unclear = await sendForm(browser, page, { answer: "perhaps" });
    expect([unclear.status, pageName(unclear), hasCode(unclear)]).to.deep.equal([400, "recovered", false]);
  });

  for (const [when, secondFactor] of Object.entries({
    off: OFF,
    "only offered yet": { ...REQUIRED, from: new Date(Date.now() + 30 * DAY) },
  })) {
    it(`asks the same where the second factor is ${when}`, async () => {
      await changeOffice(services, user.office, { secondFactor });
      const { browser, request, page } = await recovered();
      expect(pageName(page)).to.equal("recovered");
      const done = await sendForm(browser, page, { answer: "yes" });
      expect(await tokensAfter(browser, request, done)).to.deep.include({ amr: ["pwd", "mfa"] });
      const { page: again, browser: second } = await recovered({}, app.codes[1]);
      expect(pageName(await sendForm(second, again, { answer: "no" }))).to.equal("enrol-totp");
    });
  }

  it("warns that few codes are left, and says that the last one was used", async () => {
    const said: string[] = [];
    for (const code of app.codes) {
      said.push((await recovered({}, code)).page.body);
    }
    const words = ["5 left", "4 left", "3 left", "only 2 left", "only 1 left", "your last recovery code"];
    words.forEach((word, index) => expect(said[index]).to.contain(word));
    expect(said.map((body) => body.includes("notice warn"))).to.deep.equal([
      false,
      false,
      false,
      true,
      true,
      true,
    ]);
  });

  it("T146 signs no member of the platform's staff in: they set up another app, in every application", async () => {
    user = await makeUser(services, await supportOffice(services), { role: "support" });
    app = await giveApp(services, user);
    const { browser, page } = await recovered();
    expect(pageName(page)).to.equal("enrol-totp");
    expect(page.body).to.contain("Recovery code accepted");
    const refused = await sendForm(browser, page, { cancel: "1" });
    expect([hasCode(refused), pageName(refused)]).to.deep.equal([false, "enrol-totp"]);
    expect(page.body).to.not.contain('name="cancel"');
  });

  it("T146 tells the platform's staff before the code is used up that it does not sign them in", async () => {
    user = await makeUser(services, await supportOffice(services), { role: "support" });
    await giveApp(services, user);
    const browser = vestibule.browser();
    const challenge = await givePassword(browser, await open(browser, vestibule.request()), user);
    const page = await browser.get(sibling(challenge, "recovery-code"));
    expect(page.body).to.contain("cannot sign in with a recovery code alone");
  });

  it("T146 counts no more for an office that has stopped to accept what the code stood in for", async () => {
    const { browser, page } = await recovered();
    await follow(browser, await sendForm(browser, page, { answer: "yes" }));
    expect(hasCode(await open(browser, vestibule.request({ prompt: "none" })))).to.equal(true);
    await changeOffice(services, user.office, { secondFactor: { ...REQUIRED, methods: ["sms"] } });
    expect(hasCode(await open(browser, vestibule.request({ prompt: "none" })))).to.equal(false);
  });

  it("is told from one with the app in the user's own history", async () => {
    const { browser, page } = await recovered();
    await follow(browser, await sendForm(browser, page, { answer: "yes" }));
    const history = await follow(browser, await browser.get("/account/sign-ins"));
    expect(history.body).to.contain("Password, Recovery code");
  });

  it("T146 lets the user change the account afterwards, as one with the app would", async () => {
    const { browser, page } = await recovered();
    await follow(browser, await sendForm(browser, page, { answer: "yes" }));
    const form = await follow(browser, await browser.get("/account/recovery-codes"));
    expect(new URL(form.url).pathname).to.equal("/account/recovery-codes");
  });
});

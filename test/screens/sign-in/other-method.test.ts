import { expect } from "chai";
import { App, openAccount } from "../../support/account.ts";
import type { HttpBrowser, Page } from "../../support/http-browser.ts";
import { BY_SMS, giveNumber, newNumber } from "../../support/mobile-numbers.ts";
import { makeOffice, makeUser, type TestOffice } from "../../support/people.ts";
import {
  changeOffice,
  giveApp,
  pageName,
  passPassword,
  REQUIRED,
  sendForm,
} from "../../support/second-factor.ts";
import { useVestibule } from "../../support/use-vestibule.ts";
import { follow } from "../../support/relying-party.ts";

const APP = "Use an app instead";
const TEXT = "Use text messages instead";

const hrefOf = ({ body }: Page, text: string): string | undefined =>
  new RegExp(`href="([^"]*)">${text}</a>`).exec(body)?.[1];

describe("the pages that set up a method", () => {
  const vestibule = useVestibule({ application: {} });
  const { services, application } = vestibule;
  let office: TestOffice;

  beforeEach(async () => {
    office = await makeOffice(services);
    await changeOffice(services, office, { secondFactor: BY_SMS });
  });

  async function arrive(): Promise<{ browser: HttpBrowser; page: Page }> {
    const user = await makeUser(services, office);
    const browser = vestibule.browser();
    return { browser, page: await passPassword(browser, application, user) };
  }

  const press = async (browser: HttpBrowser, page: Page, text: string): Promise<Page> =>
    follow(browser, await browser.get(hrefOf(page, text) ?? expect.fail(`no link ${text}`)));

  it("lead from the app to text messages and back, as often as wanted", async () => {
    const { browser, page } = await arrive();
    const app = await sendForm(browser, page, { method: "totp" });
    const number = await press(browser, app, TEXT);
    expect(pageName(number)).to.equal("enter-number");
    const code = await sendForm(browser, number, { number: newNumber() });
    expect(pageName(code)).to.equal("enrol-sms");
    const back = await press(browser, code, APP);
    expect(pageName(back)).to.equal("enrol-totp");
    expect(pageName(await press(browser, back, TEXT))).to.equal("enter-number");
  });

  it("lead to the number that the office has entered", async () => {
    const user = await makeUser(services, office);
    await giveNumber(services, user, { state: "unconfirmed" });
    const browser = vestibule.browser();
    const app = await sendForm(browser, await passPassword(browser, application, user), { method: "totp" });
    const check = await press(browser, app, TEXT);
    expect([pageName(check), hrefOf(check, APP) !== undefined]).to.deep.equal(["check-number", true]);
  });

  it("offer nothing else where the office accepts one method", async () => {
    await changeOffice(services, office, { secondFactor: REQUIRED });
    const { page } = await arrive();
    expect([pageName(page), hrefOf(page, TEXT)]).to.deep.equal(["enrol-totp", undefined]);
    await changeOffice(services, office, { secondFactor: { ...BY_SMS, methods: ["sms"] } });
    const { page: number } = await arrive();
    expect([pageName(number), hrefOf(number, APP)]).to.deep.equal(["enter-number", undefined]);
  });

  describe("on the account page", () => {
    it("lead to the other method and back", async () => {
      const user = await makeUser(services, office);
      const { secret } = await giveApp(services, user);
      const browser = vestibule.browser();
      const app = await openAccount(browser, "/account/app", { user, app: new App(secret) });
      const number = await press(browser, app, TEXT);
      expect(hrefOf(number, APP)).to.equal("/account/app");
      const code = await sendForm(browser, number, { number: newNumber() });
      expect(hrefOf(code, APP)).to.equal("/account/app");
    });

    it("offer nothing else where the office accepts one method", async () => {
      await changeOffice(services, office, { secondFactor: REQUIRED });
      const user = await makeUser(services, office);
      const { secret } = await giveApp(services, user);
      const app = await openAccount(vestibule.browser(), "/account/app", { user, app: new App(secret) });
      expect(hrefOf(app, TEXT)).to.equal(undefined);
    });
  });
});

describe("the set-up of an app where no text messages can be sent", () => {
  const vestibule = useVestibule({ application: {}, settings: { VESTIBULE_SMS_GATEWAY: "none" } });

  it("offers none, whatever the office accepts", async () => {
    const { services } = vestibule;
    const office = await makeOffice(services);
    await changeOffice(services, office, { secondFactor: BY_SMS });
    const user = await makeUser(services, office);
    const page = await passPassword(vestibule.browser(), vestibule.application, user);
    expect([pageName(page), hrefOf(page, TEXT)]).to.deep.equal(["enrol-totp", undefined]);
    const { secret } = await giveApp(services, user);
    const app = await openAccount(vestibule.browser(), "/account/app", { user, app: new App(secret) });
    expect(hrefOf(app, TEXT)).to.equal(undefined);
  });
});

describe("a page that asks for a code", () => {
  const vestibule = useVestibule({ application: {} });
  const { services, application } = vestibule;

  it("T36 says where a text message would go, with the number masked", async () => {
    const office = await makeOffice(services);
    await changeOffice(services, office, { secondFactor: BY_SMS });
    const user = await makeUser(services, office);
    await giveApp(services, user);
    const number = await giveNumber(services, user);
    const browser = vestibule.browser();
    const first = await passPassword(browser, application, user);
    const page =
      pageName(first) === "challenge-totp" ? first : await browser.get(first.url.replace("sms", "totp"));
    const [, shown = ""] = />Get a code by text message to ([^<]+)</.exec(page.body) ?? [];
    expect(shown.replaceAll("\u00a0", "").slice(-2)).to.equal(number.slice(-2));
    expect(page.body.replaceAll("\u00a0", "")).not.to.contain(number.slice(3, -3));
  });
});

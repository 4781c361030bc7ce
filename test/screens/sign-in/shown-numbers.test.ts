import { expect } from "chai";
import { maskNumber } from "../../../src/domain/factors/mobile-number.ts";
import { openAccount, App } from "../../support/account.ts";
import { atConsole, makeStaff } from "../../support/console.ts";
import type { HttpBrowser, Page } from "../../support/http-browser.ts";
import { giveNumber, makeSmsOffice, storedUser } from "../../support/mobile-numbers.ts";
import { makeUser, TESTER, type TestOffice } from "../../support/people.ts";
import {
  changeOffice,
  giveApp,
  OFF,
  pageName,
  passPassword,
  resetFactor,
  sendForm,
} from "../../support/second-factor.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

const NUMBER = "+31612345678";
/** No line breaks inside a number. */
const SHOWN = "+31\u00a06\u00a012345678";
const MASKED = maskNumber(NUMBER).replaceAll(" ", "\u00a0");

describe("a mobile number on the pages of its user", () => {
  const vestibule = useVestibule({ application: {} });
  const { services, application } = vestibule;
  let office: TestOffice;

  beforeEach(async () => {
    office = await makeSmsOffice(services);
  });

  async function withNumber(): Promise<ReturnType<typeof makeUser>> {
    const user = await makeUser(services, office);
    const stored = await storedUser(services, user);
    await services.administration.factors.enterNumber(stored, NUMBER, { by: TESTER, reason: null });
    return user;
  }

  /** Up to the page "Check your mobile number". */
  async function atCheck(): Promise<{ browser: HttpBrowser; page: Page }> {
    const user = await withNumber();
    const browser = vestibule.browser();
    const choice = await passPassword(browser, application, user);
    return { browser, page: await sendForm(browser, choice, { method: "sms" }) };
  }

  const fieldOf = ({ body }: Page): string => /name="number" [^>]*value="([^"]*)"/.exec(body)?.[1] ?? "";
  const hrefOf = ({ body }: Page, text: string): string =>
    new RegExp(`href="([^"]*)">${text}</a>`).exec(body)?.[1] ?? "";

  it("T147 can be read in full, and checked, where the office has entered it", async () => {
    const { page } = await atCheck();
    expect(pageName(page)).to.equal("check-number");
    expect(page.body).to.contain(SHOWN).and.not.contain(MASKED);
  });

  it("T147 can be read in full where it is to be confirmed after a reset", async () => {
    const user = await makeUser(services, office);
    await giveApp(services, user);
    const stored = await storedUser(services, user);
    await resetFactor(services, stored, "phone lost");
    await services.administration.factors.enterNumber(stored, NUMBER, { by: TESTER, reason: "called back" });
    const browser = vestibule.browser();
    const page = await passPassword(browser, application, user);
    expect(pageName(page)).to.equal("confirm-number");
    expect(page.body).to.contain(SHOWN);
    expect((await sendForm(browser, page, {})).body).to.contain(SHOWN);
  });

  it("T147 stays masked once it is confirmed", async () => {
    const user = await makeUser(services, office);
    await giveNumber(services, user, { number: NUMBER });
    const { body } = await passPassword(vestibule.browser(), application, user);
    expect(body).to.contain(MASKED).and.not.contain(SHOWN).and.not.contain("12345678");
  });

  it("is shown as it was checked on the page of its code, and kept for a correction", async () => {
    const { browser, page } = await atCheck();
    const code = await sendForm(browser, page, {});
    expect(pageName(code)).to.equal("enrol-sms");
    expect(code.body).to.contain(SHOWN);
    const change = await browser.get(hrefOf(code, "Change number"));
    expect(fieldOf(change)).to.equal("+31 6 12345678");
  });

  it("is there to be corrected where its user says that it is not theirs", async () => {
    const { browser, page } = await atCheck();
    expect(fieldOf(await browser.get(hrefOf(page, "This is not my number")))).to.equal("+31 6 12345678");
  });

  it("is written in one way after it was typed in another, and not forgotten", async () => {
    const user = await makeUser(services, office);
    const browser = vestibule.browser();
    const choice = await passPassword(browser, application, user);
    const entry = await sendForm(browser, choice, { method: "sms" });
    expect(fieldOf(entry)).to.equal("");
    const code = await sendForm(browser, entry, { number: "06-1234 5678" });
    expect(code.body).to.contain(SHOWN);
    expect(fieldOf(await browser.get(hrefOf(code, "Change number")))).to.equal("+31 6 12345678");
    const choose = await browser.get(code.url.replace(/[^/]+$/, "choose"));
    expect(choose.body).to.match(/value="sms"[^>]* checked/);
  });

  it("is shown in full on the account page until it is confirmed", async () => {
    await changeOffice(services, office, { secondFactor: { ...OFF, methods: ["totp", "sms"] } });
    const user = await withNumber();
    expect((await openAccount(vestibule.browser(), "/account", { user })).body).to.contain(SHOWN);
  });

  it("is shown in full to whom may change it, until it is confirmed", async () => {
    const staff = await makeStaff(services, office, { role: "superuser" });
    const user = await withNumber();
    const { browser } = await atConsole(vestibule, staff);
    const path = `/console/o/${office.code}/users/${user.id}`;
    for (const page of ["", "/number", "/number/delete"]) {
      expect((await browser.get(`${path}${page}`)).body, page).to.contain(SHOWN);
    }
    await giveNumber(services, user, { number: NUMBER });
    for (const page of ["", "/number", "/number/delete"]) {
      expect((await browser.get(`${path}${page}`)).body, page)
        .to.contain(MASKED)
        .and.not.contain(SHOWN);
    }
  });

  it("is kept on the account page too, when another number is to be typed", async () => {
    const user = await makeUser(services, office);
    const { secret } = await giveApp(services, user);
    const browser = vestibule.browser();
    const entry = await openAccount(browser, "/account/number", { user, app: new App(secret) });
    const code = await sendForm(browser, entry, { number: "0612345678" });
    expect(code.body).to.contain(SHOWN);
    expect(fieldOf(await browser.get("/account/number?other=1"))).to.equal("+31 6 12345678");
  });
});

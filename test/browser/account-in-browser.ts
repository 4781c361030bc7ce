import { expect } from "chai";
import type { Page } from "playwright-core";
import { DEMO_OFFICE, DEMO_PASSWORD } from "../../demo/demo-office.ts";
import { DEMO_TOTP_KEY } from "../../demo/demo-states.ts";
import type { Translate } from "../../src/kernel/languages.ts";
import { expectGood } from "../support/accessibility.ts";
import { spoken } from "../support/catalogue.ts";
import { useDemo } from "../support/demo.ts";
import { giveCode, newcomer, scan, shownCodes } from "../support/factor-pages.ts";
import { BY_SMS, lastCode, newNumber } from "../support/mobile-numbers.ts";
import { button, link, onPage } from "../support/pages.ts";
import { changeOffice } from "../support/second-factor.ts";
import { totpNow } from "../support/totp.ts";
import { useBrowser } from "../support/visitors.ts";
import { DUTCH, type Words } from "../support/words.ts";

/** What the pages of the account say, from the catalogue. */
const ownWords = (t: Translate) => ({
  account: t("account.title"),
  general: t("account.tab.general"),
  tabs: [
    t("account.tab.general"),
    t("account.tab.sessions"),
    t("account.tab.applications"),
    t("account.tab.sign-ins"),
  ],
  titles: [
    t("account.title"),
    t("account.sessions.title"),
    t("account.applications.title"),
    t("account.history.title"),
  ],
  change: `${t("account.change")} ${t("account.method.label")}`,
  method: t("account.method.title"),
  app: t("factor.totp.label"),
  sms: t("factor.sms.label"),
  number: t("account.number.title"),
  numberLabel: t("account.number.label"),
  send: t("account.number.send"),
  switched: t("account.done.method"),
  newPhone: t("account.done.app"),
  newCodes: `${t("account.codes.new")} ${t("account.codes.label")}`,
  makeCodes: t("recoveryCodes.again"),
});

/** The account page on a narrow screen. */
export function describeAccount(words: Words): void {
  describe(`the account page in a browser (${words.locale})`, function () {
    this.timeout(60_000);
    const open = useBrowser();
    const own = ownWords(spoken(words.locale === DUTCH.locale ? "nl" : "en"));

    const demo = useDemo();
    before(async () => {
      const { offices } = demo.vestibule.services;
      const office = await offices.findByCode(DEMO_OFFICE.code);
      await changeOffice(demo.vestibule.services, office ?? expect.fail(), { secondFactor: BY_SMS });
    });

    /** A user with the app, signed in to the account on a narrow screen, without a script where that is asked for. */
    async function signedIn(options: { javaScriptEnabled?: boolean } = {}): Promise<Page> {
      const { username } = await newcomer(demo, "enrolled");
      const viewport = { width: 320, height: 640 };
      const { page } = await open({ locale: words.locale, viewport, ...options });
      await page.goto(`${demo.vestibule.issuer}/account`);
      await page.getByLabel(words.officeCode).fill(DEMO_OFFICE.code);
      await page.getByLabel(words.username).fill(username);
      await page.getByRole("textbox", { name: words.password, exact: true }).fill(DEMO_PASSWORD);
      await button(page, words.signIn).click();
      await giveCode(page, words, totpNow(DEMO_TOTP_KEY));
      await onPage(page, own.account);
      return page;
    }

    const chosen = (page: Page, name: string) => page.getByRole("radio", { name });

    it("General → Second authentication method: from the app to text messages", async () => {
      const page = await signedIn();
      await expectGood(page, "general");
      await link(page, own.change).click();
      await onPage(page, own.method);
      expect(await chosen(page, own.app).isChecked()).to.equal(true);
      await expectGood(page, "method");
      await page.getByText(own.sms, { exact: false }).first().click();
      await button(page, words.continue).click();
      await onPage(page, own.number);
      await expectGood(page, "number");
      const number = newNumber();
      await page.getByLabel(own.numberLabel).fill(number);
      await button(page, own.send).click();
      await onPage(page, words.code);
      await expectGood(page, "code");
      await giveCode(page, words, await lastCode(demo.vestibule.database, number));
      await page.getByRole("status").filter({ hasText: own.switched }).waitFor();
      expect(await page.getByRole("main").innerText()).to.contain(own.sms);
    });

    it("General → Second authentication method: the app on another phone", async () => {
      const page = await signedIn();
      await link(page, own.change).click();
      await button(page, words.continue).click();
      await onPage(page, words.setUp);
      await expectGood(page, "app");
      await giveCode(page, words, totpNow(await scan(page)));
      await page.getByRole("status").filter({ hasText: own.newPhone }).waitFor();
    });

    it("works without a script: tabs, new recovery codes, and the way back", async () => {
      const page = await signedIn({ javaScriptEnabled: false });
      for (const [index, tab] of own.tabs.entries()) {
        await link(page, tab).click();
        await onPage(page, own.titles[index] ?? "");
        expect(await link(page, tab).getAttribute("aria-current")).to.equal("page");
      }
      await link(page, own.general).click();
      await link(page, own.newCodes).click();
      await button(page, own.makeCodes).click();
      await onPage(page, words.save);
      expect((await shownCodes(page)).filter((code) => /^\d{4} \d{4}$/.test(code))).to.have.lengthOf(6);
    });

    it("can be looked at and used by the keyboard alone", async () => {
      const page = await signedIn();
      for (const tab of own.tabs) {
        await link(page, tab).focus();
        await page.keyboard.press("Enter");
        await page.waitForFunction(
          `document.querySelector('[aria-current="page"]')?.textContent === ${JSON.stringify(tab)}`,
        );
        await expectGood(page, tab);
      }
    });
  });
}

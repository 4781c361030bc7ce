import { expect } from "chai";
import type { Page } from "playwright-core";
import { DEMO_OFFICE, DEMO_PASSWORD } from "../../demo/demo-office.ts";
import { DEMO_TOTP_KEY } from "../../demo/demo-states.ts";
import { expectGood } from "../support/accessibility.ts";
import { App } from "../support/account.ts";
import { useDemo } from "../support/demo.ts";
import { giveCode, newcomer, nextSecond } from "../support/factor-pages.ts";
import { button, link, onPage } from "../support/pages.ts";
import { changeOffice } from "../support/second-factor.ts";
import { useBrowser } from "../support/visitors.ts";
import { ENGLISH } from "../support/words.ts";

const BOX = "Trust this browser for 14 days";
const ACCOUNT = "Your account";
const SESSIONS = "Where you are signed in";

describe("T28 a trusted browser in a browser", function () {
  this.timeout(60_000);
  const open = useBrowser();
  const demo = useDemo();
  before(async () => {
    const { services } = demo.vestibule;
    const office = await services.offices.findByCode(DEMO_OFFICE.code);
    await changeOffice(services, office ?? expect.fail(), { trustedBrowserDays: 14 });
  });

  /** From nothing but the cookies of this browser to whatever comes after the password. */
  async function signIn(page: Page, username: string): Promise<void> {
    await page.goto(`${demo.vestibule.issuer}/account`);
    await page.getByLabel(ENGLISH.officeCode).fill(DEMO_OFFICE.code);
    await page.getByLabel(ENGLISH.username).fill(username);
    await givePassword(page);
  }

  async function givePassword(page: Page): Promise<void> {
    await page.getByRole("textbox", { name: ENGLISH.password, exact: true }).fill(DEMO_PASSWORD);
    await button(page, ENGLISH.signIn).click();
  }

  const closeSession = (page: Page) => page.context().clearCookies({ name: /session/ });

  for (const javaScriptEnabled of [true, false]) {
    it(`T28 is asked for no code until its trust is ended on the account page (${javaScriptEnabled ? "with" : "without"} JavaScript)`, async () => {
      const { username } = await newcomer(demo, "enrolled");
      const app = new App(DEMO_TOTP_KEY);
      const { page } = await open({ viewport: { width: 320, height: 640 }, javaScriptEnabled });
      await signIn(page, username);
      await onPage(page, ENGLISH.challenge);
      const box = page.getByRole("checkbox", { name: BOX });
      expect(await box.isChecked(), "not ticked by us").to.equal(false);
      await box.check();
      await giveCode(page, ENGLISH, await app.code());
      await onPage(page, ACCOUNT);

      // Sessions count whole seconds: one of the second in which the trust began is older than the trust.
      await nextSecond();
      await closeSession(page);
      await signIn(page, username);
      await onPage(page, ACCOUNT);

      await link(page, "Sessions").click();
      await onPage(page, SESSIONS);
      if (javaScriptEnabled) {
        await expectGood(page, "the browsers a user trusts");
      }
      await page.locator("a[href^='/account/trusted/']:not([href$='/all'])").click();
      // The end of trust is a change: it asks for what the browser was spared first, and then for one press.
      await givePassword(page);
      await onPage(page, ENGLISH.challenge);
      await giveCode(page, ENGLISH, await app.code());
      await page.locator("form[action^='/account/trusted/'] button.primary").click();
      await onPage(page, SESSIONS);
      await page
        .getByRole("status")
        .filter({ hasText: "You will be asked for a code there again." })
        .waitFor();

      await closeSession(page);
      await signIn(page, username);
      await onPage(page, ENGLISH.challenge);
    });
  }
});

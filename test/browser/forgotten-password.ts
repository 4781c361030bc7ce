import { expect } from "chai";
import type { Page } from "playwright-core";
import { DEMO_OFFICE } from "../../demo/demo-office.ts";
import { DEMO_TOTP_KEY } from "../../demo/demo-states.ts";
import { expectGood } from "../support/accessibility.ts";
import { useDemo } from "../support/demo.ts";
import { giveCode, givePassword, newcomer } from "../support/factor-pages.ts";
import { allMails } from "../support/mailbox.ts";
import { button, expectFocus, link, onPage, wrongField } from "../support/pages.ts";
import { totpNow } from "../support/totp.ts";
import { useBrowser } from "../support/visitors.ts";
import { DUTCH, ENGLISH, type Words } from "../support/words.ts";

const NEW = "copper-anchor-violin-63";

/** What the pages of a forgotten password say. */
interface OwnWords {
  readonly words: Words;
  readonly forgot: string;
  readonly send: string;
  readonly sent: string;
  readonly back: string;
  readonly choose: string;
  readonly field: string;
  readonly show: string;
  readonly save: string;
  readonly easy: string;
  readonly changed: string;
  readonly lifted: string;
  readonly signInTo: string;
  readonly whichOffice: string;
  readonly mail: string;
  readonly sendCodes: string;
}

const LANGUAGES = {
  en: {
    words: ENGLISH,
    forgot: "Forgot your password?",
    send: "Send the link",
    sent: "Check your email",
    back: "Back to sign-in",
    choose: "Choose a new password",
    field: "New password",
    show: "Show password",
    save: "Save password",
    easy: "This password is too easy to guess.",
    changed: "Your password has been changed",
    lifted: "You are no longer blocked",
    signInTo: "Sign in to Demo web application",
    whichOffice: "What’s my office code?",
    mail: "Email address",
    sendCodes: "Send the codes",
  },
  nl: {
    words: DUTCH,
    forgot: "Wachtwoord vergeten?",
    send: "Link versturen",
    sent: "Controleer uw e-mail",
    back: "Terug naar inloggen",
    choose: "Kies een nieuw wachtwoord",
    field: "Nieuw wachtwoord",
    show: "Wachtwoord tonen",
    save: "Wachtwoord opslaan",
    easy: "Dit wachtwoord is te makkelijk te raden.",
    changed: "Uw wachtwoord is gewijzigd",
    lifted: "U bent niet meer geblokkeerd",
    signInTo: "Inloggen bij Demo web application",
    whichOffice: "Wat is mijn kantoorcode?",
    mail: "E-mailadres",
    sendCodes: "Codes versturen",
  },
} as const satisfies Readonly<Record<string, OwnWords>>;

export function describeForgottenPassword(language: keyof typeof LANGUAGES): void {
  const own = LANGUAGES[language];
  const { words } = own;
  describe(`a user who cannot sign in (${words.locale})`, function () {
    this.timeout(30_000);
    const open = useBrowser();
    const demo = useDemo();

    const main = (page: Page) => page.getByRole("main").innerText();
    const box = (page: Page) => page.getByRole("textbox", { name: own.field, exact: true });
    async function linkOf(username: string): Promise<string> {
      const mails = await allMails(demo.vestibule);
      const mail = mails.find(({ text }) => text.includes(username) && text.includes("/reset-password/"));
      return mail?.text.split(/\s/).find((word) => word.includes("/reset-password/")) ?? "";
    }

    it("If you do not want to wait, set a new password: blocked, a link by mail, and in", async () => {
      const { page, context } = await open({ locale: words.locale });
      const { username } = await newcomer(demo, "blocked");
      await givePassword(page, demo, { words, username });
      await onPage(page, words.blocked);
      await link(page, words.newPassword).click();
      await onPage(page, own.forgot);
      expect(await page.getByLabel(words.officeCode).inputValue()).to.equal(DEMO_OFFICE.code);
      expect(await page.getByLabel(words.username).inputValue()).to.equal(username);
      await expectGood(page, await page.title());
      await button(page, own.send).click();
      await onPage(page, own.sent);
      await expectGood(page, await page.title());
      const mailed = await context.newPage();
      await mailed.goto(await linkOf(username));
      await onPage(mailed, own.choose);
      expect(mailed.url()).to.match(/\/reset-password$/);
      expect(await main(mailed)).to.contain(username);
      await expectGood(mailed, await mailed.title());
      await box(mailed).fill("password12345");
      await button(mailed, own.save).click();
      await wrongField(mailed, own.easy).waitFor();
      await expectGood(mailed, await mailed.title());
      await box(mailed).fill(NEW);
      await button(mailed, own.save).click();
      await onPage(mailed, own.changed);
      expect(await main(mailed)).to.contain(own.lifted);
      await expectGood(mailed, await mailed.title());
      await link(mailed, own.signInTo).click();
      await mailed.getByLabel(words.username).fill(username);
      await mailed.getByLabel(words.officeCode).fill(DEMO_OFFICE.code);
      await mailed.getByRole("textbox", { name: words.password, exact: true }).fill(NEW);
      await button(mailed, words.signIn).click();
      await onPage(mailed, words.challenge);
      await giveCode(mailed, words, totpNow(DEMO_TOTP_KEY));
      await onPage(mailed, "Signed in as Sanne Bakker");
    });

    it("does it by keyboard, without JavaScript, on another device than the mail", async () => {
      const { page } = await open({ locale: words.locale, javaScriptEnabled: false });
      const { username } = await newcomer(demo, "enrolled");
      await page.goto(`${demo.url}/sign-in`);
      await link(page, words === ENGLISH ? "Forgot password?" : own.forgot).press("Enter");
      await onPage(page, own.forgot);
      await page.getByLabel(words.officeCode).fill(DEMO_OFFICE.code);
      await page.getByLabel(words.username).fill(username);
      await page.getByLabel(words.username).press("Enter");
      await onPage(page, own.sent);
      await link(page, own.back).press("Enter");
      await page.getByLabel(words.username).waitFor();
      const { page: phone } = await open({ locale: words.locale, javaScriptEnabled: false });
      await phone.goto(await linkOf(username));
      await expectFocus(box(phone));
      await phone.keyboard.type(NEW);
      await phone.keyboard.press("Enter");
      await onPage(phone, own.changed);
      expect(await link(phone, own.signInTo).getAttribute("href")).to.equal(new URL(demo.url).href);
    });

    it("T1 pastes the new password and has a look at it", async () => {
      const { page } = await open({ locale: words.locale });
      const { username } = await newcomer(demo, "enrolled");
      await page.goto(`${demo.vestibule.issuer}/forgot-password`);
      await page.getByLabel(words.officeCode).fill(NEW);
      await page.getByLabel(words.officeCode).press("Control+a");
      await page.getByLabel(words.officeCode).press("Control+x");
      await page.getByLabel(words.officeCode).fill(DEMO_OFFICE.code);
      await page.getByLabel(words.username).fill(username);
      await button(page, own.send).click();
      await onPage(page, own.sent);
      await page.goto(await linkOf(username));
      await box(page).press("Control+v");
      expect(await box(page).inputValue()).to.equal(NEW);
      expect(await box(page).getAttribute("type")).to.equal("password");
      await button(page, own.show).click();
      expect(await box(page).getAttribute("type")).to.equal("text");
    });

    it("asks which office code they have", async () => {
      const { page } = await open({ locale: words.locale });
      await page.goto(`${demo.url}/sign-in`);
      await link(page, own.whichOffice).click();
      await onPage(page, own.whichOffice);
      await expectGood(page, await page.title());
      await page.getByLabel(own.mail).fill("anna@demo.example");
      await button(page, own.sendCodes).click();
      await onPage(page, own.sent);
      const [mail] = await allMails(demo.vestibule);
      expect(mail?.to).to.equal("anna@demo.example");
      const deep = mail?.text.split(/\s/).find((word) => word.endsWith(`/o/${DEMO_OFFICE.code}`)) ?? "";
      await page.goto(deep);
      await page.goto(`${demo.url}/sign-in`);
      expect(await page.getByLabel(words.officeCode).inputValue()).to.equal(DEMO_OFFICE.code);
    });
  });
}

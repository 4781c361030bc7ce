import { expect } from "chai";
import type { Page } from "playwright-core";
import type { User } from "../../src/users/user.ts";
import { startDemo, type TestDemo } from "../support/demo.ts";
import { giveCode, givePassword, newcomer } from "../support/factor-pages.ts";
import { giveNumber, newNumber, sentSms } from "../support/mobile-numbers.ts";
import { button, link, onPage } from "../support/pages.ts";
import type { TestUser } from "../support/people.ts";
import { useBrowser } from "../support/visitors.ts";
import { DUTCH, ENGLISH } from "../support/words.ts";

const SMS = {
  en: {
    method: /^Text message/,
    check: "Check your mobile number",
    enter: "Enter your mobile number",
    number: "Mobile number",
    confirmIt: "Confirm your mobile number",
    change: "Change number",
    lost: "I no longer have this number",
    ask: "Ask for another number",
    askNow: "Ask for approval",
    pending: "Your office has to approve the new number",
    locked: "Does your phone show messages while it is locked?",
  },
  nl: {
    method: /^Sms-bericht/,
    check: "Controleer uw mobiele nummer",
    enter: "Voer uw mobiele nummer in",
    number: "Mobiel nummer",
    confirmIt: "Bevestig uw mobiele nummer",
    change: "Nummer wijzigen",
    lost: "Ik heb dit nummer niet meer",
    ask: "Een ander nummer aanvragen",
    askNow: "Goedkeuring vragen",
    pending: "Uw kantoor moet het nieuwe nummer goedkeuren",
    locked: "Toont uw telefoon berichten terwijl die vergrendeld is?",
  },
} as const;

const WIDTHS = { desktop: { width: 1280, height: 900 }, narrow: { width: 320, height: 640 } } as const;

for (const [language, words] of [
  ["en", ENGLISH],
  ["nl", DUTCH],
] as const) {
  const sms = SMS[language];
  for (const [width, viewport] of Object.entries(WIDTHS)) {
    describe(`the article's part on text messages, in ${language}, ${width}`, () => {
      const open = useBrowser();
      let demo: TestDemo;
      before(async () => {
        demo = await startDemo();
      });
      after(() => demo.vestibule.stop());

      const begin = async (user: User): Promise<Page> => {
        const { page } = await open({ locale: words.locale, viewport });
        await givePassword(page, demo, { words, username: user.username });
        return page;
      };
      const withNumber = async (state: "confirmed" | "unconfirmed") => {
        const user = await newcomer(demo, "new");
        const { services } = demo.vestibule;
        const office = await services.offices.find(user.officeId);
        if (office === null) {
          throw new Error("The demo has no office.");
        }
        const owner: TestUser = { id: user.id, username: user.username, password: "", office };
        return { user, number: await giveNumber(services, owner, { state }) };
      };
      const codeTo = async (number: string) =>
        (await sentSms(demo.vestibule.database, number)).find(({ code }) => code !== "")?.code ?? "";
      const chooseSms = async (page: Page) => {
        await onPage(page, words.choose);
        await page.getByRole("radio", { name: sms.method }).check();
        await button(page, words.confirm).click();
      };
      const saveCodes = async (page: Page) => {
        await onPage(page, words.save);
        await page.getByLabel(words.saved).check();
        await button(page, words.continue).click();
      };
      const arrived = (page: Page) => page.getByText("Sanne Bakker").first().waitFor();

      it("confirmed number: an SMS is sent by itself, and after the code you are logged in", async () => {
        const { user, number } = await withNumber("confirmed");
        const page = await begin(user);
        await onPage(page, words.challenge);
        await page.getByText(`+31 •• ••• ${number.slice(-3)}`).waitFor();
        await page.getByText(sms.locked).waitFor();
        await giveCode(page, words, await codeTo(number));
        await arrived(page);
      });

      it("number not confirmed: it is shown, Continue sends the SMS, and the code registers it", async () => {
        const { user, number } = await withNumber("unconfirmed");
        const page = await begin(user);
        await chooseSms(page);
        await onPage(page, sms.check);
        expect(await codeTo(number)).to.equal("");
        await button(page, words.continue).click();
        await onPage(page, sms.confirmIt);
        await giveCode(page, words, await codeTo(number));
        await saveCodes(page);
        await arrived(page);
      });

      it("no number: enter it; a wrong one can be changed on the page before", async () => {
        const user = await newcomer(demo, "new");
        const [wrong, right] = [newNumber(), newNumber()];
        const page = await begin(user);
        await chooseSms(page);
        await onPage(page, sms.enter);
        await page.getByLabel(sms.number).fill(wrong);
        await button(page, words.continue).click();
        await link(page, sms.change).click();
        await page.getByLabel(sms.number).fill(`0${right.slice(3)}`);
        await button(page, words.continue).click();
        await onPage(page, sms.confirmIt);
        await giveCode(page, words, await codeTo(right));
        await saveCodes(page);
        await arrived(page);
      });

      it("no access to the confirmed number: ask for another, and nothing is sent to it", async () => {
        const { user } = await withNumber("confirmed");
        const other = newNumber();
        const page = await begin(user);
        await link(page, sms.lost).click();
        await link(page, sms.ask).click();
        await page.getByLabel(sms.number).fill(other);
        await button(page, sms.askNow).click();
        await onPage(page, sms.pending);
        expect(await sentSms(demo.vestibule.database, other)).to.deep.equal([]);
      });
    });
  }
}

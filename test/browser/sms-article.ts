import { expect } from "chai";
import type { Page } from "playwright-core";
import type { User } from "../../src/domain/users/user.ts";
import { useDemo } from "../support/demo.ts";
import { eventually } from "../support/eventually.ts";
import { giveCode, givePassword, giveRecoveryCode, newcomer, shownCodes } from "../support/factor-pages.ts";
import { giveNumber, newNumber } from "../support/mobile-numbers.ts";
import { button, link, onPage } from "../support/pages.ts";
import type { TestUser } from "../support/people.ts";
import { useSmsStandIn } from "../support/sms-stand-in.ts";
import { SECOND, travel } from "../support/time.ts";
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
    ask: "Request another number",
    askNow: "Request approval",
    pending: "Your new number needs to be approved",
    locked: "Does your phone show messages while it is locked?",
    resend: "Resend",
    waiting: "It is being sent.",
    handedOver: "On its way since",
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
    askNow: "Goedkeuring aanvragen",
    pending: "Uw nieuwe nummer moet worden goedgekeurd",
    locked: "Toont uw telefoon berichten terwijl die vergrendeld is?",
    resend: "Opnieuw versturen",
    waiting: "De sms wordt verstuurd.",
    handedOver: "Onderweg sinds",
  },
} as const;

const WORDS = { en: ENGLISH, nl: DUTCH } as const;

const WIDTHS = { desktop: { width: 1280, height: 900 }, narrow: { width: 320, height: 640 } } as const;

/** What the help article says to a user of text messages. */
export function describeSmsArticle(language: keyof typeof SMS, width: keyof typeof WIDTHS): void {
  const sms = SMS[language];
  const words = WORDS[language];
  const viewport = WIDTHS[width];
  describe(`the article's part on text messages, in ${language}, ${width}`, function () {
    this.timeout(180_000);
    const open = useBrowser();
    const provider = useSmsStandIn();
    const demo = useDemo(() => provider.environment);

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
    const sentTo = (number: string) =>
      provider.taken.filter(({ to, text }) => `+${to}` === number && /#\d{6}$/.test(text));
    /** The code that the phone shows, once as many messages have come. */
    const codeTo = async (number: string, messages = 1) => {
      const sent = await eventually(
        () => Promise.resolve(sentTo(number)),
        (found) => found.length >= messages,
      );
      expect(sent).to.have.length(messages);
      return sent.at(-1)?.text.slice(-6) ?? "";
    };
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
      expect(sentTo(number)).to.be.empty;
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
      expect(provider.newest(other)).to.equal(undefined);
    });

    it("nothing arrived: Resend waits and says how long, then sends another, and the first code is dead", async () => {
      const { user, number } = await withNumber("confirmed");
      const page = await begin(user);
      const first = await codeTo(number);
      const again = button(page, sms.resend);
      expect(await again.isDisabled()).to.equal(true);
      await page
        .getByRole("timer")
        .filter({ hasText: /^0:\d\d$/ })
        .waitFor();
      travel(31 * SECOND);
      await page.reload();
      await again.click();
      const second = await codeTo(number, 2);
      if (first !== second) {
        await giveCode(page, words, first);
        await page.locator(".wrong").waitFor();
      }
      await giveCode(page, words, second);
      await arrived(page);
    });

    it("the page says by itself, once it is known, that the message was handed over", async () => {
      const release = provider.hold();
      const { user } = await withNumber("confirmed");
      const page = await begin(user);
      const status = page.getByRole("status").filter({ hasText: sms.waiting });
      await status.waitFor();
      await page.getByLabel(words.code, { exact: true }).fill("12");
      release();
      await page.getByRole("status").filter({ hasText: sms.handedOver }).waitFor({ timeout: 60_000 });
      expect(await page.getByLabel(words.code, { exact: true }).inputValue()).to.equal("12");
    });

    it("lost number, recovery code at hand: set up another number right away", async () => {
      const user = await newcomer(demo, "new");
      const [old, next] = [newNumber(), newNumber()];
      const enter = async (page: Page, number: string) => {
        await chooseSms(page);
        await page.getByLabel(sms.number).fill(number);
        await button(page, words.continue).click();
        await onPage(page, sms.confirmIt);
        await giveCode(page, words, await codeTo(number));
        await onPage(page, words.save);
      };
      const first = await begin(user);
      await enter(first, old);
      const [recoveryCode = ""] = await shownCodes(first);
      await first.getByLabel(words.saved).check();
      await button(first, words.continue).click();
      await arrived(first);
      const page = await begin(user);
      await link(page, sms.lost).click();
      await giveRecoveryCode(page, words, recoveryCode);
      await enter(page, next);
      await saveCodes(page);
      await arrived(page);
      const later = await begin(user);
      await giveCode(later, words, await codeTo(next, 2));
      await arrived(later);
    });
  });
}

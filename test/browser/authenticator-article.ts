import { expect } from "chai";
import type { Page } from "playwright-core";
import { DEMO_TOTP_KEY } from "../../demo/demo-states.ts";
import { useDemo } from "../support/demo.ts";
import {
  expectProblem,
  giveCode,
  givePassword,
  giveRecoveryCode,
  newcomer,
  nextSecond,
  scan,
  chooseApp,
  setUpApp,
  shownCodes,
  wrongCode,
} from "../support/factor-pages.ts";
import { button, link, onPage } from "../support/pages.ts";
import { MINUTE, SECOND, travel } from "../support/time.ts";
import { totpNow } from "../support/totp.ts";
import { useBrowser } from "../support/visitors.ts";
import type { Words } from "../support/words.ts";
import { resetFactor } from "../support/second-factor.ts";

/** What the help article asks a user to do and to expect, one sentence after the other. */
export function describeAuthenticatorArticle(words: Words): void {
  describe(`what the article says of the authenticator app (${words.locale})`, () => {
    const open = useBrowser();
    const demo = useDemo();

    const visit = async () => (await open({ locale: words.locale })).page;
    const arrived = (page: Page, name: string) => onPage(page, `Signed in as ${name}`);
    const main = (page: Page) => page.getByRole("main").innerText();

    it("The first time: install an app, scan the QR code, enter the code, save the codes; and the next time", async () => {
      const page = await visit();
      const anna = { words, username: "anna" };
      await givePassword(page, demo, anna);
      await chooseApp(page, words);
      await onPage(page, words.setUp);
      expect(await main(page)).to.contain(words.install);
      const secret = await scan(page);
      expect(secret).to.match(/^[A-Z2-7]{32}$/);
      await giveCode(page, words, totpNow(secret));
      await onPage(page, words.save);
      expect(await main(page)).to.contain(words.once);
      const codes = await shownCodes(page);
      expect(codes).to.have.lengthOf(6);
      expect(codes.filter((code) => !/^\d{4} \d{4}$/.test(code))).to.deep.equal([]);
      await page.getByLabel(words.saved).check();
      await button(page, words.continue).click();
      await arrived(page, "Anna de Vries");
      travel(30 * SECOND);
      const nextTime = await visit();
      await givePassword(nextTime, demo, anna);
      await onPage(nextTime, words.challenge);
      expect(await main(nextTime)).to.contain(words.openApp);
      await giveCode(nextTime, words, totpNow(secret));
      await arrived(nextTime, "Anna de Vries");
    });

    it("Are you unable to scan the QR code? Then use the key by entering it in the app", async () => {
      const page = await visit();
      const { username } = await newcomer(demo);
      await givePassword(page, demo, { words, username });
      await chooseApp(page, words);
      const scanned = await scan(page);
      await page.getByText(words.unable).click();
      const key = await page.getByText(/^([A-Z2-7]{4} ){7}[A-Z2-7]{4}$/).innerText();
      expect(key.replaceAll(" ", "")).to.equal(scanned);
      const address = new URL((await link(page, words.openHere).getAttribute("href")) ?? "");
      expect(address.protocol).to.equal("otpauth:");
      expect(decodeURIComponent(address.pathname)).to.equal(`/Vestibule:DEMO/${username}`);
      expect(address.searchParams.get("secret")).to.equal(scanned);
      await giveCode(page, words, totpNow(scanned).replace(/^.../, "$& "));
      await onPage(page, words.save);
    });

    it("We only show these codes once: a reload says so, and offers new ones", async () => {
      const page = await visit();
      await givePassword(page, demo, { words, username: (await newcomer(demo)).username });
      await chooseApp(page, words);
      await giveCode(page, words, totpNow(await scan(page)));
      await onPage(page, words.save);
      const first = await shownCodes(page);
      await page.reload();
      await onPage(page, words.shown);
      expect(await page.content()).to.not.contain(first[0]);
      await button(page, words.again).click();
      await onPage(page, words.save);
      const second = await shownCodes(page);
      expect(second).to.have.lengthOf(6);
      expect(second.filter((code) => first.includes(code))).to.deep.equal([]);
      await page.getByLabel(words.saved).check();
      await button(page, words.continue).click();
      await arrived(page, "Sanne Bakker");
    });

    it("My phone is broken: one of the codes lets me log in again, only once, and the app is set up anew", async () => {
      const page = await visit();
      const { username } = await newcomer(demo);
      await givePassword(page, demo, { words, username });
      const { codes } = await setUpApp(page, words);
      await arrived(page, "Sanne Bakker");
      const other = await visit();
      await givePassword(other, demo, { words, username });
      await giveRecoveryCode(other, words, codes[2] ?? "");
      await onPage(other, words.recovered);
      expect(await main(other)).to.contain(words.fiveLeft);
      await button(other, words.factorLost).click();
      await chooseApp(other, words);
      await onPage(other, words.setUp);
      const third = await visit();
      await givePassword(third, demo, { words, username });
      await giveRecoveryCode(third, words, codes[2] ?? "");
      await expectProblem(third, words, words.usedUp);
      const renewed = await setUpApp(other, words);
      await arrived(other, "Sanne Bakker");
      expect(renewed.codes.filter((code) => codes.includes(code))).to.deep.equal([]);
    });

    it("I don't have my codes either: a reset, and then I can reconfigure the app", async () => {
      const user = await newcomer(demo, "enrolled");
      const code = await resetFactor(demo.vestibule.services, user, "Phone lost");
      await nextSecond();
      const page = await visit();
      await givePassword(page, demo, { words, username: user.username });
      await onPage(page, words.enrolmentCode);
      expect(await main(page)).to.contain(words.resetText);
      await page.getByLabel(words.enrolmentCode).fill("something else");
      await button(page, words.confirm).click();
      await expectProblem(page, words, words.twoLeft);
      await page.getByLabel(words.enrolmentCode).fill(code.reveal());
      await button(page, words.confirm).click();
      await setUpApp(page, words);
      await arrived(page, "Sanne Bakker");
    });

    it("After three false attempts you will be blocked for 15 minutes; you can set a new password", async () => {
      const page = await visit();
      const { username } = await newcomer(demo, "enrolled");
      await givePassword(page, demo, { words, username });
      await giveCode(page, words, wrongCode(DEMO_TOTP_KEY));
      await expectProblem(page, words, words.twoLeft);
      await giveCode(page, words, wrongCode(DEMO_TOTP_KEY));
      await expectProblem(page, words, words.oneLeft);
      const before = Date.now();
      await giveCode(page, words, wrongCode(DEMO_TOTP_KEY));
      await onPage(page, words.blocked);
      expect(await main(page)).to.contain(words.lift);
      const [, printed] = words.tryAgainAt.exec(await main(page)) ?? [];
      expect([15, 16].map((minutes) => timeOfDay(before + minutes * MINUTE))).to.include(printed);
      expect(await page.getByRole("timer").innerText()).to.match(/^(15:00|14:[45]\d)$/);
      await givePassword(page, demo, { words, username });
      await onPage(page, words.blocked);
      travel(15 * MINUTE + SECOND);
      await page.reload();
      await onPage(page, words.challenge);
      await giveCode(page, words, totpNow(DEMO_TOTP_KEY));
      await arrived(page, "Sanne Bakker");
    });

    it("nobody can turn it off: the pages have no way around, and who came too late asks the superuser", async () => {
      const page = await visit();
      await givePassword(page, demo, { words, username: "finn" });
      await onPage(page, words.closed);
      expect(await main(page)).to.contain(words.askSuperuser);
      for (const name of ["enrol-totp", "recovery-codes", "challenge-totp"]) {
        await page.goto(page.url().replace("enrolment-closed", name));
        await onPage(page, words.closed);
      }
    });
  });
}

/** As the browser writes it; its zone is that of this machine. */
const timeOfDay = (at: number): string =>
  new Date(at).toLocaleTimeString("en", { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });

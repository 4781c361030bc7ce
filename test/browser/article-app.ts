import { expect } from "chai";
import type { Page } from "playwright-core";
import {
  expectProblem,
  giveCode,
  giveRecoveryCode,
  scan,
  setUpApp,
  shownCodes,
  wrongCode,
} from "../support/factor-pages.ts";
import { SUPPORT_MAIL, type Readers } from "../support/article-readers.ts";
import { linkIn, mailsTo } from "../support/mailbox.ts";
import { lastCode, makeSmsOffice, makeSmsUser } from "../support/mobile-numbers.ts";
import { button, link, onPage } from "../support/pages.ts";
import { makeUser } from "../support/people.ts";
import { changeOffice, giveApp, OFF } from "../support/second-factor.ts";
import { SECOND, travel } from "../support/time.ts";
import { totpAt, totpNow } from "../support/totp.ts";
import type { ArticleRow } from "./article-rows.ts";

const NEW_PASSWORD = "copper-anchor-violin-63";

/** The article's part on the authenticator app. */
export function walkTheApp(readers: Readers, holds: (...rows: ArticleRow[]) => void): void {
  const { t, words, vestibule, visit, atConsole, arrived, main, press, follow, change, pick } = readers;

  it("the superuser demands a second step, and a user sets the app up and comes back with it", async () => {
    const { services } = vestibule;
    const office = await makeSmsOffice(services);
    await changeOffice(services, office, { secondFactor: { ...OFF, methods: ["totp", "sms"] } });
    const user = await makeUser(services, office);
    const console = await atConsole(await readers.superuser(office));
    await follow(console, "console.settings.name");
    await change(console, "account.change", "console.settings-second-factor.title");
    await pick(console, "console.settings.demand.required");
    await press(console, "common.continue");
    await onPage(console, t("console.look.title"));
    await press(console, "console.look.save");
    await onPage(console, t("console.settings.name"));
    const page = await visit(user);
    await onPage(page, words.choose);
    holds("mandatory by the superuser", "asked after the password");
    expect(await page.getByRole("radio").count()).to.equal(2);
    await pick(page, "factor.sms.label");
    await pick(page, "factor.totp.label");
    holds("own choice");
    await button(page, words.confirm).click();
    const secret = await setsUp(page);
    await arrived(page);
    const next = await visit(user);
    await onPage(next, words.challenge);
    expect(await main(next)).to.contain(words.openApp);
    await giveCode(next, words, totpAt(secret, Date.now() / 1000 + 30));
    await arrived(next);
    holds("code at the next sign-in");
  });

  /** From the set-up page to the end of the sign-in; answers the app's key. */
  async function setsUp(page: Page): Promise<string> {
    await onPage(page, words.setUp);
    holds("app confirmed");
    expect(await main(page)).to.contain(words.install);
    expect(words.install).to.match(/Google Authenticator.*Microsoft Authenticator/);
    holds("any app");
    const secret = await scan(page);
    await page.getByText(words.unable).click();
    const key = await page.getByText(/^([A-Z2-7]{4} ){7}[A-Z2-7]{4}$/).innerText();
    expect(key.replaceAll(" ", "")).to.equal(secret);
    await giveCode(page, words, totpNow(secret));
    await onPage(page, words.save);
    holds("code scanned", "key typed", "code opens recovery codes");
    const codes = await shownCodes(page);
    expect(codes.filter((code) => /^\d{4} \d{4}$/.test(code))).to.have.lengthOf(6);
    holds("six of eight digits");
    expect(await main(page)).to.contain(words.once);
    await button(page, words.copy).waitFor();
    await button(page, t("recoveryCodes.print")).waitFor();
    await page.reload();
    await onPage(page, words.shown);
    expect(await page.content()).to.not.contain(codes[0]);
    holds("codes kept");
    await page.getByLabel(words.savedEarlier).check();
    await button(page, words.continue).click();
    return secret;
  }

  it("a recovery code signs in once; three wrong codes block, and a new password ends that", async () => {
    const { services } = vestibule;
    const office = await makeSmsOffice(services);
    const mail = `${office.code.toLowerCase()}@mail.example`;
    const user = await makeUser(services, office, { mail, isMailProved: true });
    const { secret, codes } = await giveApp(services, user);
    const page = await visit(user);
    await giveRecoveryCode(page, words, codes[0] ?? "");
    await onPage(page, words.recovered);
    expect(await main(page)).to.contain(words.fiveLeft);
    await button(page, words.stillThere).click();
    await arrived(page);
    holds("recovery code signs in");
    const again = await visit(user);
    await giveRecoveryCode(again, words, codes[0] ?? "");
    await expectProblem(again, words, words.usedUp);
    holds("recovery code works once");
    await again.goto(again.url().replace("recovery-code", "challenge-totp"));
    await giveCode(again, words, wrongCode(secret));
    await expectProblem(again, words, words.twoLeft);
    await giveCode(again, words, wrongCode(secret));
    await giveCode(again, words, wrongCode(secret));
    await onPage(again, words.blocked);
    expect(await main(again)).to.contain(words.lift);
    holds("blocked after three");
    await link(again, words.newPassword).click();
    await press(again, "forgotPassword.submit");
    await onPage(again, t("forgotPassword.sent.title"));
    const links = (await mailsTo(vestibule, mail)).map((each) =>
      linkIn(each, `${vestibule.issuer}/reset-password/`),
    );
    await again.goto(links.find((found) => found !== "") ?? "");
    await again.getByRole("textbox", { name: t("newPassword.label"), exact: true }).fill(NEW_PASSWORD);
    await press(again, "newPassword.submit");
    await onPage(again, t("newPassword.done.title"));
    expect(await main(again)).to.contain(t("newPassword.done.lifted"));
    travel(SECOND);
    await onPage(await visit({ ...user, password: NEW_PASSWORD }), words.challenge);
    holds("new password lifts it");
  });

  it("a user without phone and codes asks; the superuser resets the app, and chooses nothing for anyone", async () => {
    const { services } = vestibule;
    const office = await makeSmsOffice(services);
    const user = await makeUser(services, office);
    const { secret } = await giveApp(services, user);
    const asking = await visit(user);
    await link(asking, words.useRecoveryCode).click();
    await onPage(asking, t("recoveryCode.title"));
    expect(await main(asking)).to.contain(t("factor.totp.noCodesLeft", { helper: t("helper.office") }));
    await link(asking, SUPPORT_MAIL).waitFor();
    const page = await atConsole(await readers.superuser(office), user);
    expect(await main(page)).to.contain(t("console.user.ownChoice"));
    expect(await page.locator(`a[href*="method"]`).count()).to.equal(0);
    holds("not the superuser's choice");
    await change(page, "console.user.reset", "account.method.label");
    await readers.reason(page);
    await press(page, "console.user-reset.submit");
    await onPage(page, t("console.enrolment-code.title"));
    const code = await page.locator("main .code").innerText();
    // Whatever was proved in the second of a reset, or of a new password, counts for nothing.
    travel(SECOND);
    const next = await visit(user);
    await onPage(next, t("enrolmentCode.title"));
    expect(await main(next)).to.contain(words.resetText);
    await next.getByLabel(words.enrolmentCode).fill(code);
    await button(next, words.confirm).click();
    expect((await setUpApp(next, words)).secret).to.not.equal(secret);
    await arrived(next);
    holds("app reset");
  });

  it("a user of text messages is led along the article's path to the own method, and cannot do without one", async () => {
    const { user, number } = await makeSmsUser(vestibule.services);
    const page = await visit(user, `${vestibule.issuer}/console`);
    await giveCode(page, words, await lastCode(vestibule.database, number));
    await onPage(page, t("account.title"));
    const path = [
      "console.settings.name",
      "console.users.name",
      "account.tab.general",
      "account.method.label",
    ];
    const [settings = "", users = "", general = "", method = ""] = path.map((key) => t(key));
    expect(await main(page)).to.contain([settings, users, "Sanne Bakker", general, method].join(" › "));
    await change(page, "account.change", "account.method.label");
    await onPage(page, t("account.method.title"));
    expect(await page.getByRole("radio").count()).to.equal(2);
    await page.goto(`${vestibule.issuer}/console/o/${user.office.code}/settings/second-factor`);
    expect(new URL(page.url()).pathname).to.equal("/account");
    holds("no way to switch off");
    await change(page, "account.change", "account.method.label");
    await pick(page, "factor.totp.label");
    await press(page, "common.continue");
    await onPage(page, words.setUp);
    await giveCode(page, words, totpNow(await scan(page)));
    await page
      .getByRole("status")
      .filter({ hasText: t("account.done.method") })
      .waitFor();
    holds("switch of method");
  });
}

import { expect } from "chai";
import { SUPPORT_MAIL, type Readers } from "../support/article-readers.ts";
import { giveCode } from "../support/factor-pages.ts";
import { lastCode, makeSmsOffice, makeSmsUser, newNumber, sentSms } from "../support/mobile-numbers.ts";
import { numberDesk } from "../support/number-desk.ts";
import { button, link, onPage } from "../support/pages.ts";
import { makeUser } from "../support/people.ts";
import { SECOND, travel } from "../support/time.ts";
import type { ArticleRow } from "./article-rows.ts";

/** A mobile number as pages write it: +31 6 10010678. */
const written = (number: string): string => number.replace(/^\+31(6)(\d{8})$/, "+31 $1 $2");

/** The article's part on text messages. */
export function walkTheNumbers(readers: Readers, holds: (...rows: ArticleRow[]) => void): void {
  const { t, words, vestibule, visit, atConsole, arrived, press, follow, change } = readers;
  const main = async (page: Parameters<typeof arrived>[0]) =>
    (await readers.main(page)).replaceAll("\u00a0", " ");
  const codeTo = (number: string) => lastCode(vestibule.database, number);

  it("a confirmed number is sent its code without being asked, and another by Resend", async () => {
    const { user, number } = await makeSmsUser(vestibule.services);
    const page = await visit(user);
    await onPage(page, words.challenge);
    expect(await main(page)).to.contain(`+31 •• ••• ${number.slice(-3)}`);
    const first = await codeTo(number);
    await page.getByText(t("smsPreview.title")).waitFor();
    holds("locked screen");
    travel(31 * SECOND);
    await page.reload();
    await press(page, "smsCode.resend");
    await page.getByText(t("smsCode.resent")).waitFor();
    expect(await sentSms(vestibule.database, number)).to.have.lengthOf(2);
    expect(first).to.match(/^\d{6}$/);
    holds("resend");
    await giveCode(page, words, await codeTo(number));
    await arrived(page);
    holds("confirmed number");
  });

  it("without a number it is entered at the sign-in, and a wrong one is corrected on the page before", async () => {
    const { services } = vestibule;
    const user = await makeUser(services, await makeSmsOffice(services));
    const [wrong, right] = [newNumber(), newNumber()];
    const page = await visit(user);
    await onPage(page, words.choose);
    await readers.pick(page, "factor.sms.label");
    await button(page, words.confirm).click();
    await onPage(page, t("enterNumber.title"));
    const box = page.getByLabel(t("mobileNumber.label"), { exact: true });
    await box.fill(wrong);
    await button(page, words.continue).click();
    await follow(page, "enrolSms.change");
    expect((await box.inputValue()).replaceAll(/\s/g, ""), "what was typed").to.equal(wrong);
    await box.fill(`0${right.slice(3)}`);
    await button(page, words.continue).click();
    await onPage(page, t("enrolSms.title"));
    holds("wrong number");
    await giveCode(page, words, await codeTo(right));
    await readers.saveCodes(page);
    await arrived(page);
    expect(await numberDesk(vestibule).stored(user)).to.include({ number: right, state: "confirmed" });
    holds("no number");
  });

  it("the accountant deletes a lost number and enters another, which its owner checks and confirms", async () => {
    const { user } = await makeSmsUser(vestibule.services);
    const other = newNumber();
    const page = await atConsole(await readers.accountant(user.office), user);
    await change(page, "console.user.changeNumber", "account.number.label");
    await follow(page, "console.user-number-delete.title");
    await readers.reason(page);
    await press(page, "console.user-number-delete.submit");
    await onPage(page, t("console.enrolment-code.title"));
    await follow(page, "console.toUser");
    await change(page, "console.user.enter", "account.number.label");
    await page.getByLabel(t("console.user-number-change.new"), { exact: true }).fill(other);
    await readers.reason(page);
    await press(page, "console.user-number.submit");
    await page.getByText(t("console.done.user-number")).waitFor();
    travel(SECOND);
    const next = await visit(user);
    await onPage(next, t("checkNumber.title"));
    expect(await main(next)).to.contain(written(other));
    expect(await sentSms(vestibule.database, other), "before it was checked").to.deep.equal([]);
    await button(next, words.continue).click();
    await onPage(next, t("enrolSms.title"));
    await giveCode(next, words, await codeTo(other));
    await readers.saveCodes(next);
    await arrived(next);
    expect(await numberDesk(vestibule).stored(user)).to.include({ number: other, state: "confirmed" });
    holds("number replaced", "unconfirmed number");
  });

  it("a new number is asked for at the sign-in, and support approves it", async () => {
    const { user } = await makeSmsUser(vestibule.services);
    const other = newNumber();
    const asking = await visit(user);
    await follow(asking, "challenge.lostNumber");
    await onPage(asking, t("lostNumber.title"));
    await link(asking, SUPPORT_MAIL).waitFor();
    await follow(asking, "lostNumber.new");
    await asking.getByLabel(t("mobileNumber.label"), { exact: true }).fill(other);
    await press(asking, "newNumber.submit");
    await onPage(asking, t("numberPending.title"));
    await link(asking, SUPPORT_MAIL).waitFor();
    expect(await sentSms(vestibule.database, other), "before it was approved").to.deep.equal([]);
    const page = await atConsole(await readers.support(), user);
    await follow(page, "console.user.alert.numberDo");
    await onPage(page, t("console.user-number-change.title"));
    expect(await main(page)).to.contain(written(other));
    await readers.reason(page);
    await press(page, "console.user-number-change.approve");
    await onPage(page, "Sanne Bakker");
    travel(SECOND);
    const next = await visit(user);
    await onPage(next, words.challenge);
    await giveCode(next, words, await codeTo(other));
    await arrived(next);
    holds("new number and support");
  });
}

import { expect } from "chai";
import type { Page } from "playwright-core";
import { App } from "../support/account.ts";
import { makeStaff, type Staff } from "../support/console.ts";
import { giveCode, nextSecond, setUpApp, shownCodes } from "../support/factor-pages.ts";
import { lastCode, makeSmsOffice, makeSmsUser } from "../support/mobile-numbers.ts";
import { numberDesk } from "../support/number-desk.ts";
import { settleOutbox } from "../support/outbox.ts";
import { button, entriesOf, link, onPage, sendIn } from "../support/pages.ts";
import { makeUser, type TestUser } from "../support/people.ts";
import { changeOffice, giveApp, OFF } from "../support/second-factor.ts";
import { useVestibule } from "../support/use-vestibule.ts";
import { useBrowser } from "../support/visitors.ts";
import { ENGLISH } from "../support/words.ts";

const REASON = "Called back on the number of the office";

/** What the help article asks superusers and accountants to do, and what the person sees of it then. */
describe("what the article says of the office, from the console to the person's next sign-in", function () {
  this.timeout(90_000);
  const open = useBrowser();
  const vestibule = useVestibule({ application: {} });

  it("mandatory by the superuser: users who signed in with the password alone are led to set up a method", async () => {
    const { services } = vestibule;
    const office = await makeSmsOffice(services);
    await changeOffice(services, office, { secondFactor: { ...OFF, methods: ["totp", "sms"] } });
    const user = await makeUser(services, office);
    await onPage(await visit(user), "Arrived");
    const page = await atConsole(await makeStaff(services, office, { role: "superuser" }));
    await link(page, "Settings").first().click();
    await link(page, "Change Second factor").click();
    await page.getByRole("radio", { name: "Required" }).check();
    await button(page, "Continue").click();
    await onPage(page, "Affected users");
    await button(page, "Save this change").click();
    await onPage(page, "Settings");
    const next = await visit(user);
    await onPage(next, ENGLISH.choose);
    await setUpApp(next, ENGLISH);
    await onPage(next, "Arrived");
  });

  it("the accountant deletes the lost number and enters the new one, which its owner confirms at the next sign-in", async () => {
    const { user, number } = await makeSmsUser(vestibule.services);
    const page = await atConsole(
      await makeStaff(vestibule.services, user.office, { role: "accountant" }),
      user,
    );
    await link(page, "Change or delete Mobile number").click();
    await link(page, "Delete the mobile number").click();
    await page.getByLabel("Reason, for the audit log").fill(REASON);
    await button(page, "Delete the number").click();
    // For users who would rather set up an app; a message to the number that is entered next stands in for it.
    await onPage(page, "Hand over this enrolment code");
    await link(page, "Back to the user").click();
    const other = "+31612345670";
    await link(page, "Enter Mobile number").click();
    await page.getByLabel("New number").fill(other);
    await page.getByLabel("Reason, for the audit log").fill(REASON);
    await button(page, "Save the number").click();
    await page.getByText("The number was saved.").waitFor();
    await nextSecond();
    const next = await visit(user);
    await onPage(next, "Check your mobile number");
    expect(await next.getByRole("main").innerText())
      .to.contain(other.slice(-3))
      .and.not.contain(number.slice(-3));
    await button(next, "Continue").click();
    await onPage(next, "Confirm your mobile number");
    await settleOutbox(vestibule.database);
    await giveCode(next, ENGLISH, await lastCode(vestibule.database, other));
    await saveCodes(next);
    await onPage(next, "Arrived");
    expect(await numberDesk(vestibule).stored(user)).to.include({ number: other, state: "confirmed" });
  });

  it("the superuser resets the authenticator, and with the code that is handed over the app is set up anew", async () => {
    const { services } = vestibule;
    const office = await makeSmsOffice(services);
    const user = await makeUser(services, office);
    const { secret } = await giveApp(services, user);
    const page = await atConsole(await makeStaff(services, office, { role: "superuser" }), user);
    await link(page, "Reset Second authentication method").click();
    await page.getByLabel("Reason, for the audit log").fill(REASON);
    await button(page, "Reset").click();
    await onPage(page, "Hand over this enrolment code");
    const code = await page.locator("main .code").innerText();
    await nextSecond();
    const next = await visit(user);
    await onPage(next, ENGLISH.enrolmentCode);
    await next.getByLabel(ENGLISH.enrolmentCode).fill(code);
    await button(next, ENGLISH.confirm).click();
    expect((await setUpApp(next, ENGLISH)).secret).to.not.equal(secret);
    await onPage(next, "Arrived");
  });

  /** A member of staff at the console: on the page of a person, where one is named. */
  async function atConsole({ user: staff, secret }: Staff, person?: TestUser): Promise<Page> {
    const { page } = await open();
    const below = person === undefined ? "" : `/o/${staff.office.code}/users/${person.id}`;
    await page.goto(`${vestibule.issuer}/console${below}`);
    await sendIn(page, entriesOf(staff));
    await giveCode(page, ENGLISH, await new App(secret).code());
    await page.waitForURL("**/console/o/**");
    return page;
  }

  /** The person in a browser of their own, at the application, after the password. */
  async function visit(user: TestUser): Promise<Page> {
    const { page } = await open();
    await page.goto(vestibule.request().url);
    await sendIn(page, entriesOf(user));
    return page;
  }

  async function saveCodes(page: Page): Promise<void> {
    await onPage(page, ENGLISH.save);
    expect(await shownCodes(page)).to.have.length(6);
    await page.getByLabel(ENGLISH.saved).check();
    await button(page, ENGLISH.continue).click();
  }
});

import { expect } from "chai";
import type { Page } from "playwright-core";
import { App } from "../support/account.ts";
import { makeStaff, type Staff } from "../support/console.ts";
import { numberDesk } from "../support/number-desk.ts";
import { button, entriesOf, link, onPage, sendCode, sendIn } from "../support/pages.ts";
import { makeUser, type TestUser } from "../support/people.ts";
import { changeOffice, giveApp, OFF } from "../support/second-factor.ts";
import { useVestibule } from "../support/use-vestibule.ts";
import { useBrowser } from "../support/visitors.ts";

const PHONE = { width: 320, height: 640 };
const WIDE = { width: 1280, height: 800 };
const REASON = "Called back on the number of the office";

describe("the way of the article through the console, in a browser", function () {
  this.timeout(90_000);
  const open = useBrowser();
  const vestibule = useVestibule({ office: { name: "Noord & Zonen" } });
  const { office, services } = vestibule;
  let user: TestUser;
  before(() => changeOffice(services, office, { secondFactor: { ...OFF, methods: ["totp", "sms"] } }));
  beforeEach(async () => {
    user = await makeUser(services, office, { name: "Wilhelmina Koster" });
    await giveApp(services, user);
  });

  it("Settings → Users → Edit → General → Second authentication method leads a superuser to their own choice", async () => {
    const staff = await makeStaff(services, office, {
      role: "superuser",
      name: "Chris Smit",
    });
    const page = await signedIn(staff, WIDE);
    await link(page, "Settings").click();
    await onPage(page, "Settings");
    await page
      .getByRole("main")
      .getByRole("link", { name: /^Users/ })
      .click();
    await page.getByText("Actions: Chris Smit").locator("..").click();
    await link(page, "Edit Chris Smit").click();
    await onPage(page, "Chris Smit");
    expect(await link(page, "General").getAttribute("aria-current")).to.equal("page");
    await link(page, "Change Second authentication method").click();
    await page.waitForURL("**/account/method");
  });

  it("goes through the menu button on a phone, where a whole row leads to its user", async () => {
    const page = await signedIn(await makeStaff(services, office, { role: "superuser", name: "Dirk Groen" }));
    await expectHidden(page, "Users");
    await button(page, "Menu").click();
    await link(page, "Users").click();
    const row = page.getByRole("row").filter({ has: link(page, "Dirk Groen") });
    const { width = 0, height = 0 } = (await row.boundingBox()) ?? {};
    await row.click({ position: { x: width - 24, y: height - 8 } });
    await onPage(page, "Dirk Groen");
    expect(height).to.be.at.most(64);
  });

  it("a superuser resets the authenticator of a user, and is shown the code to hand over", async () => {
    const page = await signedIn(await makeStaff(services, office, { role: "superuser" }));
    await openPerson(page);
    await link(page, "Reset Second authentication method").click();
    await onPage(page, "Reset the second factor");
    await page.getByLabel("Reason, for the audit log").fill(REASON);
    await button(page, "Reset").click();
    await onPage(page, "Hand over this enrolment code");
    expect(await desk().kinds(user)).to.deep.equal([]);
  });

  it("an accountant enters a number, deletes it, and enters the next one", async () => {
    const page = await signedIn(await makeStaff(services, office, { role: "accountant" }));
    await openPerson(page);
    await enterNumber(page, "Enter", "06 12345678");
    await link(page, "Change or delete Mobile number").click();
    await link(page, "Delete the mobile number").click();
    await onPage(page, "Delete the mobile number");
    await page.getByLabel("Reason, for the audit log").fill(REASON);
    await button(page, "Delete the number").click();
    await onPage(page, "Wilhelmina Koster");
    await enterNumber(page, "Enter", "06 12345679");
    expect(await desk().stored(user)).to.include({ number: "+31612345679", state: "unconfirmed" });
  });

  it("an accountant approves the new number that a user has asked for", async () => {
    await desk().enrol(user, "+31612345670", false);
    await desk().request(user, "+31612345671");
    const page = await signedIn(await makeStaff(services, office, { role: "accountant" }));
    await openPerson(page);
    await link(page, "Review").click();
    await onPage(page, "Approve or refuse a new mobile number");
    expect(await page.getByRole("main").innerText())
      .to.contain("+31\u00a0••\u00a0•••\u00a0670")
      .and.contain("+31\u00a06\u00a012345671");
    await page.getByLabel("Reason, for the audit log").fill(REASON);
    await button(page, "Approve").click();
    await onPage(page, "Wilhelmina Koster");
    expect(await desk().stored(user)).to.include({ number: "+31612345671", state: "confirmed" });
  });

  /** A member of staff, on a narrow screen and without a script, on the first page of the console. */
  const expectHidden = async (page: Page, name: string): Promise<void> => {
    expect(await link(page, name).count(), `${name} behind the menu button`).to.equal(0);
  };

  async function signedIn({ user: staff, secret }: Staff, viewport = PHONE): Promise<Page> {
    const { page } = await open({ locale: "en-GB", viewport, javaScriptEnabled: false });
    await page.goto(`${vestibule.issuer}/console`);
    await sendIn(page, entriesOf(staff));
    await sendCode(
      page.getByLabel("Verification code"),
      await new App(secret).code(),
      button(page, "Confirm"),
    );
    await page.waitForURL("**/console/o/**");
    return page;
  }

  async function openPerson(page: Page): Promise<void> {
    await page.goto(`${vestibule.issuer}/console/o/${office.code}/users/${user.id}`);
    await onPage(page, "Wilhelmina Koster");
  }

  async function enterNumber(page: Page, what: string, number: string): Promise<void> {
    await link(page, `${what} Mobile number`).click();
    await page.getByLabel("New number").fill(number);
    await page.getByLabel("Reason, for the audit log").fill(REASON);
    await button(page, "Save the number").click();
    await onPage(page, "Wilhelmina Koster");
  }

  const desk = () => numberDesk(vestibule);
});

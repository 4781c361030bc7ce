import { expect } from "chai";
import type { Office } from "../../src/domain/offices/office.ts";
import { App } from "../support/account.ts";
import { Clicks } from "../support/clicks.ts";
import { makeStaff, supportOffice } from "../support/console.ts";
import { eventually } from "../support/eventually.ts";
import { scan } from "../support/factor-pages.ts";
import { linkIn, mailsTo } from "../support/mailbox.ts";
import type { TestApplication } from "../support/people.ts";
import { button, link, onPage, passwordBox } from "../support/pages.ts";
import { authorizationRequest, claimsOf, redeem } from "../support/relying-party.ts";
import { useVestibule } from "../support/use-vestibule.ts";
import { totpNow } from "../support/totp.ts";
import { useBrowser } from "../support/visitors.ts";
import { ENGLISH } from "../support/words.ts";

const PEOPLE = 50;
const CODE = "ANKER";
const CHRIS = { username: "chris", mail: "chris@anker.example", password: "copper-anchor-violin-63" };
const SOMEBODY = { username: "user7", mail: "user7@anker.example", password: "walnut-harbour-candle-7" };
const LINES = Array.from(
  { length: PEOPLE },
  (_, n) => `user${String(n)},Person ${String(n)},user${String(n)}@anker.example,user`,
);
const FILE = `username,name,mail,role\n${LINES.join("\n")}\n`;

/** From nothing to an office at work, as a member of support, its superuser and one of its people go through it. */
describe("an office of fifty is set up from nothing", function () {
  this.timeout(120_000);
  const open = useBrowser();
  const vestibule = useVestibule();
  const { services } = vestibule;
  let support: Clicks;
  let superuser: Clicks;
  let application: Pick<TestApplication, "id" | "secret" | "redirectUri">;

  it("by support, who adds the office and its first superuser in five clicks", async () => {
    const dana = await makeStaff(services, await supportOffice(services), {
      ...{ role: "support", name: "Dana Mol", username: "dana" },
    });
    support = new Clicks((await open()).page);
    const { page } = support;
    await page.goto(`${vestibule.issuer}/console`);
    await signIn(support, { ...dana.user, officeCode: dana.user.office.code });
    await support.sendCode("Verification code", await new App(dana.secret).code());
    await support.follow("Add an office");
    await support.type({ "Office code": "anker", "Name of the office": "Anker & Zonen" });
    await support.press("Add the office");
    await support.follow("Add the first superuser");
    await onPage(page, "Add a user");
    expect(await page.getByLabel("Superuser").isChecked(), "the role").to.equal(true);
    await support.type({ Name: "Chris Smit", Username: CHRIS.username, "Email address": CHRIS.mail });
    await support.press("Add");
    await onPage(page, "Chris Smit");
    await page.goto(`${vestibule.issuer}/console/o/${CODE}`);
    expect(await link(page, "Add the first superuser").count()).to.equal(0);
    expect(support.made).to.equal(5);
  });

  it("by its superuser, who comes by the mail, and is led to an app before the console opens", async () => {
    superuser = new Clicks((await open()).page);
    const { page } = superuser;
    await superuser.open(await invitationOf(CHRIS.mail));
    await choosePassword(superuser, CHRIS.password);
    await superuser.follow("Sign in to the console");
    await signIn(superuser, CHRIS);
    await enrol(superuser);
    await onPage(page, "Anker & Zonen");
    expect(new URL(page.url()).pathname).to.equal(`/console/o/${CODE}`);
    expect(superuser.made).to.be.at.most(7);
    await importPeople();
    await demandFactor();
    application = await addApplication();
    expect(superuser.made, "clicks in all").to.be.at.most(20);
    const office = await officeNow();
    expect(office.secondFactor.demand).to.equal("required");
    const { counts } = await services.lists.overview.find(office.id);
    expect(counts).to.include({ users: PEOPLE + 1, superusers: 1, totp: 1 });
    const stored = await services.applications.find(application.id);
    expect(stored).to.include({ name: "Ledger", officeId: office.id });
  });

  it("for its people: the invitation leads to a password, and that to a second step before the application", async () => {
    const clicks = new Clicks((await open()).page);
    const { page } = clicks;
    await clicks.open(await invitationOf(SOMEBODY.mail));
    await choosePassword(clicks, SOMEBODY.password);
    await clicks.follow("Sign in");
    await link(page, "Ledger").waitFor();
    const request = authorizationRequest(vestibule.issuer, application);
    await page.goto(request.url);
    await signIn(clicks, SOMEBODY);
    await onPage(page, ENGLISH.choose);
    expect(new URL(page.url()).origin, "nothing for the application yet").to.equal(vestibule.issuer);
    await enrol(clicks);
    await onPage(page, "Arrived");
    const browser = vestibule.browser();
    const tokens = await redeem(browser, application, { redirect: new URL(page.url()), request });
    expect(claimsOf(tokens.body["id_token"])["amr"]).to.include("mfa");
  });

  async function importPeople(): Promise<void> {
    const { page } = superuser;
    await superuser.follow("Users");
    await superuser.follow("Import users");
    await superuser.choose("CSV or JSON Lines file", FILE);
    await superuser.press("Check the file");
    await button(page, `Add ${String(PEOPLE)} users`).waitFor();
    expect(await peopleNow(), "nobody by looking").to.equal(1);
    await superuser.press(`Add ${String(PEOPLE)} users`);
    await page.getByText(`${String(PEOPLE)} users were added.`).waitFor();
    expect(await peopleNow()).to.equal(PEOPLE + 1);
  }

  async function demandFactor(): Promise<void> {
    await superuser.follow("Settings");
    await superuser.follow("Change Second factor");
    await superuser.tick("Required");
    await superuser.press("Continue");
    await onPage(superuser.page, "Affected users");
    expect(await superuser.page.getByRole("main").innerText()).to.contain("50 of 51 users are affected.");
    expect((await officeNow()).secondFactor.demand, "nothing by looking").to.equal("off");
    await superuser.press("Save this change");
    await onPage(superuser.page, "Settings");
  }

  async function addApplication(): Promise<typeof application> {
    const { page } = superuser;
    await superuser.follow("Applications");
    await superuser.follow("Add an application");
    await page.getByText("More settings").click();
    const addresses = { "Redirect URIs": "https://app.test/cb", "Home page": "https://app.test/" };
    await superuser.type({ "Name of the application": "Ledger", ...addresses });
    await superuser.press("Add");
    await onPage(page, "Ledger");
    const [secret = ""] = await page.locator(".notice .code").allInnerTexts();
    const [id = ""] = /app_[\w-]+/.exec(await page.getByRole("main").innerText()) ?? [];
    return { id, secret, redirectUri: "https://app.test/cb" };
  }

  const invitationOf = async (mail: string): Promise<string> => {
    const ask = async () => linkIn((await mailsTo(vestibule, mail))[0], `${vestibule.issuer}/invitation/`);
    return eventually(ask, (address) => address !== "");
  };
  const officeNow = async (): Promise<Office> => (await services.offices.findByCode(CODE)) ?? expect.fail();
  const peopleNow = async () => (await services.lists.overview.find((await officeNow()).id)).counts.users;
});

/** The password page; the office is remembered where it was opened before. */
async function signIn(
  clicks: Clicks,
  { officeCode, username, password }: { officeCode?: string; username: string; password: string },
): Promise<void> {
  await onPage(clicks.page, "Sign in");
  await clicks.type({
    ...(officeCode === undefined ? {} : { "Office code": officeCode }),
    Username: username,
  });
  await passwordBox(clicks.page).fill(password);
  await clicks.press("Sign in");
}

async function choosePassword(clicks: Clicks, password: string): Promise<void> {
  await onPage(clicks.page, "Welcome! Choose your password");
  await clicks.type({ "New password": password });
  await clicks.press("Save password");
  await onPage(clicks.page, "Your account is ready");
  // What was proved in the second of the change counts for nothing.
}

/** The app, which is chosen already; the code, and the codes that are saved. */
async function enrol(clicks: Clicks): Promise<void> {
  const { page } = clicks;
  await onPage(page, ENGLISH.choose);
  await clicks.press(ENGLISH.confirm);
  await onPage(page, ENGLISH.setUp);
  await clicks.sendCode(ENGLISH.code, totpNow(await scan(page)));
  await onPage(page, ENGLISH.save);
  await clicks.tick(ENGLISH.saved);
  await clicks.press(ENGLISH.continue);
}

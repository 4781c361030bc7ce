import { expect } from "chai";
import { CONSOLE_SITE } from "../../../src/screens/console/page.ts";
import { StepUp } from "../../../src/platform/web/step-up.ts";
import { App, expectOn, pathOf, prove, send, titleOf } from "../../support/account.ts";
import { asOwner } from "../../support/database.ts";
import { atConsole, makeStaff, openConsole, supportOffice, type Staff } from "../../support/console.ts";
import { TESTER, makeApplication, makeUser, type TestUser } from "../../support/people.ts";
import { authorizationRequest, follow, signIn } from "../../support/relying-party.ts";
import { giveApp, keyOf, pageName, sendForm, sibling } from "../../support/second-factor.ts";
import { MINUTE, travel } from "../../support/time.ts";
import { totpNow } from "../../support/totp.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

describe("who comes into the console", () => {
  const vestibule = useVestibule({ office: { code: "NOORD", name: "Noord & Zonen" } });
  let superuser: Staff;
  let overview: string;

  before(async () => {
    const { services } = vestibule;
    superuser = await makeStaff(services, vestibule.office, { role: "superuser", name: "Chris Smit" });
    overview = "/console/o/NOORD";
  });

  it("leads a stranger through the sign-in with a second factor, and back to the page that was wanted", async () => {
    const browser = vestibule.browser();
    const first = await browser.get(overview);
    expect(first.location)
      .to.match(/response_type=none/)
      .and.match(/acr_values=urn%3Avestibule%3Aacr%3A2/);
    const asked = await follow(browser, first);
    expect(pageName(asked)).to.equal("password");
    expect(asked.body).to.not.contain("Chris Smit");
    const app = new App(superuser.secret);
    expectOn(await prove(browser, asked, { user: superuser.user, app }), overview);
  });

  it("leads each role to where its work begins", async () => {
    const { services } = vestibule;
    const accountant = await makeStaff(services, vestibule.office, { role: "accountant" });
    const support = await makeStaff(services, await supportOffice(services), { role: "support" });
    const other = await makeStaff(services, vestibule.office, { role: "superuser" });
    expectOn(await openConsole(vestibule.browser(), "/console", other), overview);
    expectOn(await openConsole(vestibule.browser(), "/console", accountant), `${overview}/users`);
    const page = await openConsole(vestibule.browser(), "/console", support);
    expectOn(page, "/console/offices");
    expect(page.body).to.contain('href="/console/o/NOORD"');
  });

  it("T25 lets staff without a factor set one up first, although their office asks for none", async () => {
    const { services } = vestibule;
    const user = await makeUser(services, vestibule.office, { role: "superuser" });
    const browser = vestibule.browser();
    const application = await makeApplication(services);
    await signIn(browser, authorizationRequest(vestibule.issuer, application), user);
    const asked = await follow(browser, await browser.get("/console"));
    const choice = await prove(browser, asked, { user });
    expect(pageName(choice)).to.equal("choose");
    const page = await sendForm(browser, choice, { method: "totp" });
    const codes = await sendForm(browser, page, { code: totpNow(keyOf(page)) });
    expectOn(await sendForm(browser, codes, { saved: "yes" }), overview);
  });

  /** Comes to the console with the password and a recovery code; answers the page after it. */
  async function recover(user: TestUser) {
    const { codes } = await giveApp(vestibule.services, user);
    const browser = vestibule.browser();
    const asked = await follow(browser, await browser.get("/console"));
    const challenge = await prove(browser, asked, { user, app: new App("A".repeat(32)) });
    const page = await browser.get(sibling(challenge, "recovery-code"));
    return { browser, page: await sendForm(browser, page, { recoveryCode: codes[0] ?? "" }) };
  }

  it("T24 T146 takes a recovery code of an office's staff for the second factor that it stands in for", async () => {
    const user = await makeUser(vestibule.services, vestibule.office, { role: "superuser" });
    const { browser, page } = await recover(user);
    expect(pageName(page)).to.equal("recovered");
    expectOn(await sendForm(browser, page, { answer: "yes" }), overview);
  });

  it("T24 T146 takes a recovery code of the platform's staff for no second factor", async () => {
    const { services } = vestibule;
    const user = await makeUser(services, await supportOffice(services), { role: "support" });
    const { browser, page } = await recover(user);
    expect(pageName(page)).to.equal("enrol-totp");
    expect((await browser.get("/console")).status).to.equal(303);
  });

  it("T94 leads a plain user to the own account, wherever they knock, and takes no form", async () => {
    const plain = await makeUser(vestibule.services, vestibule.office);
    const browser = vestibule.browser();
    const application = await makeApplication(vestibule.services);
    await signIn(browser, authorizationRequest(vestibule.issuer, application), plain);
    for (const path of [
      "/console",
      overview,
      `${overview}/users`,
      "/console/offices",
      "/console/o/ELSEWHERE",
    ]) {
      const page = await browser.get(path);
      const { pathname } = new URL(page.location);
      expect([page.status, pathname, page.body.includes("Noord")], path).to.deep.equal([
        303,
        "/account",
        false,
      ]);
    }
    const sent = await browser.post(`${overview}/settings/general`, { name: "Stolen", language: "en" });
    expect([sent.status, titleOf(sent)]).to.deep.equal([403, "You do not have access to this page"]);
    expect(sent.body, "the look of the own office").to.contain("<span>Noord &amp; Zonen</span>");
  });

  it("T63 knows at the next click that a role was taken away, also with a form open", async () => {
    const staff = await makeStaff(vestibule.services, vestibule.office, { role: "superuser" });
    const { browser } = await atConsole(vestibule, staff);
    const form = await browser.get(`${overview}/settings/general`);
    await asOwner(vestibule.database, "update users set role = 'user' where id = $1", [staff.user.id]);
    const answers = [
      await browser.get(overview),
      await send(browser, form, { name: "Stolen", language: "en" }),
    ];
    expect(answers.map(({ status }) => status)).to.deep.equal([303, 403]);
    expect((await vestibule.services.offices.find(vestibule.office.id))?.name).to.equal("Noord & Zonen");
  });

  it("T63 shows nothing more to staff who were disabled", async () => {
    const staff = await makeStaff(vestibule.services, vestibule.office, { role: "superuser" });
    const { browser } = await atConsole(vestibule, staff);
    const found = await vestibule.services.users.findByUsername(vestibule.office.id, staff.user.username);
    await vestibule.services.administration.users.disable(found ?? expect.fail(), TESTER);
    expect((await browser.get(overview)).location).to.contain("/authorize?");
  });

  it("T62 shows nothing more after the idle time", async () => {
    const staff = await makeStaff(vestibule.services, vestibule.office, { role: "superuser" });
    const { browser } = await atConsole(vestibule, staff);
    expect((await browser.get(overview)).status).to.equal(200);
    travel(61 * MINUTE);
    expect((await browser.get(overview)).location).to.contain("/authorize?");
  });

  it("brings neither a code nor a token, and nobody gets one in the console's name", async () => {
    const query = new URLSearchParams({
      client_id: "app_vestibule-console",
      response_type: "code",
      redirect_uri: `${vestibule.issuer}/console/signed-in`,
      scope: "openid",
      code_challenge: "x".repeat(43),
      code_challenge_method: "S256",
    });
    const staff = await makeStaff(vestibule.services, vestibule.office, { role: "superuser" });
    const { browser } = await atConsole(vestibule, staff);
    expect((await browser.get(overview)).status).to.equal(200);
    const answer = new URL((await browser.get(`/authorize?${query.toString()}`)).location).searchParams;
    expect([answer.has("error"), answer.has("code")]).to.deep.equal([true, false]);
  });

  it("T80 comes back to a page of the console and to no other place", () => {
    const evil = [
      "//evil.test",
      "/\\evil.test",
      "https://evil.test/console",
      "/console/../account",
      "/console//evil.test",
      "/consoles",
      "/console?next=//evil.test",
      "/console/users\n//evil.test",
      ["/console"],
      undefined,
    ];
    const stepUp = new StepUp({ ...CONSOLE_SITE, issuer: vestibule.issuer });
    expect(evil.map((state) => stepUp.returnPath(state))).to.deep.equal(evil.map(() => "/console"));
    expect(stepUp.returnPath("/console/o/NOORD/settings/general")).to.equal(
      "/console/o/NOORD/settings/general",
    );
  });

  it("ends at the first page for a user who cancels, and is not asked again", async () => {
    const browser = vestibule.browser();
    const asked = await follow(browser, await browser.get("/console"));
    const page = await follow(browser, await send(browser, asked, { cancel: "1" }));
    expect([page.status, pathOf(page)]).to.deep.equal([200, "/"]);
  });
});

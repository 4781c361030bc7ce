import { expect } from "chai";
import { ACCOUNT_SITE } from "../../../src/screens/account/page.ts";
import { StepUp } from "../../../src/platform/web/step-up.ts";
import { App, expectOn, openAccount, pathOf, prove, send } from "../../support/account.ts";
import type { Role } from "../../../src/domain/access/role.ts";
import { supportOffice } from "../../support/console.ts";
import { asOwner } from "../../support/database.ts";
import type { HttpBrowser } from "../../support/http-browser.ts";
import { TESTER, makeApplication, makeOffice, makeUser, type TestUser } from "../../support/people.ts";
import { authorizationRequest, follow, hiddenField, signIn } from "../../support/relying-party.ts";
import {
  changeOffice,
  giveApp,
  givePassword,
  pageName,
  sendForm,
  sibling,
  REQUIRED,
  makeStrictUser,
} from "../../support/second-factor.ts";
import { MINUTE, travel } from "../../support/time.ts";
import { useVestibule } from "../../support/use-vestibule.ts";
import { useResource } from "../../support/suite-resource.ts";

describe("who sees the account page", () => {
  const vestibule = useVestibule({ user: { name: "Sanne Bakker" } });
  let secret: string;

  const strict = useResource(() => makeStrictUser(vestibule.services, { name: "Omar Strikt" }));
  before(async () => {
    secret = (await giveApp(vestibule.services, strict)).secret;
  });

  const PAGES = ["/account", "/account/sessions", "/account/applications", "/account/sign-ins"];
  const CHANGES = [
    "/account/profile",
    "/account/password",
    "/account/sessions/others",
    "/account/recovery-codes",
  ];

  it("leads a stranger through the sign-in and back to the page that was wanted", async () => {
    for (const path of [...PAGES, "/account/profile"]) {
      const browser = vestibule.browser();
      const asked = await follow(browser, await browser.get(path));
      expect(pageName(asked), path).to.equal("password");
      expect(asked.body, path).to.not.contain("Sanne");
      expectOn(await prove(browser, asked, { user: vestibule.user }), path);
    }
  });

  it("brings neither a code nor a token into the browser", async () => {
    const browser = vestibule.browser();
    const seen: string[] = [];
    let page = await browser.get("/account");
    expect(page.location).to.match(/[?&]response_type=none&/);
    page = await follow(browser, page);
    page = await prove(spyOn(browser, seen), page, { user: vestibule.user });
    expect(page.status).to.equal(200);
    expect(seen.some((location) => location.includes("/account/signed-in"))).to.equal(true);
    expect(seen.filter((location) => /[?&#](code|access_token|id_token)=/.test(location))).to.deep.equal([]);
  });

  it("gives nobody a token in the name of the account page", async () => {
    const browser = vestibule.browser();
    const query = new URLSearchParams({
      client_id: "app_vestibule-account-page",
      response_type: "code",
      redirect_uri: `${vestibule.issuer}/account/signed-in`,
      scope: "openid",
      code_challenge: "x".repeat(43),
      code_challenge_method: "S256",
    });
    const page = await browser.get(`/authorize?${query.toString()}`);
    const answer = new URL(page.location).searchParams;
    expect([answer.has("error"), answer.has("code")]).to.deep.equal([true, false]);
  });

  it("takes the session of another application, and shows who it is", async () => {
    const application = await makeApplication(vestibule.services);
    const browser = vestibule.browser();
    await signIn(browser, authorizationRequest(vestibule.issuer, application), vestibule.user);
    const page = await follow(browser, await browser.get("/account"));
    expectOn(page, "/account");
    expect(page.body).to.contain("Sanne Bakker");
  });

  it("T25 asks again as soon as the office demands a factor that the session does not have", async () => {
    const office = await makeOffice(vestibule.services);
    const person = await makeUser(vestibule.services, office);
    const browser = vestibule.browser();
    expectOn(await openAccount(browser, "/account", { user: person }), "/account");
    await changeOffice(vestibule.services, office, { secondFactor: REQUIRED });
    for (const path of [...PAGES, ...CHANGES]) {
      const page = await browser.get(path);
      expect([page.status, /\/authorize\?/.test(page.location)], path).to.deep.equal([303, true]);
    }
  });

  it("T63 shows nothing more to a user who was disabled, or whose office was closed", async () => {
    const { services } = vestibule;
    const office = await makeOffice(services);
    const person = await makeUser(services, office);
    const other = await makeUser(services, office);
    const browsers = [vestibule.browser(), vestibule.browser()] as const;
    await openAccount(browsers[0], "/account", { user: person });
    await openAccount(browsers[1], "/account", { user: other });
    const found = await services.users.findByUsername(office.id, person.username);
    await services.administration.users.disable(found ?? expect.fail(), TESTER);
    expect(await isShown(browsers[0])).to.equal(false);
    expect(await isShown(browsers[1])).to.equal(true);
    await changeOffice(services, office, { status: "closed" });
    expect(await isShown(browsers[1])).to.equal(false);
  });

  it("T62 shows nothing more after the idle time", async () => {
    const browser = vestibule.browser();
    await openAccount(browser, "/account", { user: vestibule.user });
    travel(61 * MINUTE);
    expect(await isShown(browser)).to.equal(false);
  });

  it("T24 asks for password and factor once more when the sign-in is five minutes old, and comes back to the change", async () => {
    const browser = vestibule.browser();
    const app = new App(secret);
    expectOn(await openAccount(browser, "/account/profile", { user: strict, app }), "/account/profile");
    travel(5 * MINUTE);
    expect(await isShown(browser), "looking is still allowed").to.equal(true);
    for (const path of ["/account/profile", "/account/recovery-codes"]) {
      expectOn(await browser.get(path), path);
    }
    const form = await browser.get("/account/recovery-codes");
    const asked = await follow(browser, await send(browser, form, { seen: hiddenField(form, "seen") }));
    expect(pageName(asked)).to.equal("password");
    expect(asked.body).to.contain("your last confirmation was more than 5 minutes ago");
    const page = await prove(browser, asked, { user: strict, app: new App(secret) });
    expectOn(page, "/account/recovery-codes");
    expect(page.body).to.contain("Nothing has been changed yet.");
  });

  it("T24 asks before a page of one button is shown, so that it is pressed once, and nothing happens before", async () => {
    const { services, database } = vestibule;
    const person = await makeUser(services, await makeOffice(services));
    const [browser, other] = [vestibule.browser(), vestibule.browser()];
    await openAccount(other, "/account", { user: person });
    await openAccount(browser, "/account", { user: person });
    travel(5 * MINUTE);
    const asked = await follow(browser, await browser.get("/account/sessions/others"));
    expect(pageName(asked)).to.equal("password");
    const question = await prove(browser, asked, { user: person });
    expectOn(question, "/account/sessions/others");
    expect(question.body).to.not.contain("Nothing has been changed yet.");
    expect(await isShown(other), "before the press").to.equal(true);
    expectOn(await follow(browser, await send(browser, question)), "/account/sessions");
    expect(await isShown(other), "after it").to.equal(false);
    const ended = await asOwner(
      database,
      "select from audit_events where type = 'sessions.ended' and actor = $1",
      [person.id],
    );
    expect(ended).to.have.length(1);
  });

  it("T24 changes nothing by a form that was opened before", async () => {
    const person = await makeUser(vestibule.services, await makeOffice(vestibule.services));
    const browser = vestibule.browser();
    const page = await openAccount(browser, "/account/profile", { user: person });
    travel(30 * MINUTE);
    const answered = await send(browser, page, { name: "Changed", language: "" });
    expect(answered.location).to.match(/\/authorize\?.*state=%2Faccount%2Fprofile/);
    const [row] = await asOwner<{ name: string }>(
      vestibule.database,
      "select name from users where id = $1",
      [person.id],
    );
    expect(row?.name).to.equal("Sanne Bakker");
  });

  it("T57 gives the session a new cookie when it is proved again, and the former one is dead", async () => {
    const browser = vestibule.browser();
    await openAccount(browser, "/account", { user: vestibule.user });
    travel(5 * MINUTE);
    const copy = browser.copy();
    expect(await isShown(copy)).to.equal(true);
    expectOn(await openAccount(browser, "/account/password", { user: vestibule.user }), "/account/password");
    expect(await isShown(copy)).to.equal(false);
  });

  /** Comes to a page of the account with the password and a recovery code. */
  const recover = async (person: TestUser, path: string) => {
    const { codes } = await giveApp(vestibule.services, person);
    const browser = vestibule.browser();
    const challenge = await openAccount(browser, path, { user: person, app: new App(WRONG_SECRET) });
    expect(pageName(challenge)).to.equal("challenge-totp");
    const page = await browser.get(sibling(challenge, "recovery-code"));
    return { browser, page: await sendForm(browser, page, { recoveryCode: codes[0] ?? "" }) };
  };

  it("T24 T146 lets a recovery code change what the app it stands in for could", async () => {
    const { services } = vestibule;
    const person = await makeUser(services, await makeOffice(services));
    const { browser, page } = await recover(person, "/account");
    expectOn(await sendForm(browser, page, { answer: "yes" }), "/account");
    expectOn(await follow(browser, await browser.get("/account/app")), "/account/app");
  });

  it("T24 T146 lets a recovery code of the platform's staff change nothing: they set up the app first", async () => {
    const { services } = vestibule;
    const person = await makeUser(services, await supportOffice(services), { role: "support" });
    const { browser, page } = await recover(person, "/account/app");
    expect(pageName(page)).to.equal("enrol-totp");
    expect(pageName(await follow(browser, await browser.get("/account/app")))).to.equal("password");
  });

  it("T80 comes back to a page of the account and to no other place", async () => {
    const evil = [
      "//evil.test",
      "/\\evil.test",
      "https:evil.test",
      "https://evil.test/account",
      "%09//evil.test",
      "/%2f/evil.test",
      "javascript:alert(1)",
      "/account/../../evil",
      "/account//evil.test",
      "/account/sessions\n//evil.test",
      "/accountant",
      "/account?next=//evil.test",
      ["/account"],
      undefined,
    ];
    const stepUp = new StepUp({ ...ACCOUNT_SITE, issuer: vestibule.issuer });
    expect(evil.map((state) => stepUp.returnPath(state))).to.deep.equal(evil.map(() => "/account"));
    expect(stepUp.returnPath("/account/sessions/others")).to.equal("/account/sessions/others");
    const browser = vestibule.browser();
    await openAccount(browser, "/account", { user: vestibule.user });
    const page = await browser.get(`/account/signed-in?state=${encodeURIComponent("//evil.test")}`);
    expect(page.location).to.equal(`${vestibule.issuer}/account`);
  });

  it("ends at the first page for a user who cancels, and is not asked again", async () => {
    const browser = vestibule.browser();
    const asked = await follow(browser, await browser.get("/account"));
    const page = await follow(browser, await send(browser, asked, { cancel: "1" }));
    expect([page.status, pathOf(page)]).to.deep.equal([200, "/"]);
  });

  it("shows the way to the console to the staff, whom it lets in, and to nobody else", async () => {
    const { services } = vestibule;
    const place = (role: Role) =>
      role === "support" ? supportOffice(services) : Promise.resolve(strict.office);
    for (const role of ["user", "accountant", "superuser", "support"] as const) {
      const staff = await makeUser(services, await place(role), { role });
      const app = new App((await giveApp(services, staff)).secret);
      const browser = vestibule.browser();
      const pages = [
        await openAccount(browser, "/account", { user: staff, app }),
        await browser.get("/account/sessions"),
      ];
      const shown = pages.map(({ body }) => body.includes('href="/console"'));
      const isStaff = role !== "user";
      expect(shown, role).to.deep.equal([isStaff, isStaff]);
      const there = await openAccount(browser, "/console", { user: staff, app });
      // Users who have no console get to their own account.
      const site = isStaff ? "/console" : "/account";
      expect(there.status, `${role} at the console`).to.equal(200);
      expect(pathOf(there).startsWith(site), `${role} at ${there.url}`).to.equal(true);
    }
  });

  it("says why the password is asked for once more, where the console needs a factor that is not set up yet", async () => {
    const staff = await makeUser(vestibule.services, vestibule.user.office, { role: "superuser" });
    const browser = vestibule.browser();
    const first = await follow(browser, await browser.get("/account"));
    expect(first.body).to.not.contain("You are already signed in");
    await prove(browser, first, { user: staff });
    const again = await follow(browser, await browser.get("/console"));
    expect(pageName(again)).to.equal("password");
    expect(again.body).to.contain("You are already signed in.");
    expect(pageName(await givePassword(browser, again, staff))).to.equal("choose");
  });

  async function isShown(browser: HttpBrowser): Promise<boolean> {
    return (await browser.get("/account")).status === 200;
  }
});

/** A key that is nobody's. */
const WRONG_SECRET = "A".repeat(32);

/** The same browser, writing down every address that it is sent to. */
function spyOn(browser: HttpBrowser, seen: string[]): HttpBrowser {
  const original = browser.send.bind(browser);
  browser.send = async (...parameters) => {
    const page = await original(...parameters);
    seen.push(page.location);
    return page;
  };
  return browser;
}

import { expect } from "chai";
import { homeOf } from "../../src/kernel/home.ts";
import { asOwner } from "../support/database.ts";
import type { HttpBrowser, Page } from "../support/http-browser.ts";
import { makeOffice, makeUser, type TestUser } from "../support/people.ts";
import { claimsOf, follow, redeem, type Request } from "../support/relying-party.ts";
import {
  changeOffice,
  giveApp,
  givePassword,
  hasCode,
  pageName,
  REQUIRED,
  sendForm,
  type TestApp,
} from "../support/second-factor.ts";
import { HOUR, MINUTE, SECOND, travel } from "../support/time.ts";
import { tokensFor, tokensOf } from "../support/tokens.ts";
import { totpNow } from "../support/totp.ts";
import { useVestibule } from "../support/use-vestibule.ts";

const STRONG = { acr_values: "urn:vestibule:acr:2" };

describe("a step up from a session with the password alone", () => {
  const vestibule = useVestibule({ application: {} });
  let user: TestUser;
  let app: TestApp;
  let browser: HttpBrowser;
  let signedInAt: number;
  beforeEach(async () => {
    user = await makeUser(vestibule.services, await makeOffice(vestibule.services));
    browser = vestibule.browser();
    signedInAt = Number(claimsOf((await tokensFor(browser, vestibule.application, user)).id)["auth_time"]);
    app = await giveApp(vestibule.services, user);
  });

  const ask = (changes: Record<string, string> = {}) => vestibule.request({ ...STRONG, ...changes });
  const open = async (request: Request = ask()) => follow(browser, await browser.get(request.url));
  const idTokenOf = async (page: Page, request: Request) => {
    const redirect = new URL(page.location);
    return claimsOf(tokensOf(await redeem(browser, vestibule.application, { redirect, request })).id);
  };

  it("T26 asks for the second factor and not for the password again", async () => {
    travel(10 * MINUTE);
    const request = ask();
    const page = await open(request);
    expect(pageName(page)).to.equal("challenge-totp");
    const done = await sendForm(browser, page, { code: totpNow(app.secret) });
    expect(await idTokenOf(done, request)).to.deep.include({
      sub: user.id,
      amr: ["pwd", "otp", "mfa"],
      acr: "urn:vestibule:acr:2",
    });
    expect(hasCode(await open(ask({ prompt: "none" })))).to.equal(true);
  });

  it("T27 does not make the password any younger", async () => {
    travel(10 * MINUTE);
    const request = ask();
    const done = await sendForm(browser, await open(request), { code: totpNow(app.secret) });
    expect((await idTokenOf(done, request))["auth_time"]).to.equal(signedInAt);
    expect(pageName(await open(ask({ max_age: "300" })))).to.equal("password");
  });

  it("T155 keeps the home of its user in the cookie of the sign-in, and none where another user is asked for", async () => {
    const elsewhere = await makeOffice(vestibule.services);
    for (const officeId of [null, user.office.id, elsewhere.id]) {
      const application = await vestibule.makeApplication({}, officeId);
      const page = await open(vestibule.request(STRONG, application));
      const kept = browser
        .cookies()
        .find(({ name, path }) => name.endsWith("-interaction") && path !== "/" && page.url.includes(path));
      const isOther = officeId === elsewhere.id;
      expect(page.body.includes("/challenge-totp"), String(officeId)).to.equal(!isOther);
      expect(kept?.value.split(".").at(2), String(officeId)).to.equal(
        isOther ? undefined : String(homeOf(user.office.id)),
      );
    }
  });

  for (const changes of [{ prompt: "login" }, { max_age: "60" }]) {
    it(`T27 asks for both where ${JSON.stringify(changes)} says so`, async () => {
      travel(90 * SECOND);
      expect(pageName(await open(ask(changes)))).to.equal("password");
    });
  }

  it("T27 asks for both once the session is too old for max_age while the page stands open", async () => {
    travel(50 * SECOND);
    const page = await open(ask({ max_age: "60" }));
    expect(pageName(page)).to.equal("challenge-totp");
    travel(20 * SECOND);
    const next = await sendForm(browser, page, { code: totpNow(app.secret) });
    expect([pageName(next), hasCode(next)]).to.deep.equal(["password", false]);
  });

  it("T25 does the same when the office begins to demand a factor, for users who have one", async () => {
    await changeOffice(vestibule.services, user.office, { secondFactor: REQUIRED });
    const page = await open(vestibule.request());
    expect(pageName(page)).to.equal("challenge-totp");
    expect(hasCode(await sendForm(browser, page, { code: totpNow(app.secret) }))).to.equal(true);
  });

  it("T23 asks a user who has no factor for the password before one is enrolled", async () => {
    await asOwner(vestibule.database, "delete from factors where user_id = $1", [user.id]);
    const page = await open();
    expect(pageName(page)).to.equal("password");
    expect(pageName(await givePassword(browser, page, user))).to.equal("choose");
  });

  it("T23 asks for the password when the factor is taken away in between", async () => {
    const page = await open();
    await asOwner(vestibule.database, "delete from factors where user_id = $1", [user.id]);
    const next = await sendForm(browser, page, { code: totpNow(app.secret) });
    expect(pageName(next)).to.equal("password");
    for (const name of ["enrol-totp", "choose", "challenge-totp"]) {
      expect(pageName(await follow(browser, await browser.get(`${page.url}/${name}`))), name).to.equal(
        "password",
      );
    }
  });

  it("T63 takes the code no more once the session has ended", async () => {
    const page = await open();
    const { database, users } = vestibule.services;
    await database.inOffice(user.office.id, (tx) => users.endSessions(tx, user.id, new Date()));
    const next = await sendForm(browser, page, { code: totpNow(app.secret) });
    expect(next.status).to.equal(400);
    expect(hasCode(next)).to.equal(false);
  });

  it("T62 takes the code no more once the session was idle for too long", async () => {
    travel(HOUR - 10 * MINUTE);
    const page = await open();
    expect(pageName(page)).to.equal("challenge-totp");
    travel(HOUR + MINUTE);
    const next = await sendForm(browser, page, { code: totpNow(app.secret) });
    expect(hasCode(next)).to.equal(false);
  });

  it("T27 stands in for nobody else's password, though they sign in on the same page", async () => {
    const other = await makeUser(vestibule.services, user.office);
    const page = await open(ask({ prompt: "login" }));
    const next = await givePassword(browser, page, other);
    expect([pageName(next), hasCode(next)]).to.deep.equal(["choose", false]);
    const setUp = await sendForm(browser, next, { method: "totp" });
    const wrong = await sendForm(browser, setUp, { code: totpNow(app.secret) });
    expect(hasCode(wrong)).to.equal(false);
  });

  it("T58 goes on in the session's own browser alone", async () => {
    const page = await open();
    const stranger = vestibule.browser();
    const there = await follow(stranger, await stranger.get(page.url));
    expect(there.status).to.equal(400);
    await tokensFor(stranger, vestibule.application, await makeUser(vestibule.services, user.office));
    expect((await follow(stranger, await stranger.get(page.url))).status).to.equal(400);
  });

  it("T48 counts wrong codes as every other page does", async () => {
    let page = await open();
    for (let tries = 0; tries < 3; tries += 1) {
      page = await sendForm(browser, page, { code: "000000" });
    }
    expect(page.body).to.contain("blocked");
    expect(new URL(page.url).pathname).to.match(/\/blocked$/);
  });
});

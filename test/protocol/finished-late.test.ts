import { expect } from "chai";
import { App, openAccount, send } from "../support/account.ts";
import { asOwner } from "../support/database.ts";
import type { HttpBrowser, Page } from "../support/http-browser.ts";
import { TESTER } from "../support/people.ts";
import { follow, formAction, hiddenField } from "../support/relying-party.ts";
import {
  hasCode,
  makeStrictUser,
  giveApp,
  pageName,
  passPassword,
  resetFactor,
} from "../support/second-factor.ts";
import { storedUser } from "../support/mobile-numbers.ts";
import { MINUTE, SECOND, travel } from "../support/time.ts";
import { totpNow } from "../support/totp.ts";
import { useVestibule } from "../support/use-vestibule.ts";

describe("T121 a finished sign-in whose last redirect is kept back", () => {
  const vestibule = useVestibule({ application: {} });
  const { application, services, database } = vestibule;

  /** A user with an app, and the redirect of a complete sign-in that no browser has followed. */
  async function keptBack() {
    const user = await makeStrictUser(services);
    const { secret } = await giveApp(services, user);
    const browser = vestibule.browser();
    const page = await passPassword(browser, application, user);
    const redirect = await sendCode(browser, page, totpNow(secret));
    expect(redirect.location, "the way back").to.contain("/authorize/");
    return { user, secret, browser, redirect };
  }

  const sendCode = (browser: HttpBrowser, page: Page, code: string) =>
    browser.post(formAction(page), { _csrf: hiddenField(page, "_csrf"), code });

  it("T121 signs in when it is followed at once", async () => {
    const { browser, redirect } = await keptBack();
    expect(hasCode(await follow(browser, redirect))).to.equal(true);
  });

  it("T121 asks for the password again when sessions were ended in the same second", async () => {
    const { user, browser, redirect } = await keptBack();
    await services.administration.users.endSessions(await storedUser(services, user), TESTER);
    const page = await follow(browser, redirect);
    expect([hasCode(page), pageName(page)]).to.deep.equal([false, "password"]);
    expect((await browser.get("/account")).status, "its session").to.equal(303);
  });

  it("T121 is over after a reset of the factor", async () => {
    const { user, browser, redirect } = await keptBack();
    await resetFactor(services, await storedUser(services, user), "stolen");
    expect(hasCode(await follow(browser, redirect))).to.equal(false);
  });

  it("T121 is over when the user ends all other sessions, and the user's own session goes on", async () => {
    const { user, secret, browser, redirect } = await keptBack();
    const own = vestibule.browser();
    await asOwner(database, "update factors set last_step = 0 where user_id = $1", [user.id]);
    const page = await openAccount(own, "/account/sessions/others", { user, app: new App(secret) });
    await send(own, page);
    expect(hasCode(await follow(browser, redirect))).to.equal(false);
    expect((await own.get("/account")).status, "the own session").to.equal(200);
  });

  it("T121 is over after a minute", async () => {
    const { browser, redirect } = await keptBack();
    travel(MINUTE + SECOND);
    const page = await follow(browser, redirect);
    expect([page.status, hasCode(page)]).to.deep.equal([400, false]);
  });

  it("T121 gets no further minute from the page that ended it", async () => {
    const { browser, redirect } = await keptBack();
    const { uid = "" } = /\/authorize\/(?<uid>[\w-]+)/.exec(redirect.location)?.groups ?? {};
    travel(50 * SECOND);
    const again = await browser.get(`/interaction/${uid}`);
    expect(again.location, "a second click").to.equal(redirect.location);
    travel(20 * SECOND);
    expect(hasCode(await follow(browser, again))).to.equal(false);
  });
});

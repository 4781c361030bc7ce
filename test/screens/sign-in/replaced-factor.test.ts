import { expect } from "chai";
import { OPERATOR } from "../../support/actors.ts";
import type { HttpBrowser } from "../../support/http-browser.ts";
import { storedUser } from "../../support/mobile-numbers.ts";
import { makeUser, type TestUser } from "../../support/people.ts";
import { authorizationRequest, follow } from "../../support/relying-party.ts";
import {
  codesOn,
  giveApp,
  hasCode,
  keyOf,
  makeStrictOffice,
  pageName,
  passPassword,
  sayLost,
  sendForm,
  sibling,
  type TestApp,
} from "../../support/second-factor.ts";
import { MINUTE, SECOND, duringMoment, travel } from "../../support/time.ts";
import { totpNow } from "../../support/totp.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

describe("T121 a sign-in that replaces the app, with a recovery code", () => {
  const vestibule = useVestibule({ application: {} });
  const { application, services } = vestibule;
  let user: TestUser;
  let app: TestApp;

  beforeEach(async () => {
    user = await makeUser(services, await makeStrictOffice(services));
    app = await giveApp(services, user);
  });

  /** Another browser, whose session was proved with the app. */
  async function signedIn(): Promise<HttpBrowser> {
    const browser = vestibule.browser();
    const challenge = await passPassword(browser, application, user);
    expect(hasCode(await sendForm(browser, challenge, { code: totpNow(app.secret) }))).to.equal(true);
    return browser;
  }

  /** Up to the page that shows the new recovery codes. */
  async function replaceApp(browser: HttpBrowser, changes: Record<string, string> = {}) {
    const [recoveryCode = ""] = app.codes;
    const challenge = await passPassword(browser, application, user, changes);
    const page = await follow(browser, await browser.get(sibling(challenge, "recovery-code")));
    const setUp = await sayLost(browser, await sendForm(browser, page, { recoveryCode }));
    return sendForm(browser, setUp, { code: totpNow(keyOf(setUp)) });
  }

  const isSignedIn = async (browser: HttpBrowser): Promise<boolean> =>
    (await browser.get("/account")).status === 200 &&
    hasCode(await browser.get(authorizationRequest(vestibule.issuer, application, { prompt: "none" }).url));

  it("T121 ends every other session, and goes on itself", async () => {
    const thief = await signedIn();
    travel(MINUTE);
    const owner = vestibule.browser();
    const codes = await replaceApp(owner);
    expect(await isSignedIn(thief), "the thief").to.equal(false);
    expect(hasCode(await sendForm(owner, codes, { saved: "1" })), "the owner").to.equal(true);
    travel(2 * SECOND);
    expect(await isSignedIn(owner), "the owner, later").to.equal(true);
  });

  it("T121 shows its recovery codes once and ends, all within the second of the change", async () => {
    const moment = new Date((Math.floor(Date.now() / SECOND) + 1) * SECOND + 100);
    await duringMoment(moment, async () => {
      const owner = vestibule.browser();
      const codes = await replaceApp(owner);
      expect([pageName(codes), codesOn(codes).length]).to.deep.equal(["recovery-codes", 6]);
      expect(codesOn(await owner.get(codes.url)), "loaded again").to.deep.equal([]);
      expect(hasCode(await sendForm(owner, codes, { saved: "1" }))).to.equal(true);
    });
  });

  it("T121 goes on in a browser that has a session already", async () => {
    const owner = await signedIn();
    travel(MINUTE);
    const codes = await replaceApp(owner, { prompt: "login" });
    expect(hasCode(await sendForm(owner, codes, { saved: "1" }))).to.equal(true);
    travel(2 * SECOND);
    expect(await isSignedIn(owner)).to.equal(true);
  });

  it("T121 is over when the sessions of its user are ended after it", async () => {
    const owner = vestibule.browser();
    const codes = await replaceApp(owner);
    travel(2 * SECOND);
    await vestibule.services.administration.users.endSessions(await storedUser(services, user), OPERATOR);
    const page = await sendForm(owner, codes, { saved: "1" });
    expect([hasCode(page), pageName(page)]).to.deep.equal([false, "password"]);
  });
});

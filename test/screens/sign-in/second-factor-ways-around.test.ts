import { expect } from "chai";
import type { HttpBrowser, Page } from "../../support/http-browser.ts";
import { makeApplication } from "../../support/people.ts";
import { authorizationRequest, follow, hiddenField } from "../../support/relying-party.ts";
import {
  clearGuard,
  codesOn,
  giveApp,
  guardOf,
  hasCode,
  keyOf,
  pageName,
  passPassword,
  sendForm,
  sibling,
  makeStrictUser,
} from "../../support/second-factor.ts";
import { totpNow } from "../../support/totp.ts";
import { useVestibule } from "../../support/use-vestibule.ts";
import { useResource } from "../../support/suite-resource.ts";

describe("after the password alone", () => {
  const vestibule = useVestibule({ application: {} });
  const { application, services } = vestibule;
  let browser: HttpBrowser;
  let challenge: Page;
  const seen: Page[] = [];

  const other = useResource(() => makeApplication(services, { redirectUris: ["https://other.test/cb"] }));
  const user = useResource(() => makeStrictUser(services));
  const app = useResource(() => giveApp(services, user));

  beforeEach(async () => {
    browser = vestibule.browser();
    challenge = await passPassword(browser, application, user);
    expect(pageName(challenge)).to.equal("challenge-totp");
    seen.length = 0;
  });
  afterEach(async () => {
    seen.forEach((page) => {
      expect(hasCode(page), `${page.url} → ${page.location}`).to.equal(false);
    });
    await clearGuard(vestibule, user);
  });

  const uid = () => /interaction\/([^/]+)/.exec(challenge.url)?.[1] ?? "";
  const csrf = () => hiddenField(challenge, "_csrf");
  const keep = (page: Page): Page => {
    seen.push(page);
    return page;
  };
  const get = async (url: string, from = browser) => keep(await follow(from, keep(await from.get(url))));
  const ask = (changes: Record<string, string | null>, of = application) =>
    get(authorizationRequest(vestibule.issuer, of, changes).url);

  it("T15 the address that resumes leads nowhere before the sign-in has ended", async () => {
    const page = await get(`/authorize/${uid()}`);
    expect([page.status, page.location]).to.deep.equal([400, ""]);
  });

  it("T15 a silent request is answered that nobody has signed in", async () => {
    const page = await ask({ prompt: "none" });
    expect(new URL(page.location).searchParams.get("error")).to.equal("login_required");
  });

  it("T15 a second request begins with the password again", async () => {
    expect((await ask({})).body).to.contain('name="password"');
  });

  it("T15 another application begins with the password again", async () => {
    expect((await ask({}, other)).body).to.contain('name="password"');
  });

  it("T15 starting again shows the code page, as does the back button's password page", async () => {
    expect(pageName(await get(`/interaction/${uid()}`))).to.equal("challenge-totp");
    expect(pageName(await get(sibling(challenge, "password")))).to.equal("challenge-totp");
  });

  it("T15 an empty form costs a try and shows the page again", async () => {
    const page = keep(await sendForm(browser, challenge, {}));
    expect([page.status, pageName(page)]).to.deep.equal([400, "challenge-totp"]);
    expect((await guardOf(vestibule, user)).failed_attempts).to.equal(1);
  });

  it("T15 a second tab of the same sign-in is where the first is", async () => {
    const tab = browser.copy();
    expect(pageName(await get(`/interaction/${uid()}`, tab))).to.equal("challenge-totp");
    expect((await get(`/authorize/${uid()}`, tab)).status).to.equal(400);
  });

  it("T15 sending the password again changes nothing", async () => {
    const { username, password, office } = user;
    const fields = { _csrf: csrf(), officeCode: office.code, username, password };
    const sent = keep(await browser.post(sibling(challenge, "password"), fields));
    expect(pageName(await get(sent.location))).to.equal("challenge-totp");
  });

  it("T23 no page of another step opens, and nothing that is sent to one is taken", async () => {
    for (const name of ["choose", "enrol-totp", "recovery-codes", "enrolment-code", "enrolment-closed"]) {
      const opened = await get(sibling(challenge, name));
      expect(pageName(opened), name).to.equal("challenge-totp");
      expect([keyOf(opened), codesOn(opened), opened.body.includes('<svg class="qr"')], name).to.deep.equal([
        "",
        [],
        false,
      ]);
      const fields = { _csrf: csrf(), code: totpNow(app.secret), saved: "1", again: "1", later: "1" };
      const sent = keep(
        await browser.post(sibling(challenge, name), { ...fields, method: "totp", secret: app.secret }),
      );
      expect(sent.location, name).to.match(/\/challenge-totp$/);
    }
    expect(await guardOf(vestibule, user), "nothing was looked at").to.include({
      failed_attempts: 0,
      failed_since_success: 0,
    });
  });

  it("T23 the consent of another step is not given either", async () => {
    const sent = keep(await browser.post(`/interaction/${uid()}/consent`, { _csrf: csrf() }));
    expect(sent.status).to.be.within(400, 499);
  });

  it("T23 the key of an app that is active is shown to nobody again", async () => {
    const done = keepOut(await sendForm(browser, challenge, { code: totpNow(app.secret) }));
    expect(hasCode(done)).to.equal(true);
    for (const name of ["enrol-totp", "recovery-codes", "choose", "challenge-totp"]) {
      const page = await browser.get(sibling(challenge, name));
      expect(page.body, name).to.not.contain(app.secret);
      expect(codesOn(page), name).to.deep.equal([]);
    }
    // Signed in: the next request shows nothing of it either.
    const silent = await browser.get(vestibule.request().url);
    expect(silent.body + silent.location).to.not.contain(app.secret);
  });

  /** A page that may have a code: a user has signed in. */
  const keepOut = (page: Page): Page => page;
});

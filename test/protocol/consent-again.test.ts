import { expect } from "chai";
import type { HttpBrowser, Page } from "../support/http-browser.ts";
import type { TestApplication } from "../support/people.ts";
import {
  follow,
  formAction,
  hiddenField,
  openSignIn,
  redeem,
  sendPassword,
  type Request,
} from "../support/relying-party.ts";
import { refresh, tokensOf } from "../support/tokens.ts";
import { useResource } from "../support/suite-resource.ts";
import { useVestibule } from "../support/use-vestibule.ts";

const OFFLINE = "Access even when you are not using it";
const CHOICE = "Allow access only while I am using it";
const ALL = "openid profile email offline_access";

describe("consent that is asked for again, and for access while the user is away", () => {
  const vestibule = useVestibule({ office: {}, user: {}, application: {} });
  const { application: own } = vestibule;
  const foreign = useResource(() => vestibule.makeApplication({ name: "Shoebox", firstParty: false }));
  const page = useResource(() =>
    vestibule.makeApplication({
      name: "Page",
      firstParty: false,
      type: "browser",
      corsOrigins: ["https://app.test"],
    }),
  );
  const native = useResource(() =>
    vestibule.makeApplication({ name: "Pocket", type: "native", redirectUris: ["com.example.pocket:/cb"] }),
  );

  const ask = (changes: Record<string, string | null>, of: TestApplication = foreign) =>
    vestibule.request(changes, of);
  async function arrive(browser: HttpBrowser, request: Request): Promise<Page> {
    const shown = await openSignIn(browser, request);
    if (!shown.body.includes('name="password"')) {
      return shown;
    }
    const { username, password, office } = vestibule.user;
    return follow(
      browser,
      await sendPassword(browser, shown, { officeCode: office.code, username, password }),
    );
  }
  const decide = async (browser: HttpBrowser, shown: Page, fields: Record<string, string> = {}) =>
    follow(
      browser,
      await browser.post(formAction(shown), {
        _csrf: hiddenField(shown, "_csrf"),
        decision: "allow",
        ...fields,
      }),
    );
  const redeemed = async (browser: HttpBrowser, request: Request, back: Page, of = foreign) => {
    const answer = await redeem(browser, of, { redirect: new URL(back.location), request });
    return { scopes: String(answer.body["scope"]).split(" "), ...tokensOf(answer) };
  };
  /** Consents to a request, and returns what the application got. */
  async function consent(
    browser: HttpBrowser,
    changes: Record<string, string | null>,
    fields: Record<string, string> = {},
    of = foreign,
  ) {
    const request = ask(changes, of);
    return redeemed(browser, request, await decide(browser, await arrive(browser, request), fields), of);
  }
  const silently = async (browser: HttpBrowser, scope: string) =>
    Object.fromEntries(
      new URL((await browser.get(ask({ scope, prompt: "none" }).url)).location).searchParams,
    );

  it("T76 shows everything that is asked for, also what was allowed before", async () => {
    const browser = vestibule.browser();
    await consent(browser, { scope: ALL });
    for (const prompt of ["consent", "login consent", "select_account consent"]) {
      const shown = await arrive(browser, ask({ scope: ALL, prompt }));
      expect(shown.body, prompt)
        .to.contain("Allow access?")
        .and.contain("Confirmation of your identity")
        .and.contain("Your name, username and language")
        .and.contain("Your email address")
        .and.contain(OFFLINE);
    }
  });

  it("T76 shows it also where a native application of ours is only confirmed", async () => {
    const browser = vestibule.browser();
    await arrive(browser, ask({}, native));
    const shown = await arrive(browser, ask({ scope: ALL }, native));
    expect(shown.body)
      .to.contain("Pocket")
      .and.contain("Your email address")
      .and.contain(OFFLINE)
      .and.not.contain(CHOICE);
  });

  it("asks nothing for an application of ours, whatever it asks for", async () => {
    for (const prompt of ["consent", "login consent", "select_account consent"]) {
      const browser = vestibule.browser();
      const request = ask({ scope: ALL, prompt }, own);
      const back = await arrive(browser, request);
      expect(back.location, prompt).to.match(/^https:\/\/app\.test\/cb\?code=/);
      const { scopes, refresh: token } = await redeemed(browser, request, back, own);
      expect([scopes.includes("offline_access"), token === "undefined"]).to.deep.equal([true, false]);
    }
  });

  it("T76 asks for offline_access on the page of a first sign-in, and gives the refresh token", async () => {
    const browser = vestibule.browser();
    const request = ask({ scope: ALL });
    const shown = await arrive(browser, request);
    expect(shown.body).to.contain(OFFLINE).and.contain(CHOICE);
    const { scopes, refresh: token } = await redeemed(browser, request, await decide(browser, shown));
    expect(scopes).to.have.members(ALL.split(" "));
    expect((await refresh(browser, foreign, token)).status).to.equal(200);
    expect(await silently(browser, ALL)).to.have.property("code");
  });

  it("T76 asks for it in a single-page application, and where more is asked for than before", async () => {
    const browser = vestibule.browser();
    const request = ask({ scope: ALL }, page);
    const { refresh: token } = await redeemed(
      browser,
      request,
      await decide(browser, await arrive(browser, request)),
      page,
    );
    expect(token).to.not.equal("undefined");
    await consent(browser, { scope: "openid" });
    expect(await silently(browser, ALL)).to.include({ error: "consent_required" });
    expect((await arrive(browser, ask({ scope: ALL }))).body).to.contain(OFFLINE);
  });

  it("T76 gives no refresh token where the user refuses that alone, says so in the scope, and does not ask again", async () => {
    const browser = vestibule.browser();
    const { scopes, refresh: token } = await consent(browser, { scope: ALL }, { only_while_using: "yes" });
    expect(scopes).to.have.members(["openid", "profile", "email"]);
    expect(token).to.equal("undefined");
    const again = ask({ scope: ALL });
    const back = await browser.get(again.url);
    expect(back.location, "no page").to.contain("code=");
    expect((await redeemed(browser, again, back)).refresh).to.equal("undefined");
    expect(await silently(browser, ALL)).to.have.property("code");
  });

  it("T76 lets the user allow it later, where the application asks again", async () => {
    const browser = vestibule.browser();
    await consent(browser, { scope: ALL }, { only_while_using: "yes" });
    const later = await consent(browser, { scope: ALL, prompt: "consent" });
    expect(later.scopes).to.include("offline_access");
    expect(later.refresh).to.not.equal("undefined");
  });

  it("T76 ends the refresh tokens of before where the user refuses it later, and lists it no more", async () => {
    const browser = vestibule.browser();
    const radio = await vestibule.makeApplication({ name: "Radio", firstParty: false });
    const before = await consent(browser, { scope: ALL }, {}, radio);
    expect(before.refresh).to.not.equal("undefined");
    const later = await consent(
      browser,
      { scope: ALL, prompt: "consent" },
      { only_while_using: "yes" },
      radio,
    );
    expect(later.scopes).to.have.members(["openid", "profile", "email"]);
    expect(later.refresh).to.equal("undefined");
    expect((await refresh(browser, radio, before.refresh)).status).to.equal(400);
    const owner = { id: vestibule.user.id, officeId: vestibule.office.id };
    const { rows } = await vestibule.services.stores.access.applications(owner, { limit: 10 });
    const { scopes } = rows.find(({ applicationId }) => applicationId === radio.id) ?? { scopes: [] };
    expect(scopes).to.have.members(["openid", "profile", "email"]);
  });

  it("asks for it in no request that gets no code", async () => {
    const browser = vestibule.browser();
    await consent(browser, { scope: "openid" });
    const { location } = await browser.get(
      ask({
        scope: "openid offline_access",
        response_type: "none",
        code_challenge: null,
        code_challenge_method: null,
      }).url,
    );
    expect(new URL(location).pathname).to.not.contain("consent");
  });
});

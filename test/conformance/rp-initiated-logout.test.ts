import { generateKeyPairSync } from "node:crypto";
import { expect } from "chai";
import { SignJWT } from "jose";
import type { Page } from "../support/http-browser.ts";
import { makeApplication, type TestApplication } from "../support/people.ts";
import { claimsOf } from "../support/relying-party.ts";
import { PLANS } from "./modules.ts";
import { describePlan } from "./plan.ts";
import { startRelyingSite, type RelyingSite } from "./relying-site.ts";
import { BYE, expectSignedOut, signOut } from "./sign-out.ts";

describePlan(PLANS["rp-logout"], (test) => {
  let site: RelyingSite;
  let client: TestApplication;

  before(async () => {
    site = await startRelyingSite();
    client = await makeApplication(site.vestibule.services, {
      postLogoutRedirectUris: [BYE],
      withoutPkce: true,
    });
  });
  after(() => site.stop());

  const arrive = async () => {
    const browser = site.newBrowser();
    return { browser, ...(await site.signIn(browser, client)) };
  };

  const expectPage = (page: Page, status: number) => {
    expect([page.status, page.location]).to.deep.equal([status, ""]);
    expect(page.headers["content-type"]).to.contain("text/html");
  };

  /** A sign-out that must not lead to the application. */
  async function expectNoRedirect(change: (id: string) => Promise<Record<string, string>>): Promise<void> {
    const { browser, id } = await arrive();
    expectPage(await signOut(browser, await change(id)), 400);
  }

  /** A sign-out without an address to go to. */
  async function expectGoodbye(parameters: Record<string, string>): Promise<void> {
    const { browser } = await arrive();
    const page = await signOut(browser, parameters);
    expectPage(page, 200);
    expect(page.body).to.contain("You are signed out");
    await expectSignedOut(site, browser, client);
  }

  const goodbye = (id: string) => ({ id_token_hint: id, post_logout_redirect_uri: BYE, state: "s-1" });

  test("oidcc-rp-initiated-logout-discovery-endpoint-verification", async () => {
    expect((await site.discovery())["end_session_endpoint"]).to.match(/^https:/);
  });

  test("oidcc-rp-initiated-logout", async () => {
    const { browser, id } = await arrive();
    expect((await signOut(browser, goodbye(id))).location).to.equal(`${BYE}?state=s-1`);
    await expectSignedOut(site, browser, client);
  });

  test("oidcc-rp-initiated-logout-bad-post-logout-redirect-uri", () =>
    expectNoRedirect((id) =>
      Promise.resolve({ ...goodbye(id), post_logout_redirect_uri: "https://evil.test/bye" }),
    ));

  test("oidcc-rp-initiated-logout-query-added-to-post-logout-redirect-uri", () =>
    expectNoRedirect((id) =>
      Promise.resolve({ ...goodbye(id), post_logout_redirect_uri: `${BYE}?foo=bar` }),
    ));

  test("oidcc-rp-initiated-logout-modified-id-token-hint", () =>
    expectNoRedirect((id) => {
      const [, payload = ""] = id.split(".");
      const header = Buffer.from(JSON.stringify({ alg: "none" })).toString("base64url");
      return Promise.resolve(goodbye(`${header}.${payload}.`));
    }));

  test("oidcc-rp-initiated-logout-bad-id-token-hint", () =>
    expectNoRedirect(async (id) => {
      const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
      return goodbye(await new SignJWT(claimsOf(id)).setProtectedHeader({ alg: "RS256" }).sign(privateKey));
    }));

  test("oidcc-rp-initiated-logout-no-id-token-hint", async () => {
    const { browser } = await arrive();
    const page = await signOut(browser, { post_logout_redirect_uri: BYE, state: "s-1" });
    expect(page.location).to.equal("");
    expect(page.headers["content-type"]).to.contain("text/html");
  });

  test("oidcc-rp-initiated-logout-no-params", () => expectGoodbye({}));
  test("oidcc-rp-initiated-logout-only-state", () => expectGoodbye({ state: "s-1" }));

  test("oidcc-rp-initiated-logout-no-post-logout-redirect-uri", async () => {
    const { browser, id } = await arrive();
    const page = await signOut(browser, { id_token_hint: id, state: "s-1" });
    expectPage(page, 200);
    expect(page.body).to.contain("You are signed out");
    await expectSignedOut(site, browser, client);
  });

  test("oidcc-rp-initiated-logout-no-state", async () => {
    const { browser, id } = await arrive();
    const { state: _, ...without } = goodbye(id);
    expect((await signOut(browser, without)).location).to.equal(BYE);
    await expectSignedOut(site, browser, client);
  });
});

import { expect } from "chai";
import type { Page } from "playwright-core";
import { button, entriesOf, onPage, sendCode, sendIn } from "../support/pages.ts";
import { makeApplication, type TestApplication } from "../support/people.ts";
import { authorizationRequest, claimsOf, redeem, type Request } from "../support/relying-party.ts";
import { giveApp } from "../support/second-factor.ts";
import { totpAt } from "../support/totp.ts";
import { useVestibule } from "../support/use-vestibule.ts";
import { useBrowser } from "../support/visitors.ts";

describe("three kinds of applications in one browser", () => {
  const open = useBrowser();
  const vestibule = useVestibule({ user: {} });
  const { user } = vestibule;
  let web: TestApplication;
  let single: TestApplication;
  let mobile: TestApplication;

  before(async () => {
    const { services } = vestibule;
    web = await makeApplication(services, {
      redirectUris: ["https://web.test/cb"],
      postLogoutRedirectUris: ["https://web.test/bye"],
    });
    single = await makeApplication(services, {
      name: "Planner",
      type: "browser",
      redirectUris: ["https://single.test/"],
    });
    mobile = await makeApplication(services, {
      name: "Pocket",
      type: "native",
      redirectUris: ["https://mobile.test/cb"],
    });
  });

  async function ask(page: Page, application: TestApplication, changes: Record<string, string> = {}) {
    const request = authorizationRequest(vestibule.issuer, application, changes);
    await page.goto(request.url);
    return request;
  }

  /** Where the browser has arrived, with the ID token that the code is good for. */
  async function arrive(page: Page, application: TestApplication, request: Request) {
    await onPage(page, "Arrived");
    const redirect = new URL(page.url());
    expect(redirect.origin).to.equal(new URL(application.redirectUri).origin);
    const { status, body } = await redeem(vestibule.browser(), application, { redirect, request });
    expect(status, JSON.stringify(body)).to.equal(200);
    return { id: String(body["id_token"]), claims: claimsOf(body["id_token"]) };
  }

  const errorOf = async (page: Page, application: TestApplication) => {
    await ask(page, application, { prompt: "none" });
    return new URL(page.url()).searchParams.get("error");
  };

  it("share one sign-in, one step up in the middle, and one sign-out", async () => {
    const { page } = await open();
    const first = await ask(page, web);
    await sendIn(page, entriesOf(user));
    const signedIn = await arrive(page, web, first);
    expect(signedIn.claims["amr"]).to.deep.equal(["pwd"]);

    const silent = await arrive(page, single, await ask(page, single));
    expect(silent.claims["sub"]).to.equal(user.id);
    expect(silent.claims["auth_time"]).to.equal(signedIn.claims["auth_time"]);

    // Set up meanwhile, so that the step up ends with it.
    const app = await giveApp(vestibule.services, user);
    const more = await ask(page, single, { acr_values: "urn:vestibule:acr:2" });
    // The password was given already: only what is missing is asked for.
    const code = totpAt(app.secret, Date.now() / 1000);
    await sendCode(page.locator('input[name="code"]'), code, button(page, "Confirm"));
    const stronger = await arrive(page, single, more);
    expect(stronger.claims).to.include({ acr: "urn:vestibule:acr:2", sub: user.id });
    expect(stronger.claims["amr"]).to.deep.equal(["pwd", "otp", "mfa"]);
    const later = await arrive(page, web, await ask(page, web, { acr_values: "urn:vestibule:acr:2" }));
    expect(later.claims["amr"], "the others have it too").to.deep.equal(["pwd", "otp", "mfa"]);

    const confirmed = await ask(page, mobile);
    await button(page, "Allow").click();
    expect((await arrive(page, mobile, confirmed)).claims["sub"], "after a confirmation").to.equal(user.id);

    const leaving = new URLSearchParams({
      id_token_hint: later.id,
      post_logout_redirect_uri: "https://web.test/bye",
    });
    await page.goto(`${vestibule.issuer}/sign-out?${leaving.toString()}`);
    await onPage(page, "Arrived");
    expect(page.url()).to.equal("https://web.test/bye");
    for (const application of [web, single, mobile]) {
      expect(await errorOf(page, application), application.application.name).to.equal("login_required");
    }
  });
});

import { expect } from "chai";
import type { HttpBrowser, Page } from "../support/http-browser.ts";
import { makeApplication } from "../support/people.ts";
import { authorizationRequest, follow, formAction, hiddenField } from "../support/relying-party.ts";
import { letItSubmit } from "../support/self-submitting.ts";
import { tokensFor } from "../support/tokens.ts";
import { useVestibule } from "../support/use-vestibule.ts";

const BYE = "https://app.test/bye";

describe("the page that asks before a sign-out, in two tabs", () => {
  const vestibule = useVestibule({
    user: {},
    application: { name: "Ledger", postLogoutRedirectUris: [BYE] },
  });

  const signedIn = async () => {
    const browser = vestibule.browser();
    await tokensFor(browser, vestibule.application, vestibule.user);
    return browser;
  };
  const open = (browser: HttpBrowser, parameters: Record<string, string> = {}) =>
    browser.get(`/sign-out?${new URLSearchParams(parameters).toString()}`);
  const asked = (state: string) => ({
    client_id: vestibule.application.id,
    post_logout_redirect_uri: BYE,
    state,
  });
  const isSignedIn = async (browser: HttpBrowser) => {
    const { url } = authorizationRequest(vestibule.issuer, vestibule.application, { prompt: "none" });
    return (await browser.get(url)).location.includes("code=");
  };
  /** Presses a button of the page, with all fields that it has. */
  const press = async (
    browser: HttpBrowser,
    page: Page,
    button: Record<string, string> = { logout: "yes" },
  ) => {
    const hidden = [...page.body.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)">/g)];
    const fields = Object.fromEntries(
      hidden.map(([, name = "", value = ""]) => [name, value.replaceAll("&amp;", "&")]),
    );
    return follow(browser, await browser.post(formAction(page), { ...fields, ...button }));
  };

  it("asks again in the older one, for the application that had asked there", async () => {
    const browser = await signedIn();
    const older = await open(browser, asked("older"));
    const newer = await open(browser);
    const again = await press(browser, older);
    expect([again.status, again.location]).to.deep.equal([200, ""]);
    expect(again.body).to.contain("Ledger wants to sign you out").and.not.contain("Invalid request");
    expect(await isSignedIn(browser), "before the second answer").to.equal(true);
    expect((await press(browser, again)).location).to.equal(`${BYE}?state=older`);
    const late = await letItSubmit(browser, await press(browser, newer), ["xsrf", "logout"]);
    expect((await follow(browser, late)).body).to.contain("You are signed out");
  });

  it("leads back from the page whose session has ended in the other tab meanwhile", async () => {
    const browser = await signedIn();
    const older = await open(browser, asked("older"));
    const newer = await open(browser, asked("newer"));
    expect((await press(browser, newer)).location).to.equal(`${BYE}?state=newer`);
    const late = await letItSubmit(browser, await press(browser, older), ["xsrf", "logout"]);
    expect([late.status, late.location]).to.deep.equal([303, `${BYE}?state=older`]);
  });

  it("says that the user is signed out when the button is pressed twice", async () => {
    const browser = await signedIn();
    const page = await open(browser);
    const copy = browser.copy();
    expect((await press(browser, page)).body).to.contain("You are signed out");
    const second = await letItSubmit(copy, await press(copy, page), ["xsrf", "logout"]);
    expect((await follow(copy, second)).body).to.contain("You are signed out");
  });

  it("asks again, too, who wants to stay and pressed the button of the older page", async () => {
    const browser = await signedIn();
    const older = await open(browser, asked("older"));
    await open(browser);
    expect((await press(browser, older, {})).body).to.contain("Sign out?");
    expect(await isSignedIn(browser)).to.equal(true);
  });

  it("T144 signs nobody out and leads nowhere by a form that is not from our page", async () => {
    const other = await makeApplication(vestibule.services, {
      postLogoutRedirectUris: ["https://other.test/bye"],
    });
    const browser = await signedIn();
    await open(browser);
    for (const forged of [
      { xsrf: "", logout: "yes" },
      { xsrf: "guess", logout: "yes", ...asked("x") },
      { logout: "yes", ...asked("x"), post_logout_redirect_uri: "https://evil.test/" },
      { logout: "yes", ...asked("x"), client_id: other.id },
      { logout: "yes", post_logout_redirect_uri: "https://evil.test/" },
      { logout: "yes", client_id: "//evil.test", state: "x" },
    ]) {
      const page = await follow(
        browser,
        await browser.post("/sign-out/confirm", forged, { headers: { origin: "https://evil.test" } }),
      );
      expect(page.location, JSON.stringify(forged)).to.equal("");
      expect(await isSignedIn(browser), JSON.stringify(forged)).to.equal(true);
    }
    const bare = browser.fresh();
    const page = await bare.post(
      "/sign-out/confirm",
      { logout: "yes", ...asked("x") },
      { headers: { origin: "https://evil.test" } },
    );
    expect(page.setCookies, "without its cookies").to.deep.equal([]);
  });

  it("keeps the state of an application as it came", async () => {
    const browser = await signedIn();
    const state = `a "b" <c> & d=é/${"x".repeat(500)}`;
    const page = await open(browser, asked(state));
    await open(browser);
    expect(hiddenField(page, "client_id")).to.equal(vestibule.application.id);
    const fields = { ...asked(state), xsrf: hiddenField(page, "xsrf"), logout: "yes" };
    const again = await follow(browser, await browser.post(formAction(page), fields));
    const left = await browser.post(formAction(again), { xsrf: hiddenField(again, "xsrf"), logout: "yes" });
    expect(new URL(left.location).searchParams.get("state")).to.equal(state);
  });
});

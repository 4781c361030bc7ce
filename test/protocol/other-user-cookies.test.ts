import { expect } from "chai";
import type { HttpBrowser, Page } from "../support/http-browser.ts";
import { follow, formAction, hiddenField, openSignIn } from "../support/relying-party.ts";
import { MOST_SIGN_INS } from "../../src/protocol/sign-in-cookies.middleware.ts";
import { useVestibule } from "../support/use-vestibule.ts";

describe("the cookies of a page that says that another user is asked for", () => {
  const vestibule = useVestibule({ user: {}, application: {} });
  const request = () =>
    vestibule.request({ claims: JSON.stringify({ id_token: { sub: { value: "another" } } }) });
  const ofSignIns = (browser: HttpBrowser) =>
    browser
      .cookies()
      .filter(({ name }) => /-(interaction|resume|sign-ins)/.test(name))
      .map(({ name, path }) => `${name} ${path}`);
  const signedIn = async () => {
    const browser = vestibule.browser();
    await vestibule.signIn(browser);
    return browser;
  };
  const decide = async (browser: HttpBrowser, page: Page, decision: string) =>
    follow(browser, await browser.post(formAction(page), { _csrf: hiddenField(page, "_csrf"), decision }));

  it("go when the user goes back", async () => {
    const browser = await signedIn();
    const { location } = await decide(browser, await openSignIn(browser, request()), "back");
    expect(location).to.contain("error=login_required");
    expect(ofSignIns(browser)).to.deep.equal([]);
  });

  it("go when the user goes on to the sign-in, which has its own", async () => {
    const browser = await signedIn();
    const page = await decide(browser, await openSignIn(browser, request()), "switch");
    expect(page.body).to.contain('name="password"');
    expect(ofSignIns(browser).filter((cookie) => cookie.includes("-interaction"))).to.deep.equal([
      `vestibule-interaction ${new URL(page.url).pathname}`,
    ]);
  });

  it("are those of the newest twenty at most", async () => {
    const browser = await signedIn();
    for (let tab = 0; tab < MOST_SIGN_INS + 5; tab += 1) {
      await openSignIn(browser, request());
    }
    const pages = ofSignIns(browser).filter((cookie) => cookie.includes("-interaction"));
    expect(pages).to.have.lengthOf(MOST_SIGN_INS);
  });
});

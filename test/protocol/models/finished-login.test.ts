import { expect } from "chai";
import { HOMES, homeOf } from "../../../src/kernel/home.ts";
import type { HttpBrowser, Page } from "../../support/http-browser.ts";
import { follow, formAction, hiddenField, openSignIn, sendPassword } from "../../support/relying-party.ts";
import { hasCode, pageName } from "../../support/second-factor.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

const NAME = "vestibule-resume";

interface KeptBack {
  readonly browser: HttpBrowser;
  readonly page: Page;
  readonly redirect: Page;
}

describe("the login of a finished sign-in", () => {
  const vestibule = useVestibule({ user: {}, application: {} });

  /** The last redirect of a complete sign-in, which the browser has not followed. */
  async function keptBack(): Promise<KeptBack> {
    const { username, password, office } = vestibule.user;
    const browser = vestibule.browser();
    const page = await openSignIn(browser, vestibule.request());
    const form = { officeCode: office.code, username, password };
    return { browser, page, redirect: await sendPassword(browser, page, form) };
  }

  const withHome = ({ browser, redirect }: KeptBack, home: string) => {
    const path = new URL(redirect.location).pathname;
    const cookie = browser.cookies().find(({ name }) => name === NAME);
    const [value = "", signature = ""] = cookie?.value.split(".") ?? [];
    browser.plant(NAME, `${value}.${signature}${home}`, path);
  };

  it("is found by the home in the cookie of the last redirect", async () => {
    const { browser, redirect } = await keptBack();
    const [cookie, ...others] = browser.cookies().filter(({ name }) => name === NAME);
    expect(others).to.be.empty;
    expect(cookie?.value.split(".").at(2)).to.equal(String(homeOf(vestibule.user.id)));
    expect(hasCode(await follow(browser, redirect))).to.equal(true);
  });

  for (const [what, home] of [
    ["has no home", ""],
    ["has another home", `.${String(HOMES - 1)}`],
    ["has a home that there is not", ".99999"],
  ] as const) {
    it(`T155 signs no user in where that cookie ${what}`, async () => {
      const kept = await keptBack();
      withHome(kept, home);
      const page = await follow(kept.browser, kept.redirect);
      expect([hasCode(page), pageName(page)]).to.deep.equal([false, "password"]);
      expect((await kept.browser.get("/account")).status, "a session").to.equal(303);
    });
  }

  it("is of no use when the user has cancelled since", async () => {
    const { browser, page, redirect } = await keptBack();
    const cancelled = await browser.post(formAction(page), {
      _csrf: hiddenField(page, "_csrf"),
      cancel: "",
    });
    expect(cancelled.location, "the way back").to.equal(redirect.location);
    const { location } = await follow(browser, redirect);
    expect(new URL(location).searchParams.get("error")).to.equal("access_denied");
  });

  it("is good once", async () => {
    const { browser, redirect } = await keptBack();
    const tab = browser.copy();
    expect(hasCode(await follow(browser, redirect))).to.equal(true);
    const again = await follow(tab, redirect);
    expect([again.status, hasCode(again)]).to.deep.equal([400, false]);
  });
});

import { expect } from "chai";
import { HOMES, homeOf } from "../../../src/kernel/home.ts";
import type { HttpBrowser, Page } from "../../support/http-browser.ts";
import {
  giveApp,
  hasCode,
  makeStrictUser,
  pageName,
  passPassword,
  sendForm,
} from "../../support/second-factor.ts";
import { follow, openSignIn } from "../../support/relying-party.ts";
import { statementsOf } from "../../support/statements.ts";
import { useFresh } from "../../support/suite-resource.ts";
import { totpNow } from "../../support/totp.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

const NAME = "vestibule-interaction";

describe("the home of a sign-in", () => {
  const vestibule = useVestibule({ application: {} });
  const user = useFresh(() => makeStrictUser(vestibule.services));
  const app = useFresh(() => giveApp(vestibule.services, user));
  const cookieOf = (browser: HttpBrowser) => browser.cookies().filter(({ name }) => name === NAME);

  /** A browser on the page that asks for the code. */
  const challenged = async (): Promise<{ browser: HttpBrowser; page: Page }> => {
    const browser = vestibule.browser();
    const page = await passPassword(browser, vestibule.application, user);
    expect(pageName(page)).to.equal("challenge-totp");
    return { browser, page };
  };
  const withHome = (browser: HttpBrowser, change: (parts: readonly string[]) => readonly string[]) => {
    const [cookie] = cookieOf(browser);
    browser.plant(NAME, change(cookie?.value.split(".") ?? []).join("."), cookie?.path);
  };

  it("is in the one cookie of the sign-in from the password on, and not before", async () => {
    const browser = vestibule.browser();
    await openSignIn(browser, vestibule.request());
    expect(cookieOf(browser).map(({ value }) => value.split(".").length)).to.deep.equal([2]);
    const { browser: later, page } = await challenged();
    const [cookie, ...others] = cookieOf(later);
    expect(others).to.be.empty;
    expect(cookie?.value.split(".").at(2)).to.equal(String(homeOf(user.office.id)));
    expect(new URL(page.url).pathname).to.match(new RegExp(`^${cookie?.path ?? "?"}/`));
  });

  it("brings the code to the facts of its password, also in a second tab", async () => {
    const { browser, page } = await challenged();
    const tab = await browser.get(page.url);
    expect(pageName(tab)).to.equal("challenge-totp");
    expect(hasCode(await sendForm(browser, tab, { code: totpNow(app.secret) }))).to.equal(true);
  });

  for (const [what, change] of Object.entries<(parts: readonly string[]) => readonly string[]>({
    "is missing": ([value = "", signature = ""]) => [value, signature],
    "is another one": ([value = "", signature = "", home = ""]) => [
      value,
      signature,
      String((Number(home) + 1) % HOMES),
    ],
    "is none that there is": ([value = "", signature = ""]) => [value, signature, "99999"],
  })) {
    it(`T155 asks for the password again where it ${what}, and takes no code`, async () => {
      const { browser, page } = await challenged();
      withHome(browser, change);
      const refused = await sendForm(browser, page, { code: totpNow(app.secret) });
      expect(hasCode(refused)).to.equal(false);
      expect(pageName(await browser.get(page.url.replace(/\/[^/]+$/, "/password")))).to.equal("password");
      const { username, password, office } = user;
      const again = await browser.get(page.url.replace(/\/[^/]+$/, "/password"));
      const due = await sendForm(browser, again, { officeCode: office.code, username, password });
      expect(pageName(due)).to.equal("challenge-totp");
    });
  }

  it("T155 does not let a browser into the facts of another browser's sign-in", async () => {
    const first = await challenged();
    const stranger = vestibule.browser();
    await openSignIn(stranger, vestibule.request());
    withHome(stranger, ([value = "", signature = ""]) => [value, signature, String(homeOf(user.office.id))]);
    const path = cookieOf(stranger)[0]?.path ?? "";
    const shown = await follow(stranger, await stranger.get(`${path}/challenge-totp`));
    expect(pageName(shown)).to.equal("password");
    expect(pageName(await first.browser.get(first.page.url))).to.equal("challenge-totp");
  });

  it("is not asked of the database before it is known", async () => {
    const browser = vestibule.browser();
    const page = await openSignIn(browser, vestibule.request());
    const statements = await statementsOf(() => browser.get(page.url));
    expect(statements).to.not.include("sign_in_find").and.not.include("sign_in_anywhere");
  });
});

import { expect } from "chai";
import { isRight } from "../support/codes.ts";
import { openAccount, App } from "../support/account.ts";
import { atConsole, makeStaff } from "../support/console.ts";
import type { HttpBrowser, Page } from "../support/http-browser.ts";
import { makeUser, type TestUser } from "../support/people.ts";
import { formAction, hiddenField } from "../support/relying-party.ts";
import { codesOn, giveApp, makeStrictOffice } from "../support/second-factor.ts";
import { useResource } from "../support/suite-resource.ts";
import { useVestibule } from "../support/use-vestibule.ts";

const REASON = "called back on the number of the office";

/** The form as a browser sends it: with every hidden field that it has. */
const press = (browser: HttpBrowser, form: Page, typed: Record<string, string> = {}): Promise<Page> =>
  browser.copy().post(formAction(form), {
    _csrf: hiddenField(form, "_csrf"),
    ...(form.body.includes('name="seen"') ? { seen: hiddenField(form, "seen") } : {}),
    ...typed,
  });

const twice = (send: () => Promise<Page>): Promise<Page[]> => Promise.all([send(), send()]);

describe("a button that shows codes once, and is pressed twice", () => {
  const vestibule = useVestibule({ application: {} });
  const { services } = vestibule;
  const office = useResource(() => makeStrictOffice(services));

  async function onRecoveryCodes() {
    const user = await makeUser(services, office);
    const app = new App((await giveApp(services, user)).secret);
    const browser = vestibule.browser();
    const form = await openAccount(browser, "/account/recovery-codes", { user, app });
    return { user, browser, form };
  }

  const works = (user: TestUser, code = ""): Promise<boolean> =>
    isRight(services, user, { type: "recovery", code, binding: "test" });

  it("T137 shows one set of recovery codes, and they work", async () => {
    const { user, browser, form } = await onRecoveryCodes();
    const answers = await twice(() => press(browser, form));
    const [shown = expect.fail(), ...others] = answers.filter((page) => codesOn(page).length > 0);
    expect(others).to.have.length(0);
    expect(await works(user, codesOn(shown)[0])).to.equal(true);
    const other = answers.find((page) => page !== shown);
    expect(other?.body).to.contain("Your codes have already been shown");
  });

  it("T137 makes other codes where the page that says so is sent", async () => {
    const { user, browser, form } = await onRecoveryCodes();
    await press(browser, form);
    const said = await press(browser, form);
    expect(codesOn(said)).to.deep.equal([]);
    const anew = await press(browser, said);
    expect(codesOn(anew)).to.have.length(6);
    expect(await works(user, codesOn(anew)[0])).to.equal(true);
  });

  /** The page that resets a user's factor, and the codes that answers show. */
  async function onReset() {
    const staff = await makeStaff(services, office, { role: "superuser" });
    const user = await makeUser(services, office);
    await giveApp(services, user);
    const { browser } = await atConsole(vestibule, staff);
    const form = await browser.get(`/console/o/${office.code}/users/${user.id}/reset-authenticator`);
    const typed = { reason: REASON, decision: "reset" };
    return { user, form, send: (page = form) => press(browser, page, typed) };
  }

  const codeOn = ({ body }: Page): string | null => /<span class="code">([^<]+)</.exec(body)?.[1] ?? null;

  const lets = (user: TestUser, code: string | null): Promise<boolean> =>
    isRight(services, user, { type: "enrolment", code: code ?? "", binding: "test" });

  it("T137 shows one enrolment code, and it works", async () => {
    const { user, send } = await onReset();
    const answers = await twice(() => send());
    const [code = null, ...others] = answers.map(codeOn).filter((found) => found !== null);
    expect(others).to.have.length(0);
    expect(await lets(user, code)).to.equal(true);
    const other = answers.find((page) => codeOn(page) === null);
    expect(other?.body).to.contain("was already shown");
  });

  it("T137 makes another enrolment code where the page that says so is sent", async () => {
    const { user, send } = await onReset();
    await send();
    const said = await send();
    expect([said.status, codeOn(said)]).to.deep.equal([400, null]);
    expect(await lets(user, codeOn(await send(said)))).to.equal(true);
  });
});

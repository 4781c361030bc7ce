import { expect } from "chai";
import { accountChanges, type AccountDeps } from "../../src/screens/account/pages.ts";
import { routeOf } from "../../src/screens/console/page.ts";
import { createConsolePages } from "../../src/screens/console/pages.ts";
import { App, openAccount, pathOf, prove } from "../support/account.ts";
import { atConsole, makeStaff, PAGE_PARTS, type Staff } from "../support/console.ts";
import type { HttpBrowser, Page } from "../support/http-browser.ts";
import { makeApplication, makeOffice, makeUser } from "../support/people.ts";
import { follow, hiddenField } from "../support/relying-party.ts";
import { newBrowser, pageName } from "../support/second-factor.ts";
import { HOUR, MINUTE, travel } from "../support/time.ts";
import { useVestibule } from "../support/use-vestibule.ts";

/** For tests that only have to know which pages there are. */
const ACCOUNT_PARTS = new Proxy({} as AccountDeps, { get: () => new Proxy({}, {}) });
const CHANGES = accountChanges(ACCOUNT_PARTS);
const PAGES = createConsolePages(PAGE_PARTS).filter(({ submit }) => submit !== undefined);

/** Fields in which a user types, and that are shown to them. */
const TYPED = /<(?:input(?=[^>]*type="(?:text|email|url|tel|search|date)")|textarea)[^>]*\bname="(\w+)"/g;
/** What is kept of no form: secrets, and codes, which end anyway. */
const NEVER_KEPT = ["currentPassword", "password", "code", "username"];

interface Filled {
  readonly path: string;
  readonly form: Page;
  readonly typed: Readonly<Record<string, string>>;
}

describe("what is typed into a form that cannot be sent", function () {
  this.timeout(60_000);
  const vestibule = useVestibule();
  const { services } = vestibule;

  for (const [what, minutes] of [
    ["the proof is too old", 31],
    ["the session has ended", 61],
  ] as const) {
    it(`T151 is still there after the sign-in when ${what}, on every page with a form`, async () => {
      const { staff, browser, paths } = await atWork();
      const filled = await fill(browser, paths);
      expect(filled.length).to.be.above(15);
      travel(minutes * MINUTE);
      let asked: Page | undefined;
      for (const one of filled) {
        const answer = await post(browser, one);
        expect(answer.location, one.path).to.contain("/authorize?");
        asked ??= answer;
      }
      const back = await follow(browser, asked ?? expect.fail());
      await prove(browser, back, { user: staff.user, app: new App(staff.secret) });
      for (const { path, typed } of filled) {
        const { body } = await browser.get(path);
        for (const value of Object.values(typed)) {
          expect(body, `${path}: ${value}`).to.contain(value);
        }
      }
    });
  }

  it("T151 is still there when the user signed in again in another tab, and has to be sent once more", async () => {
    const { staff, browser, paths } = await atWork();
    const filled = await fill(browser, paths);
    travel(2 * HOUR);
    const console = await follow(browser, await browser.get("/console"));
    await prove(browser, console, { user: staff.user, app: new App(staff.secret) });
    for (const one of filled) {
      const answer = await post(browser, one);
      expect([answer.status, pathOfAnswer(answer)], one.path).to.deep.equal([303, one.path]);
      const { body } = await browser.get(one.path);
      for (const value of Object.values(one.typed)) {
        expect(body, `${one.path}: ${value}`).to.contain(value);
      }
    }
  });

  it("T151 is shown to no other user, in no other browser, and never taken from another site", async () => {
    const { staff, browser, office } = await atWork();
    const path = `/console/o/${office.code}/settings/general`;
    const [one = expect.fail()] = await fill(browser, [path]);
    const other = await makeStaff(services, office, { role: "superuser" });
    const { browser: theirs } = await atConsole(vestibule, other);
    expect((await post(theirs, one)).status, "another user's session").to.equal(403);
    travel(2 * HOUR);
    const stranger = newBrowser(vestibule);
    await stranger.post(path, fieldsOf(one), { headers: { origin: "https://evil.test" } });
    await post(stranger, { ...one, typed: { name: "kept-forged", _owner: `${other.user.id}.forged` } });
    await post(browser, one);
    for (const [who, person] of [
      [stranger, staff],
      [stranger, other],
      [browser, other],
    ] as const) {
      const page = await openConsoleAs(who.copy(), path, person);
      expect([page.status, /kept-/.test(page.body)]).to.deep.equal([200, false]);
    }
    expect((await openConsoleAs(browser, path, staff)).body).to.contain("kept-name");
  });

  it("T151 of the account page comes back as well, and never a secret", async () => {
    const user = await makeUser(services, await makeOffice(services));
    const browser = vestibule.browser();
    await openAccount(browser, "/account", { user });
    const filled = await fill(browser, ["/account/profile", "/account/mail"]);
    const password = await browser.get("/account/password");
    travel(2 * HOUR);
    for (const one of filled) {
      await post(browser, one);
    }
    await post(browser, {
      path: "/account/password",
      form: password,
      typed: { currentPassword: "kept-secret", password: "kept-secret" },
    });
    await openAccount(browser, "/account", { user });
    for (const { path, typed } of filled) {
      const { body } = await browser.get(path);
      expect(body).to.contain("Your input is still here.");
      Object.values(typed).forEach((value) => expect(body).to.contain(value));
    }
    expect((await browser.get("/account/password")).body).to.not.contain("kept-secret");
  });

  it("T151 is kept on each page by name, but for what is never kept", async () => {
    const { browser, paths } = await atWork();
    for (const { path, typed } of await fill(browser, paths, () => true)) {
      const keeps = [...(pageAt(path)?.keeps ?? []), ...NEVER_KEPT];
      expect(keeps, path).to.include.members(Object.keys(typed));
    }
  });

  const pathOfAnswer = ({ location }: Page) => new URL(location, vestibule.issuer).pathname;

  /** Codes of each person, which only move on. */
  const apps = new Map<string, App>();
  const openConsoleAs = async (browser: HttpBrowser, path: string, person: Staff): Promise<Page> => {
    const page = await follow(browser, await browser.get(path));
    const app = apps.get(person.user.id) ?? new App(person.secret);
    apps.set(person.user.id, app);
    const there =
      pageName(page) === "password" ? await prove(browser, page, { user: person.user, app }) : page;
    return pathOf(there) === path ? there : browser.get(path);
  };

  async function atWork() {
    const office = await makeOffice(services);
    const person = await makeUser(services, office);
    const application = (await makeApplication(services, {}, office.id)).id;
    const staff = await makeStaff(services, office, { role: "superuser" });
    const { browser } = await atConsole(vestibule, staff);
    const paths = [
      ...PAGES.map((page) => [page, routeOf(page)] as const)
        .filter(([{ about }]) => about !== "platform")
        .map(([, route]) =>
          route
            .replace(":office", office.code)
            .replace(":user", person.id)
            .replace(":application", application),
        ),
      ...CHANGES.filter(({ path }) => !path.includes(":")).map(({ path }) => path),
    ];
    return { office, staff, browser, paths };
  }

  /** Types something else into every field of every page. */
  async function fill(
    browser: HttpBrowser,
    paths: readonly string[],
    isAsked = (name: string) => !NEVER_KEPT.includes(name),
  ): Promise<Filled[]> {
    const filled: Filled[] = [];
    for (const path of paths) {
      const form = await browser.get(path);
      const names = Array.from(form.body.matchAll(TYPED), ([, name = ""]) => name).filter(isAsked);
      if (names.length > 0 && form.body.includes('name="_owner"')) {
        filled.push({ path, form, typed: Object.fromEntries(names.map((name) => [name, `kept-${name}`])) });
      }
    }
    return filled;
  }

  const fieldsOf = ({ form, typed }: Filled) => ({
    _csrf: hiddenField(form, "_csrf"),
    _owner: hiddenField(form, "_owner"),
    ...typed,
  });
  const post = (browser: HttpBrowser, one: Filled): Promise<Page> => browser.post(one.path, fieldsOf(one));

  /** The page behind an address; its route has a parameter for each id. */
  function pageAt(path: string): { readonly keeps?: readonly string[] } | undefined {
    const matches = (route: string) => new RegExp(`^${route.replaceAll(/:\w+/g, "[^/]+")}$`).test(path);
    return PAGES.find((page) => matches(routeOf(page))) ?? CHANGES.find((page) => matches(page.path));
  }
});

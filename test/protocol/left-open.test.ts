import { expect } from "chai";
import { asOwner } from "../support/database.ts";
import { eventually } from "../support/eventually.ts";
import type { HttpBrowser, Page } from "../support/http-browser.ts";
import { makeApplication, makeUser, type TestApplication } from "../support/people.ts";
import {
  authorizationRequest,
  follow,
  formAction,
  hiddenField,
  openSignIn,
} from "../support/relying-party.ts";
import { giveApp, makeStrictOffice, passPassword } from "../support/second-factor.ts";
import { MINUTE, travel } from "../support/time.ts";
import { useVestibule } from "../support/use-vestibule.ts";

const HOUR = 60 * MINUTE;

describe("a page that was left open", () => {
  const vestibule = useVestibule({
    user: {},
    application: { name: "Ledger" },
    settings: { VESTIBULE_DEVICE_FLOW: "yes" },
  });
  const { application, services, user } = vestibule;

  const openFor = (
    of: TestApplication,
    browser = vestibule.browser(),
    changes: Record<string, string> = {},
  ) =>
    openSignIn(browser, authorizationRequest(vestibule.issuer, of, changes)).then((page) => ({
      browser,
      page,
    }));
  const send = (browser: HttpBrowser, page: Page) =>
    browser.post(formAction(page), {
      _csrf: hiddenField(page, "_csrf"),
      code: "123456",
      password: "x",
      decision: "allow",
    });
  /** The address behind the button of the page that says that it has expired. */
  const wayOf = (page: Page): string | null =>
    /<a class="button primary" href="([^"]+)"/.exec(page.body)?.[1]?.replaceAll("&amp;", "&") ?? null;
  const expectWay = (page: Page, way: string | null, text = "Back to Ledger") => {
    expect([page.status, page.body.includes("This sign-in has expired")]).to.deep.equal([400, true]);
    expect(wayOf(page)).to.equal(way);
    expect(page.body.includes(text)).to.equal(way !== null);
  };

  const PAGES: Readonly<Record<string, () => Promise<{ browser: HttpBrowser; page: Page }>>> = {
    password: () => openFor(application),
    "second factor": async () => {
      const strict = await makeUser(services, await makeStrictOffice(services));
      await giveApp(services, strict);
      const browser = vestibule.browser();
      return { browser, page: await passPassword(browser, application, strict) };
    },
    enrolment: async () => {
      const strict = await makeUser(services, await makeStrictOffice(services));
      const browser = vestibule.browser();
      return { browser, page: await passPassword(browser, application, strict) };
    },
    consent: async () => {
      const third = await makeApplication(services, { name: "Ledger", firstParty: false });
      const browser = vestibule.browser();
      return { browser, page: await passPassword(browser, third, user) };
    },
  };
  for (const [name, open] of Object.entries(PAGES)) {
    it(`of the ${name} leads back to the application, by reload and by its form`, async () => {
      const { browser, page } = await open();
      travel(3 * HOUR);
      expectWay(await browser.get(page.url), "https://app.test/");
      expectWay(await send(browser, page), "https://app.test/");
      browser.forget("vestibule-");
      expectWay(await browser.get(page.url), "https://app.test/");
      travel(10 * HOUR);
      expectWay(await send(browser, page), "https://app.test/");
    });

    it(`of the ${name} leads back when only its cookie is gone`, async () => {
      const { browser, page } = await open();
      browser.forget("vestibule-interaction");
      expectWay(await browser.get(page.url), "https://app.test/");
      expectWay(await send(browser, page), "https://app.test/");
    });
  }

  it("keeps its way back for a day, whatever is purged meanwhile, and no longer", async () => {
    const { browser, page } = await openFor(application);
    const later = (hours: number) =>
      asOwner(
        vestibule.database,
        "update oidc_models set expires_at = expires_at - $1 * interval '1 hour' where kind = 2",
        [hours],
      );
    travel(3 * HOUR);
    await later(20);
    await services.stores.oidcModels.purge(1_000);
    expectWay(await browser.get(page.url), "https://app.test/");
    await later(6);
    await services.stores.oidcModels.purge(1_000);
    expectWay(await browser.get(page.url), null);
  });

  it("leads to the site of an application that has registered no start", async () => {
    const plain = await makeApplication(services, {
      name: "Ledger",
      homeUrl: null,
      redirectUris: ["https://app.test/deep/cb?x=1"],
    });
    const { browser, page } = await openFor(plain);
    travel(3 * HOUR);
    expectWay(await browser.fresh().get(page.url), "https://app.test/");
  });

  it("tells an application without a start in the browser that it sent, and there alone", async () => {
    for (const [redirectUris, redirectUri] of [
      [["com.example.ledger:/cb"], "com.example.ledger:/cb"],
      [["http://127.0.0.1/cb"], "http://127.0.0.1:50123/cb"],
    ] as const) {
      const made = await makeApplication(services, {
        name: "Ledger",
        type: "native",
        homeUrl: null,
        redirectUris,
      });
      const native = { ...made, redirectUri };
      const { browser, page } = await openFor(native, vestibule.browser(), { state: "s & t" });
      travel(3 * HOUR);
      const late = await browser.get(page.url);
      const way = new URL(wayOf(late) ?? "x:");
      expect(way.href.startsWith(`${redirectUri}?`)).to.equal(true);
      expect(Object.fromEntries(way.searchParams)).to.deep.equal({
        error: "temporarily_unavailable",
        error_description: "authentication_expired",
        state: "s & t",
        iss: vestibule.issuer,
      });
      expectWay(await browser.fresh().get(page.url), null);
    }
  });

  it("T144 leads nowhere that is not registered any more", async () => {
    const native = await makeApplication(services, {
      name: "Ledger",
      type: "native",
      homeUrl: null,
      redirectUris: ["com.example.ledger:/cb"],
    });
    const { browser, page } = await openFor(native);
    const draft = { ...native.application, redirectUris: ["com.example.other:/cb"] };
    await services.applicationService.change(native.application, draft, "test");
    // Each process keeps copies of applications.
    await eventually(
      () => services.applications.find(native.id),
      (found) => found?.redirectUris[0] === draft.redirectUris[0],
    );
    travel(3 * HOUR);
    expectWay(await browser.get(page.url), null);
  });

  it("T144 takes no way back from its address", async () => {
    const { browser, page } = await openFor(application);
    const other = await makeApplication(services, { homeUrl: "https://other.test/" });
    travel(3 * HOUR);
    for (const query of [
      "back=https://evil.test/",
      `back=${other.id}`,
      `back=${other.id}.`,
      `back=${other.id}.${"A".repeat(43)}`,
      `back=${other.id}&back=x`,
      "redirect_uri=https://evil.test/&state=x",
      `client_id=${other.id}`,
    ]) {
      expectWay(await browser.get(`${page.url}?${query}`), "https://app.test/");
      const unknown = `/interaction/${"A".repeat(43)}`;
      expectWay(await browser.get(`${unknown}/consent?${query}`), null);
      expectWay(await browser.get(`${unknown.replace("interaction", "authorize")}?${query}`), null);
    }
  });

  it("leads back after the end too: by the back button, by a reload, and from a consent", async () => {
    const third = await makeApplication(services, { name: "Ledger", firstParty: false });
    const browser = vestibule.browser();
    const opened = await openSignIn(browser, authorizationRequest(vestibule.issuer, third));
    const { office, username, password } = user;
    const fields = { officeCode: office.code, username, password };
    const sent = await browser.post(formAction(opened), { _csrf: hiddenField(opened, "_csrf"), ...fields });
    const consent = await follow(browser, sent);
    expectWay(await browser.get(opened.url), "https://app.test/");
    expectWay(await browser.get(sent.location), "https://app.test/");
    const allowed = await send(browser, consent);
    expect((await follow(browser, allowed)).location).to.contain("code=");
    expectWay(await browser.get(consent.url), "https://app.test/");
    expectWay(await send(browser, consent), "https://app.test/");
    const [, back = ""] = consent.url.split("?back=");
    expectWay(await browser.get(`/interaction/${"A".repeat(43)}/consent?back=${back}`), null);
  });

  it("of a device's code leads to the page on which codes are typed", async () => {
    const browser = vestibule.browser();
    const page = await browser.get("/device");
    browser.forget("vestibule-session");
    const late = await browser.post(formAction(page), {
      xsrf: hiddenField(page, "xsrf"),
      user_code: "BCDF-GHJK",
    });
    expectWay(late, "/device", "Start again");
  });

  it("of a sign-in for a device leads there as well", async () => {
    const device = await makeApplication(services, { type: "native", redirectUris: [], deviceFlow: true });
    const asked = await vestibule.browser().send("/device/authorize", {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams({ client_id: device.id, scope: "openid" }).toString(),
    });
    const { user_code: code = "" } = JSON.parse(asked.body) as Record<string, string>;
    const browser = vestibule.browser();
    const typed = await browser.get("/device");
    const confirm = await browser.post(formAction(typed), {
      xsrf: hiddenField(typed, "xsrf"),
      user_code: code,
    });
    const fields = {
      xsrf: hiddenField(confirm, "xsrf"),
      user_code: hiddenField(confirm, "user_code"),
      confirm: "yes",
    };
    const page = await follow(browser, await browser.post(formAction(confirm), fields));
    travel(3 * HOUR);
    expectWay(await browser.get(page.url), "/device", "Start again");
  });

  it("of a forgotten password leads to the sign-in, and from there back", async () => {
    const { browser, page } = await openFor(application);
    const help = await follow(browser, await browser.get(`${page.url}/help/forgot-password`));
    travel(3 * HOUR);
    const asked = await browser.post(formAction(help), {
      ...{ _csrf: hiddenField(help, "_csrf"), officeCode: user.office.code, username: user.username },
    });
    const sent = await follow(browser, asked);
    expect(sent.status).to.equal(200);
    const way = wayOf(sent);
    expect(way).to.equal(new URL(page.url).pathname);
    expectWay(await browser.get(way ?? ""), "https://app.test/");
  });

  it("of the account leads to the sign-in of the account", async () => {
    const browser = vestibule.browser();
    const page = await follow(browser, await browser.get("/account"));
    travel(3 * HOUR);
    expect(wayOf(await browser.get(page.url))).to.equal(`${vestibule.issuer}/account`);
  });
});

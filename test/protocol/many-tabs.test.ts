import { expect } from "chai";
import type { HttpBrowser, Page } from "../support/http-browser.ts";
import { makeApplication } from "../support/people.ts";
import {
  authorizationRequest,
  follow,
  formAction,
  hiddenField,
  openSignIn,
  sendPassword,
} from "../support/relying-party.ts";
import { MOST_SIGN_INS } from "../../src/protocol/sign-in-cookies.middleware.ts";
import { useVestibule } from "../support/use-vestibule.ts";

const TABS = 50;

describe("many tabs with sign-ins that are not finished", () => {
  const vestibule = useVestibule({ user: {}, application: {} });

  const open = (browser: HttpBrowser) => openSignIn(browser, vestibule.request());
  const send = (browser: HttpBrowser, page: Page) => {
    const { office, username, password } = vestibule.user;
    return sendPassword(browser, page, { officeCode: office.code, username, password });
  };
  const finish = async (browser: HttpBrowser, page: Page) => follow(browser, await send(browser, page));
  const openAll = async (browser: HttpBrowser, count = TABS) => {
    const pages: Page[] = [];
    for (let tab = 0; tab < count; tab += 1) {
      pages.push(await open(browser));
    }
    return pages;
  };
  /** Cookies of sign-ins, by name and path. */
  const ofSignIns = (browser: HttpBrowser) =>
    browser.cookies().filter(({ name }) => /-(interaction|resume|sign-ins|from)/.test(name));
  const pagesOf = (browser: HttpBrowser) =>
    browser.cookies().filter(({ name }) => name.includes("-interaction"));

  it("have one cookie each, and the newest twenty at most", async () => {
    const browser = vestibule.browser();
    await openAll(browser, 3);
    expect(pagesOf(browser)).to.have.lengthOf(3);
    expect(browser.cookieNames().filter((name) => name.includes("-resume"))).to.deep.equal([]);
    const pages = await openAll(browser);
    const newest = pages.slice(-MOST_SIGN_INS).map(({ url }) => new URL(url).pathname);
    expect(pagesOf(browser).map(({ path }) => path)).to.have.members(newest);
    expect(browser.cookies().length, "cookies in all").to.be.below(40);
  });

  it("never make a request too large, also not all at once", async () => {
    const browser = vestibule.browser();
    await Promise.all(Array.from({ length: TABS }, () => open(browser)));
    const pages = await openAll(browser);
    const paths = [
      "/",
      "/sign-out",
      "/account",
      "/authorize",
      ...pages.map(({ url }) => new URL(url).pathname),
    ];
    for (const path of paths) {
      expect(Buffer.byteLength(browser.cookiesFor(path)), path).to.be.below(4_096);
      expect((await browser.get(path)).status, path).to.not.equal(431);
    }
    expect((await browser.get("/")).status).to.equal(200);
  });

  it("can all be finished when they were opened at the same moment", async () => {
    const browser = vestibule.browser();
    const pages = await Promise.all(Array.from({ length: 12 }, () => open(browser)));
    for (const page of pages) {
      expect((await finish(browser, page)).location).to.contain("code=");
    }
    expect(ofSignIns(browser)).to.deep.equal([]);
  });

  it("are finished in any order, and the oldest say where to go", async () => {
    const browser = vestibule.browser();
    const pages = await openAll(browser, MOST_SIGN_INS + 2);
    for (const page of [...pages.slice(2, 5), ...pages.slice(-3).reverse()]) {
      expect((await finish(browser, page)).location).to.contain("code=");
    }
    const dropped = await send(browser, pageOf(pages, 0));
    expect(dropped.status).to.equal(400);
    expect(dropped.body).to.contain("This sign-in has expired").and.contain('href="https://app.test/"');
  });

  it("leave no cookie when they are finished, cancelled, or were left for help", async () => {
    const ends: Readonly<Record<string, (browser: HttpBrowser) => Promise<Page>>> = {
      finished: async (browser) => finish(browser, await open(browser)),
      cancelled: async (browser) => {
        const page = await open(browser);
        return follow(
          browser,
          await browser.post(formAction(page), { _csrf: hiddenField(page, "_csrf"), cancel: "yes" }),
        );
      },
      "finished after help": async (browser) => {
        const page = await open(browser);
        await follow(browser, await browser.get(`${page.url}/help/forgot-password`));
        expect(browser.cookieNames().join()).to.contain("-from");
        return finish(browser, page);
      },
    };
    for (const [what, end] of Object.entries(ends)) {
      const browser = vestibule.browser();
      expect((await end(browser)).location, what).to.match(/^https:\/\/app\.test\/cb\?(code|error)=/);
      expect(ofSignIns(browser), what).to.deep.equal([]);
    }
  });

  it("leave none after a consent, and not while another one is open", async () => {
    const third = await makeApplication(vestibule.services, { firstParty: false });
    const browser = vestibule.browser();
    const other = await open(browser);
    const opened = await openSignIn(browser, authorizationRequest(vestibule.issuer, third));
    const consent = await finish(browser, opened);
    expect(pagesOf(browser), "the consent and the other").to.have.lengthOf(2);
    const allow = { _csrf: hiddenField(consent, "_csrf"), decision: "allow" };
    const done = await follow(browser, await browser.post(formAction(consent), allow));
    expect(done.location).to.contain("code=");
    expect(pagesOf(browser).map(({ path }) => path)).to.deep.equal([new URL(other.url).pathname]);
    expect((await finish(browser, other)).location).to.contain("code=");
    expect(ofSignIns(browser)).to.deep.equal([]);
  });

  it("go on when the last form is sent twice, and when its redirect is followed again", async () => {
    const browser = vestibule.browser();
    const page = await open(browser);
    const first = await send(browser, page);
    const second = await send(browser, page);
    expect([first.status, second.status]).to.deep.equal([303, 303]);
    const arrived = await browser.get(second.location);
    expect(arrived.location).to.contain("code=");
    const again = await browser.get(second.location);
    expect(again.status).to.equal(400);
    expect(again.body).to.contain("This sign-in has expired");
  });

  it("T59 take no cookie whose signature is missing, changed or of another sign-in", async () => {
    const browser = vestibule.browser();
    const [one, two] = [await open(browser), await open(browser)];
    const path = new URL(one.url).pathname;
    const [name = "", value = ""] =
      browser
        .cookiesFor(path)
        .split("; ")
        .find((pair) => pair.includes("-interaction"))
        ?.split("=") ?? [];
    const [uid = "", signature = ""] = value.split(".");
    const other = browser.cookiesFor(new URL(two.url).pathname).split(".").at(-1) ?? "";
    for (const changed of [
      uid,
      `${uid}.`,
      `${uid}.A${signature.slice(1)}`,
      `${uid}.${other}`,
      `${uid}.${signature}.x`,
      `.${signature}`,
    ]) {
      const tampered = browser.copy();
      tampered.plant(name, changed, path);
      expect((await tampered.get(one.url)).status, changed).to.equal(400);
    }
    expect((await browser.get(one.url)).status).to.equal(200);
  });
});

function pageOf(pages: readonly Page[], index: number): Page {
  const page = pages[index];
  if (page === undefined) {
    throw new Error("There are fewer pages.");
  }
  return page;
}

import { createHmac, randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { expect } from "chai";
import { start } from "../../../src/server/main.ts";
import { readSettings } from "../../../src/server/settings/settings.ts";
import type { HttpBrowser } from "../../support/http-browser.ts";
import { type Page } from "../../support/http-browser.ts";
import {
  follow,
  formAction,
  hiddenField,
  openSignIn,
  sendPassword,
  signIn,
} from "../../support/relying-party.ts";
import { freePort } from "../../support/free-port.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

interface SetCookie {
  readonly name: string;
  readonly value: string;
  /** Lower case: `path=/`, `secure` … */
  readonly attributes: readonly string[];
}

describe("cookies of an https issuer", () => {
  const vestibule = useVestibule({
    settings: { VESTIBULE_ISSUER: "https://id.test" },
    office: {},
    user: {},
    application: {},
  });
  let pages: readonly Page[];
  let cookies: readonly SetCookie[];
  /** Without those that only take a cookie away. */
  let given: readonly SetCookie[];

  before(async () => {
    pages = await walk();
    cookies = pages.flatMap((page) => page.setCookies.map(parse));
    given = cookies.filter(({ attributes }) => !attributes.join().includes("01 jan 1970"));
  });

  const request = (changes: Record<string, string> = {}) => vestibule.request(changes);

  /** Every page that gives or takes a cookie, in the order of a user who signs in, out, and changes the language. */
  async function walk(): Promise<Page[]> {
    const browser = vestibule.browser();
    const seen: Page[] = [];
    const keep = (page: Page) => {
      seen.push(page);
      return page;
    };
    keep(await browser.get("/?lang=nl"));
    keep(await browser.get(`/o/${vestibule.user.office.code}`));
    const begun = keep(await browser.get(request().url));
    const page = keep(await browser.get(begun.location));
    const [, uid = ""] = /interaction\/([^/]+)/.exec(page.url) ?? [];
    keep(await browser.get(`/interaction/${uid}/help/forgot-password`));
    keep(await browser.get(`/forgot-password?from=${uid}`));
    for (const path of ["reset-password", "invitation", "not-me"]) {
      keep(await browser.get(`/${path}/${"A".repeat(64)}`));
    }
    const { office, username, password } = vestibule.user;
    keep(await sendPassword(browser, page, { officeCode: office.code, username, password: "wrong" }));
    let next = keep(await sendPassword(browser, page, { officeCode: office.code, username, password }));
    while (next.location.startsWith(`${vestibule.issuer}/`)) {
      next = keep(await browser.get(next.location));
    }
    keep(await browser.get(request({ prompt: "none" }).url));
    const leaving = keep(await browser.get("/sign-out"));
    const fields = { xsrf: hiddenField(leaving, "xsrf"), logout: "yes" };
    keep(await browser.post(formAction(leaving), fields));
    return seen;
  }

  async function isSignedIn(browser: HttpBrowser): Promise<boolean> {
    const { location } = await browser.get(request({ prompt: "none" }).url);
    return new URL(location).searchParams.has("code");
  }

  it("T59 are the ones that are meant, each with its signature", () => {
    const names = new Set(cookies.map(({ name }) => name));
    const meant = [
      "__Host-vestibule-browser",
      "__Host-vestibule-form",
      "__Host-vestibule-from",
      "__Host-vestibule-invitation",
      "__Host-vestibule-language",
      "__Host-vestibule-not-me",
      "__Host-vestibule-office",
      "__Host-vestibule-reset",
      "__Host-vestibule-session",
      "__Host-vestibule-sign-ins",
    ];
    const joined = ["__Secure-vestibule-interaction", "__Secure-vestibule-resume"];
    expect([...names]).to.have.members([...meant, ...meant.map((name) => `${name}.sig`), ...joined]);
    for (const { name, value } of given.filter((cookie) => joined.includes(cookie.name))) {
      expect(value, name).to.match(/^[\w-]{43}\.[\w-]{27}(\.\d{1,5})?$/);
    }
  });

  it("T59 are for https and the server alone, and stay away from requests of other sites", () => {
    for (const { name, attributes } of cookies) {
      expect(attributes, name).to.include.members(["secure", "httponly", "samesite=lax"]);
    }
  });

  it("T59 belong to this host alone, and to the whole of it or to one sign-in", () => {
    for (const { name, attributes } of cookies) {
      expect(attributes.join("; "), name).to.not.contain("domain");
      const path = attributes.find((attribute) => attribute.startsWith("path="));
      if (name.startsWith("__Host-")) {
        expect(path, name).to.equal("path=/");
      } else {
        expect(path, name).to.match(/^path=\/(interaction|authorize)\/[\w-]{40,}$/i);
      }
    }
  });

  it("T59 are small", () => {
    for (const { name, value } of cookies) {
      expect(name.length + value.length, name).to.be.below(4_096);
    }
  });

  it("T59 keep no session in the browser longer than the browser runs", () => {
    const sessions = given.filter(({ name }) => name.includes("-session"));
    expect(sessions).to.not.be.empty;
    for (const { name, attributes } of sessions) {
      expect(attributes.join("; "), name).to.not.match(/expires|max-age/);
    }
  });

  it("T59 of a sign-in end with it", () => {
    const passing = given.filter(({ name }) => name.startsWith("__Secure-"));
    expect(new Set(passing.map(({ name }) => name)).size).to.equal(2);
    for (const { name, attributes } of passing) {
      const expires = attributes.find((attribute) => attribute.startsWith("expires="))?.slice(8) ?? "";
      const minutes = (Date.parse(expires) - Date.now()) / 60_000;
      const [least, most] = name.includes("-interaction") ? [50, 61] : [0, 1.1];
      expect(minutes, name).to.be.within(least, most);
    }
  });

  it("T59 make no session when the value or its signature was changed", async () => {
    const browser = vestibule.browser();
    await signIn(browser, request(), vestibule.user);
    expect(await isSignedIn(browser)).to.equal(true);
    const session = "__Host-vestibule-session";
    const value = valueOf(browser, session);
    const signature = valueOf(browser, `${session}.sig`);
    const changes: readonly [string, string][] = [
      [session, swapLast(value)],
      [session, ""],
      [`${session}.sig`, swapLast(signature)],
      [`${session}.sig`, ""],
      [`${session}.sig`, createHmac("sha1", "guess").update(`${session}=${value}`).digest("base64url")],
    ];
    for (const [name, changed] of changes) {
      const tampered = browser.copy();
      tampered.plant(name, changed);
      expect(await isSignedIn(tampered), `${name}=${changed}`).to.equal(false);
    }
    expect(await isSignedIn(browser)).to.equal(true);
  });

  it("T59 are read under the name for https alone", async () => {
    const browser = vestibule.browser();
    await signIn(browser, request(), vestibule.user);
    const sibling = vestibule.browser();
    const session = "__Host-vestibule-session";
    sibling.plant("vestibule-session", valueOf(browser, session));
    sibling.plant("vestibule-session.sig", valueOf(browser, `${session}.sig`));
    expect(await isSignedIn(sibling)).to.equal(false);
  });

  it("T59 begin no sign-in whose cookie was changed, and remember no office that was", async () => {
    const browser = vestibule.browser();
    const page = await openSignIn(browser, request());
    const name = "__Secure-vestibule-interaction";
    const path = new URL(page.url).pathname;
    const [, joined = ""] = new RegExp(`${name}=([^;]+)`).exec(browser.cookiesFor(path)) ?? [];
    expect((await browser.get(page.url)).status).to.equal(200);
    browser.plant(name, swapFirst(joined), path);
    expect((await browser.get(page.url)).status).to.equal(400);
    const forged = vestibule.browser();
    forged.plant("__Host-vestibule-office", "EVIL");
    forged.plant("__Host-vestibule-office.sig", "A".repeat(27));
    expect((await openSignIn(forged, request())).body).to.not.contain("EVIL");
  });

  it("T59 are signed by keys that can be replaced, and are good as long as the old key is known", async () => {
    const browser = vestibule.browser();
    await signIn(browser, request(), vestibule.user);
    const fresh = randomBytes(32).toString("base64url");
    const [old = ""] = vestibule.services.secrets.cookieKeys.map((key) => key.reveal());
    const seen: boolean[] = [];
    for (const cookieKeys of [[fresh, old], [fresh]]) {
      const other = await startAgainWith(cookieKeys);
      seen.push(await isSignedIn(browser.copy(other.port)));
      await other.stop();
    }
    expect(seen).to.deep.equal([true, false]);
  });

  /** A second server of the same installation, after the operator has changed the keys. */
  async function startAgainWith(cookieKeys: readonly string[]) {
    const { secretsFile } = vestibule.settings;
    const file = `${secretsFile}.changed`;
    const secrets = JSON.parse(readFileSync(secretsFile, "utf8")) as object;
    writeFileSync(file, JSON.stringify({ ...secrets, cookieKeys }));
    const port = await freePort();
    const environment = { ...vestibule.environment, PORT: String(port), VESTIBULE_SECRETS_FILE: file };
    const { stop } = await start(readSettings(environment));
    return { port, stop };
  }

  it("T59 let a sign-in go on through https addresses alone", async () => {
    const browser = vestibule.browser();
    const page = await openSignIn(browser, request());
    const { office, username, password } = vestibule.user;
    const sent = await sendPassword(browser, page, { officeCode: office.code, username, password });
    expect(sent.location).to.match(/^https:\/\/id\.test\/authorize\//);
    expect((await follow(browser, sent)).location).to.match(/^https:\/\/app\.test\/cb\?code=/);
    expect(pages.map(({ location }) => location).filter((location) => location.startsWith("http:"))).to.be
      .empty;
  });
});

function parse(line: string): SetCookie {
  const [pair = "", ...attributes] = line.split(/; */);
  const middle = pair.indexOf("=");
  return {
    name: pair.slice(0, middle),
    value: pair.slice(middle + 1),
    attributes: attributes.map((attribute) =>
      /^path=/i.test(attribute) ? `path=${attribute.slice(5)}` : attribute.toLowerCase(),
    ),
  };
}

const valueOf = (browser: HttpBrowser, name: string): string =>
  browser
    .cookiesFor("/")
    .split("; ")
    .find((pair) => pair.startsWith(`${name}=`))
    ?.slice(name.length + 1) ?? "";

const swapFirst = (text: string) => `${text.startsWith("A") ? "B" : "A"}${text.slice(1)}`;
const swapLast = (text: string) => `${text.slice(0, -1)}${text.endsWith("A") ? "B" : "A"}`;

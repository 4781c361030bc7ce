import { expect } from "chai";
import type { HttpBrowser, Page } from "../support/http-browser.ts";
import { authorizationRequest, follow, formAction, hiddenField } from "../support/relying-party.ts";
import { letItSubmit } from "../support/self-submitting.ts";
import { tokensFor } from "../support/tokens.ts";
import { useVestibule } from "../support/use-vestibule.ts";

const BYE = "https://app.test/bye";
const ELSEWHERE = { origin: "https://app.test", "sec-fetch-site": "cross-site" };
const NAMES = ["client_id", "id_token_hint", "post_logout_redirect_uri", "state"];

describe("signing out by POST", () => {
  const vestibule = useVestibule({
    user: {},
    application: { name: "Ledger", postLogoutRedirectUris: [BYE] },
  });

  const signedIn = async () => {
    const browser = vestibule.browser();
    const { id } = await tokensFor(browser, vestibule.application, vestibule.user);
    return { browser, id };
  };
  const asked = () => ({
    client_id: vestibule.application.id,
    post_logout_redirect_uri: BYE,
    state: "s-1",
  });
  const isSignedIn = async (browser: HttpBrowser) => {
    const { url } = authorizationRequest(vestibule.issuer, vestibule.application, { prompt: "none" });
    return (await browser.get(url)).location.includes("code=");
  };
  const confirm = (browser: HttpBrowser, page: Page) =>
    browser.post(formAction(page), {
      ...Object.fromEntries(
        ["client_id", "post_logout_redirect_uri", "state"].map((name) => [name, hiddenField(page, name)]),
      ),
      xsrf: hiddenField(page, "xsrf"),
      logout: "yes",
    });
  /** A form of another site: the browser sends none of its cookies, because they are SameSite=Lax, and keeps those that are set. */
  const fromElsewhere = async (browser: HttpBrowser, fields: Record<string, string>) => {
    const page = await browser.fresh().post("/sign-out", fields, { headers: ELSEWHERE });
    page.setCookies.forEach((line) => {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      browser.plant(name, value);
    });
    return page;
  };

  it("asks as it does by GET, and leads back to the application", async () => {
    const { browser } = await signedIn();
    const page = await browser.post("/sign-out", asked(), { headers: { origin: "https://app.localhost" } });
    expect([page.status, page.body.includes("Ledger wants to sign you out")]).to.deep.equal([200, true]);
    expect(await isSignedIn(browser), "before the answer").to.equal(true);
    expect((await confirm(browser, page)).location).to.equal(`${BYE}?state=s-1`);
    expect(await isSignedIn(browser)).to.equal(false);
  });

  it("T144 never takes the session away when another site's form comes without its cookie", async () => {
    const { browser, id } = await signedIn();
    for (const fields of [{}, asked(), { ...asked(), id_token_hint: id }, { state: "x" }]) {
      const page = await fromElsewhere(browser, fields);
      expect(page.setCookies, "cookies that would replace the session").to.deep.equal([]);
      expect(page.location).to.equal("");
      expect(await isSignedIn(browser)).to.equal(true);
    }
  });

  it("T144 asks after a form of another site has been sent again by our own page", async () => {
    const { browser } = await signedIn();
    const page = await letItSubmit(
      browser,
      await fromElsewhere(browser, asked()),
      NAMES.filter((name) => name !== "id_token_hint"),
    );
    expect([page.status, page.body.includes("Ledger wants to sign you out")]).to.deep.equal([200, true]);
    expect(await isSignedIn(browser)).to.equal(true);
    expect((await confirm(browser, page)).location).to.equal(`${BYE}?state=s-1`);
  });

  it("leads back where nobody is signed in, whatever the origin", async () => {
    const browser = vestibule.browser();
    const sent = await letItSubmit(
      browser,
      await fromElsewhere(browser, asked()),
      NAMES.filter((name) => name !== "id_token_hint"),
    );
    const done = await letItSubmit(browser, sent, ["xsrf", "logout"]);
    expect(done.location).to.equal(`${BYE}?state=s-1`);
  });

  it("takes a hint that is longer than an address may be", async () => {
    const { browser } = await signedIn();
    const page = await browser.post("/sign-out", { ...asked(), ui_locales: "x".repeat(20_000) });
    expect([page.status, page.body.includes("Sign out?")]).to.deep.equal([200, true]);
  });

  it("refuses what GET refuses, on the same page", async () => {
    const { browser, id } = await signedIn();
    for (const fields of [
      { ...asked(), post_logout_redirect_uri: "https://evil.test/" },
      { ...asked(), client_id: "app_unknown" },
      { ...asked(), id_token_hint: `${id}x` },
    ]) {
      const page = await browser.post("/sign-out", fields);
      const same = await browser.get(`/sign-out?${new URLSearchParams(fields).toString()}`);
      expect([page.status, page.location]).to.deep.equal([400, ""]);
      expect(plain(page)).to.equal(plain(same));
    }
    const twice = await browser.send("/sign-out", {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded", origin: vestibule.issuer },
      body: "state=a&state=b",
    });
    expect(twice.status, "a parameter that comes twice").to.equal(400);
    expect(await isSignedIn(browser)).to.equal(true);
  });

  it("takes no other kind of body, and no endless one", async () => {
    const { browser } = await signedIn();
    const send = (type: string, body: string) =>
      browser.send("/sign-out", { method: "POST", headers: { "content-type": type }, body });
    expect((await send("application/json", "{}")).status).to.equal(400);
    expect((await send("text/plain", "state=x")).status).to.equal(400);
    expect((await send("application/x-www-form-urlencoded", `state=${"x".repeat(60_000)}`)).status).to.equal(
      413,
    );
    expect(await isSignedIn(browser)).to.equal(true);
  });

  it("takes a body without parameters", async () => {
    const { browser } = await signedIn();
    const page = await browser.post("/sign-out", {});
    const done = await follow(browser, await confirm(browser, page));
    expect(done.body).to.contain("You are signed out");
  });
});

/** The words of a page, without what differs from one answer to the next. */
const plain = ({ body }: Page): string =>
  (/<main[\s\S]*<\/main>/.exec(body)?.[0] ?? body).replace(/<code>[\w-]{12}<\/code>/g, "");

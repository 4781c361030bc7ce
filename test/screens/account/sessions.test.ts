import { expect } from "chai";
import { expectOn, openAccount, send } from "../../support/account.ts";
import { asOwner } from "../../support/database.ts";
import type { HttpBrowser } from "../../support/http-browser.ts";
import {
  makeApplication,
  makeOffice,
  makeUser,
  type TestApplication,
  type TestUser,
} from "../../support/people.ts";
import { authorizationRequest, follow, redeem, signIn } from "../../support/relying-party.ts";
import { pageName } from "../../support/second-factor.ts";
import { refresh } from "../../support/tokens.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

const FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0";

describe("sessions and applications on the account page", () => {
  const vestibule = useVestibule({ application: {} });

  /** Signs a user in to the application with a browser of its own. */
  async function visitor(user: TestUser, asked = vestibule.application) {
    const browser = vestibule.browser();
    const request = authorizationRequest(vestibule.issuer, asked);
    const redirect = await signIn(browser, request, user);
    const { body } = await redeem(browser, asked, { redirect, request });
    return { browser, refreshToken: String(body["refresh_token"]) };
  }

  const newUser = async () => makeUser(vestibule.services, await makeOffice(vestibule.services));
  const canRefresh = async (token: string, asked = vestibule.application) =>
    (await refresh(vestibule.browser(), asked, token)).status === 200;
  const isSignedIn = async (browser: HttpBrowser) => (await browser.get("/account")).status === 200;
  const links = (body: string) =>
    [...body.matchAll(/href="(\/account\/(?:sessions|applications)\/(?!others)[\w-]+)"/g)].map(
      ([, href = ""]) => href,
    );

  it("T64 lists every session with its browser, and marks this one", async () => {
    const user = await newUser();
    await visitor(user);
    const browser = vestibule.browser();
    const original = browser.send.bind(browser);
    browser.send = (url, ask) =>
      original(url, { ...ask, headers: { ...ask.headers, "user-agent": FIREFOX } });
    const page = await openAccount(browser, "/account/sessions", { user });
    expectOn(page, "/account/sessions");
    expect(page.body).to.contain("Firefox on Windows");
    expect(page.body).to.contain("Unknown browser");
    expect(page.body.match(/This session/g)).to.have.lengthOf(1);
    expect(page.body).to.contain("network 127.0.0.1");
    expect(links(page.body)).to.have.lengthOf(1);
  });

  it("T64 ends one session with its tokens: a copied cookie is refused, and the others stay", async () => {
    const user = await newUser();
    const [mine, lost, third] = [await visitor(user), await visitor(user), await visitor(user)];
    const copy = lost.browser.copy();
    expect(await isSignedIn(copy)).to.equal(true);
    const uid = await newestSession(user, 1);
    const page = await openAccount(mine.browser, `/account/sessions/${uid}`, { user });
    await follow(mine.browser, await send(mine.browser, page));
    expect(await isSignedIn(copy)).to.equal(false);
    expect(await isSignedIn(lost.browser)).to.equal(false);
    expect(await canRefresh(lost.refreshToken)).to.equal(false);
    expect([await isSignedIn(mine.browser), await isSignedIn(third.browser)]).to.deep.equal([true, true]);
    expect(await canRefresh(third.refreshToken)).to.equal(true);
  });

  it("T64 ends all others, also the refresh tokens of sessions that are over", async () => {
    const user = await newUser();
    const [mine, other, gone] = [await visitor(user), await visitor(user), await visitor(user)];
    await asOwner(vestibule.database, "delete from oidc_models where kind = 1 and uid = $1", [
      await newestSession(user, 2),
    ]);
    const page = await openAccount(mine.browser, "/account/sessions/others", { user });
    const after = await follow(mine.browser, await send(mine.browser, page));
    expectOn(after, "/account/sessions");
    expect(links(after.body)).to.deep.equal([]);
    expect(await isSignedIn(other.browser)).to.equal(false);
    expect(await canRefresh(other.refreshToken)).to.equal(false);
    expect(await canRefresh(gone.refreshToken)).to.equal(false);
    expect(await isSignedIn(mine.browser)).to.equal(true);
    expect(await canRefresh(mine.refreshToken)).to.equal(true);
  });

  it("T64 refuses a cookie that was copied before signing out", async () => {
    const user = await newUser();
    const browser = vestibule.browser();
    await openAccount(browser, "/account", { user });
    const copy = browser.copy();
    const page = await browser.get("/sign-out");
    const xsrf = /name="xsrf" value="([^"]*)"/.exec(page.body)?.[1] ?? "";
    await follow(browser, await browser.post("/sign-out/confirm", { xsrf, logout: "yes" }));
    expect(await isSignedIn(copy)).to.equal(false);
  });

  it("lists applications with access, and takes it away with every token", async () => {
    const user = await newUser();
    const printshop = await makeApplication(vestibule.services, { name: "Printshop" });
    const mine = await visitor(user);
    const there = await visitor(user, printshop);
    const list = await openAccount(mine.browser, "/account/applications", { user });
    expect(links(list.body)).to.have.members([
      `/account/applications/${vestibule.application.id}`,
      `/account/applications/${printshop.id}`,
    ]);
    const page = await openAccount(mine.browser, `/account/applications/${printshop.id}`, { user });
    expect(page.body).to.contain("Printshop");
    const after = await follow(mine.browser, await send(mine.browser, page));
    expect(links(after.body)).to.deep.equal([`/account/applications/${vestibule.application.id}`]);
    expect(await canRefresh(there.refreshToken, printshop)).to.equal(false);
    expect(await canRefresh(mine.refreshToken)).to.equal(true);
    const back = await signedInAgain(there.browser, printshop);
    expect(back, "a silent sign-in afterwards gets a new grant").to.match(/[?&]code=/);
  });

  it("T82 answers for another user's session or application as for one that never was", async () => {
    const [user, stranger] = [await newUser(), await newUser()];
    const printshop = await makeApplication(vestibule.services, { name: "Copyshop" });
    const theirs = await visitor(stranger, printshop);
    const mine = await visitor(user);
    const form = await openAccount(mine.browser, "/account/sessions/others", { user });
    const uid = await newestSession(stranger, 0);
    const ids = [
      ["sessions", uid, "x".repeat(21)],
      ["applications", printshop.id, "app_0123456789abcdef"],
    ] as const;
    for (const [kind, foreign, unknown] of ids) {
      for (const method of ["get", "post"] as const) {
        const [one, other] = [await call(foreign), await call(unknown)];
        // No page that can be opened has a token for either.
        const status = method === "get" ? 404 : 403;
        expect([one.status, other.status], `${method} ${kind}`).to.deep.equal([status, status]);
        expect(withoutReference(one.body)).to.equal(
          withoutReference(other.body).replaceAll(unknown, foreign),
        );
        function call(id: string) {
          const path = `/account/${kind}/${id}`;
          const url = new URL(path, form.url).href;
          return method === "get"
            ? mine.browser.get(path)
            : send(mine.browser, {
                ...form,
                url,
                body: form.body.replaceAll("/account/sessions/others", path),
              });
        }
      }
    }
    expect(await isSignedIn(theirs.browser)).to.equal(true);
    expect(await canRefresh(theirs.refreshToken, printshop)).to.equal(true);
  });

  /** The uid of a user's session; 0 the first that was made. */
  async function newestSession({ id }: TestUser, index: number): Promise<string> {
    const rows = await asOwner<{ uid: string }>(
      vestibule.database,
      "select uid from oidc_models where kind = 1 and account_id = $1 order by (payload ->> 'iat')::float8, ctid",
      [id],
    );
    return rows[index]?.uid ?? expect.fail();
  }

  async function signedInAgain(browser: HttpBrowser, asked: TestApplication): Promise<string> {
    const { url } = authorizationRequest(vestibule.issuer, asked);
    const page = await follow(browser, await browser.get(url));
    expect(pageName(page)).to.not.equal("password");
    return page.location;
  }
});

const withoutReference = (body: string) => body.replace(/<code>[^<]*<\/code>|nonce="[^"]*"/g, "");

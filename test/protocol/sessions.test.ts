import { expect } from "chai";
import type { HttpBrowser } from "../support/http-browser.ts";
import { type Page } from "../support/http-browser.ts";
import { makeApplication, makeOffice, makeUser, type TestOffice, type TestUser } from "../support/people.ts";
import {
  authorizationRequest,
  claimsOf,
  follow,
  formAction,
  openSignIn,
  redeem,
  sendPassword,
  signIn,
  type Request,
} from "../support/relying-party.ts";
import { letItSubmit } from "../support/self-submitting.ts";
import { MINUTE, SECOND, travel } from "../support/time.ts";
import { introspect, refresh, tokensFor, tokensOf, userinfo } from "../support/tokens.ts";
import { useVestibule } from "../support/use-vestibule.ts";
import { useResource } from "../support/suite-resource.ts";

describe("a session and what is asked of it", () => {
  const vestibule = useVestibule({ application: {} });
  const { application, services } = vestibule;
  const noord = useResource(() => makeOffice(services, { code: "NOORD" }));
  const zuid = useResource(() => makeOffice(services, { code: "ZUID" }));
  const sanne = useResource(() => makeUser(services, noord, { username: "sanne" }));
  const omar = useResource(() => makeUser(services, noord, { username: "omar" }));
  const emma = useResource(() => makeUser(services, zuid, { username: "emma" }));

  const ask = (changes: Record<string, string | null> = {}, asked = application) =>
    authorizationRequest(vestibule.issuer, asked, changes);

  const signedIn = async (user: TestUser) => {
    const browser = vestibule.browser();
    await signIn(browser, ask(), user);
    return browser;
  };

  /** "code", or the error, of a request that must show no page. */
  const silently = async (browser: HttpBrowser, request: Request) => {
    const url = new URL(request.url);
    url.searchParams.set("prompt", "none");
    const { searchParams } = new URL((await browser.get(url.href)).location);
    return searchParams.get("error") ?? (searchParams.has("code") ? "code" : "nothing");
  };

  const subjectOf = async (browser: HttpBrowser, request: Request, back: Page, asked = application) => {
    const { body } = await redeem(browser, asked, { redirect: new URL(back.location), request });
    return claimsOf(body["id_token"])["sub"];
  };

  const typePassword = async (browser: HttpBrowser, page: Page, user: TestUser) => {
    const { username, password, office } = user;
    return sendPassword(browser, page, { officeCode: office.code, username, password });
  };

  it("serves every application that asks for its own office", async () => {
    const browser = await signedIn(sanne);
    const pinned = await makeApplication(services, {}, noord.id);
    expect(await silently(browser, ask({}, pinned))).to.equal("code");
    expect(await silently(browser, ask({ office: " noord" }))).to.equal("code");
  });

  it("asks an account of another office to sign in for an application of one office", async () => {
    const browser = await signedIn(emma);
    const pinned = await makeApplication(services, {}, noord.id);
    expect(await silently(browser, ask({}, pinned))).to.equal("login_required");
    const request = ask({}, pinned);
    const page = await openSignIn(browser, request);
    expect(page.body)
      .to.contain("Noord &amp; Zonen")
      .and.contain('name="password"')
      .and.not.contain('name="officeCode"');
    expect((await typePassword(browser, page, emma)).status, "her own password").to.equal(400);
  });

  it("asks an account of another office to sign in for a request that names an office", async () => {
    const browser = await signedIn(emma);
    expect(await silently(browser, ask({ office: "NOORD" }))).to.equal("login_required");
    expect(await silently(browser, ask({ office: "NO-SUCH-OFFICE" }))).to.equal("login_required");
    const page = await openSignIn(browser, ask({ office: "noord" }));
    expect(page.body).to.contain('name="password"').and.not.contain('name="officeCode"');
  });

  it("lets the application's own office win over the one that its request names", async () => {
    const browser = await signedIn(sanne);
    const pinned = await makeApplication(services, {}, zuid.id);
    expect(await silently(browser, ask({ office: "NOORD" }, pinned))).to.equal("login_required");
  });

  it("lets another person sign in over a session, and leaves nothing of the first one's", async () => {
    const browser = vestibule.browser();
    const first = await tokensFor(browser, application, sanne, { scope: "openid" });
    const sessionBefore = browser.copy();
    const request = ask({ prompt: "login" });
    const sent = await follow(browser, await typePassword(browser, await openSignIn(browser, request), omar));
    expect(formAction(sent), "the form that ends the first session").to.equal(
      `${vestibule.issuer}/sign-out/confirm`,
    );
    const back = await follow(browser, await letItSubmit(browser, sent, ["xsrf", "logout"]));
    expect(new URL(back.location).searchParams.get("state")).to.equal(request.state);
    expect(await subjectOf(browser, request, back)).to.equal(omar.id);
    expect(await silently(sessionBefore, ask()), "the first session").to.equal("login_required");
    expect((await userinfo(browser, first.access)).status, "the first one's token").to.equal(401);
    const now = ask();
    expect(await subjectOf(browser, now, await browser.get(now.url)), "the session now").to.equal(omar.id);
  });

  it("asks again for prompt=login, and reports the new time", async () => {
    const browser = vestibule.browser();
    const before = await tokensFor(browser, application, sanne);
    travel(5 * SECOND);
    const request = ask({ prompt: "login" });
    const page = await openSignIn(browser, request);
    expect(page.body).to.contain('name="password"');
    const back = await follow(browser, await typePassword(browser, page, sanne));
    const { body } = await redeem(browser, application, {
      redirect: new URL(back.location),
      request,
    });
    const times = [before.id, body["id_token"]].map((token) => Number(claimsOf(token)["auth_time"]));
    expect((times[1] ?? 0) - (times[0] ?? 0)).to.be.within(5, 15);
  });

  it("asks again when the session is older than max_age, and not before", async () => {
    const browser = await signedIn(sanne);
    expect(await silently(browser, ask({ max_age: "60" }))).to.equal("code");
    expect(await silently(browser, ask({ max_age: "0" }))).to.be.oneOf(["login_required", "invalid_request"]);
    travel(62 * SECOND);
    expect(await silently(browser, ask({ max_age: "60" }))).to.equal("login_required");
    expect(await silently(browser, ask())).to.equal("code");
    const request = ask({ max_age: "60" });
    const back = await follow(
      browser,
      await typePassword(browser, await openSignIn(browser, request), sanne),
    );
    expect(await subjectOf(browser, request, back)).to.equal(sanne.id);
  });

  it("ends a session with the length that its office has set", async () => {
    const short = await makeOffice(services);
    const user = await makeUser(services, short);
    await changeOffice(short, { sessionMinutes: 10 });
    const browser = await signedIn(user);
    travel(9 * MINUTE);
    expect(await silently(browser, ask())).to.equal("code");
    travel(2 * MINUTE);
    expect(await silently(browser, ask())).to.equal("login_required");
  });

  it("shortens sessions that are open when their office shortens them", async () => {
    const short = await makeOffice(services);
    const browser = await signedIn(await makeUser(services, short));
    travel(20 * MINUTE);
    expect(await silently(browser, ask())).to.equal("code");
    await changeOffice(short, { sessionMinutes: 10 });
    expect(await silently(browser, ask())).to.equal("login_required");
  });

  it("kills everything of the people of an office that is closed", async () => {
    const closing = await makeOffice(services);
    const user = await makeUser(services, closing);
    const browser = vestibule.browser();
    const tokens = await tokensFor(browser, application, user);
    const pending = ask();
    const code = await browser.get(pending.url);
    const waiting = vestibule.browser();
    const page = await openSignIn(waiting, ask());
    await changeOffice(closing, { status: "closed" });
    expect(await silently(browser, ask()), "session").to.equal("login_required");
    expect((await userinfo(browser, tokens.access)).status, "access token").to.equal(401);
    expect((await introspect(browser, application, tokens.access)).body).to.deep.equal({
      active: false,
    });
    expect((await introspect(browser, application, tokens.refresh)).body).to.deep.equal({
      active: false,
    });
    expect((await refresh(browser, application, tokens.refresh)).body["error"]).to.equal("invalid_grant");
    const redeemed = await redeem(browser, application, {
      redirect: new URL(code.location),
      request: pending,
    });
    expect(redeemed.body["error"], "code").to.equal("invalid_grant");
    expect((await typePassword(waiting, page, user)).status, "password").to.equal(400);
  });

  it("takes nobody whose office was closed between the password and the way back", async () => {
    const closing = await makeOffice(services);
    const user = await makeUser(services, closing);
    const browser = vestibule.browser();
    const sent = await typePassword(browser, await openSignIn(browser, ask()), user);
    expect(sent.status).to.equal(303);
    await changeOffice(closing, { status: "closed" });
    const next = await follow(browser, sent);
    expect([next.status, next.location]).to.deep.equal([200, ""]);
    expect((await typePassword(browser, next, user)).status, "the password, once more").to.equal(400);
    expect(await silently(browser, ask())).to.equal("login_required");
    expect((await openSignIn(browser, ask())).body).to.contain('name="password"');
  });

  it("keeps the tokens of others when an office is closed", async () => {
    const closing = await makeOffice(services);
    const tokens = await tokensFor(vestibule.browser(), application, sanne);
    await changeOffice(closing, { status: "closed" });
    expect(tokensOf(await refresh(vestibule.browser(), application, tokens.refresh)).access).to.be.a(
      "string",
    );
  });

  async function changeOffice(
    office: TestOffice,
    changes: { status?: "open" | "closed"; sessionMinutes?: number },
  ): Promise<void> {
    const { offices, officeService } = services;
    const found = await offices.find(office.id);
    if (found === null) {
      throw new Error("No office.");
    }
    await officeService.change({ ...found, ...changes }, "test");
  }
});

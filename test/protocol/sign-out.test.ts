import { expect } from "chai";
import { createRemoteJWKSet, jwtVerify } from "jose";
import { asOwner } from "../support/database.ts";
import { startBackChannel, type BackChannel } from "../support/back-channel.ts";
import { eventually } from "../support/eventually.ts";
import type { HttpBrowser } from "../support/http-browser.ts";
import { type Page } from "../support/http-browser.ts";
import { makeApplication, type TestApplication } from "../support/people.ts";
import {
  authorizationRequest,
  claimsOf,
  follow,
  formAction,
  hiddenField,
  redeem,
} from "../support/relying-party.ts";
import { letItSubmit } from "../support/self-submitting.ts";
import { refresh, tokensFor, tokensOf, userinfo } from "../support/tokens.ts";
import { freePort } from "../support/free-port.ts";
import { useVestibule } from "../support/use-vestibule.ts";

describe("signing out", () => {
  const vestibule = useVestibule({
    user: {},
    application: {
      name: "Ledger",
      postLogoutRedirectUris: ["https://app.test/bye"],
    },
  });
  let channels: BackChannel[];
  beforeEach(() => {
    channels = [];
  });
  afterEach(async () => {
    await Promise.all(channels.map((channel) => channel.stop()));
  });

  const openSignOut = (browser: HttpBrowser, parameters: Record<string, string> = {}) =>
    browser.get(`/sign-out?${new URLSearchParams(parameters).toString()}`);

  const confirm = (browser: HttpBrowser, page: Page, fields: Record<string, string> = { logout: "yes" }) =>
    browser.post(formAction(page), { xsrf: hiddenField(page, "xsrf"), ...fields });

  const isSignedIn = async (browser: HttpBrowser, asked = vestibule.application) => {
    const { url } = authorizationRequest(vestibule.issuer, asked, { prompt: "none" });
    return (await browser.get(url)).location.includes("code=");
  };

  /** Without a hint: with one of this session, a first-party application asks nothing (sign-out-at-once.test.ts). */
  const asking = () => ({
    client_id: vestibule.application.id,
    post_logout_redirect_uri: "https://app.test/bye",
    state: "s-1",
  });
  const goodbye = (id: string, state = "s-1") => ({
    id_token_hint: id,
    post_logout_redirect_uri: "https://app.test/bye",
    state,
  });

  it("T65 leads back to the application, and the session is dead in every copy of its cookie", async () => {
    const browser = vestibule.browser();
    await tokensFor(browser, vestibule.application, vestibule.user);
    const stolen = browser.copy();
    expect(await isSignedIn(stolen)).to.equal(true);
    const page = await openSignOut(browser, asking());
    const answer = await confirm(browser, page);
    expect([answer.status, answer.location]).to.deep.equal([303, "https://app.test/bye?state=s-1"]);
    expect(browser.cookieNames()).to.not.include("vestibule-session");
    expect(await isSignedIn(browser)).to.equal(false);
    expect(await isSignedIn(stolen), "a stolen copy").to.equal(false);
  });

  it("T65 asks on a page of ours, for an application and without", async () => {
    const browser = vestibule.browser();
    await tokensFor(browser, vestibule.application, vestibule.user);
    for (const parameters of [{}, { client_id: vestibule.application.id }, asking()]) {
      const page = await openSignOut(browser, parameters);
      expect([page.status, page.location]).to.deep.equal([200, ""]);
      expect(page.body).to.contain("Sign out?").and.contain("Stay signed in");
      expect(page.body.includes("Ledger wants to sign you out")).to.equal(Object.keys(parameters).length > 0);
      expectOurs(page);
    }
    expect(await isSignedIn(browser), "as long as nobody has answered").to.equal(true);
  });

  it("T65 ends on a page of ours where no address is given, or one without saying whose it is", async () => {
    for (const parameters of [{}, { post_logout_redirect_uri: "https://app.test/bye" }]) {
      const browser = vestibule.browser();
      await tokensFor(browser, vestibule.application, vestibule.user);
      const done = await follow(browser, await confirm(browser, await openSignOut(browser, parameters)));
      expect([done.status, done.location]).to.deep.equal([200, ""]);
      expect(done.body).to.contain("You are signed out");
      expectOurs(done);
    }
  });

  it("T65 asks nothing where nobody is signed in, and leads back as well", async () => {
    const { id } = await tokensFor(vestibule.browser(), vestibule.application, vestibule.user);
    for (const [parameters, end] of [
      [goodbye(id), "https://app.test/bye?state=s-1"],
      [{}, `${vestibule.issuer}/sign-out/success`],
    ] as const) {
      const browser = vestibule.browser();
      const answer = await letItSubmit(browser, await openSignOut(browser, parameters), ["xsrf", "logout"]);
      expect([answer.status, answer.location]).to.deep.equal([303, end]);
    }
  });

  it("T65 keeps a user signed in who wants to stay, also when the application has asked", async () => {
    const browser = vestibule.browser();
    await tokensFor(browser, vestibule.application, vestibule.user);
    for (const parameters of [{}, asking()]) {
      const answer = await confirm(browser, await openSignOut(browser, parameters), {});
      expect(answer.status).to.equal(303);
      expect(await isSignedIn(browser, await makeApplication(vestibule.services))).to.equal(true);
    }
  });

  it("T65 shows our error page for an address that is not registered, and keeps the session", async () => {
    const browser = vestibule.browser();
    const { id } = await tokensFor(browser, vestibule.application, vestibule.user);
    for (const address of [
      "https://app.test/bye/",
      "https://app.test/bye?x=1",
      "https://app.test/bye#x",
      "https://app.test/byebye",
      "https://app.test/bye/../x",
      "https://app.test/BYE",
      "https://app.test/cb",
      "https://evil.test/",
      "//evil.test",
      "javascript:alert(1)",
    ]) {
      const page = await openSignOut(browser, { ...goodbye(id), post_logout_redirect_uri: address });
      expect([page.status, page.location], address).to.deep.equal([400, ""]);
      expect(page.body, address).to.contain("We cannot send you back").and.not.contain('name="xsrf"');
      expectOurs(page);
    }
    expect(await isSignedIn(browser)).to.equal(true);
  });

  it("T65 asks where a confirmation comes that no page of ours has asked for", async () => {
    const browser = vestibule.browser();
    await tokensFor(browser, vestibule.application, vestibule.user);
    for (const xsrf of ["", "guess"]) {
      const answer = await follow(browser, await browser.post("/sign-out/confirm", { xsrf, logout: "yes" }));
      expect(answer.body).to.contain("Sign out?");
      expectOurs(answer);
    }
    expect(await isSignedIn(browser)).to.equal(true);
  });

  it("T65 notifies every application of the session, each with a token of its own", async () => {
    const browser = vestibule.browser();
    const listeners = await Promise.all([withBackChannel(), withBackChannel()]);
    const sids: unknown[] = [];
    for (const { listening } of listeners) {
      const request = authorizationRequest(vestibule.issuer, listening);
      sids.push(claimsOf((await tokensIn(browser, listening, request)).id)["sid"]);
    }
    const other = vestibule.browser();
    await tokensIn(
      other,
      listeners[0].listening,
      authorizationRequest(vestibule.issuer, listeners[0].listening),
    );
    await confirm(browser, await openSignOut(browser));
    const jwks = createRemoteJWKSet(new URL(`${vestibule.issuer}/jwks`));
    const ids = new Set<unknown>();
    for (const [index, { channel, listening }] of listeners.entries()) {
      expect(await tokensAt(channel), "tokens that came").to.have.lengthOf(1);
      const { payload } = await jwtVerify(channel.tokens[0] ?? "", jwks, {
        issuer: vestibule.issuer,
        audience: listening.id,
        typ: "logout+jwt",
        requiredClaims: ["iat", "exp", "jti"],
      });
      expect(payload).to.include({ sub: vestibule.user.id, sid: sids[index] });
      expect(payload["sid"]).to.be.a("string");
      expect(payload["events"]).to.deep.equal({ "http://schemas.openid.net/event/backchannel-logout": {} });
      expect(payload).to.not.have.property("nonce");
      expect(Number(payload.exp) - Number(payload.iat)).to.be.at.most(120);
      ids.add(payload.jti);
    }
    expect(ids.size, "different identifiers").to.equal(2);
    expect(await isSignedIn(other), "another browser's session").to.equal(true);
  });

  it("T65 signs out although an application is down, fails, hangs or sends elsewhere", async () => {
    const elsewhere = await startBackChannel();
    const faulty = await Promise.all([
      withBackChannel((response) => response.writeHead(500).end()),
      withBackChannel(() => undefined),
      withBackChannel((response) => response.writeHead(307, { location: elsewhere.url }).end()),
    ]);
    const down = await makeApplication(vestibule.services, {
      backchannelLogoutUri: `http://127.0.0.1:${String(await freePort())}/`,
    });
    const good = await withBackChannel();
    const browser = vestibule.browser();
    for (const each of [...faulty.map(({ listening }) => listening), down, good.listening]) {
      await tokensIn(browser, each, authorizationRequest(vestibule.issuer, each));
    }
    const answer = await confirm(browser, await openSignOut(browser));
    channels.push(elsewhere);
    expect(answer.status).to.equal(303);
    expect(await isSignedIn(browser)).to.equal(false);
    expect(await tokensAt(good.channel), "the one that works").to.have.lengthOf(1);
    expect(elsewhere.tokens, "a token that was sent on").to.be.empty;
  });

  it("T65 ends the tokens that live by the session, and leaves those for a person's absence", async () => {
    const browser = vestibule.browser();
    const online = await tokensFor(browser, vestibule.application, vestibule.user, { scope: "openid" });
    const offline = await tokensFor(vestibule.browser(), vestibule.application, vestibule.user);
    await confirm(browser, await openSignOut(browser));
    expect((await userinfo(browser, online.access)).status).to.equal(401);
    expect(tokensOf(await refresh(browser, vestibule.application, offline.refresh)).access).to.be.a("string");
  });

  it("T65 writes it into the audit log", async () => {
    const browser = vestibule.browser();
    const { id } = await tokensFor(browser, vestibule.application, vestibule.user);
    await asOwner(vestibule.database, "delete from audit_events where type = 'sign-out'");
    await confirm(browser, await openSignOut(browser, goodbye(id)));
    const written = () =>
      asOwner<Record<string, unknown>>(
        vestibule.database,
        "select outcome, actor, office_id, application_id from audit_events where type = 'sign-out'",
      );
    expect(await written()).to.deep.equal([
      {
        outcome: "ok",
        actor: vestibule.user.id,
        office_id: vestibule.user.office.id,
        application_id: vestibule.application.id,
      },
    ]);
  });

  const tokensAt = ({ tokens }: BackChannel) =>
    eventually(
      () => Promise.resolve(tokens),
      ({ length }) => length > 0,
    );

  async function withBackChannel(answer?: Parameters<typeof startBackChannel>[0]) {
    const channel = await startBackChannel(answer);
    channels.push(channel);
    const listening = await makeApplication(vestibule.services, { backchannelLogoutUri: channel.url });
    return { channel, listening };
  }

  /** Signs in with whatever session the browser has. */
  async function tokensIn(
    browser: HttpBrowser,
    asked: TestApplication,
    request: ReturnType<typeof authorizationRequest>,
  ) {
    const { location } = await browser.get(request.url);
    return location.includes("code=")
      ? tokensOf(await redeem(browser, asked, { redirect: new URL(location), request }))
      : tokensFor(browser, asked, vestibule.user);
  }

  /** The library's pages carry its name and load fonts from elsewhere. */
  function expectOurs(page: Page): void {
    expect(page.body).to.contain("/vestibule.css").and.not.contain("op.logoutForm");
    expect(page.body).to.not.match(/(src|href|action)="(https?:)?\/\/(?!localhost|app\.test)/);
    expect(page.headers["content-security-policy"]).to.contain("default-src 'none'");
  }
});

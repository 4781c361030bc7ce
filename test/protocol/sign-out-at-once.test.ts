import { expect } from "chai";
import { startBackChannel, type BackChannel } from "../support/back-channel.ts";
import { asOwner } from "../support/database.ts";
import { eventually } from "../support/eventually.ts";
import type { HttpBrowser } from "../support/http-browser.ts";
import { makeApplication, makeUser, type TestApplication } from "../support/people.ts";
import {
  authorizationRequest,
  claimsOf,
  follow,
  formAction,
  hiddenField,
  openSignIn,
  redeem,
  sendPassword,
} from "../support/relying-party.ts";
import { MINUTE, travel } from "../support/time.ts";
import { refresh, tokensFor, tokensOf, userinfo } from "../support/tokens.ts";
import { useVestibule } from "../support/use-vestibule.ts";

const BYE = "https://app.test/bye";
const HOUR = 60 * MINUTE;

describe("signing out by an application that shows whose session it means", () => {
  const vestibule = useVestibule({
    user: {},
    application: { name: "Ledger", postLogoutRedirectUris: [BYE] },
  });
  const { application, services, user } = vestibule;
  let channel: BackChannel;
  before(async () => {
    channel = await startBackChannel();
  });
  after(() => channel.stop());

  const signedIn = async (of: TestApplication = application, as = user) => {
    const browser = vestibule.browser();
    return { browser, ...(await tokensFor(browser, of, as)) };
  };
  const goodbye = (id: string, more: Record<string, string> = {}) => ({
    id_token_hint: id,
    post_logout_redirect_uri: BYE,
    state: "s-1",
    ...more,
  });
  const leave = (
    browser: HttpBrowser,
    parameters: Record<string, string>,
    headers: Record<string, string> = {},
  ) => browser.get(`/sign-out?${new URLSearchParams(parameters).toString()}`, { headers });
  const isSignedIn = async (browser: HttpBrowser, of: TestApplication = application) => {
    const { url } = authorizationRequest(vestibule.issuer, of, { prompt: "none" });
    return (await browser.get(url)).location.includes("code=");
  };
  async function expectAsked(browser: HttpBrowser, parameters: Record<string, string>, why: string) {
    const page = await leave(browser, parameters);
    expect([page.status, page.location], why).to.deep.equal([200, ""]);
    expect(page.body, why).to.contain("Sign out?");
    expect(await isSignedIn(browser), why).to.equal(true);
  }

  it("leads back at once, with the state, and every copy of the session is dead", async () => {
    const { browser, id } = await signedIn();
    const stolen = browser.copy();
    const page = await leave(browser, goodbye(id));
    expect([page.status, page.location]).to.deep.equal([303, `${BYE}?state=s-1`]);
    expect(browser.cookieNames()).to.not.include("vestibule-session");
    expect([await isSignedIn(browser), await isSignedIn(stolen)]).to.deep.equal([false, false]);
  });

  it("does so by POST, without a state, and with a hint that has expired", async () => {
    const posted = await signedIn();
    expect((await posted.browser.post("/sign-out", goodbye(posted.id))).location).to.equal(
      `${BYE}?state=s-1`,
    );
    const plain = await signedIn();
    const { state: _, ...without } = goodbye(plain.id);
    expect((await leave(plain.browser, without)).location).to.equal(BYE);
    const late = await signedIn();
    for (let used = 0; used < 3; used += 1) {
      travel(HOUR / 2 + MINUTE);
      expect(await isSignedIn(late.browser)).to.equal(true);
    }
    expect((await leave(late.browser, goodbye(late.id))).location, "an hour and a half").to.contain(BYE);
    expect(await isSignedIn(late.browser)).to.equal(false);
  });

  it("takes the hint of a pairwise name, and of a token that was refreshed", async () => {
    const pairwise = await makeApplication(services, { pairwise: true, postLogoutRedirectUris: [BYE] });
    const named = await signedIn(pairwise);
    expect(claimsOf(named.id)["sub"]).to.not.equal(user.id);
    expect((await leave(named.browser, goodbye(named.id))).location).to.contain(BYE);
    const renewed = await signedIn();
    const next = tokensOf(await refresh(renewed.browser, application, renewed.refresh));
    expect((await leave(renewed.browser, goodbye(next.id))).location).to.contain(BYE);
  });

  it("notifies the other applications of the session, ends its tokens and writes it down", async () => {
    const listening = await makeApplication(services, { backchannelLogoutUri: channel.url });
    const browser = vestibule.browser();
    const { id, access } = await tokensFor(browser, application, user, { scope: "openid" });
    const request = authorizationRequest(vestibule.issuer, listening);
    expect((await browser.get(request.url)).location).to.contain("code=");
    const offline = await signedIn();
    await asOwner(vestibule.database, "delete from audit_events where type = 'sign-out'");
    expect((await leave(browser, goodbye(id))).status).to.equal(303);
    const [token] = await eventually(
      () => Promise.resolve(channel.tokens),
      ({ length }) => length > 0,
    );
    expect(claimsOf(token)).to.include({ sub: user.id, aud: listening.id });
    expect((await userinfo(browser, access)).status, "a token of the session").to.equal(401);
    await leave(offline.browser, goodbye(offline.id));
    expect((await refresh(browser, application, offline.refresh)).status, "for the user's absence").to.equal(
      200,
    );
    const written = () =>
      asOwner<Record<string, unknown>>(
        vestibule.database,
        "select outcome, actor, office_id, application_id from audit_events where type = 'sign-out'",
      );
    const rows = await eventually(written, ({ length }) => length === 2);
    expect(rows[0]).to.deep.equal({
      outcome: "ok",
      actor: user.id,
      office_id: user.office.id,
      application_id: application.id,
    });
  });

  it("T144 asks for a hint of another session, another person, an older session of this browser", async () => {
    const { browser, id } = await signedIn();
    const same = await signedIn();
    await expectAsked(same.browser, goodbye(id), "another browser of the same person");
    const other = await signedIn(application, await makeUser(services, user.office));
    await expectAsked(other.browser, goodbye(id), "another person");
    expect((await leave(browser, goodbye(id))).status).to.equal(303);
    await tokensFor(browser, application, user);
    await expectAsked(browser, goodbye(id), "the session before this one");
  });

  it("T144 asks without a hint, without a registered address, and for a hint of another kind", async () => {
    const { browser, id } = await signedIn();
    await expectAsked(browser, { client_id: application.id, post_logout_redirect_uri: BYE }, "no hint");
    await expectAsked(browser, { id_token_hint: id }, "no address");
    const page = await leave(browser, goodbye(id, { post_logout_redirect_uri: "https://evil.test/" }));
    expect([page.status, page.location]).to.deep.equal([400, ""]);
    expect(await isSignedIn(browser)).to.equal(true);
  });

  it("T144 asks for a third-party application, although the hint is its own", async () => {
    const third = await makeApplication(services, { firstParty: false, postLogoutRedirectUris: [BYE] });
    const browser = vestibule.browser();
    const request = authorizationRequest(vestibule.issuer, third);
    const { username, password, office } = user;
    const opened = await openSignIn(browser, request);
    const sent = await sendPassword(browser, opened, { officeCode: office.code, username, password });
    const consent = await follow(browser, sent);
    const fields = { _csrf: hiddenField(consent, "_csrf"), decision: "allow" };
    const allowed = await follow(browser, await browser.post(formAction(consent), fields));
    const { id } = tokensOf(await redeem(browser, third, { redirect: new URL(allowed.location), request }));
    await expectAsked(browser, goodbye(id), "third party");
  });

  it("T144 takes no logout token for a hint that signs out", async () => {
    const listening = await makeApplication(services, {
      backchannelLogoutUri: channel.url,
      postLogoutRedirectUris: [BYE],
    });
    const seen = channel.tokens.length;
    const { browser, id } = await signedIn(listening);
    await leave(browser, goodbye(id));
    const tokens = await eventually(
      () => Promise.resolve(channel.tokens.slice(seen)),
      ({ length }) => length > 0,
    );
    const next = await signedIn(listening);
    const page = await leave(next.browser, goodbye(tokens[0] ?? ""));
    expect(page.location).to.equal("");
    expect(await isSignedIn(next.browser, listening)).to.equal(true);
  });

  it("T144 signs nobody out when a browser only fetches the address in advance", async () => {
    const { browser, id } = await signedIn();
    for (const headers of [
      { "sec-purpose": "prefetch" },
      { "sec-purpose": "prefetch;prerender" },
      { purpose: "prefetch" },
    ]) {
      expect((await leave(browser, goodbye(id), headers)).location).to.equal("");
      expect(await isSignedIn(browser)).to.equal(true);
    }
    await browser.send(`/sign-out?${new URLSearchParams(goodbye(id)).toString()}`, { method: "HEAD" });
    expect(await isSignedIn(browser), "HEAD").to.equal(true);
  });
});

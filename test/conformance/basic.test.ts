import { expect } from "chai";
import { makeApplication } from "../support/people.ts";
import { authorizationRequest, callToken, claimsOf, follow, redeem } from "../support/relying-party.ts";
import { SECOND, travel } from "../support/time.ts";
import { refresh, userinfo } from "../support/tokens.ts";
import { PLANS } from "./modules.ts";
import { describePlan } from "./plan.ts";
import { redeemAgain, signInWhereAsked, startRelyingSite } from "./relying-site.ts";
import { useResource } from "../support/suite-resource.ts";

describePlan(PLANS.basic, (test) => {
  const site = useResource(
    () => startRelyingSite(),
    (it) => it.stop(),
  );
  const client = useResource(() =>
    makeApplication(site.vestibule.services, {
      redirectUris: ["https://app.test/cb", "https://app.test/other"],
    }),
  );
  const second = useResource(() => makeApplication(site.vestibule.services, { name: "Second" }));

  const unsigned = (claims: object) =>
    [{ alg: "none" }, claims]
      .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
      .join(".") + ".";

  /** The error of an authorization request, at the application or on a page of ours. */
  async function errorOf(changes: Record<string, string | null>): Promise<string | null> {
    const { url } = authorizationRequest(site.vestibule.issuer, client, changes);
    const browser = site.newBrowser();
    const page = await follow(browser, await browser.get(url));
    expect(page.body).to.not.contain('name="password"');
    if (page.location === "") {
      expect(page.status).to.equal(400);
      return "page";
    }
    const { origin, pathname, searchParams } = new URL(page.location);
    expect(`${origin}${pathname}`).to.equal(client.redirectUri);
    expect(searchParams.has("code")).to.equal(false);
    return searchParams.get("error");
  }

  /** A sign-in that must not end otherwise than the plain one. */
  const succeedsWith = (changes: Record<string, string | null>) => async () => {
    const { claims } = await site.signIn(site.newBrowser(), client, changes);
    expect(claims.sub).to.equal(site.user.id);
  };

  /** The person's claims for these scopes. */
  const claimsFor = async (scope: string) => {
    const browser = site.newBrowser();
    const { access, claims } = await site.signIn(browser, client, { scope });
    const person = await site.userinfo(browser, access);
    expect(person["sub"]).to.equal(claims.sub);
    return person;
  };

  test("OIDCCServerTest", async () => {
    const browser = site.newBrowser();
    const { claims, access, tokens } = await site.signIn(browser, client);
    expect(tokens["token_type"]).to.equal("Bearer");
    expect(claims).to.include({ sub: site.user.id, nonce: "n-0S6_WzA2Mj" });
    expect(claims.iat).to.be.a("number");
    expect(await site.userinfo(browser, access)).to.include({ sub: site.user.id });
  });

  test("OIDCCResponseTypeMissing", async () => {
    expect(await errorOf({ response_type: null })).to.be.oneOf([
      "invalid_request",
      "unsupported_response_type",
    ]);
  });

  test("OIDCCIdTokenSignature", async () => {
    const { id } = await site.signIn(site.newBrowser(), client);
    const [header = "", payload = "", signature = ""] = id.split(".");
    await site.verify(id, client);
    const changed = Buffer.from(JSON.stringify({ ...claimsOf(id), sub: "another" })).toString("base64url");
    const failed = await site.verify(`${header}.${changed}.${signature}`, client).catch(() => "refused");
    expect([payload === changed, failed]).to.deep.equal([false, "refused"]);
  });

  test("OIDCCUserInfoGet", async () => {
    const browser = site.newBrowser();
    const { access } = await site.signIn(browser, client);
    expect(await site.userinfo(browser, access)).to.include({ sub: site.user.id });
  });

  test("OIDCCUserInfoPostHeader", async () => {
    const browser = site.newBrowser();
    const { access } = await site.signIn(browser, client);
    const headers = { accept: "application/json", authorization: `Bearer ${access}` };
    const { status, body } = await browser.send("/userinfo", { method: "POST", headers });
    expect([status, JSON.parse(body)]).to.have.nested.property("1.sub", site.user.id);
  });

  test("OIDCCUserInfoPostBody", async () => {
    const browser = site.newBrowser();
    const { access } = await site.signIn(browser, client);
    const { status, body } = await browser.send("/userinfo", {
      method: "POST",
      headers: { accept: "application/json", "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams({ access_token: access }).toString(),
    });
    expect(status, body).to.equal(200);
    expect(JSON.parse(body)).to.have.property("sub", site.user.id);
  });

  test("OIDCCEnsureRequestWithoutNonceSucceedsForCodeFlow", async () => {
    const { claims } = await site.signIn(site.newBrowser(), client, { nonce: null });
    expect(claims).to.not.have.property("nonce");
  });

  test("OIDCCScopeProfile", async () => {
    expect(await claimsFor("openid profile")).to.have.all.keys("sub", "name", "preferred_username");
  });

  test("OIDCCScopeEmail", async () => {
    const person = await claimsFor("openid email");
    expect(person).to.have.all.keys("sub", "email", "email_verified");
    expect(person["email_verified"]).to.be.a("boolean");
  });

  test("OIDCCScopePhone", async () => {
    // This person has no number: no number is given, and nothing else goes wrong.
    const person = await claimsFor("openid phone");
    expect(Object.keys(person)).to.satisfy((names: string[]) =>
      names.every((name) => ["sub", "phone_number", "phone_number_verified"].includes(name)),
    );
  });

  test("OIDCCScopeAll", async () => {
    const person = await claimsFor("openid profile email phone");
    expect(person).to.include.all.keys("sub", "name", "preferred_username", "email", "email_verified");
  });

  test("OIDCCAlternateHappyFlow", async () => {
    const browser = site.newBrowser();
    const request = authorizationRequest(site.vestibule.issuer, client, { scope: "email profile openid" });
    const parameters = [...new URL(request.url).searchParams].reverse();
    const url = `/authorize?${new URLSearchParams(parameters).toString()}`;
    const { page } = await signInWhereAsked(
      browser,
      await follow(browser, await browser.get(url)),
      site.user,
    );
    const answer = await redeem(browser, client, { redirect: new URL(page.location), request });
    expect((await site.verify(answer.body["id_token"], client)).sub).to.equal(site.user.id);
  });

  test("OIDCCDisplayPage", succeedsWith({ display: "page" }));
  test("OIDCCDisplayPopup", succeedsWith({ display: "popup" }));

  test("OIDCCPromptLogin", async () => {
    const browser = site.newBrowser();
    const first = await site.signIn(browser, client);
    travel(2 * SECOND);
    const again = await site.signIn(browser, client, { prompt: "login" });
    expect(again.wasAsked).to.equal(true);
    expect(again.claims["sub"]).to.equal(first.claims.sub);
    expect(again.claims["auth_time"]).to.be.above(Number(first.claims["auth_time"]));
  });

  test("OIDCCPromptNoneNotLoggedIn", async () => {
    const { redirect } = await site.visit(site.newBrowser(), client, { prompt: "none" });
    expect(redirect.searchParams.get("error")).to.equal("login_required");
  });

  test("OIDCCPromptNoneLoggedIn", async () => {
    const browser = site.newBrowser();
    const first = await site.signIn(browser, client);
    travel(2 * SECOND);
    const silent = await site.signIn(browser, client, { prompt: "none" });
    expect(silent.claims["sub"]).to.equal(first.claims.sub);
    expect(silent.claims["auth_time"]).to.equal(first.claims["auth_time"]);
  });

  test("OIDCCMaxAge1", async () => {
    const browser = site.newBrowser();
    const first = await site.signIn(browser, client);
    travel(3 * SECOND);
    const again = await site.signIn(browser, client, { max_age: "1" });
    expect(again.wasAsked).to.equal(true);
    expect(again.claims["auth_time"]).to.be.above(Number(first.claims["auth_time"]));
  });

  test("OIDCCMaxAge10000", async () => {
    const browser = site.newBrowser();
    const first = await site.signIn(browser, client);
    travel(3 * SECOND);
    const again = await site.signIn(browser, client, { max_age: "10000" });
    expect(again.wasAsked).to.equal(false);
    expect(again.claims["auth_time"]).to.equal(first.claims["auth_time"]);
  });

  test("OIDCCEnsureRequestWithUnknownParameterSucceeds", succeedsWith({ extra: "foobar" }));

  test("OIDCCIdTokenHint", async () => {
    const browser = site.newBrowser();
    const { id } = await site.signIn(browser, client);
    const silent = await site.signIn(browser, client, { prompt: "none", id_token_hint: id });
    expect(silent.claims["sub"]).to.equal(site.user.id);
  });

  test("OIDCCLoginHint", succeedsWith({ login_hint: "buffy@id.example" }));
  test("OIDCCUiLocales", succeedsWith({ ui_locales: "se" }));
  test("OIDCCClaimsLocales", succeedsWith({ claims_locales: "se" }));

  test("OIDCCEnsureRequestWithAcrValuesSucceeds", async () => {
    const { acr_values_supported: known } = await site.discovery();
    expect(known).to.be.an("array").and.not.empty;
    const [acr] = known as string[];
    const { claims } = await site.signIn(site.newBrowser(), client, { acr_values: acr ?? "" });
    expect(claims["acr"]).to.equal(acr);
  });

  test("OIDCCAuthCodeReuse", async () => {
    const browser = site.newBrowser();
    const arrival = await site.signIn(browser, client);
    const { status, body } = await redeemAgain(browser, client, arrival);
    expect([status, body["error"]]).to.deep.equal([400, "invalid_grant"]);
  });

  test("OIDCCAuthCodeReuseAfter30Seconds", async () => {
    const browser = site.newBrowser();
    const arrival = await site.signIn(browser, client);
    travel(30 * SECOND);
    const { status, body } = await redeemAgain(browser, client, arrival);
    expect([status, body["error"]]).to.deep.equal([400, "invalid_grant"]);
    expect((await userinfo(browser, arrival.access)).status, "tokens of the first use").to.equal(401);
  });

  test("OIDCCEnsureRegisteredRedirectUri", async () => {
    expect(await errorOf({ redirect_uri: "https://app.test/cb/unregistered" })).to.equal("page");
  });

  test("OIDCCEnsurePostRequestSucceeds", async () => {
    const browser = site.newBrowser();
    const request = authorizationRequest(site.vestibule.issuer, client);
    const fields = Object.fromEntries(new URL(request.url).searchParams);
    const posted = await browser.post("/authorize", fields, { headers: { origin: "https://app.test" } });
    const { page } = await signInWhereAsked(browser, await follow(browser, posted), site.user);
    const answer = await redeem(browser, client, { redirect: new URL(page.location), request });
    expect((await site.verify(answer.body["id_token"], client)).sub).to.equal(site.user.id);
  });

  test("OIDCCServerTestClientSecretPost", async () => {
    const browser = site.newBrowser();
    const { redirect, request } = await site.visit(browser, client);
    const fields = {
      grant_type: "authorization_code",
      code: redirect.searchParams.get("code") ?? "",
      redirect_uri: client.redirectUri,
      code_verifier: request.verifier,
      client_id: client.id,
      client_secret: client.secret ?? "",
    };
    const { status, body } = await callToken(browser, { id: client.id, secret: null }, fields);
    expect(status, JSON.stringify(body)).to.equal(200);
    expect((await site.verify(body["id_token"], client)).sub).to.equal(site.user.id);
  });

  test("OIDCCRequestUriUnsignedSupportedCorrectlyOrRejectedAsUnsupported", async () => {
    expect(await errorOf({ request_uri: "https://app.test/request.jwt" })).to.equal(
      "request_uri_not_supported",
    );
  });

  test("OIDCCUnsignedRequestObjectSupportedCorrectlyOrRejectedAsUnsupported", async () => {
    const request = unsigned({
      client_id: client.id,
      iss: client.id,
      aud: site.vestibule.issuer,
      nonce: "inside",
    });
    expect(await errorOf({ request })).to.equal("invalid_request_object");
  });

  test("OIDCCClaimsEssential", async () => {
    const asked = JSON.stringify({ userinfo: { name: { essential: true } } });
    const browser = site.newBrowser();
    const { access } = await site.signIn(browser, client, { scope: "openid profile", claims: asked });
    expect(await site.userinfo(browser, access)).to.have.property("name");
  });

  test("OIDCCEnsureRequestObjectWithRedirectUri", async () => {
    const request = unsigned({ client_id: client.id, redirect_uri: "https://app.test/other" });
    expect(await errorOf({ request })).to.equal("invalid_request_object");
  });

  test("OIDCCRefreshToken", async () => {
    const browser = site.newBrowser();
    const { claims, tokens } = await site.signIn(browser, client);
    const stranger = await refresh(browser, second, String(tokens["refresh_token"]));
    expect([stranger.status, stranger.body["error"]]).to.deep.equal([400, "invalid_grant"]);
    const renewed = await refresh(browser, client, String(tokens["refresh_token"]));
    expect(renewed.status).to.equal(200);
    const told = await site.verify(renewed.body["id_token"], client);
    expect([told.sub, told["auth_time"]]).to.deep.equal([claims.sub, claims["auth_time"]]);
    expect(renewed.body["access_token"]).to.not.equal(tokens["access_token"]);
  });

  test("OIDCCEnsureRequestWithValidPkceSucceeds", async () => {
    const { request, claims } = await site.signIn(site.newBrowser(), client);
    expect(request.url).to.contain("code_challenge_method=S256");
    expect(claims.sub).to.equal(site.user.id);
  });
});

import { expect } from "chai";
import { makeApplication } from "../support/people.ts";
import type { Page } from "../support/http-browser.ts";
import { callToken, claimsOf, follow } from "../support/relying-party.ts";
import { SECOND, travel } from "../support/time.ts";
import { refresh, userinfo } from "../support/tokens.ts";
import type { AddTest } from "./plan.ts";
import { redeemArrival, responseOf, signInWhereAsked, startRelyingSite } from "./relying-site.ts";
import { useResource } from "../support/suite-resource.ts";

/** The modules of Basic and of Form Post; `asked` goes along with every authorization request. */
export function basicModules(test: AddTest, asked: Readonly<Record<string, string>>): void {
  const site = useResource(
    () => startRelyingSite({}, asked),
    (it) => it.stop(),
  );
  const client = useResource(() =>
    makeApplication(site.vestibule.services, {
      redirectUris: ["https://app.test/cb", "https://app.test/other"],
      // The suite's modules send no PKCE, and one of them no nonce.
      withoutPkce: true,
    }),
  );
  const second = useResource(() => makeApplication(site.vestibule.services, { name: "Second" }));

  const unsigned = (claims: object) =>
    [{ alg: "none" }, claims]
      .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
      .join(".") + ".";

  /** The error of an authorization request, at the application or on a page of ours. */
  async function errorOf(changes: Record<string, string | null>): Promise<string | null> {
    const { url } = site.request(client, changes);
    const browser = site.newBrowser();
    const page = await follow(browser, await browser.get(url));
    expect(page.body).to.not.contain('name="password"');
    const response = responseOf(page);
    if (response === null) {
      expect(page.status).to.equal(400);
      return "page";
    }
    const { origin, pathname, searchParams } = response;
    expect(`${origin}${pathname}`).to.equal(client.redirectUri);
    expect(searchParams.has("code")).to.equal(false);
    return searchParams.get("error");
  }

  /** A sign-in that must not end otherwise than the plain one. */
  const succeedsWith = (changes: Record<string, string | null>) => async () => {
    const { claims } = await site.signIn(site.newBrowser(), client, changes);
    expect(claims.sub).to.equal(site.user.id);
  };

  const atClient = (page: Page): URL => responseOf(page) ?? new URL("about:blank");

  /** The person's claims for these scopes. */
  const claimsFor = async (scope: string) => {
    const browser = site.newBrowser();
    const { access, claims } = await site.signIn(browser, client, { scope });
    const person = await site.userinfo(browser, access);
    expect(person["sub"]).to.equal(claims.sub);
    return person;
  };

  test("oidcc-server", async () => {
    const browser = site.newBrowser();
    const { claims, access, tokens } = await site.signIn(browser, client);
    expect(tokens["token_type"]).to.equal("Bearer");
    expect(claims).to.include({ sub: site.user.id, nonce: "n-0S6_WzA2Mj" });
    expect(claims.iat).to.be.a("number");
    expect(await site.userinfo(browser, access)).to.include({ sub: site.user.id });
  });

  test("oidcc-response-type-missing", async () => {
    expect(await errorOf({ response_type: null })).to.be.oneOf([
      "invalid_request",
      "unsupported_response_type",
    ]);
  });

  test("oidcc-idtoken-signature", async () => {
    const { id } = await site.signIn(site.newBrowser(), client);
    const [header = "", payload = "", signature = ""] = id.split(".");
    await site.verify(id, client);
    const changed = Buffer.from(JSON.stringify({ ...claimsOf(id), sub: "another" })).toString("base64url");
    const failed = await site.verify(`${header}.${changed}.${signature}`, client).catch(() => "refused");
    expect([payload === changed, failed]).to.deep.equal([false, "refused"]);
  });

  test("oidcc-userinfo-get", async () => {
    const browser = site.newBrowser();
    const { access } = await site.signIn(browser, client);
    expect(await site.userinfo(browser, access)).to.include({ sub: site.user.id });
  });

  test("oidcc-userinfo-post-header", async () => {
    const browser = site.newBrowser();
    const { access } = await site.signIn(browser, client);
    const headers = { accept: "application/json", authorization: `Bearer ${access}` };
    const { status, body } = await browser.send("/userinfo", { method: "POST", headers });
    expect([status, JSON.parse(body)]).to.have.nested.property("1.sub", site.user.id);
  });

  test("oidcc-userinfo-post-body", async () => {
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

  test("oidcc-ensure-request-without-nonce-succeeds-for-code-flow", async () => {
    const { claims } = await site.signIn(site.newBrowser(), client, { nonce: null });
    expect(claims).to.not.have.property("nonce");
  });

  test("oidcc-scope-profile", async () => {
    expect(await claimsFor("openid profile")).to.have.all.keys("sub", "name", "preferred_username", "locale");
  });

  test("oidcc-scope-email", async () => {
    const person = await claimsFor("openid email");
    expect(person).to.have.all.keys("sub", "email", "email_verified");
    expect(person["email_verified"]).to.be.a("boolean");
  });

  test("oidcc-scope-phone", async () => {
    // This person has no number: no number is given, and nothing else goes wrong.
    const person = await claimsFor("openid phone");
    expect(Object.keys(person)).to.satisfy((names: string[]) =>
      names.every((name) => ["sub", "phone_number", "phone_number_verified"].includes(name)),
    );
  });

  test("oidcc-scope-all", async () => {
    const person = await claimsFor("openid profile email phone");
    expect(person).to.include.all.keys("sub", "name", "preferred_username", "email", "email_verified");
  });

  test("oidcc-alternate-happy-flow", async () => {
    const browser = site.newBrowser();
    const request = site.request(client, { scope: "email profile openid" });
    const parameters = [...new URL(request.url).searchParams].reverse();
    const url = `/authorize?${new URLSearchParams(parameters).toString()}`;
    const { page } = await signInWhereAsked(
      browser,
      await follow(browser, await browser.get(url)),
      site.user,
    );
    const answer = await redeemArrival(browser, client, { redirect: atClient(page), request });
    expect((await site.verify(answer.body["id_token"], client)).sub).to.equal(site.user.id);
  });

  test("oidcc-display-page", succeedsWith({ display: "page" }));
  test("oidcc-display-popup", succeedsWith({ display: "popup" }));

  test("oidcc-prompt-login", async () => {
    const browser = site.newBrowser();
    const first = await site.signIn(browser, client);
    travel(2 * SECOND);
    const again = await site.signIn(browser, client, { prompt: "login" });
    expect(again.wasAsked).to.equal(true);
    expect(again.claims["sub"]).to.equal(first.claims.sub);
    expect(again.claims["auth_time"]).to.be.above(Number(first.claims["auth_time"]));
  });

  test("oidcc-prompt-none-not-logged-in", async () => {
    const { redirect } = await site.visit(site.newBrowser(), client, { prompt: "none" });
    expect(redirect.searchParams.get("error")).to.equal("login_required");
  });

  test("oidcc-prompt-none-logged-in", async () => {
    const browser = site.newBrowser();
    const first = await site.signIn(browser, client);
    travel(2 * SECOND);
    const silent = await site.signIn(browser, client, { prompt: "none" });
    expect(silent.claims["sub"]).to.equal(first.claims.sub);
    expect(silent.claims["auth_time"]).to.equal(first.claims["auth_time"]);
  });

  test("oidcc-max-age-1", async () => {
    const browser = site.newBrowser();
    const first = await site.signIn(browser, client);
    travel(3 * SECOND);
    const again = await site.signIn(browser, client, { max_age: "1" });
    expect(again.wasAsked).to.equal(true);
    expect(again.claims["auth_time"]).to.be.above(Number(first.claims["auth_time"]));
  });

  test("oidcc-max-age-10000", async () => {
    const browser = site.newBrowser();
    const first = await site.signIn(browser, client);
    travel(3 * SECOND);
    const again = await site.signIn(browser, client, { max_age: "10000" });
    expect(again.wasAsked).to.equal(false);
    expect(again.claims["auth_time"]).to.equal(first.claims["auth_time"]);
  });

  test("oidcc-ensure-request-with-unknown-parameter-succeeds", succeedsWith({ extra: "foobar" }));

  test("oidcc-id-token-hint", async () => {
    const browser = site.newBrowser();
    const { id } = await site.signIn(browser, client);
    const silent = await site.signIn(browser, client, { prompt: "none", id_token_hint: id });
    expect(silent.claims["sub"]).to.equal(site.user.id);
  });

  test("oidcc-login-hint", succeedsWith({ login_hint: "buffy@id.example" }));
  test("oidcc-ui-locales", succeedsWith({ ui_locales: "se" }));
  test("oidcc-claims-locales", succeedsWith({ claims_locales: "se" }));

  test("oidcc-ensure-request-with-acr-values-succeeds", async () => {
    const { acr_values_supported: known } = await site.discovery();
    expect(known).to.be.an("array").and.not.empty;
    const [acr] = known as string[];
    const { claims } = await site.signIn(site.newBrowser(), client, { acr_values: acr ?? "" });
    expect(claims["acr"]).to.equal(acr);
  });

  test("oidcc-codereuse", async () => {
    const browser = site.newBrowser();
    const arrival = await site.signIn(browser, client);
    const { status, body } = await redeemArrival(browser, client, arrival);
    expect([status, body["error"]]).to.deep.equal([400, "invalid_grant"]);
  });

  test("oidcc-codereuse-30seconds", async () => {
    const browser = site.newBrowser();
    const arrival = await site.signIn(browser, client);
    travel(30 * SECOND);
    const { status, body } = await redeemArrival(browser, client, arrival);
    expect([status, body["error"]]).to.deep.equal([400, "invalid_grant"]);
    expect((await userinfo(browser, arrival.access)).status, "tokens of the first use").to.equal(401);
  });

  test("oidcc-ensure-registered-redirect-uri", async () => {
    expect(await errorOf({ redirect_uri: "https://app.test/cb/unregistered" })).to.equal("page");
  });

  test("oidcc-ensure-post-request-succeeds", async () => {
    const browser = site.newBrowser();
    const request = site.request(client);
    const fields = Object.fromEntries(new URL(request.url).searchParams);
    const posted = await browser.post("/authorize", fields, { headers: { origin: "https://app.test" } });
    const { page } = await signInWhereAsked(browser, await follow(browser, posted), site.user);
    const answer = await redeemArrival(browser, client, { redirect: atClient(page), request });
    expect((await site.verify(answer.body["id_token"], client)).sub).to.equal(site.user.id);
  });

  test("oidcc-server-client-secret-post", async () => {
    const browser = site.newBrowser();
    const { redirect } = await site.visit(browser, client);
    const fields = {
      grant_type: "authorization_code",
      code: redirect.searchParams.get("code") ?? "",
      redirect_uri: client.redirectUri,
      client_id: client.id,
      client_secret: client.secret ?? "",
    };
    const { status, body } = await callToken(browser, { id: client.id, secret: null }, fields);
    expect(status, JSON.stringify(body)).to.equal(200);
    expect((await site.verify(body["id_token"], client)).sub).to.equal(site.user.id);
  });

  test("oidcc-request-uri-unsigned-supported-correctly-or-rejected-as-unsupported", async () => {
    expect(await errorOf({ request_uri: "https://app.test/request.jwt" })).to.equal(
      "request_uri_not_supported",
    );
  });

  test("oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported", async () => {
    const request = unsigned({
      client_id: client.id,
      iss: client.id,
      aud: site.vestibule.issuer,
      nonce: "inside",
    });
    expect(await errorOf({ request })).to.equal("invalid_request_object");
  });

  test("oidcc-claims-essential", async () => {
    const asked = JSON.stringify({ userinfo: { name: { essential: true } } });
    const browser = site.newBrowser();
    const { access } = await site.signIn(browser, client, { scope: "openid profile", claims: asked });
    expect(await site.userinfo(browser, access)).to.have.property("name");
  });

  test("oidcc-ensure-request-object-with-redirect-uri", async () => {
    const request = unsigned({ client_id: client.id, redirect_uri: "https://app.test/other" });
    expect(await errorOf({ request })).to.equal("invalid_request_object");
  });

  test("oidcc-refresh-token", async () => {
    const browser = site.newBrowser();
    const { claims, tokens } = await site.signIn(browser, client);
    const stranger = await refresh(browser, second, String(tokens["refresh_token"]));
    expect([stranger.status, stranger.body["error"]]).to.deep.equal([400, "invalid_grant"]);
    const renewed = await refresh(browser, client, String(tokens["refresh_token"]));
    expect(renewed.status).to.equal(200);
    const renewedClaims = await site.verify(renewed.body["id_token"], client);
    expect([renewedClaims.sub, renewedClaims["auth_time"]]).to.deep.equal([claims.sub, claims["auth_time"]]);
    expect(renewed.body["access_token"]).to.not.equal(tokens["access_token"]);
  });

  test("oidcc-ensure-request-with-valid-pkce-succeeds", async () => {
    const { request, claims } = await site.signIn(site.newBrowser(), client, {
      code_challenge_method: "S256",
    });
    expect(request.url).to.contain("code_challenge_method=S256").and.contain("code_challenge=");
    expect(claims.sub).to.equal(site.user.id);
  });
}

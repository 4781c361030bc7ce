import { expect } from "chai";
import * as client from "openid-client";
import type { HttpBrowser } from "../support/http-browser.ts";
import { API, API_SCOPE, makeApi, MACHINE_OF_API } from "../support/machine-api.ts";
import { makeApplication, type TestApplication } from "../support/people.ts";
import { follow, sendPassword } from "../support/relying-party.ts";
import { useVestibule } from "../support/use-vestibule.ts";

const SCOPE = "openid profile email office offline_access";

describe("an application that uses openid-client", () => {
  const vestibule = useVestibule({
    office: { code: "NOORD", name: "Noord & Zonen" },
    user: { username: "sanne", mail: "sanne@noord.example", isMailProved: true },
  });
  const { services, user } = vestibule;

  const discover = ({ id, secret }: TestApplication, authentication?: client.ClientAuth) =>
    client.discovery(new URL(vestibule.issuer), id, secret ?? undefined, authentication, {
      // eslint-disable-next-line @typescript-eslint/no-deprecated -- the server of the test speaks http
      execute: [client.allowInsecureRequests],
    });

  /** Signs in at the address that the client has built. */
  async function visit(browser: HttpBrowser, url: URL): Promise<URL> {
    const page = await follow(browser, await browser.get(url.href));
    if (page.location !== "") {
      return new URL(page.location);
    }
    const { username, password, office } = user;
    const sent = await sendPassword(browser, page, { officeCode: office.code, username, password });
    return new URL((await follow(browser, sent)).location);
  }

  async function parametersOf(application: TestApplication) {
    const verifier = client.randomPKCECodeVerifier();
    const state = client.randomState();
    const nonce = client.randomNonce();
    const parameters = {
      redirect_uri: application.redirectUri,
      scope: SCOPE,
      state,
      nonce,
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: "S256",
    };
    const checks = {
      pkceCodeVerifier: verifier,
      expectedState: state,
      expectedNonce: nonce,
      idTokenExpected: true,
    };
    return { parameters, checks };
  }

  it("signs in, asks who it is, refreshes, introspects, revokes and signs out", async () => {
    const application = await makeApplication(services, {
      postLogoutRedirectUris: ["https://app.test/bye"],
    });
    const config = await discover(application);
    const browser = vestibule.browser();
    const { parameters, checks } = await parametersOf(application);
    const back = await visit(browser, client.buildAuthorizationUrl(config, parameters));
    const tokens = await client.authorizationCodeGrant(config, back, checks);
    expect(tokens.claims()).to.include({ sub: user.id, acr: "urn:vestibule:acr:1" });
    expect(tokens.claims()?.["amr"]).to.deep.equal(["pwd"]);
    expect(tokens.claims()?.["auth_time"]).to.be.a("number");

    const person = await client.fetchUserInfo(config, tokens.access_token, user.id);
    expect(person).to.deep.equal({
      sub: user.id,
      name: "Sanne Bakker",
      preferred_username: "sanne@NOORD",
      locale: "en",
      email: "sanne@noord.example",
      email_verified: true,
      office: { id: user.office.id, code: "NOORD", name: "Noord & Zonen" },
      role: "user",
    });

    const renewed = await client.refreshTokenGrant(config, tokens.refresh_token ?? "", { scope: SCOPE });
    expect(renewed.refresh_token).to.be.a("string").and.equal(tokens.refresh_token);
    const about = await client.tokenIntrospection(config, renewed.access_token);
    expect(about).to.include({
      active: true,
      sub: user.id,
      client_id: application.id,
      token_type: "Bearer",
    });

    await client.tokenRevocation(config, renewed.refresh_token ?? "");
    expect(await client.tokenIntrospection(config, renewed.access_token)).to.deep.equal({ active: false });
    const again = client.refreshTokenGrant(config, renewed.refresh_token ?? "");
    expect(await errorOf(again)).to.equal("invalid_grant");

    const leaving = client.buildEndSessionUrl(config, {
      id_token_hint: renewed.id_token ?? "",
      post_logout_redirect_uri: "https://app.test/bye",
      state: "left",
    });
    expect((await browser.get(leaving.href)).location).to.equal("https://app.test/bye?state=left");
  });

  it("answers a revocation with an empty JSON object, which every client can read", async () => {
    const application = await makeApplication(services, { type: "browser" });
    const { status, headers, body } = await vestibule.browser().send("/revoke", {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams({ client_id: application.id, token: "unknown" }).toString(),
    });
    expect([status, body]).to.deep.equal([200, "{}"]);
    expect(headers["content-type"]).to.contain("application/json");
  });

  it("signs in without a secret, as a single-page application does", async () => {
    const application = await makeApplication(services, { type: "browser" });
    const config = await discover(application, client.None());
    const { parameters, checks } = await parametersOf(application);
    const back = await visit(vestibule.browser(), client.buildAuthorizationUrl(config, parameters));
    const tokens = await client.authorizationCodeGrant(config, back, checks);
    const renewed = await client.refreshTokenGrant(config, tokens.refresh_token ?? "");
    expect(renewed.claims()?.sub).to.equal(user.id);
  });

  it("sends its secret in the body when it is configured to", async () => {
    const application = await makeApplication(services);
    const config = await discover(application, client.ClientSecretPost(application.secret ?? ""));
    const { parameters, checks } = await parametersOf(application);
    const back = await visit(vestibule.browser(), client.buildAuthorizationUrl(config, parameters));
    expect((await client.authorizationCodeGrant(config, back, checks)).claims()?.sub).to.equal(user.id);
  });

  it("pushes its request and shows the browser none of it", async () => {
    const application = await makeApplication(services);
    const config = await discover(application);
    const { parameters, checks } = await parametersOf(application);
    const url = await client.buildAuthorizationUrlWithPAR(config, parameters);
    expect([...url.searchParams.keys()].sort()).to.deep.equal(["client_id", "request_uri"]);
    const browser = vestibule.browser();
    const back = await visit(browser, url);
    const tokens = await client.authorizationCodeGrant(config, back, checks);
    expect(tokens.refresh_token, "offline_access of a pushed request").to.be.a("string");
    const replayed = await browser.get(url.href);
    expect(replayed.location, "the same pushed request again").to.not.contain("code=");
  });

  it("refuses a pushed request to another application, and one whose redirect address is not registered", async () => {
    const [application, other] = await Promise.all([makeApplication(services), makeApplication(services)]);
    const config = await discover(application);
    const { parameters } = await parametersOf(application);
    const url = await client.buildAuthorizationUrlWithPAR(config, parameters);
    url.searchParams.set("client_id", other.id);
    const stolen = await vestibule.browser().get(url.href);
    expect(stolen.location).to.not.contain("code=").and.not.contain("/interaction/");
    const wrong = { ...parameters, redirect_uri: "https://evil.test/cb" };
    expect(await errorOf(client.buildAuthorizationUrlWithPAR(config, wrong))).to.equal("invalid_request");
  });

  it("binds its tokens to its key with DPoP, so that nobody without the key can use them", async () => {
    const application = await makeApplication(services, {
      type: "native",
      redirectUris: ["com.example.app:/cb"],
    });
    const config = await discover(application, client.None());
    const DPoP = client.getDPoPHandle(config, await client.randomDPoPKeyPair());
    const { parameters, checks } = await parametersOf(application);
    const back = await visit(vestibule.browser(), client.buildAuthorizationUrl(config, parameters));
    const tokens = await client.authorizationCodeGrant(config, back, checks, undefined, { DPoP });
    expect(tokens.token_type).to.equal("dpop");
    expect((await client.fetchUserInfo(config, tokens.access_token, user.id, { DPoP })).sub).to.equal(
      user.id,
    );
    const stranger = client.getDPoPHandle(config, await client.randomDPoPKeyPair());
    for (const options of [{}, { DPoP: stranger }]) {
      const asked = client.fetchUserInfo(config, tokens.access_token, user.id, options);
      expect(
        await asked.then(
          () => "answered",
          () => "refused",
        ),
      ).to.equal("refused");
      const renewed = client.refreshTokenGrant(config, tokens.refresh_token ?? "", undefined, options);
      expect(await errorOf(renewed)).to.be.oneOf(["invalid_grant", "invalid_request"]);
    }
    const renewed = await client.refreshTokenGrant(config, tokens.refresh_token ?? "", undefined, { DPoP });
    expect(renewed.token_type).to.equal("dpop");
  });

  it("gets a token for its resource server, as a machine that names none", async () => {
    await makeApi(services);
    const machine = await makeApplication(services, MACHINE_OF_API);
    const config = await discover(machine);
    const tokens = await client.clientCredentialsGrant(config, { scope: API_SCOPE });
    expect(tokens)
      .to.include({ scope: API_SCOPE, expires_in: 15 * 60 })
      .and.not.have.property("refresh_token");
    const about = await client.tokenIntrospection(config, tokens.access_token);
    expect(about).to.include({ active: true, client_id: machine.id, sub: machine.id, aud: API });
    expect(await errorOf(client.clientCredentialsGrant(config, { scope: "email" }))).to.equal(
      "invalid_scope",
    );
  });

  it("T74 refuses an answer of another issuer, and one that names none", async () => {
    const application = await makeApplication(services);
    const config = await discover(application);
    const { parameters, checks } = await parametersOf(application);
    const back = await visit(vestibule.browser(), client.buildAuthorizationUrl(config, parameters));
    for (const iss of ["https://evil.test", null]) {
      const mixed = new URL(back);
      mixed.searchParams.delete("iss");
      if (iss !== null) {
        mixed.searchParams.set("iss", iss);
      }
      const granted = client.authorizationCodeGrant(config, mixed, checks);
      expect(
        await granted.then(
          () => "granted",
          () => "refused",
        ),
        String(iss),
      ).to.equal("refused");
    }
    expect((await client.authorizationCodeGrant(config, back, checks)).access_token).to.be.a("string");
  });
});

const errorOf = (asked: Promise<unknown>): Promise<unknown> =>
  asked.then(
    () => "no error",
    (error: unknown) => (error instanceof Error && "error" in error ? error.error : error),
  );

import { createHmac, generateKeyPairSync, type KeyObject } from "node:crypto";
import { expect } from "chai";
import { exportJWK, exportSPKI, importJWK, SignJWT, type JWK } from "jose";
import { makeApplication, type TestApplication } from "../support/people.ts";
import { authorizationRequest, callToken, claimsOf, redeem, signIn } from "../support/relying-party.ts";
import { tokensFor, tokensOf, userinfo, type Tokens } from "../support/tokens.ts";
import { useVestibule } from "../support/use-vestibule.ts";

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
const decodeHeader = (jwt: string) =>
  JSON.parse(Buffer.from(jwt.slice(0, jwt.indexOf(".")), "base64url").toString()) as Record<string, unknown>;

describe("forged and misused JWTs", () => {
  const vestibule = useVestibule({ user: {} });
  let application: TestApplication;
  let other: TestApplication;
  let tokens: Tokens;
  let publishedKey: JWK;

  before(async () => {
    const goodbye = { postLogoutRedirectUris: ["https://app.test/bye"], idTokenAlgorithm: "RS256" };
    application = await makeApplication(vestibule.services, goodbye);
    other = await makeApplication(vestibule.services, goodbye);
    tokens = await tokensFor(vestibule.browser(), application, vestibule.user);
    const { body } = await vestibule.browser().get("/jwks");
    const { keys } = JSON.parse(body) as { keys: JWK[] };
    const { kid } = decodeHeader(tokens.id);
    publishedKey = keys.find((key) => key.kid === kid) ?? {};
  });

  const forgeries = async (): Promise<Record<string, string>> => {
    const [header = "", payload = "", signature = ""] = tokens.id.split(".");
    const claims = claimsOf(tokens.id);
    const stranger = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const strangerJwk = await exportJWK(stranger.publicKey);
    const signed = (more: object, key: KeyObject = stranger.privateKey, changes: object = {}) =>
      new SignJWT({ ...claims, ...changes }).setProtectedHeader({ alg: "RS256", ...more }).sign(key);
    const hmac = (secret: string | Buffer) => {
      const input = `${encode({ alg: "HS256", kid: publishedKey.kid })}.${payload}`;
      return `${input}.${createHmac("sha256", secret).update(input).digest("base64url")}`;
    };
    const pem = await exportSPKI((await importJWK(publishedKey, "RS256")) as CryptoKey);
    return {
      "no algorithm": `${encode({ alg: "none" })}.${payload}.`,
      "no algorithm, with the signature": `${encode({ alg: "none" })}.${payload}.${signature}`,
      "no signature": `${header}.${payload}.`,
      "HS256 with the public key as PEM": hmac(pem),
      "HS256 with the public key as JWK": hmac(JSON.stringify(publishedKey)),
      "HS256 with the modulus": hmac(Buffer.from(publishedKey.n ?? "", "base64url")),
      "HS256 with the application's secret": hmac(application.secret ?? ""),
      "a foreign key under our key's id": await signed({ kid: publishedKey.kid }),
      "a foreign key under its own id": await signed({ kid: "mine" }),
      "a foreign key in the header": await signed({ jwk: strangerJwk }),
      "a foreign key's address": await signed({ kid: "mine", jku: "https://evil.test/jwks" }),
      "a foreign certificate": await signed({ x5c: [Buffer.from("certificate").toString("base64")] }),
      "another subject under the old signature": `${header}.${encode({ ...claims, sub: "someone" })}.${signature}`,
      "another issuer under the old signature": `${header}.${encode({ ...claims, iss: "https://evil.test" })}.${signature}`,
      "one bit of the signature changed": `${header}.${payload}.${signature.startsWith("A") ? "B" : "A"}${signature.slice(1)}`,
      "no JWT at all": "not.a.jwt",
      "an access token": tokens.access,
      "nothing but dots": "..",
    };
  };

  it("T73 refuses every forged id_token_hint at the sign-out, sends nobody anywhere and keeps the session", async () => {
    const browser = vestibule.browser();
    await signIn(browser, authorizationRequest(vestibule.issuer, application), vestibule.user);
    for (const [name, hint] of Object.entries(await forgeries())) {
      const query = new URLSearchParams({
        id_token_hint: hint,
        post_logout_redirect_uri: "https://app.test/bye",
      });
      const answer = await browser.get(`/sign-out?${query.toString()}`);
      expect([answer.status, answer.location], name).to.deep.equal([400, ""]);
      expect(answer.body, name).to.contain("Invalid request");
    }
    const silent = await browser.get(
      authorizationRequest(vestibule.issuer, application, { prompt: "none" }).url,
    );
    expect(silent.location).to.contain("code=");
  });

  it("T73 refuses every forged id_token_hint of an authorization request", async () => {
    const browser = vestibule.browser();
    await signIn(browser, authorizationRequest(vestibule.issuer, application), vestibule.user);
    for (const [name, hint] of Object.entries(await forgeries())) {
      const changes = { id_token_hint: hint, prompt: "none" };
      const { location } = await browser.get(
        authorizationRequest(vestibule.issuer, application, changes).url,
      );
      expect(new URL(location).searchParams.get("error"), name).to.equal("invalid_request");
    }
    const { location } = await browser.get(
      authorizationRequest(vestibule.issuer, application, { id_token_hint: tokens.id, prompt: "none" }).url,
    );
    expect(new URL(location).searchParams.get("code"), "the real one").to.be.a("string");
  });

  it("T73 refuses the ID token of another application as a hint", async () => {
    const browser = vestibule.browser();
    const stranger = await tokensFor(browser, other, vestibule.user);
    const query = new URLSearchParams({ id_token_hint: stranger.id, client_id: application.id });
    const answer = await browser.get(`/sign-out?${query.toString()}`);
    expect([answer.status, answer.location]).to.deep.equal([400, ""]);
    const changes = { id_token_hint: stranger.id, prompt: "none" };
    const { location } = await browser.get(authorizationRequest(vestibule.issuer, application, changes).url);
    expect(new URL(location).searchParams.get("error")).to.equal("invalid_request");
  });

  it("T73 refuses request objects, by value and by address", async () => {
    const payload = {
      client_id: application.id,
      redirect_uri: application.redirectUri,
      response_type: "code",
    };
    const object = `${encode({ alg: "none" })}.${encode(payload)}.`;
    const refusals = [
      { changes: { request: object }, error: "invalid_request_object" },
      { changes: { request_uri: "https://app.test/request.jwt" }, error: "request_uri_not_supported" },
      { changes: { request_uri: "http://169.254.169.254/" }, error: "request_uri_not_supported" },
      { changes: { request_uri: "urn:ietf:params:oauth:request_uri:unknown" }, error: "invalid_request_uri" },
    ];
    for (const { changes, error } of refusals) {
      const { location } = await vestibule
        .browser()
        .get(authorizationRequest(vestibule.issuer, application, changes).url);
      expect(new URL(location).searchParams.get("error")).to.equal(error);
    }
  });

  it("T73 refuses client assertions", async () => {
    const now = Math.floor(Date.now() / 1000);
    const claims = {
      iss: application.id,
      sub: application.id,
      aud: vestibule.issuer,
      jti: "1",
      exp: now + 60,
    };
    const unsigned = `${encode({ alg: "none" })}.${encode(claims)}.`;
    const input = `${encode({ alg: "HS256" })}.${encode(claims)}`;
    const keyed = createHmac("sha256", application.secret ?? "")
      .update(input)
      .digest("base64url");
    for (const assertion of [unsigned, `${input}.${keyed}`]) {
      const answer = await vestibule.browser().send("/token", {
        method: "POST",
        headers: { accept: "application/json", "content-type": "application/x-www-form-urlencoded" },
        body: new URLSearchParams({
          grant_type: "authorization_code",
          code: "x",
          redirect_uri: application.redirectUri,
          client_id: application.id,
          client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
          client_assertion: assertion,
        }).toString(),
      });
      expect(answer.status).to.equal(401);
      expect(answer.body).to.contain("invalid_client");
    }
  });

  it("T73 refuses everything that is no access token at userinfo", async () => {
    expect((await userinfo(vestibule.browser(), tokens.access)).status, "the real one").to.equal(200);
    const [, payload = ""] = tokens.id.split(".");
    const impostors = {
      "an ID token": tokens.id,
      "a refresh token": tokens.refresh,
      "an unsigned JWT": `${encode({ alg: "none" })}.${payload}.`,
      "a longer access token": `${tokens.access}x`,
      "a shorter access token": tokens.access.slice(0, -1),
      "another case": tokens.access.replace(/[a-z]/, (letter) => letter.toUpperCase()),
    };
    for (const [name, token] of Object.entries(impostors)) {
      expect((await userinfo(vestibule.browser(), token)).status, name).to.equal(401);
    }
  });

  it("T73 refuses an access token in the address", async () => {
    const answer = await vestibule
      .browser()
      .get(`/userinfo?access_token=${encodeURIComponent(tokens.access)}`, {
        headers: { accept: "application/json" },
      });
    expect(answer.status).to.equal(400);
    expect(answer.body).to.not.contain(vestibule.user.id);
  });

  it("T73 takes no token for a session", async () => {
    for (const token of [tokens.access, tokens.id, tokens.refresh]) {
      const browser = vestibule.browser();
      browser.plant("vestibule-session", token);
      browser.plant("vestibule-session.sig", createHmac("sha1", "guess").update(token).digest("base64url"));
      const { location } = await browser.get(
        authorizationRequest(vestibule.issuer, application, { prompt: "none" }).url,
      );
      expect(new URL(location).searchParams.get("error")).to.equal("login_required");
    }
  });

  it("T73 takes no token for a code, and no code or access token for a refresh token", async () => {
    const browser = vestibule.browser();
    const request = authorizationRequest(vestibule.issuer, application);
    const redirect = await vestibule.signIn(browser, request);
    const code = redirect.searchParams.get("code") ?? "";
    const { refresh } = tokensOf(await redeem(browser, application, { redirect, request }));
    const call = async (fields: Record<string, string>) =>
      (await callToken(browser, application, fields)).body["error"];
    const asCode = { grant_type: "authorization_code", code: refresh, redirect_uri: application.redirectUri };
    expect(await call({ ...asCode, code_verifier: request.verifier })).to.equal("invalid_grant");
    expect(await call({ grant_type: "refresh_token", refresh_token: code })).to.equal("invalid_grant");
    expect(await call({ grant_type: "refresh_token", refresh_token: tokens.access })).to.equal(
      "invalid_grant",
    );
  });
});

import { randomUUID } from "node:crypto";
import { expect } from "chai";
import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT, type CryptoKey } from "jose";
import { Configuration } from "openid-client";
import { logoutTokenVerifier, type LogoutTokenVerifier } from "../../demo/logout-token.ts";
import { useLocalSite } from "../support/local-site.ts";

const ISSUER = "https://id.test";
const CLIENT = "app_demo";
type Claims = Record<string, unknown>;

const EVENT = "http://schemas.openid.net/event/backchannel-logout";

describe("the demo application, notified that a session has ended", () => {
  let keys: unknown;
  let key: CryptoKey;
  let stranger: CryptoKey;
  let verify: LogoutTokenVerifier;
  const port = useLocalSite((_request, response) => {
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(keys));
  });

  before(async () => {
    const pair = await generateKeyPair("ES256");
    key = pair.privateKey;
    keys = { keys: [{ ...(await exportJWK(pair.publicKey)), kid: "one", alg: "ES256", use: "sig" }] };
    stranger = (await generateKeyPair("ES256")).privateKey;
  });
  beforeEach(() => {
    const metadata = {
      issuer: ISSUER,
      jwks_uri: `http://127.0.0.1:${port()}/jwks`,
      id_token_signing_alg_values_supported: ["ES256", "RS256"],
    };
    verify = logoutTokenVerifier(() => Promise.resolve(new Configuration(metadata, CLIENT)));
  });

  const now = () => Math.floor(Date.now() / 1000);
  const claims = (changes: Claims = {}): Claims => ({
    iss: ISSUER,
    aud: CLIENT,
    iat: now(),
    exp: now() + 120,
    jti: randomUUID(),
    sub: "person",
    sid: "session",
    events: { [EVENT]: {} },
    ...changes,
  });
  const signed = (payload: Claims, { by = key, typ = "logout+jwt", alg = "ES256" } = {}) =>
    new SignJWT(payload).setProtectedHeader({ alg, typ, kid: "one" }).sign(by);

  const answer = (token: string) => verify(token).catch((error: unknown) => `refused: ${String(error)}`);

  it("takes a token of its provider once, and then knows whose session it was", async () => {
    expect(await answer(await signed(claims()))).to.deep.equal({ sid: "session", sub: "person" });
    const person = claims();
    delete person["sid"];
    expect(await answer(await signed(person))).to.deep.equal({ sid: undefined, sub: "person" });
  });

  it("T65 refuses a token that comes a second time", async () => {
    const token = await signed(claims());
    expect(await answer(token)).to.be.an("object");
    expect(await answer(token)).to.contain("used before");
  });

  it("T65 refuses a token without a signature, and one that another party has signed", async () => {
    expect(await answer(new UnsecuredJWT(claims()).encode())).to.contain("refused");
    expect(await answer(await signed(claims(), { by: stranger }))).to.contain("refused");
    const secret = new TextEncoder().encode(JSON.stringify(keys));
    const shared = new SignJWT(claims()).setProtectedHeader({ alg: "HS256", typ: "logout+jwt" });
    expect(await answer(await shared.sign(secret)), "a signature with what is public").to.contain("refused");
  });

  const bad: readonly (readonly [string, Claims, string?])[] = [
    ["of another issuer", { iss: "https://evil.test" }],
    ["for another application", { aud: "app_other" }],
    ["of long ago", { iat: 1_000_000_000 }],
    ["of the future", { iat: 4_000_000_000 }],
    ["that has expired", { exp: 1_000_000_000 }],
    ["without a number", { jti: undefined }],
    ["without the event", { events: {} }],
    ["with an event that is no object", { events: { [EVENT]: true } }],
    ["with a nonce, which would make it an ID token", { nonce: "n" }],
    ["that names nobody", { sub: undefined, sid: undefined }],
    ["of another type", {}, "JWT"],
  ];
  for (const [name, changes, typ] of bad) {
    it(`T65 refuses a token ${name}`, async () => {
      const token = await signed(claims(changes), typ === undefined ? {} : { typ });
      expect(await answer(token))
        .to.be.a("string")
        .and.contain("refused");
    });
  }
});

import { exportJWK, generateKeyPair, SignJWT, type CryptoKey } from "jose";
import { expect } from "chai";
import type { HttpBrowser } from "../support/http-browser.ts";
import { captureLog, type LogLine } from "../support/log-capture.ts";
import { makeApplication, type TestApplication } from "../support/people.ts";
import { authorizationRequest, basic, claimsOf, redeem, signIn } from "../support/relying-party.ts";
import { useResource } from "../support/suite-resource.ts";
import { tokensFor, tokensOf, userinfo } from "../support/tokens.ts";
import { useVestibule } from "../support/use-vestibule.ts";

const NAMES = ["name", "preferred_username", "locale", "email", "email_verified", "office", "role", "groups"];
/** More than the scopes have. */
const CLAIMS = { id_token: Object.fromEntries(NAMES.map((name) => [name, { essential: true }])) };
const ASKED = { scope: "openid profile", claims: JSON.stringify(CLAIMS) };

describe("the claims parameter, however it arrives", function () {
  this.timeout(60_000);
  const vestibule = useVestibule({ user: { isMailProved: true }, application: {} });
  const { application, services, user } = vestibule;
  let key: CryptoKey;
  const signing = useResource(async () => {
    const pair = await generateKeyPair("ES256");
    key = pair.privateKey;
    const jwks = { keys: [{ ...(await exportJWK(pair.publicKey)), kid: "one", alg: "ES256", use: "sig" }] };
    return makeApplication(services, { jwks, signedRequests: true });
  });

  const namesIn = (token: string): string[] =>
    Object.keys(claimsOf(token)).filter((name) => NAMES.includes(name));

  async function push(browser: HttpBrowser, fields: Record<string, string>, of: TestApplication) {
    const { status, body } = await browser.send("/par", {
      method: "POST",
      headers: {
        "content-type": "application/x-www-form-urlencoded",
        authorization: basic(of.id, of.secret ?? ""),
      },
      body: new URLSearchParams(fields).toString(),
    });
    expect(status, body).to.equal(201);
    const pushed = JSON.parse(body) as { request_uri: string };
    return { client_id: of.id, request_uri: pushed.request_uri };
  }

  /** A request object; its `claims` are an object, as RFC 9101 section 4 has them. */
  const objectOf = (url: string) =>
    new SignJWT({ ...Object.fromEntries(new URL(url).searchParams), claims: CLAIMS })
      .setProtectedHeader({ alg: "ES256", kid: "one", typ: "oauth-authz-req+jwt" })
      .setIssuer(signing.id)
      .setAudience(vestibule.issuer)
      .setNotBefore("0 s")
      .setExpirationTime("60 s")
      .sign(key);

  const WAYS: Record<string, (browser: HttpBrowser, url: string) => Promise<Record<string, string>>> = {
    "in the address": (_, url) => Promise.resolve(Object.fromEntries(new URL(url).searchParams)),
    "in a pushed request": (browser, url) =>
      push(browser, Object.fromEntries(new URL(url).searchParams), application),
    "in a signed request object": async (_, url) => ({ client_id: signing.id, request: await objectOf(url) }),
    "in a signed request object that is pushed": async (browser, url) =>
      push(browser, { request: await objectOf(url) }, signing),
  };
  for (const [way, send] of Object.entries(WAYS)) {
    it(`T140 gives the claims of the asked scopes and no others: ${way}`, async () => {
      const of = way.includes("signed") ? signing : application;
      const browser = vestibule.browser();
      const request = authorizationRequest(vestibule.issuer, of, ASKED);
      const query = new URLSearchParams(await send(browser, request.url));
      const url = `${vestibule.issuer}/authorize?${query.toString()}`;
      const redirect = await signIn(browser, { ...request, url }, user);
      const { id, access } = tokensOf(await redeem(browser, of, { redirect, request }));
      expect(namesIn(id)).to.have.members(["name", "preferred_username", "locale"]);
      expect((await userinfo(browser, access)).body).to.have.all.keys("sub", ...namesIn(id));
    });
  }

  describe("in the log", () => {
    const MESSAGE = "an application asked for claims of scopes that it did not ask for";
    const said = async (changes: Record<string, string>): Promise<LogLine[]> => {
      // The same line of one application comes once a minute.
      const of = await vestibule.makeApplication();
      const lines = captureLog(services.log, "warn");
      await tokensFor(vestibule.browser(), of, user, changes);
      return lines.filter((line) => line.msg === MESSAGE && line["application"] === of.id);
    };

    it("is a line where claims are left out, with the scopes to ask for", async () => {
      const [line] = await said(ASKED);
      expect(line).to.deep.include({
        ...{ level: "warn", scopes: ["email", "office", "groups"] },
        claims: ["email", "email_verified", "office", "role", "groups"],
      });
    });

    it("is no line where nothing is left out, nor for what no application gets", async () => {
      const claims = JSON.stringify({ id_token: { name: null, picture: null }, userinfo: { sub: null } });
      expect(await said({ ...ASKED, claims })).to.deep.equal([]);
    });
  });
});

import { expect } from "chai";
import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT, type CryptoKey } from "jose";
import { makeApplication, type TestApplication } from "../support/people.ts";
import { authorizationRequest, basic, redeem, signIn, type Request } from "../support/relying-party.ts";
import { tokensOf } from "../support/tokens.ts";
import { useVestibule } from "../support/use-vestibule.ts";

type Claims = Record<string, unknown>;

describe("signed request objects", () => {
  const vestibule = useVestibule({ user: {} });
  let application: TestApplication;
  let key: CryptoKey;

  before(async () => {
    const pair = await generateKeyPair("ES256");
    key = pair.privateKey;
    const jwks = { keys: [{ ...(await exportJWK(pair.publicKey)), kid: "one", alg: "ES256", use: "sig" }] };
    application = await makeApplication(vestibule.services, { jwks, signedRequests: true });
  });

  const ask = (asked = application) => authorizationRequest(vestibule.issuer, asked);
  const now = () => Math.floor(Date.now() / 1000);
  const claims = (request: Request, changes: Claims = {}): Claims => ({
    ...Object.fromEntries(new URL(request.url).searchParams),
    iss: application.id,
    aud: vestibule.issuer,
    nbf: now(),
    exp: now() + 60,
    ...changes,
  });
  const sign = (
    payload: Claims,
    { by = key, alg = "ES256" }: { by?: CryptoKey | Uint8Array; alg?: string } = {},
  ) => new SignJWT(payload).setProtectedHeader({ alg, kid: "one", typ: "oauth-authz-req+jwt" }).sign(by);
  const byValue = (object: string, more: Record<string, string> = {}): Request => {
    const query = new URLSearchParams({ client_id: application.id, request: object, ...more });
    return { ...ask(), url: `${vestibule.issuer}/authorize?${query.toString()}` };
  };
  const push = async (fields: Record<string, string>, { id, secret } = application) => {
    const { status, body } = await vestibule.browser().send("/par", {
      method: "POST",
      headers: {
        accept: "application/json",
        "content-type": "application/x-www-form-urlencoded",
        authorization: basic(id, secret ?? ""),
      },
      body: new URLSearchParams(fields).toString(),
    });
    return { status, body: JSON.parse(body) as Record<string, string> };
  };
  const errorOf = async (request: Request) => {
    const { status, location, body } = await vestibule.browser().get(request.url);
    return location === "" ? `${String(status)} ${/invalid_\w+/.exec(body)?.[0] ?? ""}` : location;
  };

  it("T73 sign a user in, by value and pushed, with offline access as asked", async () => {
    for (const how of ["by value", "pushed"]) {
      const request = ask();
      const object = await sign(claims(request));
      const pushed = how === "pushed" ? await push({ request: object }) : null;
      const query = { client_id: application.id, request_uri: pushed?.body["request_uri"] ?? "" };
      const url =
        pushed === null
          ? byValue(object).url
          : `${vestibule.issuer}/authorize?${new URLSearchParams(query).toString()}`;
      const browser = vestibule.browser();
      const redirect = await signIn(browser, { ...request, url }, vestibule.user);
      expect(redirect.searchParams.get("state"), how).to.equal(request.state);
      const tokens = tokensOf(await redeem(browser, application, { redirect, request }));
      expect(tokens.refresh, how).to.match(/^[\w-]{20,}$/);
    }
  });

  it("T73 are demanded of an application that signs: neither address nor PAR takes anything else", async () => {
    expect(await errorOf(ask())).to.contain("error=invalid_request");
    const plain = Object.fromEntries(new URL(ask().url).searchParams);
    expect((await push(plain)).status).to.equal(400);
  });

  it("T73 count alone: what stands beside them in the address is not used", async () => {
    const request = ask();
    const object = await sign(claims(request));
    const asked = byValue(object, { state: "another", redirect_uri: "https://evil.test/cb" });
    const redirect = await signIn(vestibule.browser(), asked, vestibule.user);
    expect(redirect.href)
      .to.contain(`state=${request.state}`)
      .and.match(/^https:\/\/app\.test\/cb/);
  });

  it("T73 are refused when forged, for another audience, too old, for too long, or unsigned", async () => {
    const stranger = (await generateKeyPair("ES256")).privateKey;
    const rsa = (await generateKeyPair("RS256")).privateKey;
    const secret = new TextEncoder().encode(application.secret ?? "");
    const payload = claims(ask());
    const objects: Record<string, string> = {
      forged: await sign(payload, { by: stranger }),
      "with RS256": await sign(payload, { by: rsa, alg: "RS256" }),
      "with the secret": await sign(payload, { by: secret, alg: "HS256" }),
      unsigned: new UnsecuredJWT(payload).encode(),
      "for another audience": await sign({ ...payload, aud: "https://evil.test" }),
      "for nobody": await sign({ ...payload, aud: undefined }),
      "of another application": await sign({ ...payload, iss: "app_another-application" }),
      "past its end": await sign({ ...payload, exp: now() - 120 }),
      "without an end": await sign({ ...payload, exp: undefined }),
      "for a day": await sign({ ...payload, exp: now() + 86_400 }),
      old: await sign({ ...payload, nbf: now() - 7_200 }),
      nested: await sign({ ...payload, request_uri: "urn:x" }),
    };
    for (const [what, object] of Object.entries(objects)) {
      expect(await errorOf(byValue(object)), what).to.contain("invalid_request_object");
      expect((await push({ request: object })).body["error"], what).to.equal("invalid_request_object");
    }
  });

  it("T73 with a name of their own (jti) are good once, pushed or not, and a forged one uses up no name", async () => {
    const payload = { ...claims(ask()), jti: "one of mine" };
    const stranger = (await generateKeyPair("ES256")).privateKey;
    expect(await errorOf(byValue(await sign(payload, { by: stranger })))).to.contain(
      "invalid_request_object",
    );
    const object = await sign(payload);
    expect(await errorOf(byValue(object))).to.contain("/interaction/");
    expect(await errorOf(byValue(object))).to.contain("error=invalid_request_object");
    expect((await push({ request: object })).body["error_description"]).to.contain("sent before");
    const next = await sign({ ...payload, jti: "another" });
    const answers = [await push({ request: next }), await push({ request: next })];
    expect(answers.map(({ status }) => status)).to.deep.equal([201, 400]);
    const query = { client_id: application.id, request_uri: answers[0]?.body["request_uri"] ?? "" };
    const url = `${vestibule.issuer}/authorize?${new URLSearchParams(query).toString()}`;
    expect(await errorOf({ ...ask(), url }), "the browser comes with what was pushed").to.contain(
      "/interaction/",
    );
  });

  it("T73 are refused of an application that has not chosen to sign", async () => {
    const other = await makeApplication(vestibule.services);
    const payload = { ...claims(ask(other)), iss: other.id };
    const object = await sign(payload);
    const url = `${vestibule.issuer}/authorize?${new URLSearchParams({ client_id: other.id, request: object }).toString()}`;
    expect(await errorOf({ ...ask(other), url })).to.match(
      /error=(request_not_supported|invalid_request_object)|400/,
    );
    const pushed = await push({ request: object }, other);
    expect(pushed.body["error"]).to.be.oneOf(["request_not_supported", "invalid_request_object"]);
  });

  it("T73 come from no address: request_uri is for pushed requests alone", async () => {
    const query = new URLSearchParams({
      client_id: application.id,
      request_uri: "https://app.test/object.jwt",
    });
    expect(await errorOf({ ...ask(), url: `${vestibule.issuer}/authorize?${query.toString()}` })).to.contain(
      "400",
    );
    const pushed = await push({ request_uri: "https://app.test/object.jwt" });
    expect(pushed.status).to.equal(400);
  });
});

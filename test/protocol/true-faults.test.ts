import { expect } from "chai";
import { generateKeyPair, SignJWT, UnsecuredJWT, type CryptoKey } from "jose";
import type { Page } from "../support/http-browser.ts";
import { jwksOf, makeKeys, type Keys } from "../support/key-client.ts";
import { captureLog, type LogLine } from "../support/log-capture.ts";
import type { TestApplication } from "../support/people.ts";
import { basic, claimsOf } from "../support/relying-party.ts";
import { HOUR, MINUTE, travel } from "../support/time.ts";
import { tokensFor } from "../support/tokens.ts";
import { useVestibule } from "../support/use-vestibule.ts";

const TITLES = {
  unknown: "Unknown application",
  address: "We cannot send you back",
  request: "Invalid request",
  expired: "This sign-in has expired",
} as const;

type Changes = Readonly<Record<string, string | null>>;

/** What a wrong request leads to: one of our pages, or the application (`app`). */
interface Case {
  readonly to: keyof typeof TITLES | "app";
  readonly error: string;
  readonly says: RegExp;
  readonly url: () => string | Promise<string>;
}

describe("a fault of an authorization request", () => {
  const vestibule = useVestibule({ user: {}, application: {} });
  const { application: app, user } = vestibule;
  const issuer = () => vestibule.issuer;
  let lines: LogLine[];
  let keys: Keys;
  let foreignKey: CryptoKey;
  let other: TestApplication;
  let signing: TestApplication;
  let fapi: TestApplication;
  let hint: string;
  let strange: string;

  before(async () => {
    lines = captureLog(vestibule.services.log);
    keys = await makeKeys();
    ({ privateKey: foreignKey } = await generateKeyPair("ES256"));
    const jwks = jwksOf(keys);
    other = await vestibule.makeApplication({ name: "Other", redirectUris: ["https://other.test/cb"] });
    signing = await vestibule.makeApplication({ name: "Signing", jwks, signedRequests: true });
    fapi = await vestibule.makeApplication({ fapi: true, authentication: "private_key_jwt", jwks });
    hint = (await tokensFor(vestibule.browser(), app, user)).id;
    strange = await forged({ aud: "app_of_another_issuer", iss: "https://issuer.test" });
  });

  const ask = (changes: Changes, as = app) => vestibule.request(changes, as).url;
  const forged = (changes: object) =>
    new SignJWT({ ...claimsOf(hint), ...changes })
      .setProtectedHeader({ alg: "ES256", kid: "mine" })
      .sign(foreignKey);
  const authorize = (parameters: Record<string, string>) =>
    `${issuer()}/authorize?${new URLSearchParams(parameters).toString()}`;

  async function push(as: TestApplication, changes: Changes = {}): Promise<Record<string, string>> {
    const { body } = await vestibule.browser().send("/par", {
      method: "POST",
      headers: {
        accept: "application/json",
        "content-type": "application/x-www-form-urlencoded",
        authorization: basic(as.id, as.secret ?? ""),
      },
      body: new URL(ask(changes, as)).searchParams.toString(),
    });
    return JSON.parse(body) as Record<string, string>;
  }
  const pushed = async (as: TestApplication) => (await push(as))["request_uri"] ?? "";
  const withUri = (uri: string, more: Record<string, string> = {}) =>
    authorize({ client_id: app.id, request_uri: uri, ...more });

  async function used(): Promise<string> {
    const url = withUri(await pushed(app));
    await vestibule.signIn(vestibule.browser(), { url, verifier: "", state: "" });
    return url;
  }
  async function expired(): Promise<string> {
    const url = withUri(await pushed(app));
    travel(2 * MINUTE);
    return url;
  }

  const seconds = () => Math.floor(Date.now() / 1000);
  const signed = (changes: object, by: CryptoKey = keys.privateKey) =>
    new SignJWT({
      ...Object.fromEntries(new URL(ask({}, signing)).searchParams),
      ...{ iss: signing.id, aud: issuer(), nbf: seconds(), exp: seconds() + 60 },
      ...changes,
    })
      .setProtectedHeader({ alg: "ES256" })
      .sign(by);
  const object = async (changes: object, more: Record<string, string> = {}, by?: CryptoKey) =>
    authorize({ client_id: signing.id, request: await signed(changes, by), ...more });
  const unsigned = () =>
    new UnsecuredJWT({ client_id: signing.id, iss: signing.id, aud: issuer() })
      .setExpirationTime("1m")
      .encode();

  const row = (...[to, error, says, url]: [Case["to"], string, RegExp, Case["url"]]): Case => {
    return { to, error, says, url };
  };
  const UNKNOWN_URI = "urn:ietf:params:oauth:request_uri:unknown";
  const EVIL = { redirect_uri: "https://evil.test/cb" };

  const CASES: Readonly<Record<string, Case>> = {
    "an application that is unknown": row("unknown", "invalid_client", /client_id/, () =>
      ask({ client_id: "app_unknown_unknown_unknown" }),
    ),
    "an unknown application's pushed request": row("unknown", "invalid_client", /client_id/, async () =>
      withUri(await pushed(app), { client_id: "app_unknown_unknown_unknown" }),
    ),
    "no application": row("request", "invalid_request", /client_id/, () => ask({ client_id: null })),
    "a pushed request without an application": row("request", "invalid_request", /client_id/, async () =>
      authorize({ request_uri: await pushed(app) }),
    ),
    "two applications": row("request", "invalid_request", /client_id/, () => `${ask({})}&client_id=x`),
    "an address that is not registered": row("address", "invalid_redirect_uri", /redirect_uri/, () =>
      ask(EVIL),
    ),
    "no address": row("request", "invalid_request", /redirect_uri/, () => ask({ redirect_uri: null })),
    "an address that is not registered, beside a wrong hint": row(
      "address",
      "invalid_redirect_uri",
      /redirect_uri/,
      () => ask({ ...EVIL, id_token_hint: "x" }),
    ),
    "a hint that is signed by another": row(
      "app",
      "invalid_request",
      /id_token_hint is not signed/,
      async () => ask({ id_token_hint: await forged({}) }),
    ),
    "a hint of another issuer": row("app", "invalid_request", /id_token_hint is not signed/, () =>
      ask({ id_token_hint: strange }),
    ),
    "a hint of another application": row(
      "app",
      "invalid_request",
      /id_token_hint was issued to another/,
      async () => ask({ id_token_hint: (await tokensFor(vestibule.browser(), other, user)).id }),
    ),
    "a hint that is no JWT": row("app", "invalid_request", /id_token_hint must be an ID token/, () =>
      ask({ id_token_hint: "abc" }),
    ),
    "a hint that is signed by another, pushed": row(
      "app",
      "invalid_request",
      /id_token_hint is not/,
      async () => object({ id_token_hint: await forged({}) }),
    ),
    "a request_uri of another application": row(
      "request",
      "invalid_request_uri",
      /request_uri was given to another/,
      async () => withUri(await pushed(other)),
    ),
    "a request_uri of another application, with all its parameters": row(
      "request",
      "invalid_request_uri",
      /request_uri was given to another/,
      async () => ask({ request_uri: await pushed(other), redirect_uri: other.redirectUri }),
    ),
    "a request_uri of another application, with an own address": row(
      "app",
      "invalid_request_uri",
      /request_uri was given to another/,
      async () => ask({ request_uri: await pushed(other) }),
    ),
    "a request_uri that is unknown": row("expired", "invalid_request_uri", /request_uri is unknown/, () =>
      withUri(UNKNOWN_URI),
    ),
    "a request_uri that is unknown, with another's address": row(
      "expired",
      "invalid_request_uri",
      /request_uri is unknown/,
      () => withUri(UNKNOWN_URI, EVIL),
    ),
    "a request_uri that was used": row("expired", "invalid_request_uri", /request_uri is unknown/, used),
    "a request_uri that has expired": row(
      "expired",
      "invalid_request_uri",
      /request_uri is unknown/,
      expired,
    ),
    "a request_uri elsewhere": row("request", "request_uri_not_supported", /request_uri must/, () =>
      withUri("https://app.test/request.jwt", EVIL),
    ),
    "a request_uri and a request": row("request", "invalid_request", /request and request_uri/, async () =>
      withUri(await pushed(app), { request: "x.y.z" }),
    ),
    "parameters where a pushed request is due": row("app", "invalid_request", /request_uri must/, () =>
      ask({}, fapi),
    ),
    "parameters where a signed request is due": row("app", "invalid_request", /request must/, () =>
      ask({}, signing),
    ),
    "a request object where none is taken": row(
      "app",
      "request_not_supported",
      /request is not accepted/,
      async () => ask({ request: await signed({ client_id: app.id, iss: app.id }) }),
    ),
    "a request object without a signature": row("request", "invalid_request_object", /request must be/, () =>
      authorize({ client_id: signing.id, request: unsigned() }),
    ),
    "a request object that is signed by another": row(
      "request",
      "invalid_request_object",
      /request must be signed/,
      () => object({}, {}, foreignKey),
    ),
    "a request object that is signed by another, beside a wrong address": row(
      "request",
      "invalid_request_object",
      /request must be signed/,
      () => object({}, EVIL, foreignKey),
    ),
    "a request object that has expired": row("request", "invalid_request_object", /request must have/, () =>
      object({ exp: seconds() - HOUR / 1000 }),
    ),
    "a request object for another issuer": row("request", "invalid_request_object", /request must have/, () =>
      object({ aud: "https://issuer.test" }),
    ),
    "a request object of another application": row(
      "request",
      "invalid_request_object",
      /request must name/,
      () => object({ client_id: app.id }),
    ),
    "a request object that is no JWT": row("request", "invalid_request_object", /request must be/, () =>
      authorize({ client_id: signing.id, request: "abc" }),
    ),
    "a request object with an address that is not registered": row(
      "address",
      "invalid_redirect_uri",
      /redirect_uri/,
      () => object(EVIL),
    ),
    "a request object with a wrong prompt": row("app", "invalid_request", /prompt must/, () =>
      object({ prompt: "maybe" }, EVIL),
    ),
    "a sign-out with a hint for nobody here": row(
      "request",
      "invalid_request",
      /id_token_hint/,
      () => `${issuer()}/sign-out?id_token_hint=${strange}`,
    ),
    "a sign-out with a hint that is signed by another": row(
      "request",
      "invalid_request",
      /id_token_hint is not signed/,
      async () => `${issuer()}/sign-out?id_token_hint=${await forged({})}`,
    ),
    "a sign-out for an unknown application": row(
      "unknown",
      "invalid_client",
      /client_id/,
      () => `${issuer()}/sign-out?client_id=app_unknown_unknown_unknown`,
    ),
  };

  /** What the answer says: title, error and description. */
  function explained({ body, location }: Page) {
    if (location !== "") {
      const { searchParams } = new URL(location);
      return ["app", searchParams.get("error"), searchParams.get("error_description")];
    }
    const title = /<h1[^>]*>([^<]*)/.exec(body)?.[1];
    const [, error, text = ""] = /<code>(\w+)<\/code><\/p>\s*<p[^>]*>([^<]*)/.exec(body) ?? [];
    const name = Object.entries(TITLES).find(([, known]) => known === title)?.[0] ?? title;
    return [name, error, text.replaceAll("&#39;", "'")];
  }

  for (const [what, { to, error, says, url }] of Object.entries(CASES)) {
    it(`T136 has its own name on the page or in the answer, and the same in the log: ${what}`, async () => {
      const address = await url();
      lines.length = 0;
      const page = await vestibule.browser().get(address);
      const [shown, code, description] = explained(page);
      expect([shown, code]).to.deep.equal([to, error]);
      expect(description).to.match(says);
      const found = lines.filter(({ requestId }) => requestId === page.headers["x-request-id"]);
      const refusals = found.filter(({ msg }) => msg === "an application's request was refused");
      expect(refusals.map((line) => [line["refusal"], line["description"]])).to.deep.equal([
        [code, description],
      ]);
    });
  }

  it("T136 is told to the application that pushes a request, in the same words", async () => {
    const pushed = async (changes: Changes) => {
      const { error, error_description } = await push(app, changes);
      return `${error ?? ""}: ${error_description ?? ""}`;
    };
    expect(await pushed(EVIL)).to.match(/^invalid_request: redirect_uri/);
    expect(await pushed({ request_uri: UNKNOWN_URI })).to.match(/^request_uri_not_supported: request_uri/);
    expect(await pushed({ id_token_hint: strange })).to.match(
      /^invalid_request: id_token_hint is not signed/,
    );
    expect(await pushed({ prompt: "maybe" })).to.match(/^invalid_request: prompt must/);
    expect(await pushed({ client_id: other.id })).to.match(/^invalid_request: client_id must/);
  });

  it("is no hint of ours that has expired: the session answers", async () => {
    travel(3 * HOUR);
    const browser = vestibule.browser();
    await vestibule.signIn(browser, vestibule.request());
    const { location } = await browser.get(ask({ id_token_hint: hint, prompt: "none" }));
    expect(new URL(location).searchParams.get("code"), location).to.be.a("string");
  });
});

import { expect } from "chai";
import { HttpBrowser } from "../support/http-browser.ts";
import { startLoggedProcess, type LoggedProcess } from "../support/logged-process.ts";
import {
  makeApplication,
  makeOffice,
  makeUser,
  type TestApplication,
  type TestUser,
} from "../support/people.ts";
import { UnsecuredJWT } from "jose";
import { assertionOf, jwksOf, makeKeys } from "../support/key-client.ts";
import { authorizationRequest, basic, callToken, signIn } from "../support/relying-party.ts";
import { refresh, tokensFor } from "../support/tokens.ts";
import { useVestibule } from "../support/use-vestibule.ts";

type Fields = Readonly<Record<string, string>>;

describe("what the log says of an application's mistakes", () => {
  const vestibule = useVestibule({ application: { rotateRefreshTokens: true, refreshGraceSeconds: 0 } });
  let server: LoggedProcess;
  const values: string[] = [];

  interface Line {
    readonly msg?: string;
    readonly application?: string | null;
    readonly endpoint?: string;
    readonly refusal?: string;
    readonly detail?: string | null;
    readonly description?: string | null;
    readonly cause?: string | null;
  }
  let lines: Line[];

  before(async () => {
    server = await startLoggedProcess(vestibule, { VESTIBULE_LOG_LEVEL: "info" });
    const user = await makeUser(vestibule.services, await makeOffice(vestibule.services));
    const browser = new HttpBrowser(vestibule.issuer, server.port);
    await browser.get(vestibule.request({ code_challenge: null }).url);
    await browser.get(vestibule.request({ redirect_uri: "https://app.test/other" }).url);
    await callToken(
      browser,
      { id: vestibule.application.id, secret: "guess-okapi" },
      { grant_type: "client_credentials" },
    );
    const tokens = await tokensFor(browser, vestibule.application, user);
    await refresh(browser, vestibule.application, tokens.refresh);
    await refresh(browser, vestibule.application, tokens.refresh);
    await makeMistakes(browser, user);
    values.push(tokens.access, tokens.refresh, vestibule.application.secret ?? "", "guess-okapi");
    await server.stop();
    lines = server
      .log()
      .split("\n")
      .filter((line) => line.startsWith("{"))
      .map((line) => JSON.parse(line) as Line)
      .filter(({ msg }) => msg === "an application's request was refused");
  });

  /** Each kind of mistake once, that a developer may ask support about. */
  async function makeMistakes(browser: HttpBrowser, user: TestUser): Promise<void> {
    const { services, issuer } = vestibule;
    const other = await makeApplication(services, { name: "Other" });
    const page = await makeApplication(services, { type: "browser", corsOrigins: ["https://app.test"] });
    const ask = (changes: Record<string, string | null>, asking = vestibule.application) =>
      browser.get(authorizationRequest(issuer, asking, changes).url);
    await ask({ response_type: "token" });
    await ask({ response_mode: "form_post" }, page);
    await ask({ code_challenge_method: "plain" });
    await ask(
      { scope: "openid email" },
      await makeApplication(services, { name: "Few", scopes: ["openid"] }),
    );
    await ask({ request: new UnsecuredJWT({ client_id: vestibule.application.id }).encode() });
    await callToken(browser, vestibule.application, {
      grant_type: "password",
      username: "x",
      password: "guess-okapi",
    });
    const request = authorizationRequest(issuer, vestibule.application);
    const code =
      (await signIn(new HttpBrowser(vestibule.issuer, server.port), request, user)).searchParams.get(
        "code",
      ) ?? "";
    values.push(code, request.verifier);
    const redemption = {
      grant_type: "authorization_code",
      code,
      redirect_uri: vestibule.application.redirectUri,
    };
    await callToken(browser, other, { ...redemption, code_verifier: request.verifier });
    await callToken(browser, vestibule.application, { ...redemption, code_verifier: "w".repeat(43) });
    await post(browser, "/introspect", { token: code }, credentials(other, "guess-okapi"));
    const elsewhere = authorizationRequest(issuer, vestibule.application, {
      redirect_uri: "https://elsewhere.test",
    });
    const pushed = Object.fromEntries(new URL(elsewhere.url).searchParams);
    await post(browser, "/par", pushed, credentials(vestibule.application));
    const headers = { origin: "https://evil.test", accept: "application/json" };
    const refreshing = { client_id: page.id, grant_type: "refresh_token", refresh_token: "x" };
    await post(browser, "/token", refreshing, headers);
    const keys = await makeKeys();
    const keyed = { authentication: "private_key_jwt", jwks: jwksOf(keys) };
    const client = await makeApplication(services, { ...keyed, name: "Keyed" });
    await assert(browser, await assertionOf({ client, keys }, "https://elsewhere.test"));
    const jwksUri = "https://127.0.0.1:9/keys.json";
    const remote = { authentication: "private_key_jwt", jwksUri, name: "Remote" };
    const away = await makeApplication(services, remote);
    await assert(browser, await assertionOf({ client: away, keys }, issuer));
    known.push(client, away);
  }
  const known: TestApplication[] = [];

  const credentials = ({ id, secret }: TestApplication, typed = secret ?? "") => ({
    authorization: basic(id, typed),
    accept: "application/json",
  });
  const post = (browser: HttpBrowser, path: string, fields: Fields, headers: Fields) =>
    browser.send(path, {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded", ...headers },
      body: new URLSearchParams(fields).toString(),
    });
  const assert = (browser: HttpBrowser, assertion: string) =>
    post(
      browser,
      "/token",
      {
        grant_type: "client_credentials",
        client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        client_assertion: assertion,
      },
      { accept: "application/json" },
    );

  const refusalAt = (endpoint: string, refusal: string) =>
    lines.find((line) => line.endpoint === endpoint && line.refusal === refusal);

  it("names the application, the address and the fault", () => {
    const noChallenge = refusalAt("/authorize", "invalid_request");
    expect(noChallenge?.application).to.equal(vestibule.application.id);
    expect(noChallenge?.description).to.match(/PKCE|code_challenge/);
    expect(refusalAt("/authorize", "invalid_redirect_uri")?.application).to.equal(vestibule.application.id);
    expect(refusalAt("/token", "invalid_client")?.application).to.equal(vestibule.application.id);
  });

  it("names the detail that the application does not get", () => {
    expect(refusalAt("/token", "invalid_grant")?.detail).to.equal("refresh token already used");
  });

  for (const [what, endpoint, refusal, telling] of [
    ["T71 a response type", "/authorize", "unsupported_response_type", /response_type/],
    ["T71 a response mode", "/authorize", "invalid_request", /response_mode/],
    ["T71 a grant type", "/token", "unsupported_grant_type", /grant_type/],
    ["T70 a method of PKCE", "/authorize", "invalid_request", /code_challenge_method/],
    ["T70 a verifier", "/token", "invalid_grant", /code_verifier/],
    ["T69 another application's code", "/token", "invalid_grant", /client mismatch/],
    ["T72 a secret", "/introspect", "invalid_client", /invalid secret/],
    ["T73 a request object", "/authorize", "invalid_request_object", /signed with/],
    ["T76 a scope", "/authorize", "invalid_scope", /scope/],
    ["T77 an address that is pushed", "/par", "invalid_request", /redirect_uri/],
    ["T106 an origin", "/token", "invalid_request", /origin .* not allowed/],
  ] as const) {
    it(`${what}: shows the application, or at least support, what to look at`, () => {
      const found = lines.find(
        (line) =>
          line.endpoint === endpoint &&
          line.refusal === refusal &&
          telling.test(`${line.description ?? ""} ${line.detail ?? ""}`),
      );
      expect(found, server.log()).to.not.equal(undefined);
    });
  }

  it("T73 T100 names the application whose assertion or keys are wrong", () => {
    for (const { id } of known) {
      expect(
        lines.some(({ application: of, refusal }) => of === id && refusal === "invalid_client"),
      ).to.equal(true);
    }
    expect(lines.some(({ cause }) => /key/i.test(cause ?? ""))).to.equal(true);
  });

  it("holds no token, code or secret", () => {
    values.forEach((value) => {
      expect(server.log()).to.not.contain(value);
    });
  });
});

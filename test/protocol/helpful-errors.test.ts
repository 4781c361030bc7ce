import { expect } from "chai";
import { describeError, DESCRIPTIONS } from "../../src/protocol/error-descriptions.ts";
import { captureLog } from "../support/log-capture.ts";
import { postAs } from "../support/program.ts";
import { signIn } from "../support/relying-party.ts";
import { useVestibule } from "../support/use-vestibule.ts";

type Values = Readonly<Record<string, string>>;

/** How a parameter can be wrong, and what of a request that has it right. */
const WRONG: Readonly<Record<string, (value: string) => readonly string[]>> = {
  missing: () => [],
  empty: () => [""],
  repeated: (value) => [value, value],
  wrong: () => ["wrong"],
};

/** Where no error has to name the parameter: it may be left out, or any text may be in it. */
const MAY_BE: Readonly<Record<string, readonly string[]>> = {
  state: ["missing", "empty", "wrong"],
  nonce: ["missing", "empty", "wrong"],
  scope: [],
  prompt: ["missing", "empty"],
  max_age: ["missing", "empty"],
  claims: ["missing", "empty"],
  response_mode: ["missing", "empty"],
  token_type_hint: ["missing", "empty", "wrong"],
  // The answer for a token that is unknown (RFC 7662 section 2.2, RFC 7009 section 2.2).
  token: ["wrong"],
};

describe("what an application's developer is told", () => {
  const vestibule = useVestibule({ office: {}, user: {}, application: {} });

  const request = (): Values => ({
    ...Object.fromEntries(new URL(vestibule.request().url).searchParams),
    nonce: "n",
    prompt: "login",
    max_age: "300",
    claims: '{"id_token":{"name":null}}',
    response_mode: "query",
  });

  /** The request with one parameter wrong. */
  const spoilt = (right: Values, name: string, values: readonly string[]): string =>
    new URLSearchParams([
      ...Object.entries(right).filter(([each]) => each !== name),
      ...values.map((value): [string, string] => [name, value]),
    ]).toString();

  /** Each way in which a parameter of the request can be wrong, with the description of the error. */
  async function tell(right: Values, descriptionOf: (body: string) => Promise<string>): Promise<void> {
    for (const [name, value] of Object.entries(right)) {
      const ways = Object.keys(WRONG).filter((way) => !(MAY_BE[name] ?? []).includes(way));
      for (const way of ways) {
        const description = await descriptionOf(spoilt(right, name, WRONG[way]?.(value) ?? []));
        expect(description, `${name}: ${way}`).to.contain(name);
      }
    }
  }

  async function ofProgram(url: string, body: string): Promise<string> {
    const answer = await postAs(vestibule.browser(), vestibule.application, { url, body });
    expect(answer.status, body).to.be.oneOf([400, 401]);
    return String((JSON.parse(answer.body) as Record<string, unknown>)["error_description"]);
  }

  it("T136 is which parameter of an authorization request is wrong", async () => {
    await tell(request(), async (query) => {
      const { body, location } = await vestibule.browser().get(`/authorize?${query}`);
      return location === "" ? body : (new URL(location).searchParams.get("error_description") ?? "");
    });
  });

  it("T136 is which parameter of a pushed request is wrong", () =>
    tell(request(), (body) => ofProgram("/par", body)));

  it("T136 is which parameter of a token request is wrong", async () => {
    const { redirectUri: redirect_uri } = vestibule.application;
    const code = { grant_type: "authorization_code", code: "x", redirect_uri, code_verifier: "v".repeat(43) };
    await tell(code, (body) => ofProgram("/token", body));
    const refresh = { grant_type: "refresh_token", refresh_token: "x" };
    await tell(refresh, (body) => ofProgram("/token", body));
  });

  it("T136 is which parameter is wrong where tokens are looked up or revoked", async () => {
    for (const url of ["/introspect", "/revoke"]) {
      await tell({ token: "x", token_type_hint: "access_token" }, (body) => ofProgram(url, body));
    }
  });

  it("T136 is what to send instead of credentials and tokens that are wrong", async () => {
    const { id } = vestibule.application;
    const call = async (as: { id: string; secret: string | null }) =>
      (await postAs(vestibule.browser(), as, { url: "/token", fields: { grant_type: "refresh_token" } }))
        .body;
    expect(await call({ id, secret: "wrong" })).to.contain("the secret or assertion is wrong");
    expect(await call({ id: "app_unknown", secret: "wrong" })).to.contain("client_id is unknown");
    expect(await call({ id, secret: null })).to.contain("send client_id");
    const ask = async (headers: Values) => (await vestibule.browser().get("/userinfo", { headers })).body;
    expect(await ask({})).to.contain("Authorization header: Bearer");
    expect(await ask({ authorization: "Bearer x" })).to.contain("unknown, expired, revoked");
  });

  it("T136 is the same in a query, in a fragment and in a posted form", async () => {
    const browser = vestibule.browser();
    await signIn(browser, vestibule.request(), vestibule.user);
    const wrong = { max_age: "soon", prompt: "none" };
    const text = "max_age must be a whole number of seconds, 0 or more";
    for (const response_mode of ["query", "fragment"]) {
      const { location } = await browser.get(vestibule.request({ ...wrong, response_mode }).url);
      const [, parameters = ""] = location.split(response_mode === "query" ? "?" : "#");
      expect(new URLSearchParams(parameters).get("error_description"), response_mode).to.equal(text);
    }
    const posted = await browser.get(vestibule.request({ ...wrong, response_mode: "form_post" }).url);
    expect(posted.body).to.contain(`name="error_description" value="${text}"`);
  });

  it("T136 is said also where the library says nothing", async () => {
    const query = { request_uri: "https://app.test/request.jwt" };
    for (const response_mode of ["query", "form_post"]) {
      const { body, location } = await vestibule
        .browser()
        .get(vestibule.request({ ...query, response_mode }).url);
      expect(decodeURIComponent(`${body}${location}`.replaceAll("+", " ")), response_mode).to.contain(
        "request_uri must be one that",
      );
    }
  });

  it("T136 has only characters that OAuth allows, and none that a page would escape", () => {
    for (const [of, text] of DESCRIPTIONS) {
      expect(text, of).to.match(/^[\x20\x21\x23-\x25\x27-\x3b\x3d\x3f-\x5b\x5d-\x7e]+$/);
    }
    expect(describeError("invalid_request", "something that says enough")).to.equal(
      "something that says enough",
    );
    expect(describeError("login_required", undefined)).to.equal(undefined);
  });

  it("T136 is one line in the log, also where the return address is wrong beside something else", async () => {
    const lines = captureLog(vestibule.services.log);
    const { url } = vestibule.request({ redirect_uri: "https://evil.test/cb" });
    const answer = await vestibule.browser().get(`${url}&state=twice`);
    expect(answer.body).to.contain("redirect_uri");
    const found = lines.filter(({ requestId }) => requestId === answer.headers["x-request-id"]);
    expect(found.map(({ msg }) => msg)).to.deep.equal(["an application's request was refused", "request"]);
    expect(found[0]?.["refusal"]).to.equal("invalid_redirect_uri");
  });
});

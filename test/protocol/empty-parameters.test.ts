import { expect } from "chai";
import type { HttpBrowser, Page } from "../support/http-browser.ts";
import { makeApplication, type TestApplication } from "../support/people.ts";
import { basic } from "../support/relying-party.ts";
import { tokensFor } from "../support/tokens.ts";
import { useResource } from "../support/suite-resource.ts";
import { useVestibule } from "../support/use-vestibule.ts";

/** Every parameter that any endpoint knows, and some that none does. */
const PARAMETERS =
  `acr_values access_token audience claims claims_locales client_assertion client_assertion_type client_id
  client_secret code code_challenge code_challenge_method code_verifier device_code display dpop_jkt grant_type id_token_hint
  login_hint logout_hint max_age nonce office post_logout_redirect_uri prompt redirect_uri refresh_token registration request
  request_uri resource response_mode response_type scope state token token_type_hint ui_locales user_code
  authorization_details nothing_that_is_known`.split(/\s+/);

type Values = Readonly<Record<string, string>>;

interface Call {
  readonly path: string;
  readonly method: "GET" | "POST";
  /** A request without a fault. */
  readonly right: Values;
  readonly headers?: Values;
}

describe("a parameter without a value", function () {
  this.timeout(60_000);
  const vestibule = useVestibule({
    settings: { VESTIBULE_DEVICE_FLOW: "yes" },
    user: {},
    application: {},
  });
  const device = useResource(() =>
    makeApplication(vestibule.services, {
      type: "native",
      redirectUris: ["http://127.0.0.1/cb"],
      deviceFlow: true,
    }),
  );

  const asWeb = () => ({
    authorization: basic(vestibule.application.id, vestibule.application.secret ?? ""),
  });
  const authorization = (application: TestApplication = vestibule.application): Values => ({
    ...Object.fromEntries(new URL(vestibule.request({}, application).url).searchParams),
    scope: "openid",
    nonce: "n",
  });
  const code = (): Values => ({
    ...{ grant_type: "authorization_code", code: "x", code_verifier: "v".repeat(43) },
    redirect_uri: vestibule.application.redirectUri,
  });

  const send = (browser: HttpBrowser, { path, method, headers = {} }: Call, query: string): Promise<Page> =>
    method === "GET"
      ? browser.get(`${path}?${query}`, { headers: { ...headers } })
      : browser.send(path, {
          method,
          headers: { "content-type": "application/x-www-form-urlencoded", ...headers },
          body: query,
        });

  /** What can be compared of an answer: ids, codes and times differ. */
  async function answer(call: Call, query: string): Promise<unknown> {
    const browser = vestibule.browser();
    const page = await send(browser, call, query);
    const isPassedOn = call.method === "POST" && new URL(page.location || "x:").pathname === "/authorize";
    return comparable(isPassedOn ? await browser.get(page.location) : page);
  }

  /** An empty parameter changes nothing about a request that lacks it (RFC 6749 section 3.1). */
  async function expectOmitted(call: Call): Promise<void> {
    const { right } = call;
    const whole = await answer(call, new URLSearchParams(right).toString());
    for (const name of PARAMETERS) {
      const rest = Object.entries(right).filter(([each]) => each !== name);
      const without = new URLSearchParams(rest).toString();
      const omitted = name in right ? await answer(call, without) : whole;
      const empty = await answer(call, `${without}&${name}=`);
      expect(empty, `${call.method} ${call.path} with ${name}=`).to.deep.equal(omitted);
    }
  }

  for (const method of ["GET", "POST"] as const) {
    it(`T136 is as if it were not there in an authorization request by ${method}`, () =>
      expectOmitted({ path: "/authorize", method, right: authorization() }));

    it(`T136 is as if it were not there at userinfo by ${method}`, async () => {
      const { access } = await tokensFor(vestibule.browser(), vestibule.application, vestibule.user);
      const headers = { authorization: `Bearer ${access}`, accept: "application/json" };
      await expectOmitted({ path: "/userinfo", method, right: {}, headers });
    });
  }

  it("T136 is as if it were not there in a pushed request", () =>
    expectOmitted({ path: "/par", method: "POST", right: authorization(), headers: asWeb() }));

  it("T136 is as if it were not there in a token request", async () => {
    const call = { path: "/token", method: "POST" } as const;
    await expectOmitted({ ...call, right: code(), headers: asWeb() });
    await expectOmitted({
      ...call,
      right: { grant_type: "refresh_token", refresh_token: "x" },
      headers: asWeb(),
    });
    const { id, secret } = vestibule.application;
    await expectOmitted({ ...call, right: { ...code(), client_id: id, client_secret: secret ?? "" } });
    await expectOmitted({ ...call, right: { ...code(), client_id: device.id } });
  });

  it("T136 is as if it were not there where tokens are looked up or revoked", async () => {
    for (const path of ["/introspect", "/revoke"]) {
      await expectOmitted({ path, method: "POST", right: { token: "x" }, headers: asWeb() });
    }
  });

  it("T136 is as if it were not there for a device", async () => {
    const right = { client_id: device.id, scope: "openid" };
    await expectOmitted({ path: "/device/authorize", method: "POST", right });
    await expectOmitted({ path: "/device", method: "GET", right: {} });
  });

  it("T136 is as if it were not there in a sign-out", () =>
    expectOmitted({
      path: "/sign-out",
      method: "GET",
      right: { client_id: vestibule.application.id, state: "s" },
    }));
});

function comparable({ status, body, location }: Page): unknown {
  const url = location === "" ? null : new URL(location);
  return {
    status,
    location: url?.pathname.replace(/[\w-]{20,}/, ":uid"),
    error: url?.searchParams.get("error"),
    description: url?.searchParams.get("error_description"),
    body: body.startsWith("{") ? members(JSON.parse(body) as Record<string, unknown>) : pageOf(body),
  };
}

const CHANGING = /^(request_uri|device_code|user_code|verification_uri_complete|reference)$/;

const members = (body: Readonly<Record<string, unknown>>): Values =>
  Object.fromEntries(
    Object.entries(body).map(([name, value]) => [name, CHANGING.test(name) ? "…" : JSON.stringify(value)]),
  );

/** The words of a page. */
const pageOf = (body: string): string =>
  (/<main[^]*<\/main>/.exec(body)?.[0] ?? body)
    .replaceAll(/<[^>]*>/g, " ")
    .replaceAll(/[\w-]{20,}|Reference:\s+\S+/g, "…")
    .replaceAll(/\s+/g, " ");

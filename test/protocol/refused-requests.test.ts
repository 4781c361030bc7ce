import { expect } from "chai";
import { makeKeyClient } from "../support/key-client.ts";
import { API, API_SCOPE, makeApi, MACHINE_OF_API } from "../support/machine-api.ts";
import { makeApplication, type TestApplication } from "../support/people.ts";
import { postAs } from "../support/program.ts";
import { basic } from "../support/relying-party.ts";
import { tokensFor } from "../support/tokens.ts";
import { useVestibule } from "../support/use-vestibule.ts";

type Fields = Readonly<Record<string, string>>;

/** A refusal: who asks, what is sent, the error, and what its description says to send instead. */
type Refusal = readonly [keyof Askers, Fields | string, string, RegExp];

interface Askers {
  readonly web: TestApplication;
  readonly open: TestApplication;
  readonly device: TestApplication;
  readonly machine: TestApplication;
  readonly keyed: TestApplication;
}

const CODE = { grant_type: "authorization_code", code: "x", redirect_uri: "https://app.test/cb" };
const ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

const AT_TOKEN: readonly Refusal[] = [
  ["web", {}, "invalid_request", /missing required parameter 'grant_type'/],
  ["web", { grant_type: "password" }, "unsupported_grant_type", /one of the grant_types_supported/],
  [
    "web",
    { grant_type: "client_credentials" },
    "invalid_request",
    /not allowed for this type of application/,
  ],
  ["machine", CODE, "invalid_request", /not allowed for this type of application/],
  ["web", { grant_type: "authorization_code" }, "invalid_request", /missing required parameters? .*'code'/],
  ["web", CODE, "invalid_grant", /begin a new one/],
  ["web", { grant_type: "refresh_token" }, "invalid_request", /'refresh_token'/],
  ["web", { grant_type: "refresh_token", refresh_token: "x" }, "invalid_grant", /begin a new one/],
  ["machine", { grant_type: "client_credentials", scope: "a  b" }, "invalid_scope", /one blank between/],
  ["machine", { grant_type: "client_credentials", scope: "admin" }, "invalid_scope", /at least one of read/],
  [
    "machine",
    { grant_type: "client_credentials", resource: "api" },
    "invalid_target",
    /must be an absolute URI/,
  ],
  ["machine", { grant_type: "client_credentials", resource: `${API}#a` }, "invalid_target", /fragment/],
  [
    "machine",
    { grant_type: "client_credentials", resource: "https://other.test" },
    "invalid_target",
    /send resource with one of https:\/\/api\.test/,
  ],
  [
    "machine",
    `grant_type=client_credentials&resource=${API}&resource=${API}/b`,
    "invalid_target",
    /send resource with one of/,
  ],
  [
    "machine",
    "grant_type=client_credentials&scope=a&scope=b",
    "invalid_request",
    /'scope' .*not be provided twice/,
  ],
  ["web", "grant_type=a&grant_type=b", "invalid_request", /'grant_type' .*not be provided twice/],
  ["open", { client_id: "app_unknown-unknown-unknown" }, "invalid_client", /client_id is unknown/],
  [
    "open",
    { ...CODE, client_assertion: "x", client_assertion_type: ASSERTION },
    "invalid_request",
    /signed JWT/,
  ],
  [
    "open",
    { ...CODE, client_secret: "x" },
    "invalid_client",
    /method that the application is registered for/,
  ],
  ["keyed", CODE, "invalid_client", /method that the application is registered for/],
];

const AT_LOOK_UP: readonly Refusal[] = [
  ["web", {}, "invalid_request", /'token'/],
  ["web", "token=a&token=b", "invalid_request", /'token' .*not be provided twice/],
  ["open", { client_id: "app_unknown-unknown-unknown" }, "invalid_client", /client_id is unknown/],
];

const AT_PAR: readonly Refusal[] = [
  ["web", {}, "invalid_request", /'response_type'/],
  ["web", { response_type: "code" }, "invalid_request", /'redirect_uri'/],
  [
    "web",
    { response_type: "token", redirect_uri: "https://app.test/cb" },
    "unsupported_response_type",
    /must be code, or none/,
  ],
  [
    "machine",
    { response_type: "code", redirect_uri: "https://app.test/cb" },
    "invalid_request",
    /^response_type .*machine/,
  ],
  [
    "web",
    { response_type: "code", redirect_uri: "https://evil.test/", scope: "openid" },
    "invalid_request",
    /redirect_uri must be one/,
  ],
  ["web", { request_uri: "urn:x" }, "request_uri_not_supported", /must not be sent to it/],
  ["web", { request: "x" }, "invalid_request_object", /signed JWT/],
];

const AT_DEVICE: readonly Refusal[] = [
  ["web", { scope: "openid" }, "invalid_request", /device flow is switched on/],
  ["device", { scope: "nothing" }, "invalid_scope", /ask for at least one of openid/],
  ["device", { scope: "openid", resource: "https://other.test" }, "invalid_target", /name a resource/],
  ["open", { client_id: "app_unknown-unknown-unknown" }, "invalid_client", /client_id is unknown/],
];

describe("a request that is refused", () => {
  const vestibule = useVestibule({ settings: { VESTIBULE_DEVICE_FLOW: "yes" }, user: {}, application: {} });
  let askers: Askers;

  before(async () => {
    const { services } = vestibule;
    await makeApi(services);
    askers = {
      web: vestibule.application,
      open: await makeApplication(services, { type: "browser" }),
      device: await makeApplication(services, { type: "native", redirectUris: [], deviceFlow: true }),
      machine: await makeApplication(services, MACHINE_OF_API),
      keyed: (await makeKeyClient(services)).client,
    };
  });

  async function ask(path: string, by: keyof Askers, sent: Fields | string) {
    const asker = askers[by];
    const own = asker.secret === null || path === "/par" ? { client_id: asker.id } : {};
    const call = typeof sent === "string" ? { body: sent } : { fields: { ...own, ...sent } };
    const { status, body } = await postAs(vestibule.browser(), asker, { url: path, ...call });
    return { status, body: JSON.parse(body) as Record<string, string> };
  }

  for (const [path, refusals] of [
    ["/token", AT_TOKEN],
    ["/introspect", AT_LOOK_UP],
    ["/revoke", AT_LOOK_UP],
    ["/par", AT_PAR],
    ["/device/authorize", AT_DEVICE],
  ] as const) {
    for (const [by, sent, error, said] of refusals) {
      const what = typeof sent === "string" ? sent : new URLSearchParams(sent).toString();
      it(`T136 at ${path} names what is wrong with "${what.slice(0, 80)}" of a ${by} application`, async () => {
        const { status, body } = await ask(path, by, sent);
        expect(status, JSON.stringify(body)).to.be.oneOf([400, 401]);
        expect([body["error"], body["error_description"]?.match(said) === null]).to.deep.equal([
          error,
          false,
        ]);
        expect(body["error_description"]).to.match(/^[\x20\x21\x23-\x5b\x5d-\x7e]{10,600}$/);
      });
    }
  }

  it("T136 at /token names the resource of a code, and the scope of a refresh token", async () => {
    const both = await makeApplication(vestibule.services, { resources: [API] });
    const { refresh } = await tokensFor(vestibule.browser(), both, vestibule.user, {
      scope: `openid offline_access ${API_SCOPE}`,
    });
    const renew = (more: Fields) =>
      postAs(vestibule.browser(), both, {
        url: "/token",
        fields: { grant_type: "refresh_token", refresh_token: refresh, ...more },
      });
    const { body: scope } = await renew({ scope: "openid email phone" });
    expect(JSON.parse(scope)).to.include({
      error: "invalid_scope",
      error_description:
        "scope must hold only names that were granted with the refresh token; leave it out for all of them",
    });
    const { body: resource } = await renew({ resource: "https://other.test" });
    expect(JSON.parse(resource)).to.include({
      error: "invalid_target",
      error_description:
        "resource must be one that the authorization request named; without one, leave it out",
    });
  });

  it("T136 says how credentials are sent, for each way in which they are not", async () => {
    const { id, secret } = vestibule.application;
    const send = async (authorization: string, fields: Fields = {}) => {
      const { body } = await vestibule.browser().send("/token", {
        method: "POST",
        headers: { "content-type": "application/x-www-form-urlencoded", authorization },
        body: new URLSearchParams({ ...CODE, ...fields }).toString(),
      });
      return JSON.parse(body) as Record<string, string>;
    };
    for (const [authorization, fields, said] of [
      ["Basic", {}, /must be Basic or Bearer, one blank/],
      ["Basic !!!", {}, /must be Basic or Bearer, one blank/],
      [`Basic ${Buffer.from(id).toString("base64")}`, {}, /must be Basic or Bearer, one blank/],
      [`Bearer ${secret ?? ""}`, {}, /must be Basic/],
      [`Basic ${Buffer.from(`${id}:%`).toString("base64")}`, {}, /form-urlencoded|properly encoded/],
      [basic(id, ""), {}, /client_secret must be provided/],
      [basic(id, secret ?? ""), { client_id: "app_other-other-other" }, /client_id must be that/],
      [basic(id, secret ?? ""), { client_secret: secret ?? "" }, /authenticate once/],
      [basic(id, "wrong"), {}, /secret or assertion is wrong/],
    ] as const) {
      const { error, error_description: text } = await send(authorization, fields);
      expect(error, authorization).to.be.oneOf(["invalid_request", "invalid_client"]);
      expect(text, authorization).to.match(said);
    }
  });
});

import { expect } from "chai";
import { follow, formAction, hiddenField } from "../support/relying-party.ts";
import type { Faults, FapiSite, Pushed } from "./fapi-site.ts";
import type { AddTest } from "./plan.ts";
import { ISSUER } from "./relying-site.ts";

const NAME = "fapi2-security-profile-final-";

/** The modules about authorization requests. */
export function requestModules(test: AddTest, at: () => FapiSite): void {
  const module = (name: string, body: (site: FapiSite) => Promise<void>) => {
    test(`${NAME}${name}`, () => body(at()));
  };

  /** PAR refuses a request with this fault. */
  const refusedAtPar = (name: string, faults: Faults, error = "invalid_request") => {
    module(name, async ({ push, one }) => {
      const { status, body } = await push(one, faults);
      expect([status, body["error"]]).to.deep.equal([400, error]);
    });
  };

  /** The claims and the redirect of a sign-in with these fields. */
  async function signIn(site: FapiSite, fields: Record<string, string | null>, more = "") {
    const pushed = await site.push(site.one, { fields });
    expect(pushed.status, JSON.stringify(pushed.body)).to.equal(201);
    const redirect = await site.visit(site.site.newBrowser(), site.one, pushed, more);
    const { body } = await site.redeem(site.one, redirect ?? new URL("about:blank"), pushed.verifier);
    return { redirect, claims: await site.site.verify(body["id_token"], site.one.client), tokens: body };
  }

  module("discovery-end-point-verification", async ({ site }) => {
    const metadata = await site.discovery();
    expect(metadata).to.include({
      issuer: ISSUER,
      authorization_response_iss_parameter_supported: true,
      pushed_authorization_request_endpoint: `${ISSUER}/par`,
    });
    expect(metadata["token_endpoint_auth_methods_supported"]).to.include("private_key_jwt");
    expect(metadata["token_endpoint_auth_signing_alg_values_supported"]).to.include.members([
      "ES256",
      "PS256",
    ]);
    expect(metadata["dpop_signing_alg_values_supported"]).to.include("ES256").and.not.include("RS256");
    expect(metadata["code_challenge_methods_supported"]).to.deep.equal(["S256"]);
  });

  module("user-rejects-authentication", async ({ site, push, one }) => {
    const browser = site.newBrowser();
    const { requestUri } = await push(one);
    const query = new URLSearchParams({ client_id: one.client.id, request_uri: requestUri }).toString();
    const page = await follow(browser, await browser.get(`/authorize?${query}`));
    const fields = { _csrf: hiddenField(page, "_csrf"), cancel: "1" };
    const { location } = await follow(browser, await browser.post(formAction(page), fields));
    const { searchParams } = new URL(location);
    expect([searchParams.get("error"), searchParams.get("iss")]).to.deep.equal(["access_denied", ISSUER]);
  });

  module("ensure-authorization-request-without-state-success", async (site) => {
    const { redirect } = await signIn(site, { state: null });
    expect(redirect?.searchParams.has("state")).to.equal(false);
  });
  module("ensure-authorization-request-without-nonce-success", async (site) => {
    expect((await signIn(site, { nonce: null })).claims).to.not.have.property("nonce");
  });
  module("ensure-authorization-request-with-64-char-nonce-success", async (site) => {
    const nonce = "n".repeat(64);
    expect((await signIn(site, { nonce })).claims).to.include({ nonce });
  });
  module("ensure-authorization-request-with-long-nonce", async (site) => {
    const nonce = "n".repeat(384);
    expect((await signIn(site, { nonce })).claims).to.include({ nonce });
  });
  module("ensure-authorization-request-with-long-state", async (site) => {
    const state = "s".repeat(384);
    expect((await signIn(site, { state })).redirect?.searchParams.get("state")).to.equal(state);
  });
  module("ensure-other-scope-order-succeeds", async (site) => {
    expect((await signIn(site, { scope: "email profile openid" })).claims.sub).to.equal(site.site.user.id);
  });
  module("test-claims-parameter-identity-claims", async (site) => {
    const claims = JSON.stringify({ id_token: { acr: { essential: true } }, userinfo: { name: null } });
    const { claims: proved, tokens } = await signIn(site, { claims });
    expect(proved["acr"]).to.be.a("string");
    const { body } = await site.resource(site.one, String(tokens["access_token"]));
    expect(body).to.have.property("name");
  });
  module("ensure-different-nonce-inside-and-outside-request-object", async (site) => {
    expect((await signIn(site, {}, "&nonce=outside")).claims).to.include({ nonce: "n-1234567" });
  });
  module("ensure-different-state-inside-and-outside-request-object", async (site) => {
    const { redirect } = await signIn(site, {}, "&state=outside");
    expect(redirect?.searchParams.get("state")).to.equal("s-1");
  });
  module("state-only-outside-request-object-not-used", async (site) => {
    const { redirect } = await signIn(site, { state: null }, "&state=outside");
    expect(redirect?.searchParams.has("state")).to.equal(false);
  });

  refusedAtPar("ensure-request-object-without-redirect-uri-fails", { fields: { redirect_uri: null } });
  module("ensure-redirect-uri-in-authorization-request", async ({ site, push, one }) => {
    const faults = { fields: { redirect_uri: null } };
    const { status } = await push(one, faults);
    expect(status).to.equal(400);
    const query = new URLSearchParams({ client_id: one.client.id, redirect_uri: one.client.redirectUri });
    const { status: direct } = await site.newBrowser().get(`/authorize?${query.toString()}`);
    expect(direct).to.be.oneOf([303, 400]);
  });
  const elsewhere = { fields: { redirect_uri: "https://app.test/unregistered" } };
  for (const name of ["ensure-registered-redirect-uri", "plain-fapi-tolerate-unregistered-redirect-uri"]) {
    module(name, async ({ push, one }) => {
      expect((await push(one, elsewhere)).status).to.equal(400);
    });
  }
  module("ensure-unsigned-authorization-request-without-using-par-fails", async ({ site, one }) => {
    const query = new URLSearchParams({
      client_id: one.client.id,
      response_type: "code",
      redirect_uri: one.client.redirectUri,
      scope: "openid",
      code_challenge: "x".repeat(43),
      code_challenge_method: "S256",
    });
    const { location } = await site.newBrowser().get(`/authorize?${query.toString()}`);
    expect(new URL(location).searchParams.get("error")).to.equal("invalid_request");
  });
  refusedAtPar(
    "ensure-response-type-code-idtoken-fails",
    { fields: { response_type: "code id_token" } },
    "unsupported_response_type",
  );
  refusedAtPar(
    "ensure-response-type-token-fails",
    { fields: { response_type: "token" } },
    "unsupported_response_type",
  );

  pushedModules(module, refusedAtPar);
}

type AddModule = (name: string, body: (site: FapiSite) => Promise<void>) => void;

/** The modules about what was pushed. */
function pushedModules(
  module: AddModule,
  refusedAtPar: (name: string, faults: Faults, error?: string) => void,
): void {
  const PAR = `${ISSUER}/par`;
  const usedUp = async (site: FapiSite, pushed: Pushed) => {
    const redirect = await site.visit(site.site.newBrowser(), site.one, pushed);
    expect(redirect?.searchParams.get("code") ?? null).to.equal(null);
  };

  module("par-ensure-reused-request-uri-prior-to-auth-completion-succeeds", async (site) => {
    const browser = site.site.newBrowser();
    const pushed = await site.push(site.one);
    const query = new URLSearchParams({ client_id: site.one.client.id, request_uri: pushed.requestUri });
    const first = await follow(browser, await browser.get(`/authorize?${query.toString()}`));
    expect(first.body).to.contain('name="password"');
    const redirect = await site.visit(browser, site.one, pushed);
    expect(redirect?.searchParams.get("code")).to.be.a("string");
  });
  module("par-attempt-reuse-request_uri", async (site) => {
    const pushed = await site.push(site.one);
    const redirect = await site.visit(site.site.newBrowser(), site.one, pushed);
    expect(redirect?.searchParams.get("code")).to.be.a("string");
    await usedUp(site, pushed);
  });
  module("par-attempt-to-use-request_uri-for-different-client", async (site) => {
    const pushed = await site.push(site.one);
    const redirect = await site.visit(site.site.newBrowser(), site.two, pushed);
    expect(redirect?.searchParams.get("code") ?? null).to.equal(null);
  });
  module("par-without-duplicate-parameters", async (site) => {
    const pushed = await site.push(site.one);
    const redirect = await site.visit(site.site.newBrowser(), site.one, pushed);
    expect(redirect?.searchParams.get("code")).to.be.a("string");
  });
  module("par-attempt-invalid-http-method", async ({ site }) => {
    for (const method of ["GET", "PUT", "PATCH", "DELETE"]) {
      expect((await site.newBrowser().send("/par", { method })).status, method).to.be.within(400, 499);
    }
  });
  refusedAtPar(
    "par-authorization-request-containing-request_uri-form-param",
    { fields: { request_uri: "urn:ietf:params:oauth:request_uri:x" } },
    "request_uri_not_supported",
  );
  refusedAtPar("par-ensure-pkce-required", { fields: { code_challenge: null, code_challenge_method: null } });
  refusedAtPar("par-plain-pkce-rejected", { fields: { code_challenge_method: "plain" } });
  const wrongAudience = (name: string, aud: unknown) => {
    module(name, async ({ push, one }) => {
      const { status, body } = await push(one, { assertion: { aud } });
      expect([status, body["error"]]).to.deep.equal([401, "invalid_client"]);
    });
  };
  wrongAudience("par-test-array-as-audience-fails", [PAR]);
  wrongAudience("par-test-par-endpoint-url-as-audience-fails", PAR);
  wrongAudience("par-test-token-endpoint-url-as-audience-fails", `${ISSUER}/token`);
}

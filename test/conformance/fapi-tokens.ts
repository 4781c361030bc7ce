import { expect } from "chai";
import { calculateJwkThumbprint, decodeProtectedHeader } from "jose";
import { jwksOf, makeKeyClient, makeKeys } from "../support/key-client.ts";
import type { TokenAnswer } from "../support/relying-party.ts";
import { SECOND, travel } from "../support/time.ts";
import type { Faults, FapiSite } from "./fapi-site.ts";
import type { AddTest } from "./plan.ts";
import { ISSUER } from "./relying-site.ts";

const NAME = "fapi2-security-profile-final-";
const now = () => Math.floor(Date.now() / 1000);

/** The modules about codes, tokens, assertions and proofs. */
export function tokenModules(test: AddTest, at: () => FapiSite): void {
  const module = (name: string, body: (site: FapiSite) => Promise<void>) => {
    test(`${NAME}${name}`, () => body(at()));
  };
  const expectError = ({ status, body }: TokenAnswer, expected: readonly (readonly [number, string])[]) => {
    expect([[status, body["error"]]]).to.be.an("array");
    expect(expected).to.deep.include([status, body["error"]]);
  };

  /** A code that is not redeemed yet. */
  async function codeOf(site: FapiSite, faults: Faults = {}) {
    const pushed = await site.push(site.one, faults);
    expect(pushed.status, JSON.stringify(pushed.body)).to.equal(201);
    const redirect = await site.visit(site.site.newBrowser(), site.one, pushed);
    return { redirect: redirect ?? new URL("about:blank"), verifier: pushed.verifier };
  }

  /** The token endpoint refuses a code with this fault. */
  const refused = (name: string, faults: Faults, expected: readonly (readonly [number, string])[]) => {
    module(name, async (site) => {
      const { redirect, verifier } = await codeOf(site);
      expectError(await site.redeem(site.one, redirect, verifier, faults), expected);
    });
  };
  const NO_CLIENT = [[401, "invalid_client"]] as const;
  const NO_GRANT = [[400, "invalid_grant"]] as const;

  module("happy-flow", async (site) => {
    for (const client of [site.one, site.two]) {
      const { status, body, redirect } = await site.signIn(client);
      expect([status, body["token_type"]]).to.deep.equal([200, "DPoP"]);
      expect(redirect.searchParams.get("iss")).to.equal(ISSUER);
      const claims = await site.site.verify(body["id_token"], client.client);
      expect(decodeProtectedHeader(String(body["id_token"])).alg).to.equal("ES256");
      const answer = await site.resource(client, String(body["access_token"]));
      expect([answer.status, answer.body["sub"]]).to.deep.equal([200, claims.sub]);
    }
  });
  module("access-token-type-header-case-sensitivity", async (site) => {
    const { body } = await site.signIn(site.one);
    for (const scheme of ["dpop", "DPOP", "DPoP"]) {
      const { status } = await site.resource(site.one, String(body["access_token"]), { scheme });
      expect(status, scheme).to.equal(200);
    }
  });
  module("ensure-holder-of-key-required", async (site) => {
    const { redirect, verifier } = await codeOf(site, { dpop: null });
    expectError(await site.redeem(site.one, redirect, verifier, { dpop: null }), [
      ...NO_GRANT,
      [400, "invalid_request"],
    ]);
    const { body } = await site.signIn(site.one);
    const bearer = await site.resource(site.one, String(body["access_token"]), {
      dpop: null,
      scheme: "Bearer",
    });
    expect(bearer.status, "as a bearer token").to.equal(401);
  });
  module("ensure-authorization-code-is-bound-to-client", async (site) => {
    const { redirect, verifier } = await codeOf(site);
    expectError(await site.redeem(site.two, redirect, verifier), NO_GRANT);
  });
  module("attempt-reuse-authorization-code-after-one-second", async (site) => {
    const { redirect, verifier, body } = await site.signIn(site.one);
    travel(SECOND);
    expectError(await site.redeem(site.one, redirect, verifier), NO_GRANT);
    expect((await site.resource(site.one, String(body["access_token"]))).status).to.equal(401);
  });
  module("ensure-token-endpoint-fails-with-expired-auth-code", async (site) => {
    const { redirect, verifier } = await codeOf(site);
    travel(61 * SECOND);
    expectError(await site.redeem(site.one, redirect, verifier), NO_GRANT);
  });
  module("refresh-token", async (site) => {
    const { body } = await site.signIn(site.one);
    const fields = { grant_type: "refresh_token", refresh_token: String(body["refresh_token"]) };
    const renew = async () => {
      const { status, body: renewed } = await site.token(site.one, fields);
      expect([status, renewed["token_type"]]).to.deep.equal([200, "DPoP"]);
      const { sub } = await site.site.verify(renewed["id_token"], site.one.client);
      const answer = await site.resource(site.one, String(renewed["access_token"]));
      expect([answer.status, answer.body["sub"]]).to.deep.equal([200, sub]);
      return renewed["refresh_token"];
    };
    expect(await renew(), "not rotated").to.equal(body["refresh_token"]);
    // As the suite has it where a token is rotated: the answer was lost, and the first token comes back (5.3.2.1 item 9).
    travel(30 * SECOND);
    await renew();
    expectError(await site.token(site.one, fields, { dpop: null }), [...NO_GRANT, [400, "invalid_request"]]);
    expectError(await site.token(site.two, fields), NO_GRANT);
  });

  module("ensure-signed-client-assertion-with-RS256-fails", async (site) => {
    const keys = await makeKeys("RS256");
    const client = await makeKeyClient(site.site.vestibule.services, { fapi: true, jwks: jwksOf(keys) });
    const { status, body } = await site.push({ ...client, keys });
    expect([status, body["error"]]).to.deep.equal([401, "invalid_client"]);
  });
  refused("ensure-client-assertion-in-token-endpoint", { keys: null }, NO_CLIENT);
  refused(
    "ensure-client-assertion-with-exp-is-5-minutes-in-past-fails",
    { assertion: { exp: now() - 300 } },
    NO_CLIENT,
  );
  refused(
    "ensure-client-assertion-with-wrong-aud-fails",
    { assertion: { aud: "https://evil.test" } },
    NO_CLIENT,
  );
  refused("ensure-client-assertion-with-no-sub-fails", { assertion: { sub: undefined } }, NO_CLIENT);
  refused("ensure-client-id-in-token-endpoint", { fields: { client_id: "app_another" } }, [
    ...NO_CLIENT,
    [400, "invalid_request"],
  ]);
  refused("ensure-pkce-code-verifier-required", { fields: { code_verifier: null } }, [
    ...NO_GRANT,
    [400, "invalid_request"],
  ]);
  refused("incorrect-pkce-code-verifier-rejected", { fields: { code_verifier: "x".repeat(43) } }, NO_GRANT);
  module(
    "par-ensure-jwt-client-assertions-nbf-8-seconds-in-the-future-is-accepted",
    async ({ push, one }) => {
      expect((await push(one, { assertion: { iat: now() + 8, nbf: now() + 8 } })).status).to.equal(201);
    },
  );
  module(
    "par-ensure-jwt-client-assertions-nbf-over-60-seconds-in-the-future-fails",
    async ({ push, one }) => {
      for (const ahead of [{ iat: now() + 65, nbf: now() + 65 }, { iat: now() + 65 }, { nbf: now() + 65 }]) {
        const { status } = await push(one, { assertion: { ...ahead, exp: now() + 120 } });
        expect(status, JSON.stringify(ahead)).to.equal(401);
      }
    },
  );
  module("par-attempt-to-use-expired-request_uri", async (site) => {
    const pushed = await site.push(site.one);
    travel(61 * SECOND);
    const redirect = await site.visit(site.site.newBrowser(), site.one, pushed);
    expect(redirect?.searchParams.get("code") ?? null).to.equal(null);
  });
  module("ensure-dpop-auth-code-binding-success", async (site) => {
    const dpop_jkt = await calculateJwkThumbprint(site.one.dpop.publicJwk);
    const { redirect, verifier } = await codeOf(site, { dpop: null, fields: { dpop_jkt } });
    expect((await site.redeem(site.one, redirect, verifier)).status).to.equal(200);
  });
  module("ensure-dpopproof-at-par-endpoint-binding-success", async (site) => {
    const { redirect, verifier } = await codeOf(site);
    expect((await site.redeem(site.one, redirect, verifier)).status).to.equal(200);
  });
  module("ensure-mismatched-dpop-jkt-fails", async (site) => {
    const dpop_jkt = await calculateJwkThumbprint(site.two.dpop.publicJwk);
    expectError(await site.push(site.one, { fields: { dpop_jkt } }), [
      [400, "invalid_request"],
      [400, "invalid_dpop_proof"],
    ]);
  });
  module("ensure-token-endpoint-fails-with-mismatched-dpop-proof-jkt", async (site) => {
    const { redirect, verifier } = await codeOf(site);
    expectError(await site.redeem(site.one, redirect, verifier, { dpop: site.two.dpop }), NO_GRANT);
  });
  module("ensure-token-endpoint-fails-with-mismatched-dpop-jkt", async (site) => {
    const dpop_jkt = await calculateJwkThumbprint(site.one.dpop.publicJwk);
    const { redirect, verifier } = await codeOf(site, { dpop: null, fields: { dpop_jkt } });
    expectError(await site.redeem(site.one, redirect, verifier, { dpop: site.two.dpop }), NO_GRANT);
  });
}

import { createHash, randomBytes } from "node:crypto";
import { expect } from "chai";
import { SignJWT, UnsecuredJWT } from "jose";
import { makeKeyClient, makeKeys, type Keys } from "../support/key-client.ts";
import { startFapiSite } from "./fapi-site.ts";
import { PLANS } from "./modules.ts";
import { describePlan } from "./plan.ts";
import { ISSUER } from "./relying-site.ts";
import { useResource } from "../support/suite-resource.ts";

type Claims = Readonly<Record<string, unknown>>;

/** What an object replaces of a pushed request. */
const WITHOUT = Object.fromEntries(
  ["response_type", "redirect_uri", "scope", "state", "nonce", "code_challenge", "code_challenge_method"].map(
    (name) => [name, null],
  ),
);
const HOUR = 3_600;
const now = () => Math.floor(Date.now() / 1_000);

describePlan(PLANS["fapi2-signing"], (test) => {
  const site = useResource(() => startFapiSite());
  const signing = useResource(() =>
    makeKeyClient(site.site.vestibule.services, { fapi: true, signedRequests: true }),
  );
  after(() => site.site.stop());

  const claims = (verifier: string, changes: Claims = {}): Record<string, unknown> => ({
    ...{ client_id: signing.client.id, response_type: "code", redirect_uri: signing.client.redirectUri },
    ...{ scope: "openid profile", state: "s-1", nonce: "n-1234567", code_challenge_method: "S256" },
    code_challenge: createHash("sha256").update(verifier).digest("base64url"),
    ...{ iss: signing.client.id, aud: ISSUER, nbf: now(), exp: now() + 60 },
    ...changes,
  });
  const sign = (payload: Claims, { algorithm, privateKey }: Keys = signing.keys) =>
    new SignJWT(payload).setProtectedHeader({ alg: algorithm, typ: "oauth-authz-req+jwt" }).sign(privateKey);
  const push = (object: string) => site.push(signing, { fields: { ...WITHOUT, request: object } });

  const accepted = (name: string, changes: () => Claims) => {
    test(name, async () => {
      const verifier = randomBytes(32).toString("base64url");
      const pushed = await push(await sign(claims(verifier, changes())));
      expect(pushed.status, JSON.stringify(pushed.body)).to.equal(201);
      const redirect = await site.visit(site.site.newBrowser(), signing, pushed);
      const { status } = await site.redeem(signing, redirect ?? new URL("about:blank"), verifier);
      expect([status, redirect?.searchParams.get("state")]).to.deep.equal([200, "s-1"]);
    });
  };
  const refused = (name: string, object: () => Promise<string>) => {
    test(name, async () => {
      const { status, body } = await push(await object());
      expect([status, body["error"]]).to.deep.equal([400, "invalid_request_object"]);
      const query = new URLSearchParams({ client_id: signing.client.id, request: await object() });
      const page = await site.site.newBrowser().get(`/authorize?${query.toString()}`);
      expect(page.location).to.not.contain("/interaction/").and.not.contain("code=");
    });
  };
  const faulty = (name: string, changes: () => Claims) => {
    refused(name, () => sign(claims("verifier", changes())));
  };

  test("fapi2-security-profile-final-ensure-unsigned-request-at-par-endpoint-fails", async () => {
    const { status, body } = await site.push(signing);
    expect([status, body["error"]]).to.deep.equal([400, "invalid_request"]);
  });
  faulty("fapi2-security-profile-final-ensure-request-object-without-exp-fails", () => ({ exp: undefined }));
  faulty("fapi2-security-profile-final-ensure-request-object-without-nbf-fails", () => ({ nbf: undefined }));
  faulty("fapi2-security-profile-final-ensure-expired-request-object-fails", () => ({ exp: now() - 300 }));
  faulty("fapi2-security-profile-final-ensure-request-object-with-bad-aud-fails", () => ({
    aud: "https://elsewhere.test",
  }));
  accepted("fapi2-security-profile-final-ensure-request-object-with-multiple-aud-succeeds", () => ({
    aud: [ISSUER, "https://elsewhere.test"],
  }));
  faulty("fapi2-security-profile-final-ensure-request-object-with-exp-over-60-fails", () => ({
    nbf: now() - 60,
    exp: now() + HOUR - 30,
  }));
  faulty("fapi2-security-profile-final-ensure-request-object-with-nbf-over-60-fails", () => ({
    nbf: now() - HOUR - 60,
  }));
  accepted(
    "fapi2-security-profile-final-ensure-request-object-with-nbf-8-seconds-in-the-future-is-accepted",
    () => ({ nbf: now() + 8 }),
  );
  refused("fapi2-security-profile-final-ensure-signed-request-object-with-RS256-fails", async () =>
    sign(claims("verifier"), await makeKeys("RS256")),
  );
  refused("fapi2-security-profile-final-ensure-request-object-signature-algorithm-is-not-none", () =>
    Promise.resolve(new UnsecuredJWT(claims("verifier")).encode()),
  );
  refused("fapi2-security-profile-final-ensure-request-object-with-invalid-signature-fails", async () => {
    const [header, payload, signature = ""] = (await sign(claims("verifier"))).split(".");
    const start = signature.startsWith("A") ? "B" : "A";
    return [header, payload, `${start}${signature.slice(1)}`].join(".");
  });
  refused("fapi2-security-profile-final-ensure-matching-key-in-authorization-request", () =>
    sign(claims("verifier"), site.two.keys),
  );
  faulty("fapi2-security-profile-final-par-authorization-request-containing-request_uri", () => ({
    request_uri: "urn:ietf:params:oauth:request_uri:another",
  }));
});

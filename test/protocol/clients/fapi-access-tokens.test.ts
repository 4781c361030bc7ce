import { expect } from "chai";
import { createLocalJWKSet, jwtVerify, type JSONWebKeySet } from "jose";
import { assertionOf, makeKeyClient, postProved, proofOf } from "../../support/key-client.ts";
import { makeApplication } from "../../support/people.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

const API = "https://invoices.example";

describe("access tokens for the resource server of a FAPI application", () => {
  const vestibule = useVestibule();

  async function algorithmFor(changes: Readonly<Record<string, unknown>>): Promise<string> {
    const asking = await makeKeyClient(vestibule.services, {
      ...{ type: "machine", redirectUris: [], resources: [API] },
      ...changes,
    });
    const { status, body } = await postProved(vestibule.browser(), {
      path: "/token",
      fields: async () => ({
        grant_type: "client_credentials",
        resource: API,
        scope: "invoices:read",
        client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        client_assertion: await assertionOf(asking, vestibule.issuer),
      }),
      proof: (nonce) => proofOf(asking.dpop, { url: `${vestibule.issuer}/token`, nonce }),
    });
    expect(status, JSON.stringify(body)).to.equal(200);
    const keys = JSON.parse((await vestibule.browser().get("/jwks")).body) as JSONWebKeySet;
    const verified = await jwtVerify(String(body["access_token"]), createLocalJWKSet(keys));
    return verified.protectedHeader.alg;
  }

  it("are never signed with RS256, which FAPI 2.0 forbids, whatever the resource server has chosen", async () => {
    const server = { type: "machine", redirectUris: [], resourceIdentifier: API };
    await makeApplication(vestibule.services, { ...server, resourceScopes: ["invoices:read"] });
    expect(await algorithmFor({})).to.equal("RS256");
    expect(await algorithmFor({ fapi: true })).to.equal("ES256");
    expect(await algorithmFor({ fapi: true, idTokenAlgorithm: "PS256" })).to.equal("PS256");
  });
});

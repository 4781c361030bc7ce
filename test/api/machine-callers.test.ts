import { expect } from "chai";
import { API_PATH, apiResource } from "../../src/domain/applications/own-application.ts";
import { apiClient, type ApiAnswer } from "../support/api-client.ts";
import { assertionOf, makeKeyClient, postProved, proofOf } from "../support/key-client.ts";
import { scimClient } from "../support/scim-client.ts";
import { useVestibule } from "../support/use-vestibule.ts";

const LIMITED = ["ratelimit-policy", "ratelimit-limit", "ratelimit-remaining", "ratelimit-reset"];

describe("a program that asks without end", () => {
  const world = useVestibule({ office: {}, settings: { VESTIBULE_API_PER_MINUTE: "10" } });

  /** Two windows at most, so that one of them is full. */
  async function untilRefused(ask: () => Promise<Pick<ApiAnswer, "status" | "headers">>) {
    const replies = [await ask()];
    while (replies.length < 21 && replies.at(-1)?.status !== 429) {
      replies.push(await ask());
    }
    return { first: replies[0]?.headers ?? {}, last: replies.at(-1) };
  }

  it("T219 sees how many requests are left, and from an API and a directory alike when to go on", async () => {
    const machine = await apiClient(world, null, ["offices:read"]);
    const directory = await scimClient(world, world.office);
    for (const ask of [() => machine.get("/offices"), () => directory.get("/Users")]) {
      const { first, last } = await untilRefused(ask);
      expect(first).to.include({ "ratelimit-limit": "10", "ratelimit-remaining": "9" });
      expect(last?.status).to.equal(429);
      expect(last?.headers).to.include.keys(LIMITED);
      expect(last?.headers).to.include({ "ratelimit-remaining": "0" });
      expect(last?.headers["retry-after"]).to.equal(last?.headers["ratelimit-reset"]);
      expect(Number(last?.headers["retry-after"])).to.be.within(1, 60);
    }
    // Each has a count of its own.
    expect((await (await apiClient(world, null, ["offices:read"])).get("/offices")).status).to.equal(200);
  });
});

describe("a machine that proves itself by a key", () => {
  const world = useVestibule({ office: {} });

  it("T219 reaches the management API by private_key_jwt and a bound token, and no other key does", async () => {
    const machine = { type: "machine", redirectUris: [], homeUrl: null, firstParty: false, dpop: true };
    const keyed = await makeKeyClient(world.services, { ...machine, apiScopes: ["offices:read"] });
    const stranger = await makeKeyClient(world.services, { ...machine, apiScopes: ["offices:read"] });
    const tokenBy = ({ keys }: typeof keyed) =>
      postProved(world.browser(), {
        path: "/token",
        fields: async () => ({
          ...{ grant_type: "client_credentials", scope: "offices:read" },
          ...{ resource: apiResource(world.issuer), client_id: keyed.client.id },
          client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
          client_assertion: await assertionOf({ client: keyed.client, keys }, world.issuer),
        }),
        proof: (nonce) => proofOf(keyed.dpop, { url: `${world.issuer}/token`, nonce }),
      });
    expect((await tokenBy(stranger)).body).to.include({ error: "invalid_client" });
    const { body } = await tokenBy(keyed);
    expect(body).to.include({ token_type: "DPoP" });
    const access = String(body["access_token"]);
    const path = `${API_PATH}/offices`;
    const call = async ({ dpop }: typeof keyed) => {
      const proof = await proofOf(dpop, { method: "GET", url: `${world.issuer}${path}`, access });
      const headers = { authorization: `DPoP ${access}`, dpop: proof };
      return (await world.browser().send(path, { method: "GET", headers })).status;
    };
    expect([await call(keyed), await call(stranger)]).to.deep.equal([200, 401]);
  });
});

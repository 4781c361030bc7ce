import { expect } from "chai";
import type { Faults, FapiSite } from "./fapi-site.ts";
import type { AddTest } from "./plan.ts";
import { ISSUER } from "./relying-site.ts";

const NAME = "fapi2-security-profile-final-";
const now = () => Math.floor(Date.now() / 1000);

/** The modules about proofs (RFC 9449 section 4.3). */
export function proofModules(test: AddTest, at: () => FapiSite): void {
  /** The status at PAR, at the token endpoint and at userinfo of proofs that have this about them. */
  async function everywhere(site: FapiSite, proof: Faults["proof"]): Promise<number[]> {
    const pushed = await site.push(site.one, { proof });
    const right = await site.push(site.one);
    const redirect = await site.visit(site.site.newBrowser(), site.one, right);
    const redeemed = await site.redeem(site.one, redirect ?? new URL("about:blank"), right.verifier, {
      proof,
    });
    const { body } = await site.signIn(site.one);
    const answer = await site.resource(site.one, String(body["access_token"]), { proof });
    return [pushed.status, redeemed.status, answer.status];
  }

  for (const [name, seconds] of [
    ["ensure-dpopproof-with-iat-10seconds-before-succeeds", -10],
    ["ensure-dpopproof-with-iat-10seconds-after-succeeds", 10],
  ] as const) {
    test(`${NAME}${name}`, async () => {
      const statuses = await everywhere(at(), { claims: { iat: now() + seconds } });
      expect(statuses).to.deep.equal([201, 200, 200]);
    });
  }

  test(`${NAME}check-dpop-proof-nbf-exp`, async () => {
    expect(await everywhere(at(), { claims: { nbf: now() - 5, exp: now() + 60 } })).to.deep.equal([
      201, 200, 200,
    ]);
    expect(await everywhere(at(), { claims: { exp: now() - 60 } }), "ended").to.deep.equal([400, 400, 401]);
    expect(await everywhere(at(), { claims: { nbf: now() + 60 } }), "not begun").to.deep.equal([
      400, 400, 401,
    ]);
  });

  test(`${NAME}dpop-negative-tests`, async () => {
    const site = at();
    const { client, dpop } = site.one;
    const { publicJwk } = dpop;
    const FAULTY: Record<string, NonNullable<Faults["proof"]>> = {
      "no type": { header: { typ: undefined } },
      "another type": { header: { typ: "JWT" } },
      "no key": { header: { jwk: undefined } },
      "another key than the signature's": { header: { jwk: site.two.dpop.publicJwk } },
      "a private key": { header: { jwk: { ...publicJwk, d: "AAAA" } } },
      "no id": { claims: { jti: undefined } },
      "no method": { claims: { htm: undefined } },
      "another method": { claims: { htm: "PUT" } },
      "no address": { claims: { htu: undefined } },
      "another address": { claims: { htu: `${ISSUER}/elsewhere` } },
      "another host": { claims: { htu: "https://evil.test/token" } },
      "no time": { claims: { iat: undefined } },
    };
    for (const [name, proof] of Object.entries(FAULTY)) {
      expect(await everywhere(site, proof), name).to.deep.equal([400, 400, 401]);
    }
    const { body } = await site.signIn(site.one);
    for (const ath of [undefined, "x".repeat(43)]) {
      const answer = await site.resource(site.one, String(body["access_token"]), {
        proof: { claims: { ath } },
      });
      expect(answer.status, `ath ${String(ath)}`).to.equal(401);
    }
    const again = { claims: { jti: `once-${client.id}` } };
    expect((await site.push(site.one, { proof: again })).status, "the first time").to.equal(201);
    expect((await site.push(site.one, { proof: again })).status, "the same proof again").to.equal(400);
  });
}

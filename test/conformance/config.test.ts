import { expect } from "chai";
import { PLANS } from "./modules.ts";
import { describePlan } from "./plan.ts";
import { startRelyingSite } from "./relying-site.ts";
import { useResource } from "../support/suite-resource.ts";

/** OpenID Connect Discovery 1.0 section 3, REQUIRED and RECOMMENDED; RFC 9207 section 3. */
const NEEDED = [
  "issuer",
  "authorization_endpoint",
  "token_endpoint",
  "userinfo_endpoint",
  "jwks_uri",
  "scopes_supported",
  "response_types_supported",
  "grant_types_supported",
  "subject_types_supported",
  "id_token_signing_alg_values_supported",
  "claims_supported",
];

describePlan(PLANS.config, (test) => {
  const site = useResource(
    () => startRelyingSite(),
    (it) => it.stop(),
  );

  test("oidcc-discovery-endpoint-verification", async () => {
    const { issuer } = site.vestibule;
    const metadata = await site.discovery();
    expect(metadata).to.include.all.keys(...NEEDED);
    expect(metadata["issuer"]).to.equal(issuer);
    const addresses = Object.entries(metadata).filter(([name]) => /_(endpoint|uri)$/.test(name));
    addresses.forEach(([name, address]) => {
      expect(address, name).to.match(/^https:\/\/id\.conformance\.test\//);
    });
    expect(metadata["response_types_supported"]).to.include("code");
    expect(metadata["subject_types_supported"]).to.include("public");
    expect(metadata["scopes_supported"]).to.include("openid");
    // The one algorithm that every application knows (section 3).
    expect(metadata["id_token_signing_alg_values_supported"]).to.include("RS256").and.not.include("none");
    expect(metadata["claims_supported"]).to.include.members(["sub", "iss", "auth_time", "acr"]);
    const { body, headers } = await site.newBrowser().get("/jwks");
    expect(headers["content-type"]).to.match(/json/);
    const { keys } = JSON.parse(body) as { keys: Record<string, unknown>[] };
    expect(new Set(keys.map(({ kid }) => kid)).size, "different key ids").to.equal(keys.length);
    for (const key of keys) {
      expect(key).to.include.all.keys("kty", "kid", "alg", "use");
      expect(key).to.not.have.any.keys("d", "p", "q", "dp", "dq", "qi", "k", "priv");
    }
  });
});

import { expect } from "chai";
import { makeApplication, type TestApplication } from "../support/people.ts";
import { claimsOf } from "../support/relying-party.ts";
import { tokensFor, userinfo } from "../support/tokens.ts";
import { useVestibule } from "../support/use-vestibule.ts";

const GROUPS = ["NOORD", "NOORD:accountant"];

/** What each sends by its documents when groups are wanted, and where it looks for them. */
const CLIENTS = [
  // providers/oidc.go: allowed_groups adds the scope; ID token first, then userinfo.
  { name: "oauth2-proxy", scope: "openid email profile groups", reads: ["id", "info"] },
  // hscontrol/oidc.go: `scope` of its configuration; userinfo overrides the ID token.
  { name: "headscale", scope: "openid profile email groups", reads: ["id", "info"] },
  // util/oidc: requestedScopes and requestedIDTokenClaims; the ID token alone.
  {
    name: "Argo CD",
    scope: "openid profile email groups",
    claims: { id_token: { groups: { essential: true } } },
    reads: ["id"],
  },
  // pkg/login/social: scopes and groups_attribute_path = groups; ID token first, then userinfo.
  { name: "Grafana", scope: "openid email profile groups", reads: ["id", "info"] },
  // The API server with --oidc-groups-claim=groups: the ID token alone, so that it needs the switch.
  { name: "kubelogin", scope: "openid groups", reads: ["id"], switches: { idTokenClaims: true } },
  { name: "dex", scope: "openid profile email groups", reads: ["id"], switches: { idTokenClaims: true } },
] as const;

describe("the groups that an application decides by", function () {
  this.timeout(60_000);
  const vestibule = useVestibule({ office: { code: "NOORD" }, user: { role: "accountant" } });

  async function received(application: TestApplication, changes: Record<string, string>) {
    const browser = vestibule.browser();
    const { id, access } = await tokensFor(browser, application, vestibule.user, changes);
    return { id: claimsOf(id), info: (await userinfo(browser, access)).body };
  }

  for (const { name, scope, reads, ...rest } of CLIENTS) {
    it(`are found by ${name}: the office, and the role in it`, async () => {
      const switches = "switches" in rest ? rest.switches : {};
      const application = await makeApplication(vestibule.services, switches);
      const claims = "claims" in rest ? { claims: JSON.stringify(rest.claims) } : {};
      const found = await received(application, { scope, ...claims });
      const groups = reads.map((place) => found[place]["groups"]).find((value) => value !== undefined);
      expect(groups).to.deep.equal(GROUPS);
    });
  }

  it("T140 are in no answer without their scope", async () => {
    const application = await makeApplication(vestibule.services, { idTokenClaims: true });
    const claims = JSON.stringify({ id_token: { groups: { essential: true } }, userinfo: { groups: null } });
    const { id, info } = await received(application, { scope: "openid profile email", claims });
    expect([id["groups"], info["groups"]]).to.deep.equal([undefined, undefined]);
  });

  it("are announced, as the claims parameter is", async () => {
    const { body } = await vestibule.browser().get("/.well-known/openid-configuration");
    const discovered = JSON.parse(body) as Record<string, unknown>;
    expect(discovered["scopes_supported"]).to.include("groups");
    expect(discovered["claims_supported"]).to.include.members(["groups", "locale", "name", "email"]);
    expect(discovered["claims_parameter_supported"]).to.equal(true);
  });
});

import { expect } from "chai";
import { SCOPES, USER_CLAIMS } from "../../src/domain/applications/application-settings.ts";
import { CLAIM_WRITERS, NOT_RELEASED } from "../../src/protocol/claim-writers.ts";
import { CLAIMS } from "../../src/protocol/claims.ts";
import { useVestibule } from "../support/use-vestibule.ts";

/** About the sign-in and not about the user. */
const OF_THE_SIGN_IN = ["acr", "amr", "auth_time", "sid", "iss"];

describe("the table of who writes a claim", () => {
  const vestibule = useVestibule();

  it("T134 has every claim about a user that a scope releases, and no other", () => {
    const released = Object.values(CLAIMS)
      .flat()
      .filter((claim) => !OF_THE_SIGN_IN.includes(claim));
    expect(Object.keys(CLAIM_WRITERS)).to.have.members(released);
    expect(["sub", ...USER_CLAIMS]).to.have.members(released);
  });

  it("T134 says of no announced claim that no application gets it", async () => {
    const { body } = await vestibule.browser().get("/.well-known/openid-configuration");
    const discovered = JSON.parse(body) as Record<string, unknown>;
    expect(discovered["claims_supported"]).to.have.members([
      ...Object.keys(CLAIM_WRITERS),
      ...OF_THE_SIGN_IN,
    ]);
    expect(discovered["claims_supported"]).to.not.include.any.members([...NOT_RELEASED]);
    expect(discovered["scopes_supported"]).to.have.members([...SCOPES]);
  });
});

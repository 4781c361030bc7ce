import { expect } from "chai";
import { asOwner } from "../support/database.ts";
import { authorizationRequest, claimsOf, redeem, signIn } from "../support/relying-party.ts";
import { tokensOf, userinfo } from "../support/tokens.ts";
import { useVestibule } from "../support/use-vestibule.ts";

describe("the claim zoneinfo", () => {
  const vestibule = useVestibule({ application: { idTokenClaims: true } });

  async function zonesFor(zone: string | null, scope: string) {
    const user = await vestibule.makeUser({}, await vestibule.makeOffice());
    await asOwner(vestibule.database, "update users set time_zone = $2 where id = $1", [user.id, zone]);
    const browser = vestibule.browser();
    const request = authorizationRequest(vestibule.issuer, vestibule.application, { scope });
    const redirect = await signIn(browser, request, user);
    const tokens = tokensOf(await redeem(browser, vestibule.application, { redirect, request }));
    const { body } = await userinfo(browser, tokens.access);
    return [claimsOf(tokens.id)["zoneinfo"], body["zoneinfo"]];
  }

  it("comes with the scope profile where the user has chosen a time zone", async () => {
    expect(await zonesFor("Europe/Amsterdam", "openid profile")).to.deep.equal([
      "Europe/Amsterdam",
      "Europe/Amsterdam",
    ]);
  });

  it("stays away without a choice and without the scope", async () => {
    expect(await zonesFor(null, "openid profile")).to.deep.equal([undefined, undefined]);
    expect(await zonesFor("Europe/Amsterdam", "openid email")).to.deep.equal([undefined, undefined]);
  });
});

import { expect } from "chai";
import { asOwner } from "../support/database.ts";
import { authorizationRequest, redeem, signIn } from "../support/relying-party.ts";
import { statementsOf } from "../support/statements.ts";
import { tokensFor, userinfo } from "../support/tokens.ts";
import { useVestibule } from "../support/use-vestibule.ts";

/** Without offline_access, so that all tokens end with the session. */
const BOUND = { scope: "openid profile email" };

describe("what ends with the session of its user", () => {
  const vestibule = useVestibule({ office: {}, user: {}, application: {} });
  const { application, user } = vestibule;

  it("is read with that session, in one statement", async () => {
    const browser = vestibule.browser();
    const { access } = await tokensFor(browser, application, user, BOUND);
    expect(await statementsOf(() => userinfo(browser, access))).to.deep.equal(["oidc_find"]);
    const request = authorizationRequest(vestibule.issuer, application, BOUND);
    const redirect = await signIn(vestibule.browser(), request, user);
    const statements = await statementsOf(() => redeem(browser, application, { redirect, request }));
    expect(statements).to.deep.equal(["oidc_find", "oidc_write_consume_add"]);
  });

  it("is dead with that session", async () => {
    const browser = vestibule.browser();
    const { access } = await tokensFor(browser, application, user, BOUND);
    expect((await userinfo(browser, access)).status).to.equal(200);
    const ended = "delete from oidc_models where kind = 1 and account_id = $1";
    await asOwner(vestibule.database, ended, [user.id]);
    expect((await userinfo(browser, access)).status).to.equal(401);
  });
});

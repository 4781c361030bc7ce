import { expect } from "chai";
import { claimsOf, redeem } from "../support/relying-party.ts";
import { DAY, MINUTE, SECOND, travel } from "../support/time.ts";
import { introspect, refresh, revoke, tokensFor, tokensOf, userinfo } from "../support/tokens.ts";
import { useVestibule } from "../support/use-vestibule.ts";

describe("how long tokens live", () => {
  const vestibule = useVestibule({ office: {}, user: {}, application: {} });
  const { application, user } = vestibule;

  it("T68 takes a code after 58 seconds, and not after 61", async () => {
    const outcome = async (seconds: number) => {
      const browser = vestibule.browser();
      const request = vestibule.request();
      const redirect = await vestibule.signIn(browser, request);
      travel(seconds * SECOND);
      const { status, body } = await redeem(browser, application, { redirect, request });
      return status === 200 ? "tokens" : body["error"];
    };
    expect(await outcome(58)).to.equal("tokens");
    expect(await outcome(61)).to.equal("invalid_grant");
  });

  // oidc-provider allows 15 seconds for servers whose clocks differ.
  it("T68 ends an access token after 15 minutes, at userinfo and at introspection", async () => {
    const browser = vestibule.browser();
    const { access } = await tokensFor(browser, application, user);
    travel(15 * MINUTE - 5 * SECOND);
    expect((await userinfo(browser, access)).status).to.equal(200);
    expect((await introspect(browser, application, access)).body["active"]).to.equal(true);
    travel(21 * SECOND);
    expect((await userinfo(browser, access)).status).to.equal(401);
    expect((await introspect(browser, application, access)).body).to.deep.equal({ active: false });
  });

  it("T68 ends a revoked access token at once, at userinfo and at introspection", async () => {
    const browser = vestibule.browser();
    const { access } = await tokensFor(browser, application, user);
    expect((await revoke(browser, application, access)).status).to.equal(200);
    expect((await userinfo(browser, access)).status).to.equal(401);
    expect((await introspect(browser, application, access)).body).to.deep.equal({ active: false });
  });

  it("T68 ends the access token with a revoked refresh token", async () => {
    const browser = vestibule.browser();
    const tokens = await tokensFor(browser, application, user);
    await revoke(browser, application, tokens.refresh);
    expect((await userinfo(browser, tokens.access)).status).to.equal(401);
    expect((await refresh(browser, application, tokens.refresh)).body["error"]).to.equal("invalid_grant");
  });

  it("T68 ends a chain of refresh tokens 90 days after the sign-in although it is used daily", async () => {
    const browser = vestibule.browser();
    let { refresh: token } = await tokensFor(browser, application, user);
    for (let day = 1; day < 90; day += 1) {
      travel(DAY);
      ({ refresh: token } = tokensOf(await refresh(browser, application, token)));
    }
    travel(DAY + SECOND);
    const { status, body } = await refresh(browser, application, token);
    expect([status, body["error"]]).to.deep.equal([400, "invalid_grant"]);
  });

  it("T68 ends a refresh token that is not used for 14 days", async () => {
    const browser = vestibule.browser();
    const first = await tokensFor(browser, application, user);
    travel(14 * DAY - MINUTE);
    const second = tokensOf(await refresh(browser, application, first.refresh));
    travel(14 * DAY + SECOND);
    expect((await refresh(browser, application, second.refresh)).body["error"]).to.equal("invalid_grant");
  });

  it("T68 keeps how and when the user signed in through a refresh", async () => {
    const browser = vestibule.browser();
    const first = await tokensFor(browser, application, user);
    travel(DAY);
    const second = tokensOf(await refresh(browser, application, first.refresh));
    const { amr, acr, auth_time: authTime } = claimsOf(first.id);
    expect(authTime).to.be.a("number");
    expect(claimsOf(second.id)).to.deep.include({ amr, acr, auth_time: authTime });
  });

  it("gives tokens only as long as their settings say", async () => {
    const browser = vestibule.browser();
    const request = vestibule.request();
    const redirect = await vestibule.signIn(browser, request);
    const { body } = await redeem(browser, application, { redirect, request });
    expect(body["expires_in"]).to.equal(15 * 60);
    const { iat, exp } = claimsOf(body["id_token"]);
    expect(Number(exp) - Number(iat)).to.equal(60 * 60);
  });
});

import { expect } from "chai";
import { makeApplication, type TestApplication, type TestUser } from "../../support/people.ts";
import { authorizationRequest, callToken, claimsOf, redeem } from "../../support/relying-party.ts";
import { giveApp, givePassword, makeStrictUser, sendForm } from "../../support/second-factor.ts";
import { openSignIn } from "../../support/relying-party.ts";
import { MINUTE, travel } from "../../support/time.ts";
import { introspect, refresh, tokensOf } from "../../support/tokens.ts";
import { totpNow } from "../../support/totp.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

const JWT_API = "https://invoices.example";
const OPAQUE_API = "https://payroll.example";
const MACHINE = { type: "machine", redirectUris: [], firstParty: false };

describe("what a resource server hears of the sign-in", () => {
  const vestibule = useVestibule({ user: {} });
  let web: TestApplication;
  let payroll: TestApplication;
  let machine: TestApplication;
  before(async () => {
    const { services } = vestibule;
    const scopes = { resourceScopes: ["read"] };
    await makeApplication(services, { ...MACHINE, ...scopes, resourceIdentifier: JWT_API });
    const opaque = { resourceIdentifier: OPAQUE_API, resourceTokens: "opaque" };
    payroll = await makeApplication(services, { ...MACHINE, ...scopes, ...opaque });
    web = await makeApplication(services, { resources: [JWT_API, OPAQUE_API] });
    machine = await makeApplication(services, { ...MACHINE, resources: [JWT_API] });
  });

  async function tokens(user: TestUser, resource: string, secret: string | null) {
    const browser = vestibule.browser();
    const scope = "openid offline_access read";
    const request = authorizationRequest(vestibule.issuer, web, { resource, scope });
    const page = await givePassword(browser, await openSignIn(browser, request), user);
    const { location } = secret === null ? page : await sendForm(browser, page, { code: totpNow(secret) });
    return tokensOf(await redeem(browser, web, { redirect: new URL(location), request }));
  }
  /** What a JWT for the resource server says, after a refresh that names it. */
  const jwtClaims = async (token: string) =>
    claimsOf(tokensOf(await refresh(vestibule.browser(), web, token, { resource: JWT_API })).access);
  const proofIn = ({ acr, amr, auth_time: at }: Record<string, unknown>) => ({ acr, amr, at });

  it("T135 T26 is how and when the user signed in, as the ID token has it, also after a refresh (RFC 9068)", async () => {
    const user = await makeStrictUser(vestibule.services);
    const { secret } = await giveApp(vestibule.services, user);
    const first = await tokens(user, JWT_API, secret);
    const expected = proofIn(claimsOf(first.id));
    expect(expected).to.deep.include({ acr: "urn:vestibule:acr:2", amr: ["pwd", "otp", "mfa"] });
    travel(10 * MINUTE);
    expect(proofIn(await jwtClaims(first.refresh))).to.deep.equal(expected);
  });

  it("T135 T26 is the same at introspection, for tokens that are references", async () => {
    const first = await tokens(vestibule.user, OPAQUE_API, null);
    const named = await refresh(vestibule.browser(), web, first.refresh, { resource: OPAQUE_API });
    const seen = await introspect(vestibule.browser(), payroll, tokensOf(named).access);
    expect(seen.body["active"]).to.equal(true);
    expect(proofIn(seen.body)).to.deep.equal(proofIn(claimsOf(first.id)));
    expect(seen.body).to.deep.include({ acr: "urn:vestibule:acr:1", amr: ["pwd"] });
  });

  it("is nothing where no user signed in", async () => {
    const fields = { grant_type: "client_credentials", resource: JWT_API, scope: "read" };
    const { body } = await callToken(vestibule.browser(), machine, fields);
    expect(claimsOf(String(body["access_token"]))).to.not.have.any.keys("acr", "amr", "auth_time");
  });
});

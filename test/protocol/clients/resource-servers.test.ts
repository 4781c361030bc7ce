import { expect } from "chai";
import { createLocalJWKSet, jwtVerify, type JSONWebKeySet } from "jose";
import { makeKeys, postProved, proofOf } from "../../support/key-client.ts";
import { makeApplication, type TestApplication } from "../../support/people.ts";
import { authorizationRequest, basic, callToken, redeem } from "../../support/relying-party.ts";
import { introspect, refresh, revoke, userinfo } from "../../support/tokens.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

const JWT_API = "https://invoices.example";
const OPAQUE_API = "https://payroll.example";
const MACHINE = { type: "machine", redirectUris: [], firstParty: false };

describe("tokens for resource servers", () => {
  const vestibule = useVestibule({ user: {} });
  let web: TestApplication;
  let machine: TestApplication;
  let payroll: TestApplication;
  let stranger: TestApplication;

  before(async () => {
    const { services } = vestibule;
    await makeApplication(services, {
      ...MACHINE,
      name: "Invoices",
      resourceIdentifier: JWT_API,
      resourceScopes: ["invoices:read", "invoices:write"],
    });
    payroll = await makeApplication(services, {
      ...MACHINE,
      name: "Payroll",
      resourceIdentifier: OPAQUE_API,
      resourceScopes: ["payroll:read"],
      resourceTokens: "opaque",
    });
    web = await makeApplication(services, { resources: [JWT_API, OPAQUE_API] });
    machine = await makeApplication(services, { ...MACHINE, resources: [JWT_API, OPAQUE_API] });
    stranger = await makeApplication(services, MACHINE);
  });

  /** A resource server's own look at a token: signature, issuer, audience and type (RFC 9068 section 4). */
  async function judge(token: unknown, audience: string) {
    const keys = JSON.parse((await vestibule.browser().get("/jwks")).body) as JSONWebKeySet;
    const expected = { issuer: vestibule.issuer, audience, typ: "at+jwt" };
    return (await jwtVerify(String(token), createLocalJWKSet(keys), expected)).payload;
  }

  const forMachine = (fields: Record<string, string>, asked = machine) =>
    callToken(vestibule.browser(), asked, { grant_type: "client_credentials", ...fields });

  async function forPerson(resource: string, scope: string) {
    const browser = vestibule.browser();
    const request = authorizationRequest(vestibule.issuer, web, { resource, scope });
    const redirect = await vestibule.signIn(browser, request);
    return redeem(browser, web, { redirect, request });
  }

  it("are JWTs that name issuer, audience, application and scopes (RFC 9068)", async () => {
    const { status, body } = await forMachine({ resource: JWT_API, scope: "invoices:read" });
    expect([status, body["scope"]]).to.deep.equal([200, "invoices:read"]);
    const claims = await judge(body["access_token"], JWT_API);
    expect(claims).to.include({ sub: machine.id, client_id: machine.id, scope: "invoices:read" });
    expect(claims).to.include.all.keys("iat", "exp", "jti");
    expect(Number(claims.exp) - Number(claims.iat)).to.equal(15 * 60);
  });

  it("are for a person when a person has signed in", async () => {
    const { status, body } = await forPerson(JWT_API, "openid offline_access invoices:write");
    expect(status, JSON.stringify(body)).to.equal(200);
    const withResource = await refresh(vestibule.browser(), web, String(body["refresh_token"]), {
      resource: JWT_API,
    });
    const claims = await judge(withResource.body["access_token"], JWT_API);
    expect(claims).to.include({ sub: vestibule.user.id, client_id: web.id, scope: "invoices:write" });
    expect((await userinfo(vestibule.browser(), String(withResource.body["access_token"]))).status).to.equal(
      401,
    );
  });

  it("are good for one resource server alone", async () => {
    const { body } = await forMachine({ resource: JWT_API, scope: "invoices:read" });
    const elsewhere = await judge(body["access_token"], OPAQUE_API).catch(() => "refused");
    expect(elsewhere).to.equal("refused");
  });

  it("hold no scope that the resource server does not know", async () => {
    const { body } = await forMachine({ resource: JWT_API, scope: "invoices:read payroll:read admin" });
    expect((await judge(body["access_token"], JWT_API))["scope"]).to.equal("invoices:read");
  });

  it("go to no application that may not ask for them, and reveal to nobody what there is", async () => {
    const known = await forMachine({ resource: JWT_API, scope: "invoices:read" }, stranger);
    const unknown = await forMachine(
      { resource: "https://nobody.example", scope: "invoices:read" },
      stranger,
    );
    expect([known.status, known.body["error"]]).to.deep.equal([400, "invalid_target"]);
    expect(known.body).to.deep.equal(unknown.body);
    for (const resource of [
      "invoices",
      `${JWT_API}#x`,
      `${JWT_API}/`,
      "https://invoices.example.evil.test",
    ]) {
      const { body } = await forMachine({ resource, scope: "invoices:read" });
      expect(body["error"], resource).to.equal("invalid_target");
    }
  });

  it("T69 are looked at by the resource server that they are meant for, and by their application", async () => {
    const { body } = await forMachine({ resource: OPAQUE_API, scope: "payroll:read" });
    const token = String(body["access_token"]);
    const introspected = await introspect(vestibule.browser(), payroll, token);
    expect(introspected.body).to.include({
      active: true,
      aud: OPAQUE_API,
      client_id: machine.id,
      scope: "payroll:read",
    });
    expect((await introspect(vestibule.browser(), machine, token)).body["active"]).to.equal(true);
    for (const asked of [stranger, web]) {
      expect((await introspect(vestibule.browser(), asked, token)).body).to.deep.equal({ active: false });
    }
  });

  it("T69 reveals nothing to a resource server about tokens that are not for it", async () => {
    const { body } = await forPerson(OPAQUE_API, "openid offline_access payroll:read");
    const ofUser = { scope: "openid" };
    const renewed = await refresh(vestibule.browser(), web, String(body["refresh_token"]), ofUser);
    for (const token of [renewed.body["access_token"], body["refresh_token"]]) {
      expect((await introspect(vestibule.browser(), payroll, String(token))).body).to.deep.equal({
        active: false,
      });
    }
  });

  it("T69 lets a resource server revoke nothing", async () => {
    const { body } = await forMachine({ resource: OPAQUE_API, scope: "payroll:read" });
    await revoke(vestibule.browser(), payroll, String(body["access_token"]));
    expect(
      (await introspect(vestibule.browser(), payroll, String(body["access_token"]))).body["active"],
    ).to.equal(true);
    await revoke(vestibule.browser(), machine, String(body["access_token"]));
    expect(
      (await introspect(vestibule.browser(), payroll, String(body["access_token"]))).body["active"],
    ).to.equal(false);
  });

  it("are bound to the key of the client that proved one (RFC 9449)", async () => {
    const keys = await makeKeys();
    const { body } = await postProved(vestibule.browser(), {
      path: "/token",
      headers: { authorization: basic(machine.id, machine.secret ?? "") },
      fields: () =>
        Promise.resolve({ grant_type: "client_credentials", resource: JWT_API, scope: "invoices:read" }),
      proof: (nonce) => proofOf(keys, { url: `${vestibule.issuer}/token`, nonce }),
    });
    expect(body["token_type"]).to.equal("DPoP");
    expect((await judge(body["access_token"], JWT_API))["cnf"])
      .to.have.property("jkt")
      .that.is.a("string");
  });

  it("belong to one resource server of a name", async () => {
    const again = makeApplication(vestibule.services, { ...MACHINE, resourceIdentifier: JWT_API });
    expect(await again.catch((error: unknown) => String(error))).to.contain(
      `There is a resource server ${JWT_API} already`,
    );
  });
});

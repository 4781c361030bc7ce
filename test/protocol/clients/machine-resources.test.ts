import { expect } from "chai";
import { captureLog } from "../../support/log-capture.ts";
import { makeApplication, type TestApplication } from "../../support/people.ts";
import { callToken, claimsOf } from "../../support/relying-party.ts";
import { postAs } from "../../support/program.ts";
import { introspect } from "../../support/tokens.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

const JWT_API = "https://invoices.example";
const OPAQUE_API = "https://payroll.example";
const MACHINE = { type: "machine", redirectUris: [], firstParty: false };

describe("a machine that asks for a token", () => {
  const vestibule = useVestibule();
  let payroll: TestApplication;
  let one: TestApplication;
  let two: TestApplication;
  let none: TestApplication;

  before(async () => {
    const { services } = vestibule;
    await makeApplication(services, {
      ...{ ...MACHINE, resourceIdentifier: JWT_API },
      resourceScopes: ["invoices:read", "invoices:write"],
    });
    payroll = await makeApplication(services, {
      ...{ ...MACHINE, resourceIdentifier: OPAQUE_API, resourceTokens: "opaque" },
      resourceScopes: ["payroll:read"],
    });
    one = await makeApplication(services, { ...MACHINE, resources: [JWT_API] });
    two = await makeApplication(services, { ...MACHINE, resources: [JWT_API, OPAQUE_API] });
    none = await makeApplication(services, MACHINE);
  });

  const ask = async (as: TestApplication, fields: Readonly<Record<string, string>> = {}) => {
    const { status, body } = await callToken(vestibule.browser(), as, {
      grant_type: "client_credentials",
      ...fields,
    });
    const { error = null, error_description: said = "", scope = null, access_token: token } = body;
    return { status, error, said: String(said), scope, token: String(token), body };
  };

  it("gets one for the only resource server that it may ask for, without naming it", async () => {
    for (const fields of [{}, { resource: "" }, { audience: "" }, { resource: JWT_API }]) {
      const { status, token, scope } = await ask(one, { scope: "invoices:read", ...fields });
      expect([status, scope], JSON.stringify(fields)).to.deep.equal([200, "invoices:read"]);
      expect(claimsOf(token)).to.include({ aud: JWT_API, scope: "invoices:read", sub: one.id });
    }
    const opaque = await makeApplication(vestibule.services, { ...MACHINE, resources: [OPAQUE_API] });
    const { token } = await ask(opaque, { scope: "payroll:read" });
    const seen = await introspect(vestibule.browser(), payroll, token);
    expect(seen.body).to.include({ active: true, aud: OPAQUE_API, scope: "payroll:read" });
    expect(seen.body["sub"], "as in a JWT").to.equal(opaque.id);
  });

  it("may name it as the audience, as many libraries do", async () => {
    const { status, token } = await ask(two, { scope: "payroll:read", audience: OPAQUE_API });
    expect(status).to.equal(200);
    expect((await introspect(vestibule.browser(), payroll, token)).body["active"]).to.equal(true);
    expect(claimsOf((await ask(two, { audience: JWT_API })).token)["aud"]).to.equal(JWT_API);
  });

  it("reads that it has to name one of several, and which", async () => {
    const { status, error, said } = await ask(two, { scope: "invoices:read" });
    expect([status, error]).to.deep.equal([400, "invalid_target"]);
    expect(said).to.equal(`name a resource: send resource with one of ${JWT_API}, ${OPAQUE_API}`);
  });

  it("reads that it may ask for none, and what to do", async () => {
    for (const scope of ["", "invoices:read", "openid"]) {
      const { status, error, said } = await ask(none, { scope });
      expect([status, error], scope).to.deep.equal([400, "invalid_target"]);
      expect(said).to.contain("name a resource").and.contain("registered for none");
    }
  });

  it("T142 gets no token for a resource server that it may not ask for, by whatever name, and none for two", async () => {
    for (const [as, fields] of [
      [one, { resource: OPAQUE_API }],
      [one, { audience: OPAQUE_API }],
      [one, { audience: "https://nobody.example" }],
      [one, { audience: "payroll" }],
      [none, { audience: JWT_API }],
      [none, { resource: JWT_API }],
    ] as const) {
      const { status, error, said } = await ask(as, fields);
      expect([status, error], JSON.stringify(fields)).to.deep.equal([400, "invalid_target"]);
      expect(said).to.match(/resource/);
    }
    for (const name of ["resource", "audience"]) {
      const { body } = await postAs(vestibule.browser(), two, {
        url: "/token",
        body: new URLSearchParams([
          ["grant_type", "client_credentials"],
          [name, JWT_API],
          [name, OPAQUE_API],
        ]).toString(),
      });
      expect(JSON.parse(body), name).to.include({ error: "invalid_target" });
    }
    const both = await ask(two, { resource: JWT_API, audience: OPAQUE_API });
    expect(claimsOf(both.token)["aud"], "the resource counts").to.equal(JWT_API);
    const own = await ask(payroll, { scope: "payroll:read" });
    expect([own.status, own.error], "for itself").to.deep.equal([400, "invalid_target"]);
  });

  it("T142 cannot tell a resource server that exists from one that does not", async () => {
    const [known, unknown] = [
      await ask(one, { audience: OPAQUE_API }),
      await ask(one, { audience: "https://nobody.example" }),
    ];
    expect(known.body).to.deep.equal(unknown.body);
    expect(known.said).to.contain(JWT_API).and.not.contain(OPAQUE_API);
  });

  it("reads which scopes there are when it asks for none of them", async () => {
    for (const scope of [
      "admin",
      "payroll:read",
      "openid",
      "openid profile",
      "invoices:read,invoices:write",
    ]) {
      const { status, error, said } = await ask(one, { scope });
      expect([status, error], scope).to.deep.equal([400, "invalid_scope"]);
      expect(said).to.match(/ask for at least one of invoices:read, invoices:write$/);
    }
    const bare = await makeApplication(vestibule.services, {
      ...{ ...MACHINE, resourceIdentifier: "https://bare.example" },
    });
    const asking = await makeApplication(vestibule.services, {
      ...MACHINE,
      resources: ["https://bare.example"],
    });
    expect(bare.application.resourceScopes).to.deep.equal([]);
    expect((await ask(asking, { scope: "admin" })).said).to.equal(
      "scope admin is unknown here; the resource server has no scopes, so leave scope out",
    );
    expect((await ask(asking)).status).to.equal(200);
  });

  it("reads in the answer which of its scopes were granted, and the log has the others", async () => {
    const lines = captureLog(vestibule.services.log);
    const { status, scope, token } = await ask(one, { scope: "openid invoices:read admin" });
    expect([status, scope, claimsOf(token)["scope"]]).to.deep.equal([200, "invoices:read", "invoices:read"]);
    const found = lines.find(({ msg }) => msg === "scopes of a request were ignored");
    expect(found?.["scopes"]).to.deep.equal(["openid", "admin"]);
    expect(found).to.include({ level: "warn", application: one.id, endpoint: "/token" });
  });

  it("gets no scope that it did not ask for", async () => {
    const { status, scope, token } = await ask(one);
    expect([status, scope, claimsOf(token)["scope"]]).to.deep.equal([200, null, undefined]);
  });
});

import { expect } from "chai";
import { SignJWT, UnsecuredJWT } from "jose";
import { makeKeys } from "../support/key-client.ts";
import { makeApplication, type TestApplication } from "../support/people.ts";
import { callToken } from "../support/relying-party.ts";
import { postAs } from "../support/program.ts";
import { MINUTE, travel } from "../support/time.ts";
import { revoke, tokensFor } from "../support/tokens.ts";
import { useVestibule } from "../support/use-vestibule.ts";

const JWT_API = "https://invoices.example";
const OPAQUE_API = "https://payroll.example";
const MACHINE = { type: "machine", redirectUris: [], firstParty: false };

describe("introspection of a token that its caller has no part in", () => {
  const vestibule = useVestibule({ user: {}, application: {} });
  let invoices: TestApplication;
  let payroll: TestApplication;
  let machine: TestApplication;

  before(async () => {
    const { services } = vestibule;
    const scopes = { resourceScopes: ["read"] };
    invoices = await makeApplication(services, { ...MACHINE, ...scopes, resourceIdentifier: JWT_API });
    payroll = await makeApplication(services, {
      ...MACHINE,
      ...scopes,
      ...{ resourceIdentifier: OPAQUE_API, resourceTokens: "opaque" },
    });
    machine = await makeApplication(services, { ...MACHINE, resources: [JWT_API, OPAQUE_API] });
  });

  async function tokenFor(resource: string): Promise<string> {
    const fields = { grant_type: "client_credentials", resource, scope: "read" };
    const { body } = await callToken(vestibule.browser(), machine, fields);
    return String(body["access_token"]);
  }

  async function foreignJwt(claims: Record<string, unknown>): Promise<string> {
    const keys = await makeKeys();
    return new SignJWT({ aud: JWT_API, scope: "read", ...claims })
      .setProtectedHeader({ alg: keys.algorithm, typ: "at+jwt" })
      .setExpirationTime("5m")
      .sign(keys.privateKey);
  }

  /** The answer to each application that may ask. */
  async function expectInactive(token: string, what: string): Promise<void> {
    for (const asking of [payroll, invoices, vestibule.application]) {
      for (const hint of [{}, { token_type_hint: "access_token" }, { token_type_hint: "refresh_token" }]) {
        const { status, headers, body } = await postAs(vestibule.browser(), asking, {
          url: "/introspect",
          fields: { token, ...hint },
        });
        expect([status, JSON.parse(body)], what).to.deep.equal([200, { active: false }]);
        expect(headers["cache-control"], what).to.equal("no-store");
      }
    }
  }

  it("T69 says that it is not active, whatever it looks like (RFC 7662 section 2.2)", async () => {
    for (const [what, token] of Object.entries({
      "a word": "x",
      "a code's length": "u".repeat(43),
      "many words": "a b c",
      "other letters": "é\u0000ü",
      "a long text": "t".repeat(20_000),
      dots: "...",
      "half a JWT": "eyJhbGciOiJFUzI1NiJ9.e30",
      "a JWT without claims": "eyJhbGciOiJFUzI1NiJ9.e30.AAAA",
      "an encrypted JWT": "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0..AAAA.AAAA.AAAA",
      "an unsigned JWT": new UnsecuredJWT({ aud: JWT_API }).setIssuer(vestibule.issuer).encode(),
      "a JWT of another issuer": await foreignJwt({ iss: "https://evil.test" }),
      "a JWT that says it is ours": await foreignJwt({ iss: vestibule.issuer, client_id: machine.id }),
    })) {
      await expectInactive(token, what);
    }
  });

  it("T69 says so of a token for another audience, and of one that has ended", async () => {
    const jwt = await tokenFor(JWT_API);
    const opaque = await tokenFor(OPAQUE_API);
    const { id } = await tokensFor(vestibule.browser(), vestibule.application, vestibule.user);
    await expectInactive(jwt, "a JWT");
    await expectInactive(id, "an ID token");
    const { body } = await postAs(vestibule.browser(), payroll, {
      url: "/introspect",
      fields: { token: opaque },
    });
    expect(JSON.parse(body), "its own").to.include({ active: true, aud: OPAQUE_API });
    travel(16 * MINUTE);
    await expectInactive(jwt, "an expired JWT");
    await expectInactive(opaque, "an expired reference");
  });

  it("T72 says it to no program that does not prove who it is", async () => {
    for (const token of ["x", await foreignJwt({})]) {
      const asking = { id: payroll.id, secret: "wrong" };
      const { status, body } = await postAs(vestibule.browser(), asking, {
        url: "/introspect",
        fields: { token },
      });
      expect([status, (JSON.parse(body) as Record<string, unknown>)["error"]]).to.deep.equal([
        401,
        "invalid_client",
      ]);
    }
  });

  it("keeps the error for a request without a token", async () => {
    const { status } = await postAs(vestibule.browser(), payroll, { url: "/introspect", fields: {} });
    expect(status).to.equal(400);
  });

  it("says at a revocation that a JWT cannot be revoked, and what to revoke instead (RFC 7009 section 2.2.1)", async () => {
    const { status, body } = await revoke(vestibule.browser(), machine, await tokenFor(JWT_API));
    expect([status, body["error"]]).to.deep.equal([400, "unsupported_token_type"]);
    expect(body["error_description"]).to.contain("revoke the refresh token");
  });
});

import { expect } from "chai";
import { newApplicationSchema, rotatesRefreshTokens } from "../../../src/domain/applications/application.ts";
import {
  APPLICATION_TYPE,
  APPLICATION_TYPES,
  rulesOf,
} from "../../../src/domain/applications/application-types.ts";
import { jwksOf, makeKeys } from "../../support/key-client.ts";

const WEB = { type: "web", name: "Ledger", firstParty: true, redirectUris: ["https://app.test/cb"] };
const MACHINE = { type: "machine", name: "Export" };

/** The fields that an application is refused for. */
function faultsOf(application: object): string[] {
  const { error } = newApplicationSchema.safeParse(application);
  return [...new Set((error?.issues ?? []).map(({ path }) => path.join(".")))];
}

describe("types of applications", () => {
  it("are one table that knows every type and no other", () => {
    expect(Object.keys(APPLICATION_TYPE)).to.have.members([...APPLICATION_TYPES]);
  });

  it("have no implicit grant, no password grant, and PKCE for applications that cannot keep a secret", () => {
    for (const type of APPLICATION_TYPES) {
      const { grants, authentication, pkce } = rulesOf(type);
      grants.forEach((grant) => {
        expect(grant).to.be.oneOf(["authorization_code", "refresh_token", "client_credentials"]);
      });
      expect(authentication[0] === "none" ? pkce : "always").to.equal("always");
    }
  });

  it("begin with the strict choice", () => {
    const plain = newApplicationSchema.parse(WEB);
    expect(plain).to.include({
      idTokenAlgorithm: "RS256",
      withoutPkce: false,
      refreshGraceSeconds: 10,
      rotateRefreshTokens: false,
      resourceTokens: "jwt",
    });
    expect(plain.resources).to.be.empty;
  });

  it("T139 replace the refresh tokens of all that have no secret and no key, and of others that ask for it", () => {
    const isRotating = (changes: object) =>
      rotatesRefreshTokens(newApplicationSchema.parse({ ...WEB, ...changes }));
    expect(isRotating({})).to.equal(false);
    expect(isRotating({ rotateRefreshTokens: true })).to.equal(true);
    expect(isRotating({ type: "browser" })).to.equal(true);
    expect(isRotating({ type: "native", redirectUris: ["com.example.ledger:/cb"] })).to.equal(true);
    expect(faultsOf({ ...MACHINE, rotateRefreshTokens: true })).to.deep.equal(["rotateRefreshTokens"]);
  });

  it("keep a token that FAPI 2.0 has replaced good for as long as a lost answer takes", async () => {
    const fapi = { ...WEB, fapi: true, jwks: jwksOf(await makeKeys()), rotateRefreshTokens: true };
    expect(faultsOf(fapi)).to.deep.equal(["rotateRefreshTokens"]);
    expect(faultsOf({ ...fapi, refreshGraceSeconds: 60 })).to.be.empty;
  });

  it("T72 give keys to those that can keep them", async () => {
    const jwks = jwksOf(await makeKeys());
    const withKeys = { authentication: "private_key_jwt", jwks };
    expect(faultsOf({ ...WEB, ...withKeys })).to.be.empty;
    expect(faultsOf({ ...MACHINE, ...withKeys })).to.be.empty;
    for (const type of ["native", "browser"]) {
      expect(faultsOf({ ...WEB, ...withKeys, type }), type).to.include("authentication");
      expect(faultsOf({ ...WEB, type, authentication: "secret" }), type).to.include("authentication");
    }
    expect(faultsOf({ ...WEB, authentication: "none" })).to.include("authentication");
  });

  it("T72 want keys in one place, public, and long enough", async () => {
    const keys = await makeKeys();
    const jwks = jwksOf(keys);
    const how = { ...WEB, authentication: "private_key_jwt" };
    expect(faultsOf(how), "none").to.include("jwksUri");
    expect(faultsOf({ ...how, jwks, jwksUri: "https://app.test/jwks" }), "both").to.include("jwksUri");
    const refused = {
      "a private key": { ...keys.publicJwk, d: "AAAA" },
      "a secret": { kty: "oct", k: "AAAA" },
      "a short RSA key": { kty: "RSA", e: "AQAB", n: Buffer.alloc(128, 1).toString("base64url") },
      "another curve": { kty: "EC", crv: "secp256k1", x: "A", y: "A" },
      "another kind": { kty: "XYZ" },
    };
    for (const [name, key] of Object.entries(refused)) {
      expect(faultsOf({ ...how, jwks: { keys: [key] } }), name).to.include("jwks");
    }
    expect(faultsOf({ ...how, jwks: { keys: [] } }), "no key").to.not.be.empty;
  });

  it("T78 take https addresses of keys alone", () => {
    for (const jwksUri of [
      "http://app.test/jwks",
      "file:///etc/passwd",
      "javascript:alert(1)",
      "https://u@a.test/",
    ]) {
      expect(faultsOf({ ...WEB, authentication: "private_key_jwt", jwksUri }), jwksUri).to.include("jwksUri");
    }
  });

  it("hold FAPI 2.0 whole or not at all", async () => {
    const fapi = { ...WEB, fapi: true, jwks: jwksOf(await makeKeys()) };
    expect(faultsOf(fapi)).to.be.empty;
    expect(newApplicationSchema.parse(fapi).idTokenAlgorithm, "RS256 is forbidden").to.equal("ES256");
    expect(faultsOf({ ...fapi, idTokenAlgorithm: "PS256" })).to.be.empty;
    expect(faultsOf({ ...fapi, jwks: null })).to.include("jwksUri");
    expect(faultsOf({ ...fapi, authentication: "secret" })).to.include("authentication");
    expect(faultsOf({ ...fapi, idTokenAlgorithm: "RS256" })).to.include("fapi");
    expect(faultsOf({ ...fapi, withoutPkce: true })).to.include("fapi");
    expect(faultsOf({ ...fapi, redirectUris: ["http://localhost/cb"] })).to.include("fapi");
    expect(faultsOf({ ...fapi, type: "browser" })).to.include("fapi");
  });

  it("name resource servers by addresses, and give them to clients that may ask for them", () => {
    for (const identifier of [
      "api",
      "urn:x",
      "https://a.test/#x",
      "https://a.test/?x",
      "https://u:p@a.test",
    ]) {
      expect(faultsOf({ ...MACHINE, resourceIdentifier: identifier }), identifier).to.include(
        "resourceIdentifier",
      );
      expect(faultsOf({ ...MACHINE, resources: [identifier] }), identifier).to.include("resources");
    }
    const resources = ["https://api.test"];
    expect(faultsOf({ ...MACHINE, resources })).to.be.empty;
    expect(faultsOf({ ...WEB, resources })).to.be.empty;
    expect(faultsOf({ ...WEB, resources, firstParty: false })).to.be.empty;
  });
});

import { expect } from "chai";
import { createLocalJWKSet, jwtVerify, type JSONWebKeySet } from "jose";
import { HttpBrowser } from "../support/http-browser.ts";
import { makeKeys, postProved, proofOf } from "../support/key-client.ts";
import { makeApplication, makeOffice, makeUser, type TestUser } from "../support/people.ts";
import { authorizationRequest, signIn } from "../support/relying-party.ts";
import { tokensFor } from "../support/tokens.ts";
import { startVestibule, type TestVestibule } from "../support/vestibule.ts";

describe("what an application may ask for beyond the usual", () => {
  let vestibule: TestVestibule;
  let user: TestUser;
  const newBrowser = () => new HttpBrowser(vestibule.issuer, vestibule.settings.port);

  before(async () => {
    vestibule = await startVestibule();
    user = await makeUser(vestibule.services, await makeOffice(vestibule.services));
  });
  after(() => vestibule.stop());

  it("is userinfo as a JWT that is signed for it", async () => {
    const application = await makeApplication(vestibule.services, { signedUserinfo: true });
    const { access } = await tokensFor(newBrowser(), application, user);
    const headers = { authorization: `Bearer ${access}` };
    const { body, headers: told } = await newBrowser().get("/userinfo", { headers });
    expect(told["content-type"]).to.contain("application/jwt");
    const keys = JSON.parse((await newBrowser().get("/jwks")).body) as JSONWebKeySet;
    const expected = { issuer: vestibule.issuer, audience: application.id };
    const { payload } = await jwtVerify(body, createLocalJWKSet(keys), expected);
    expect(payload).to.include({ sub: user.id, name: "Sanne Bakker" });
  });

  for (const type of ["web", "browser", "native"]) {
    it(`is a token that a stolen copy opens nothing with, for a ${type} application`, async () => {
      const application = await makeApplication(vestibule.services, { type, dpop: true });
      const keys = await makeKeys();
      const browser = newBrowser();
      const request = authorizationRequest(vestibule.issuer, application);
      const redirect = await signIn(browser, request, user);
      const { id, secret } = application;
      const authentication = secret === null ? { client_id: id } : { client_id: id, client_secret: secret };
      const fields = () =>
        Promise.resolve({
          grant_type: "authorization_code",
          code: redirect.searchParams.get("code") ?? "",
          redirect_uri: application.redirectUri,
          code_verifier: request.verifier,
          ...authentication,
        });
      const proof = (nonce: string | undefined) => proofOf(keys, { url: `${vestibule.issuer}/token`, nonce });
      const answer = await postProved(browser, { path: "/token", fields, proof });
      expect([answer.status, answer.body["token_type"]], JSON.stringify(answer.body)).to.deep.equal([
        200,
        "DPoP",
      ]);
      const access = String(answer.body["access_token"]);
      for (const scheme of ["Bearer", "DPoP"]) {
        const { status } = await browser.get("/userinfo", {
          headers: { authorization: `${scheme} ${access}` },
        });
        expect(status, `${scheme} without a proof`).to.be.oneOf([400, 401]);
      }
    });
  }

  it("is refused a token without a proof where proofs are demanded", async () => {
    const application = await makeApplication(vestibule.services, {
      type: "machine",
      redirectUris: [],
      dpop: true,
    });
    const answer = await postProved(newBrowser(), {
      path: "/token",
      fields: () =>
        Promise.resolve({
          grant_type: "client_credentials",
          client_id: application.id,
          client_secret: application.secret ?? "",
        }),
      proof: null,
    });
    expect([answer.status, answer.body["error"]]).to.deep.equal([400, "invalid_grant"]);
  });

  it("is a request that no browser has seen, where that is demanded", async () => {
    const application = await makeApplication(vestibule.services, { par: true });
    const { location } = await newBrowser().get(authorizationRequest(vestibule.issuer, application).url);
    expect(new URL(location).searchParams.get("error")).to.equal("invalid_request");
  });
});

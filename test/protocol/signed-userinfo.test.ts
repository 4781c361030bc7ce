import { expect } from "chai";
import { createLocalJWKSet, jwtVerify, type JSONWebKeySet } from "jose";
import { makeKeys, postProved, proofOf } from "../support/key-client.ts";
import { makeApi, MACHINE_OF_API } from "../support/machine-api.ts";
import { makeApplication } from "../support/people.ts";
import { authorizationRequest } from "../support/relying-party.ts";
import { tokensFor } from "../support/tokens.ts";
import { useVestibule } from "../support/use-vestibule.ts";

describe("what an application may ask for beyond the usual", () => {
  const vestibule = useVestibule({ user: {} });

  it("is userinfo as a JWT that is signed for it", async () => {
    const application = await makeApplication(vestibule.services, { signedUserinfo: true });
    const { access } = await tokensFor(vestibule.browser(), application, vestibule.user);
    const headers = { authorization: `Bearer ${access}` };
    const { body, headers: responseHeaders } = await vestibule.browser().get("/userinfo", { headers });
    expect(responseHeaders["content-type"]).to.contain("application/jwt");
    const keys = JSON.parse((await vestibule.browser().get("/jwks")).body) as JSONWebKeySet;
    const expected = { issuer: vestibule.issuer, audience: application.id };
    const { payload } = await jwtVerify(body, createLocalJWKSet(keys), expected);
    expect(payload).to.include({ sub: vestibule.user.id, name: "Sanne Bakker" });
  });

  for (const type of ["web", "browser", "native"]) {
    it(`is a token that a stolen copy opens nothing with, for a ${type} application`, async () => {
      const application = await makeApplication(vestibule.services, { type, dpop: true });
      const keys = await makeKeys();
      const browser = vestibule.browser();
      const request = authorizationRequest(vestibule.issuer, application);
      const redirect = await vestibule.signIn(browser, request);
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
    await makeApi(vestibule.services);
    const application = await makeApplication(vestibule.services, { ...MACHINE_OF_API, dpop: true });
    const answer = await postProved(vestibule.browser(), {
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
    const { location } = await vestibule
      .browser()
      .get(authorizationRequest(vestibule.issuer, application).url);
    expect(new URL(location).searchParams.get("error")).to.equal("invalid_request");
  });
});

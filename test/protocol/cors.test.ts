import { expect } from "chai";
import { makeApplication } from "../support/people.ts";
import { authorizationRequest, basic, signIn } from "../support/relying-party.ts";
import { tokensFor } from "../support/tokens.ts";
import { useVestibule } from "../support/use-vestibule.ts";
import { useResource } from "../support/suite-resource.ts";

const OWN = "https://spa.test";
const FOREIGN = [
  "https://evil.test",
  "null",
  "https://spa.test.evil.test",
  "http://spa.test",
  "https://spa.test:8443",
];
const FOR_PROGRAMS = ["/token", "/userinfo", "/revoke", "/par"];

describe("calls from another origin", () => {
  const vestibule = useVestibule({ user: {} });
  const spa = useResource(() => makeApplication(vestibule.services, { type: "browser", corsOrigins: [OWN] }));
  const web = useResource(() => makeApplication(vestibule.services));
  const tokens = useResource(() => tokensFor(vestibule.browser(), spa, vestibule.user));

  const call = async (path: string, origin: string, ask: { body?: string; authorization?: string } = {}) => {
    const { authorization, body } = ask;
    const answer = await vestibule.browser().send(path, {
      method: body === undefined ? "GET" : "POST",
      headers: {
        origin,
        accept: "application/json",
        "content-type": "application/x-www-form-urlencoded",
        ...(authorization === undefined ? {} : { authorization }),
      },
      ...(body === undefined ? {} : { body }),
    });
    expect(answer.headers["access-control-allow-credentials"]).to.equal(undefined);
    expect(answer.headers["vary"]).to.contain("Origin");
    return { status: answer.status, allowed: answer.headers["access-control-allow-origin"] };
  };
  const form = (fields: Record<string, string>) => new URLSearchParams(fields).toString();

  it("lets every origin read the discovery document and the keys", async () => {
    for (const path of ["/.well-known/openid-configuration", "/jwks"]) {
      expect(await call(path, "https://evil.test"), path).to.deep.equal({
        status: 200,
        allowed: "https://evil.test",
      });
    }
  });

  it("T106 lets a single-page application send proofs and read the nonce for the next one", async () => {
    const preflight = await vestibule.browser().send("/token", {
      method: "OPTIONS",
      headers: {
        origin: OWN,
        "access-control-request-method": "POST",
        "access-control-request-headers": "dpop,content-type",
      },
    });
    expect(preflight.status).to.equal(204);
    expect(preflight.headers["access-control-allow-headers"]).to.contain("dpop");
    const answer = await vestibule.browser().send("/token", {
      method: "POST",
      headers: { origin: OWN, "content-type": "application/x-www-form-urlencoded" },
      body: form({ client_id: spa.id, grant_type: "refresh_token", refresh_token: "x" }),
    });
    expect(answer.headers["access-control-expose-headers"]).to.match(/dpop-nonce/i);
    expect(answer.headers["access-control-allow-origin"]).to.equal(OWN);
  });

  it("lets a browser application read what it asks for from its own origin", async () => {
    const authorization = `Bearer ${tokens.access}`;
    expect(await call("/userinfo", OWN, { authorization })).to.deep.equal({ status: 200, allowed: OWN });
    const revoked = await tokensFor(vestibule.browser(), spa, vestibule.user);
    const body = form({ client_id: spa.id, token: revoked.refresh });
    expect(await call("/revoke", OWN, { body })).to.deep.equal({ status: 200, allowed: OWN });
  });

  it("lets it read errors as well", async () => {
    const body = form({ client_id: spa.id, grant_type: "refresh_token", refresh_token: "unknown" });
    expect(await call("/token", OWN, { body })).to.deep.equal({ status: 400, allowed: OWN });
    const wrongGrant = form({ client_id: spa.id, grant_type: "password" });
    expect(await call("/token", OWN, { body: wrongGrant })).to.deep.equal({ status: 400, allowed: OWN });
    const expired = { authorization: "Bearer unknown" };
    expect(await call("/userinfo", OWN, expired)).to.deep.equal({ status: 401, allowed: OWN });
  });

  it("lets it read that a code was used by two at once", async () => {
    const request = authorizationRequest(vestibule.issuer, spa);
    const redirect = await signIn(vestibule.browser(), request, vestibule.user);
    const body = form({
      ...{ client_id: spa.id, grant_type: "authorization_code", redirect_uri: spa.redirectUri },
      ...{ code: redirect.searchParams.get("code") ?? "", code_verifier: request.verifier },
    });
    const answers = await Promise.all(Array.from({ length: 8 }, () => call("/token", OWN, { body })));
    expect(answers.map(({ allowed }) => allowed)).to.deep.equal(answers.map(() => OWN));
    expect(answers.filter(({ status }) => status === 400)).to.not.be.empty;
  });

  it("T106 gives no other origin anything of a known application", async () => {
    for (const origin of FOREIGN) {
      const refused = { status: 400, allowed: undefined };
      const authorization = `Bearer ${tokens.access}`;
      expect(await call("/userinfo", origin, { authorization }), origin).to.deep.equal(refused);
      for (const path of ["/token", "/revoke", "/par"]) {
        const body = form({ client_id: spa.id, grant_type: "refresh_token", token: "x", refresh_token: "x" });
        expect(await call(path, origin, { body }), `${path} ${origin}`).to.deep.equal(refused);
      }
    }
  });

  it("T106 gives a web application, which calls from its server, no origin at all", async () => {
    const authorization = basic(web.id, web.secret ?? "");
    const body = form({ grant_type: "refresh_token", refresh_token: "x", token: "x" });
    for (const path of ["/token", "/revoke", "/introspect", "/par"]) {
      const answer = await call(path, "https://app.test", { body, authorization });
      expect(answer, path).to.deep.equal({ status: 400, allowed: undefined });
    }
  });

  it("answers the question before a call, with the DPoP header allowed", async () => {
    for (const path of FOR_PROGRAMS) {
      const { status, headers } = await vestibule.browser().send(path, {
        method: "OPTIONS",
        headers: {
          origin: OWN,
          "access-control-request-method": "POST",
          "access-control-request-headers": "authorization,dpop",
        },
      });
      expect(status, path).to.equal(204);
      expect(headers["access-control-allow-headers"], path).to.contain("dpop");
      expect(headers["access-control-allow-methods"], path).to.contain("POST");
      expect(headers["access-control-allow-credentials"], path).to.equal(undefined);
    }
  });

  it("T106 gives no other page to any origin", async () => {
    for (const path of ["/", "/sign-out", "/forgot-password", "/health/live", "/outbox", "/authorize"]) {
      const answer = await vestibule.browser().get(path, { headers: { origin: OWN } });
      expect(answer.headers["access-control-allow-origin"], path).to.equal(undefined);
    }
  });
});

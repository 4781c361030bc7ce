import { expect } from "chai";
import { generateKeyPair, exportJWK, SignJWT, calculateJwkThumbprint } from "jose";
import { createHash } from "node:crypto";
import { API_PATH, apiResource } from "../../src/domain/applications/own-application.ts";
import { randomToken } from "../../src/kernel/random.ts";
import { apiClient, apiToken } from "../support/api-client.ts";
import { eventually } from "../support/eventually.ts";
import { callToken } from "../support/relying-party.ts";
import { tokensFor } from "../support/tokens.ts";
import { MINUTE, travel } from "../support/time.ts";
import { useVestibule } from "../support/use-vestibule.ts";

describe("the tokens of the management API", () => {
  const world = useVestibule({ user: {}, application: {} });
  const OFFICES = `${API_PATH}/offices`;
  const ask = async (headers: Record<string, string>, path = OFFICES, method = "GET") => {
    const { status, body, headers: answered } = await world.browser().send(path, { method, headers });
    return { status, headers: answered, body: JSON.parse(body) as Record<string, unknown> };
  };
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
  const CREDENTIALS = { grant_type: "client_credentials" };

  it("T172 are for machines with scopes alone, and name only these", async () => {
    const { application } = await apiClient(world, null, ["offices:read", "users:read"]);
    const resource = apiResource(world.issuer);
    const token = (scope: string) =>
      callToken(world.browser(), application, { ...CREDENTIALS, resource, scope });
    expect((await token("offices:read users:delete")).body).to.include({ scope: "offices:read" });
    expect((await token("users:delete")).body).to.include({ error: "invalid_scope" });
    expect((await callToken(world.browser(), application, { ...CREDENTIALS, resource })).body).to.include({
      error: "invalid_scope",
    });
    const other = await world.makeApplication({
      type: "machine",
      redirectUris: [],
      homeUrl: null,
      firstParty: false,
    });
    const refused = await callToken(world.browser(), other, {
      ...CREDENTIALS,
      resource,
      scope: "offices:read",
    });
    expect(refused.body).to.include({ error: "invalid_target" });
  });

  it("T172 of people open nothing, whatever is asked for them", async () => {
    const { access, id } = await tokensFor(world.browser(), world.application, world.user);
    for (const token of [access, id]) {
      expect(await ask(bearer(token))).to.deep.include({ status: 401 });
    }
    const request = world.request({ resource: apiResource(world.issuer) });
    const { location } = await world.browser().get(request.url);
    expect(location).to.include("error=invalid_target");
  });

  it("T172 are refused without, malformed, for another resource, altered, and after their end", async () => {
    const { application } = await apiClient(world, null, ["offices:read"]);
    const token = await apiToken(world.browser(), application, ["offices:read"]);
    const [header = "", payload = "", signature = ""] = token.split(".");
    const claims = JSON.parse(Buffer.from(payload, "base64url").toString()) as Record<string, unknown>;
    const altered = Buffer.from(JSON.stringify({ ...claims, scope: "users:delete" })).toString("base64url");
    const none = Buffer.from(JSON.stringify({ alg: "none", typ: "at+jwt" })).toString("base64url");
    for (const wrong of ["", "x", "a.b.c", `${header}.${altered}.${signature}`, `${none}.${payload}.`]) {
      const { status, body, headers } = await ask(bearer(wrong));
      expect(status, wrong).to.equal(401);
      expect(body).to.include({ code: "invalid-token" });
      expect(String(headers["www-authenticate"])).to.match(/^Bearer/);
    }
    expect((await ask(bearer(token))).status).to.equal(200);
    travel(16 * MINUTE);
    expect((await ask(bearer(token))).status).to.equal(401);
  });

  it("T172 lose a scope that the application loses, and everything when it is disabled or its office closed", async () => {
    const office = await world.makeOffice();
    const { services } = world;
    const own = await apiClient(world, office, ["users:read"]);
    const path = `/offices/${office.id}/users`;
    expect((await own.get(path)).status).to.equal(200);
    const draft = { ...own.application.application, apiScopes: ["offices:read" as const] };
    const changed = await services.applicationService.change(own.application.application, draft, "test");
    // A process learns of a change by an announcement.
    await eventually(
      () => own.get(path),
      ({ body }) => body["code"] === "insufficient-scope",
    );
    await services.applicationService.change(changed, { ...draft, apiScopes: ["users:read"] }, "test");
    const stored = await services.offices.find(office.id);
    if (stored !== null) {
      await services.officeService.change({ ...stored, status: "closed" }, "test");
    }
    await eventually(
      () => own.get(path),
      ({ body }) => body["code"] === "office-closed",
    );
    await services.applicationShutdown.disable(own.application.application, "test");
    await eventually(
      () => own.get(path),
      ({ status }) => status === 401,
    );
  });

  it("T172 that are bound to a key need its proof, for this request, once", async () => {
    const machine = { type: "machine", redirectUris: [], homeUrl: null, firstParty: false, dpop: true };
    const application = await world.makeApplication({ ...machine, apiScopes: ["offices:read"] });
    const { publicKey, privateKey } = await generateKeyPair("ES256");
    const jwk = await exportJWK(publicKey);
    const proof = (url: string, more: Record<string, unknown> = {}, htm = "POST") =>
      new SignJWT({ htu: url, htm, jti: randomToken(12), ...more })
        .setProtectedHeader({ alg: "ES256", typ: "dpop+jwt", jwk })
        .setIssuedAt()
        .sign(privateKey);
    const fields = { ...CREDENTIALS, resource: apiResource(world.issuer), scope: "offices:read" };
    const body = new URLSearchParams(fields).toString();
    const secret = Buffer.from(`${application.id}:${application.secret ?? ""}`).toString("base64");
    const send = async (nonce: Record<string, unknown>) =>
      world.browser().send("/token", {
        method: "POST",
        body,
        headers: {
          authorization: `Basic ${secret}`,
          "content-type": "application/x-www-form-urlencoded",
          dpop: await proof(`${world.issuer}/token`, nonce),
        },
      });
    const nonce = (await send({})).headers["dpop-nonce"];
    const { access_token: token, token_type: type } = JSON.parse((await send({ nonce })).body) as Record<
      string,
      string
    >;
    expect(type).to.equal("DPoP");
    const ath = createHash("sha256")
      .update(token ?? "")
      .digest("base64url");
    const url = `${world.issuer}${OFFICES}`;
    const call = (dpop: string, scheme = "DPoP") => ask({ authorization: `${scheme} ${token ?? ""}`, dpop });
    const right = await proof(url, { ath }, "GET");
    expect((await call(right)).status, await calculateJwkThumbprint(jwk)).to.equal(200);
    expect((await call(right)).status, "used before").to.equal(401);
    expect((await call(await proof(url, { ath }, "GET"), "Bearer")).status).to.equal(401);
    expect((await call("")).status).to.equal(401);
    expect((await call(await proof(url, {}, "GET"))).status, "for no token").to.equal(401);
    expect((await call(await proof(url, { ath }, "POST"))).status, "another method").to.equal(401);
    expect((await call(await proof(`${url}/x`, { ath }, "GET"))).status, "another address").to.equal(401);
  });

  it("T172 say how many requests are left, and are refused beyond", async () => {
    const { headers, status } = await (await apiClient(world, null, ["offices:read"])).get("/offices");
    expect(status).to.equal(200);
    expect(headers).to.include({ "ratelimit-limit": "600", "ratelimit-remaining": "599" });
    expect(Number(headers["ratelimit-reset"])).to.be.within(1, 60);
  });
});

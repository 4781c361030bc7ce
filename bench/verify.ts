import assert from "node:assert/strict";
import { createLocalJWKSet, jwtVerify, type JSONWebKeySet } from "jose";
import { Browser } from "./browser.ts";
import { authorizationRequest, enter, enterSilently, FLOWS, FLOW_NAMES, type VirtualUser } from "./flows.ts";
import { appVisitor, REDIRECT_URI, visitor } from "./fixtures.ts";
import type { Seeded } from "./messages.ts";
import type { Target } from "./target.ts";

/** Makes sure that both servers do the same work and do it right, before anything is measured. Throws otherwise. */
export async function verify({ process, server, users }: Target): Promise<void> {
  const [user] = users;
  assert(user !== undefined);
  const browser = new Browser(process.port, server.issuer);
  const tokens = await enter(browser, server, visitor(0));
  const rotated = await enterSilently(browser, server, server.rotating);
  const own: VirtualUser = { ...user, browser, tokens, rotated };
  await verifyIdToken(own, ["pwd"]);
  const strict = new Browser(process.port, server.issuer);
  await verifyIdToken({ ...own, tokens: await enter(strict, server, appVisitor(0)) }, ["pwd", "otp", "mfa"]);
  await verifyChallenge(server, strict);
  strict.hangUp();
  await verifyRotation(own);
  await verifySameToken(own);
  await verifySilence(own);
  await verifyAnswers({
    ...own,
    tokens: await enter(browser, server, visitor(0)),
    rotated: await enterSilently(browser, server, server.rotating),
  });
  browser.hangUp();
}

async function verifyIdToken(
  { browser, server, tokens }: VirtualUser,
  amr: readonly string[],
): Promise<void> {
  const keys = JSON.parse((await browser.get("/jwks")).body) as JSONWebKeySet;
  const { payload, protectedHeader } = await jwtVerify(String(tokens["id_token"]), createLocalJWKSet(keys), {
    issuer: server.issuer,
    audience: server.web.id,
  });
  assert.equal(protectedHeader.alg, server.algorithm);
  assert.equal(payload["nonce"], "nonce");
  assert.deepEqual(payload["amr"], amr);
  assert.equal(typeof payload["auth_time"], "number");
  assert.equal(tokens["expires_in"], 900);
  assert.equal(tokens["scope"], "openid profile email office offline_access");
}

/** A code works once: the same step again is refused, on either side. */
async function verifyChallenge(server: Seeded, browser: Browser): Promise<void> {
  browser.forget();
  await assert.rejects(enter(browser, server, appVisitor(0)), /got 400/);
}

/** A refresh token that is replaced works once; the second time it takes its whole family along. */
async function verifyRotation(user: VirtualUser): Promise<void> {
  const refresh = FLOWS["refresh-rotated"];
  const first = user.rotated;
  const second = await refresh(user);
  assert.notEqual(second["refresh_token"], first["refresh_token"]);
  await assert.rejects(refresh({ ...user, rotated: first }), /got 400 .*invalid_grant/);
  await assert.rejects(refresh({ ...user, rotated: second }), /got 400 .*invalid_grant/);
}

/** Where nothing is replaced, the token goes on working, and each refresh gives another access token. */
async function verifySameToken(user: VirtualUser): Promise<void> {
  const first = user.tokens;
  const second = await FLOWS.refresh(user);
  assert.equal(second["refresh_token"], first["refresh_token"]);
  assert.notEqual(second["access_token"], first["access_token"]);
}

async function verifySilence({ browser, server }: VirtualUser): Promise<void> {
  browser.forget();
  const answer = await browser.get(authorizationRequest(server, { prompt: "none" }).path);
  assert(answer.headers.get("location")?.startsWith(`${REDIRECT_URI}?error=login_required`));
}

async function verifyAnswers(user: VirtualUser): Promise<void> {
  const { server } = user;
  const discovery = await FLOWS.discovery(user);
  assert.equal(discovery["issuer"], server.issuer);
  const { sub, email } = await FLOWS.userinfo(user);
  assert.match(String(email), /^user-0@/);
  const introspection = await FLOWS.introspection(user);
  assert.equal(introspection["sub"], sub);
  assert.equal(introspection["client_id"], server.web.id);
  for (const flow of FLOW_NAMES) {
    await FLOWS[flow](user);
  }
}

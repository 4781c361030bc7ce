import { createHash, randomBytes } from "node:crypto";
import type { Answer } from "./connection.ts";
import type { Browser } from "./browser.ts";
import { codeAt } from "../src/domain/factors/totp.ts";
import { decoded } from "../test/support/english.ts";
import { SoftwareAuthenticator, type UseOptions } from "../test/support/software-authenticator.ts";
import {
  appVisitor,
  KEY_USERS,
  keyVisitor,
  OPAQUE_RESOURCE,
  PASSWORD,
  REDIRECT_URI,
  RESOURCE,
  SCOPE,
  visitor,
  type Visitor,
} from "./fixtures.ts";
import type { Seeded } from "./messages.ts";
import { passkeyOf } from "./passkeys.ts";

/** What a token endpoint gives. */
export type Tokens = Readonly<Record<string, unknown>>;

export type Client = Seeded["web"];

/** What a virtual user needs to call the management API. */
export interface ApiAccess {
  readonly token: string;
  /** Address of a user, and of the list of a large office. */
  readonly user: string;
  readonly users: string;
}

/** A virtual user: a browser, and what it has from its last sign-in. */
export interface VirtualUser {
  readonly browser: Browser;
  readonly server: Seeded;
  /** Signed in, with a session; not the one of the sign-in flow. */
  readonly member: Browser;
  tokens: Tokens;
  /** Of the application whose refresh tokens are replaced at each use. */
  rotated: Tokens;
  /** Numbers the people that sign in. */
  nextPerson(): number;
  /** For the management API. */
  api?: ApiAccess;
  /** The code that was sent to a user of the office with text messages, once it is there. */
  textCode?: (textUser: number) => Promise<string>;
}

export const FLOWS = {
  discovery,
  jwks,
  "sign-in": signIn,
  "sign-in-totp": signInWithApp,
  "sign-in-passkey": signInByPasskey,
  refresh,
  "refresh-rotated": refreshRotated,
  silent,
  "client-credentials": clientCredentials,
  "client-credentials-jwt": clientCredentialsAsJwt,
  introspection,
  userinfo,
} as const satisfies Record<string, (user: VirtualUser) => Promise<Tokens>>;
export type FlowName = keyof typeof FLOWS;
export const FLOW_NAMES = Object.keys(FLOWS) as FlowName[];

async function discovery({ browser }: VirtualUser): Promise<Tokens> {
  return json(await browser.get("/.well-known/openid-configuration"), ["issuer", "token_endpoint"]);
}

async function jwks({ browser }: VirtualUser): Promise<Tokens> {
  return json(await browser.get("/jwks"), ["keys"]);
}

/** A browser that nobody has signed in with, another person each time, from the first redirect to the tokens. */
async function signIn({ browser, server, nextPerson }: VirtualUser): Promise<Tokens> {
  browser.forget();
  return enter(browser, server, visitor(nextPerson()));
}

/** The same for a user with an authenticator app, who is asked for its code. */
async function signInWithApp({ browser, server, nextPerson }: VirtualUser): Promise<Tokens> {
  browser.forget();
  return enter(browser, server, appVisitor(nextPerson()));
}

/**
 * A user whose passkey takes the place of the password: neither side hashes. The rival has no passkeys and takes the password's form, as
 * a sign-in in memory does it that checks nothing.
 */
async function signInByPasskey({ browser, server, nextPerson }: VirtualUser): Promise<Tokens> {
  browser.forget();
  const number = nextPerson() % KEY_USERS;
  const client = server.keyed;
  const { verifier, path } = authorizationRequest(server, { client_id: client.id });
  const page = await browser.get(location(await browser.get(path), server));
  const credential = answerTo(page, server, number);
  const sent = await (credential === null
    ? givePassword(browser, page, { server, person: keyVisitor(number) })
    : send(browser, server, page, { credential }));
  const callback = location(await browser.get(location(sent, server)), server);
  return exchange(browser, server, { verifier, callback, client });
}

/** What a user's passkey answers to a page; null where the page asks for none. */
function answerTo({ body }: Answer, { issuer }: Seeded, number: number): string | null {
  const options = /data-options="([^"]+)"/.exec(body)?.[1];
  if (options === undefined) {
    return null;
  }
  const { id, userHandle, privateKey } = passkeyOf(number);
  const device = new SoftwareAuthenticator({ origin: issuer, countsUp: false, isSynced: true });
  return device.use(JSON.parse(decoded(options)) as UseOptions, {
    ...{ key: privateKey, credentialId: id },
    userHandle: userHandle.toString("base64url"),
  });
}

/** How the code of the second step is had; null without one. */
type CodeSource = (() => string | Promise<string>) | null;

const codeOf = ({ secret }: Visitor): CodeSource =>
  secret === null ? null : () => codeAt(secret, Date.now() / 1000);

/** Signs a person in with a browser and answers the tokens. */
export async function enter(
  browser: Browser,
  server: Seeded,
  person: Visitor,
  code = codeOf(person),
): Promise<Tokens> {
  const { verifier, path } = authorizationRequest(server);
  const callback = await pass(browser, server, { path, person, code });
  return exchange(browser, server, { verifier, callback });
}

/** Signs a person in with a browser, from an authorization request to where it leads in the end. */
export async function pass(
  browser: Browser,
  server: Seeded,
  { path, person, code = codeOf(person) }: { path: string; person: Visitor; code?: CodeSource },
): Promise<string> {
  const page = await browser.get(location(await browser.get(path), server));
  let sent = await givePassword(browser, page, { server, person });
  if (code !== null) {
    sent = await send(browser, server, await challengeAfter(browser, server, sent), { code: await code() });
  }
  return location(await browser.get(location(sent, server)), server);
}

/** The page that asks for the code; for another factor than the first kind there is one more redirect. */
async function challengeAfter(browser: Browser, server: Seeded, sent: Answer): Promise<Answer> {
  const page = await browser.get(location(sent, server));
  return page.status === 303 ? browser.get(location(page, server)) : page;
}

export function givePassword(
  browser: Browser,
  page: Answer,
  { server, person: { officeCode, username } }: { server: Seeded; person: Visitor },
): Promise<Answer> {
  return send(browser, server, page, { officeCode, username, password: PASSWORD });
}

function send(browser: Browser, server: Seeded, page: Answer, fields: Readonly<Record<string, string>>) {
  expect(page.status === 200, "a page with a form", page);
  const token = /name="_csrf" value="([^"]+)"/.exec(page.body)?.[1] ?? "";
  return browser.post(formAction(page), { _csrf: token, ...fields }, { Origin: server.issuer });
}

function formAction(page: Answer): string {
  const action = /<form[^>]* action="([^"]+)"/.exec(page.body)?.[1];
  expect(action !== undefined, "a form", page);
  return action;
}

/** A user with a session comes back: a code without a page. */
function silent({ member, server }: VirtualUser): Promise<Tokens> {
  return enterSilently(member, server, server.web);
}

/** Tokens of an application for whoever is signed in with a browser. */
export async function enterSilently(browser: Browser, server: Seeded, client: Client): Promise<Tokens> {
  const request = authorizationRequest(server, { client_id: client.id, prompt: "none" });
  const callback = location(await browser.get(request.path), server);
  return exchange(browser, server, { verifier: request.verifier, callback, client });
}

/** The same refresh token again and again. */
async function refresh(user: VirtualUser): Promise<Tokens> {
  user.tokens = await renew(user, user.server.web, user.tokens);
  return user.tokens;
}

/** The next refresh token of this user's chain. */
async function refreshRotated(user: VirtualUser): Promise<Tokens> {
  user.rotated = await renew(user, user.server.rotating, user.rotated);
  return user.rotated;
}

async function renew({ browser }: VirtualUser, client: Client, tokens: Tokens): Promise<Tokens> {
  const form = { grant_type: "refresh_token", refresh_token: String(tokens["refresh_token"]) };
  return json(await browser.post("/token", form, basic(client)), TOKENS);
}

async function clientCredentials({ browser, server }: VirtualUser): Promise<Tokens> {
  const form = { grant_type: "client_credentials", resource: OPAQUE_RESOURCE };
  return json(await browser.post("/token", form, basic(server.machine)), ["access_token"]);
}

/** For a resource server that reads tokens itself. */
async function clientCredentialsAsJwt({ browser, server }: VirtualUser): Promise<Tokens> {
  const form = { grant_type: "client_credentials", resource: RESOURCE, scope: "read" };
  return json(await browser.post("/token", form, basic(server.machine)), ["access_token"]);
}

async function introspection({ browser, server, tokens }: VirtualUser): Promise<Tokens> {
  const form = { token: String(tokens["access_token"]) };
  const answer = await browser.post("/introspect", form, basic(server.web));
  expect(answer.body.includes('"active":true'), "an active token", answer);
  return json(answer, ["active", "sub"]);
}

async function userinfo({ browser, tokens }: VirtualUser): Promise<Tokens> {
  const headers = { Authorization: `Bearer ${String(tokens["access_token"])}` };
  return json(await browser.get("/userinfo", headers), ["sub", "email"]);
}

const TOKENS = ["access_token", "refresh_token", "id_token"];

export function authorizationRequest(server: Seeded, extra: Readonly<Record<string, string>> = {}) {
  const verifier = randomBytes(32).toString("base64url");
  const query = new URLSearchParams({
    client_id: server.web.id,
    response_type: "code",
    redirect_uri: REDIRECT_URI,
    scope: SCOPE,
    state: "state",
    nonce: "nonce",
    code_challenge: createHash("sha256").update(verifier).digest("base64url"),
    code_challenge_method: "S256",
    ...extra,
  });
  return { verifier, path: `/authorize?${query.toString()}` };
}

/** Tokens for the code of a callback. */
export async function exchange(
  browser: Browser,
  server: Seeded,
  {
    verifier,
    callback,
    client = server.web,
  }: { verifier: string; callback: string; client?: Client | undefined },
): Promise<Tokens> {
  const code = new URL(callback).searchParams.get("code") ?? "";
  const form = {
    grant_type: "authorization_code",
    code,
    redirect_uri: REDIRECT_URI,
    code_verifier: verifier,
  };
  return json(await browser.post("/token", form, basic(client)), TOKENS);
}

export const basic = ({ id, secret }: Client) => ({
  Authorization: `Basic ${Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`).toString("base64")}`,
});

/** Where a redirect leads; a path when it is one of the server's own. */
export function location(answer: Answer, server: Seeded): string {
  const target = answer.headers.get("location");
  expect(answer.status === 303 && target !== undefined, "a redirect", answer);
  return target.startsWith(`${server.issuer}/`) ? target.slice(server.issuer.length) : target;
}

function json(answer: Answer, fields: readonly string[]): Tokens {
  expect(answer.status === 200, "status 200", answer);
  const content = JSON.parse(answer.body) as Tokens;
  expect(
    fields.every((field) => content[field] !== undefined),
    fields.join(", "),
    answer,
  );
  return content;
}

/** A wrong answer is no measurement: the bench ends with it. */
export function expect(isRight: boolean, what: string, { status, headers, body }: Answer): asserts isRight {
  if (!isRight) {
    const where = headers.get("location") ?? "";
    throw new Error(`Expected ${what}, got ${String(status)} ${where} ${body.slice(0, 500)}`);
  }
}

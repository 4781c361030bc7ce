import type { HttpBrowser } from "./http-browser.ts";
import type { TestApplication, TestUser } from "./people.ts";
import { authorizationRequest, basic, callToken, redeem, signIn, type TokenAnswer } from "./relying-party.ts";

/** Tokens of one sign-in. */
export interface Tokens {
  readonly access: string;
  readonly refresh: string;
  readonly id: string;
}

type Credentials = Pick<TestApplication, "id" | "secret">;

/** A sign-in with a browser of its own, redeemed; throws when no tokens come. */
export async function tokensFor(
  browser: HttpBrowser,
  application: TestApplication,
  user: TestUser,
  changes: Readonly<Record<string, string | null>> = {},
): Promise<Tokens> {
  const request = authorizationRequest(browser.issuer, application, changes);
  const redirect = await signIn(browser, request, user);
  return tokensOf(await redeem(browser, application, { redirect, request }));
}

/** The tokens of an answer of the token endpoint; throws when it was an error. */
export function tokensOf({ status, body }: TokenAnswer): Tokens {
  if (status !== 200) {
    throw new Error(`No tokens: ${JSON.stringify(body)}`);
  }
  return {
    access: String(body["access_token"]),
    refresh: String(body["refresh_token"]),
    id: String(body["id_token"]),
  };
}

export const refresh = (
  browser: HttpBrowser,
  application: Credentials,
  token: string,
  more: Readonly<Record<string, string>> = {},
): Promise<TokenAnswer> =>
  callToken(browser, application, { grant_type: "refresh_token", refresh_token: token, ...more });

/** Asks the userinfo endpoint with a bearer token. */
export async function userinfo(browser: HttpBrowser, token: string): Promise<TokenAnswer> {
  const { status, body } = await browser.get("/userinfo", {
    headers: { accept: "application/json", authorization: `Bearer ${token}` },
  });
  return { status, body: JSON.parse(body) as Record<string, unknown> };
}

export const introspect = (browser: HttpBrowser, application: Credentials, token: string) =>
  callAbout("/introspect", browser, application, token);

export const revoke = (browser: HttpBrowser, application: Credentials, token: string) =>
  callAbout("/revoke", browser, application, token);

async function callAbout(
  path: string,
  browser: HttpBrowser,
  { id, secret }: Credentials,
  token: string,
): Promise<TokenAnswer> {
  const { status, body } = await browser.send(path, {
    method: "POST",
    headers: {
      accept: "application/json",
      "content-type": "application/x-www-form-urlencoded",
      ...(secret === null ? {} : { authorization: basic(id, secret) }),
    },
    body: new URLSearchParams({ token, ...(secret === null ? { client_id: id } : {}) }).toString(),
  });
  return { status, body: JSON.parse(body) as Record<string, unknown> };
}

/** What is alive of some tokens; nothing of a dead family is. */
export async function aliveAmong(
  browser: HttpBrowser,
  application: Credentials,
  tokens: readonly Tokens[],
): Promise<string[]> {
  const alive: string[] = [];
  const note = (is: boolean, what: string) => {
    if (is) {
      alive.push(what);
    }
  };
  for (const { access, refresh: token } of tokens) {
    note(
      (await introspect(browser, application, access)).body["active"] !== false,
      "introspected access token",
    );
    note(
      (await introspect(browser, application, token)).body["active"] !== false,
      "introspected refresh token",
    );
    note((await userinfo(browser, access)).status !== 401, "access token at userinfo");
    note((await refresh(browser, application, token)).body["error"] !== "invalid_grant", "refresh token");
  }
  return alive;
}

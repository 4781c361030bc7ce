import { createHash, randomBytes } from "node:crypto";
import type { HttpBrowser, Page } from "./http-browser.ts";
import type { TestApplication, TestUser } from "./people.ts";

/** One authorization request of an application. */
export interface Request {
  readonly url: string;
  readonly verifier: string;
  readonly state: string;
}

/** Builds an authorization request with PKCE; `changes` replace parameters, null leaves one out. */
export function authorizationRequest(
  issuer: string,
  application: Pick<TestApplication, "id" | "redirectUri">,
  changes: Readonly<Record<string, string | null>> = {},
): Request {
  const verifier = randomBytes(32).toString("base64url");
  const state = randomBytes(8).toString("base64url");
  const parameters: Record<string, string | null> = {
    client_id: application.id,
    response_type: "code",
    redirect_uri: application.redirectUri,
    scope: "openid profile email office offline_access",
    state,
    code_challenge: createHash("sha256").update(verifier).digest("base64url"),
    code_challenge_method: "S256",
    ...changes,
  };
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== null) {
      query.append(name, value);
    }
  }
  return { url: `${issuer}/authorize?${query.toString()}`, verifier, state };
}

/** The value of a hidden field of a page. */
export function hiddenField(page: Page, name: string): string {
  return new RegExp(`name="${name}" value="([^"]*)"`).exec(page.body)?.[1] ?? "";
}

/** Where a page's form is sent. */
export function formAction(page: Page): string {
  const action = /<form[^>]*method="post"[^>]*action="([^"]*)"/.exec(page.body)?.[1] ?? "";
  return new URL(action, page.url).href;
}

/** Opens the sign-in of a request; answers its page. */
export async function openSignIn(browser: HttpBrowser, request: Request): Promise<Page> {
  const redirected = await browser.get(request.url);
  return browser.get(redirected.location);
}

/** Sends the password page's form. */
export function sendPassword(
  browser: HttpBrowser,
  page: Page,
  fields: Readonly<{ officeCode?: string; username: string; password: string }>,
): Promise<Page> {
  return browser.post(formAction(page), { _csrf: hiddenField(page, "_csrf"), ...fields });
}

/** Follows redirects inside the issuer; stops at the first page or at the application. */
export async function follow(browser: HttpBrowser, page: Page): Promise<Page> {
  let current = page;
  for (let hops = 0; hops < 10 && current.location.startsWith(`${browser.issuer}/`); hops += 1) {
    current = await browser.get(current.location);
  }
  return current;
}

/** A whole sign-in with the password, to the redirect that carries the code. */
export async function signIn(browser: HttpBrowser, request: Request, user: TestUser): Promise<URL> {
  const page = await openSignIn(browser, request);
  const { username, password, office } = user;
  const answered = await follow(
    browser,
    await sendPassword(browser, page, { officeCode: office.code, username, password }),
  );
  return new URL(answered.location);
}

/** What the token endpoint answered. */
export interface TokenAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Calls the token endpoint as the application, whose own credentials go along unless `fields` say otherwise. */
export async function callToken(
  browser: HttpBrowser,
  application: Pick<TestApplication, "id" | "secret">,
  fields: Readonly<Record<string, string>>,
): Promise<TokenAnswer> {
  const { id, secret } = application;
  const body = new URLSearchParams(secret === null ? { client_id: id, ...fields } : fields).toString();
  const headers = {
    accept: "application/json",
    "content-type": "application/x-www-form-urlencoded",
    ...(secret === null ? {} : { authorization: basic(id, secret) }),
  };
  const page = await browser.send("/token", { method: "POST", headers, body });
  // A proxy before the server answers by itself while there is none.
  const isJson = String(page.headers["content-type"]).startsWith("application/json");
  return { status: page.status, body: isJson ? (JSON.parse(page.body) as Record<string, unknown>) : {} };
}

export const basic = (id: string, secret: string): string =>
  `Basic ${Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`).toString("base64")}`;

/** Redeems the code of a redirect. */
export function redeem(
  browser: HttpBrowser,
  application: Pick<TestApplication, "id" | "secret" | "redirectUri">,
  answer: { redirect: URL; request: Request },
): Promise<TokenAnswer> {
  return callToken(browser, application, {
    grant_type: "authorization_code",
    code: answer.redirect.searchParams.get("code") ?? "",
    redirect_uri: application.redirectUri,
    code_verifier: answer.request.verifier,
  });
}

/** Claims of an ID token, without checking its signature. */
export function claimsOf(token: unknown): Record<string, unknown> {
  const [, payload = ""] = String(token).split(".");
  return JSON.parse(Buffer.from(payload, "base64url").toString("utf8")) as Record<string, unknown>;
}

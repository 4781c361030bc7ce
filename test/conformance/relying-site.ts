import { expect } from "chai";
import { createLocalJWKSet, jwtVerify, type JSONWebKeySet, type JWTPayload } from "jose";
import { HttpBrowser, type Page } from "../support/http-browser.ts";
import { makeOffice, makeUser, type TestApplication, type TestUser } from "../support/people.ts";
import {
  authorizationRequest,
  callToken,
  follow,
  sendPassword,
  type Request,
} from "../support/relying-party.ts";
import { startVestibule, type TestVestibule } from "../support/vestibule.ts";

type Changes = Readonly<Record<string, string | null>>;

/** An answer at the application's redirect address. */
export interface Arrival {
  readonly redirect: URL;
  readonly request: Request;
  /** Whether the user had to type a password on the way. */
  readonly wasAsked: boolean;
}

/** What the conformance suite is to a provider: an application that checks everything it gets. */
export interface RelyingSite {
  readonly vestibule: TestVestibule;
  readonly user: TestUser;
  newBrowser(): HttpBrowser;
  /** A request as the suite sends it: without PKCE, unless `changes` name its method. */
  request(application: TestApplication, changes?: Changes): Request;
  discovery(): Promise<Readonly<Record<string, unknown>>>;
  /** Sends a browser through an authorization request, signing in where that is asked. */
  visit(browser: HttpBrowser, application: TestApplication, changes?: Changes): Promise<Arrival>;
  /** The claims of an ID token whose signature, issuer and audience are right. */
  verify(token: unknown, application: TestApplication): Promise<JWTPayload>;
  /** A visit and its redeemed code. */
  signIn(browser: HttpBrowser, application: TestApplication, changes?: Changes): Promise<SignedIn>;
  userinfo(browser: HttpBrowser, token: string): Promise<Record<string, unknown>>;
  stop(): Promise<void>;
}

interface SignedIn extends Arrival {
  readonly claims: JWTPayload;
  readonly tokens: Readonly<Record<string, unknown>>;
  readonly access: string;
  readonly id: string;
}

/** An https issuer, as certification demands, served over http as behind a proxy. */
export const ISSUER = "https://id.conformance.test";

/** `asked` goes along with every authorization request. */
export async function startRelyingSite(
  environment: Record<string, string> = {},
  asked: Changes = {},
): Promise<RelyingSite> {
  const vestibule = await startVestibule({ VESTIBULE_ISSUER: ISSUER, ...environment });
  const user = await makeUser(vestibule.services, await makeOffice(vestibule.services), {
    isMailProved: true,
  });
  const newBrowser = () => new HttpBrowser(vestibule.issuer, vestibule.settings.port);
  const json = async (path: string) =>
    JSON.parse((await newBrowser().get(path)).body) as Record<string, unknown>;

  const request: RelyingSite["request"] = (application, changes = {}) =>
    authorizationRequest(vestibule.issuer, application, {
      nonce: "n-0S6_WzA2Mj",
      ...("code_challenge_method" in changes ? {} : { code_challenge: null, code_challenge_method: null }),
      ...asked,
      ...changes,
    });
  const visit: RelyingSite["visit"] = async (browser, application, changes = {}) => {
    const sent = request(application, changes);
    const { page, wasAsked } = await arrive(browser, sent.url, user);
    const redirect = responseOf(page);
    expect(redirect, `${String(page.status)} ${page.body.slice(0, 300)}`).to.not.equal(null);
    return { redirect: redirect ?? new URL("about:blank"), request: sent, wasAsked };
  };
  const verify: RelyingSite["verify"] = async (token, application) => {
    const keys = createLocalJWKSet((await json("/jwks")) as unknown as JSONWebKeySet);
    const { payload, protectedHeader } = await jwtVerify(String(token), keys, {
      issuer: vestibule.issuer,
      audience: application.id,
    });
    expect(protectedHeader.kid, "key id").to.be.a("string");
    return payload;
  };
  return {
    vestibule,
    user,
    newBrowser,
    request,
    visit,
    verify,
    discovery: () => json("/.well-known/openid-configuration"),
    signIn: async (browser, application, changes = {}) => {
      const arrival = await visit(browser, application, changes);
      expect(arrival.redirect.searchParams.get("iss")).to.equal(vestibule.issuer);
      expect(arrival.redirect.searchParams.get("state")).to.equal(arrival.request.state);
      const { status, body } = await redeemArrival(browser, application, arrival);
      expect(status, JSON.stringify(body)).to.equal(200);
      const claims = await verify(body["id_token"], application);
      return {
        ...arrival,
        claims,
        tokens: body,
        access: String(body["access_token"]),
        id: String(body["id_token"]),
      };
    },
    userinfo: async (browser, token) => {
      const headers = { accept: "application/json", authorization: `Bearer ${token}` };
      const page = await browser.get("/userinfo", { headers });
      expect(page.status, page.body).to.equal(200);
      return JSON.parse(page.body) as Record<string, unknown>;
    },
    stop: () => vestibule.stop(),
  };
}

/** Opens an address and signs in where a password is asked. */
async function arrive(
  browser: HttpBrowser,
  url: string,
  user: TestUser,
): Promise<{ page: Page; wasAsked: boolean }> {
  return signInWhereAsked(browser, await follow(browser, await browser.get(url)), user);
}

/** The same from a page that has been opened already. */
export async function signInWhereAsked(
  browser: HttpBrowser,
  page: Page,
  { username, password, office }: TestUser,
): Promise<{ page: Page; wasAsked: boolean }> {
  if (!page.body.includes('name="password"')) {
    return { page, wasAsked: false };
  }
  const sent = await sendPassword(browser, page, { officeCode: office.code, username, password });
  return { page: await follow(browser, sent), wasAsked: true };
}

/** What came to the application, by redirect or as a posted form (OAuth 2.0 Form Post Response Mode 1.0); null: neither. */
export function responseOf(page: Page): URL | null {
  if (page.location !== "") {
    return new URL(page.location);
  }
  const action = /<form[^>]*method="post"[^>]*action="(https:[^"]*)"/.exec(page.body)?.[1];
  if (action === undefined || page.body.includes('name="_csrf"')) {
    return null;
  }
  const address = new URL(action);
  for (const [, name = "", value = ""] of page.body.matchAll(/name="(\w+)" value="([^"]*)"/g)) {
    address.searchParams.set(name, value.replaceAll("&amp;", "&"));
  }
  return address;
}

/** Redeems a code; the verifier goes along where the request had a challenge. Also the code's second use. */
export const redeemArrival = (
  browser: HttpBrowser,
  application: TestApplication,
  { redirect, request }: Pick<Arrival, "redirect" | "request">,
) =>
  callToken(browser, application, {
    grant_type: "authorization_code",
    code: redirect.searchParams.get("code") ?? "",
    redirect_uri: application.redirectUri,
    ...(request.url.includes("code_challenge=") ? { code_verifier: request.verifier } : {}),
  });

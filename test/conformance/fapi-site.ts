import { createHash, randomBytes } from "node:crypto";
import { expect } from "chai";
import type { HttpBrowser } from "../support/http-browser.ts";
import {
  assertionOf,
  makeKeyClient,
  postProved,
  proofOf,
  type KeyClient,
  type Keys,
} from "../support/key-client.ts";
import { follow, type TokenAnswer } from "../support/relying-party.ts";
import { ISSUER, signInWhereAsked, startRelyingSite, type RelyingSite } from "./relying-site.ts";

type Fields = Readonly<Record<string, string | null>>;

/** How a call differs from a right one. */
export interface Faults {
  readonly fields?: Fields;
  readonly assertion?: Readonly<Record<string, unknown>>;
  /** The key that signs the assertion, or null for none. */
  readonly keys?: Keys | null;
  /** The key of the proof, or null for none. */
  readonly dpop?: Keys | null;
  readonly proof?: Parameters<typeof proofOf>[2];
}

export interface Pushed extends TokenAnswer {
  readonly verifier: string;
  readonly requestUri: string;
}

/** Two FAPI applications and what they do. */
export interface FapiSite {
  readonly site: RelyingSite;
  readonly one: KeyClient;
  readonly two: KeyClient;
  push(client: KeyClient, faults?: Faults): Promise<Pushed>;
  /** Takes a browser to the pushed request and through the sign-in; empty: it ended on a page of ours. */
  visit(browser: HttpBrowser, client: KeyClient, pushed: Pushed, more?: string): Promise<URL | null>;
  token(client: KeyClient, fields: Fields, faults?: Faults): Promise<TokenAnswer>;
  redeem(client: KeyClient, redirect: URL, verifier: string, faults?: Faults): Promise<TokenAnswer>;
  /** All of it: the tokens of one sign-in. */
  signIn(client: KeyClient, fields?: Fields): Promise<TokenAnswer & { redirect: URL; verifier: string }>;
  resource(client: KeyClient, access: string, faults?: Faults & { scheme?: string }): Promise<TokenAnswer>;
}

const ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

const present = (fields: Fields): Record<string, string> =>
  Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) => (value === null ? [] : [[name, value] as const])),
  );

export async function startFapiSite(): Promise<FapiSite> {
  const site = await startRelyingSite();
  const { services } = site.vestibule;
  const one = await makeKeyClient(services, { fapi: true });
  const two = await makeKeyClient(services, {
    fapi: true,
    name: "Second",
    redirectUris: ["https://second.test/cb"],
  });

  /** A call with the application's assertion and a proof of its key. */
  const call = (path: string, client: KeyClient, fields: Fields, faults: Faults): Promise<TokenAnswer> => {
    const keys = faults.keys === undefined ? client.keys : faults.keys;
    const dpop = faults.dpop === undefined ? client.dpop : faults.dpop;
    const authentication = async () =>
      keys === null
        ? { client_id: client.client.id }
        : {
            client_assertion_type: ASSERTION,
            client_assertion: await assertionOf({ ...client, keys }, ISSUER, faults.assertion),
          };
    return postProved(site.newBrowser(), {
      path,
      fields: async () => present({ ...(await authentication()), ...fields, ...faults.fields }),
      proof:
        dpop === null ? null : (nonce) => proofOf(dpop, { url: `${ISSUER}${path}`, nonce }, faults.proof),
    });
  };

  const push: FapiSite["push"] = async (client, faults = {}) => {
    const verifier = randomBytes(32).toString("base64url");
    const fields = {
      client_id: client.client.id,
      response_type: "code",
      redirect_uri: client.client.redirectUri,
      scope: "openid profile email offline_access",
      state: "s-1",
      nonce: "n-1234567",
      code_challenge: createHash("sha256").update(verifier).digest("base64url"),
      code_challenge_method: "S256",
    };
    const answer = await call("/par", client, fields, faults);
    return { ...answer, verifier, requestUri: String(answer.body["request_uri"]) };
  };
  const visit: FapiSite["visit"] = async (browser, { client }, { requestUri }, more = "") => {
    const query = new URLSearchParams({ client_id: client.id, request_uri: requestUri }).toString();
    const opened = await follow(browser, await browser.get(`/authorize?${query}${more}`));
    const { page } = await signInWhereAsked(browser, opened, site.user);
    return page.location === "" ? null : new URL(page.location);
  };
  const token: FapiSite["token"] = (client, fields, faults = {}) => call("/token", client, fields, faults);
  const redeem: FapiSite["redeem"] = (client, redirect, verifier, faults = {}) =>
    token(
      client,
      {
        grant_type: "authorization_code",
        code: redirect.searchParams.get("code") ?? "",
        redirect_uri: client.client.redirectUri,
        code_verifier: verifier,
      },
      faults,
    );
  return {
    site,
    one,
    two,
    push,
    visit,
    token,
    redeem,
    signIn: async (client, fields = {}) => {
      const pushed = await push(client, { fields });
      expect(pushed.status, JSON.stringify(pushed.body)).to.equal(201);
      const redirect = await visit(site.newBrowser(), client, pushed);
      if (redirect === null) {
        throw new Error("The sign-in ended on a page.");
      }
      const { verifier } = pushed;
      return { ...(await redeem(client, redirect, verifier)), redirect, verifier };
    },
    resource: async (client, access, faults = {}) => resource(site, { client, access, faults }),
  };
}

/** Userinfo, which is the resource of the tests, with a proof. */
async function resource(
  site: RelyingSite,
  asked: { client: KeyClient; access: string; faults: Faults & { scheme?: string } },
): Promise<TokenAnswer> {
  const { client, access, faults } = asked;
  const dpop = faults.dpop === undefined ? client.dpop : faults.dpop;
  const browser = site.newBrowser();
  const send = async (nonce: string | undefined) => {
    const what = { method: "GET", url: `${ISSUER}/userinfo`, access, nonce };
    return browser.get("/userinfo", {
      headers: {
        accept: "application/json",
        authorization: `${faults.scheme ?? "DPoP"} ${access}`,
        ...(dpop === null ? {} : { dpop: await proofOf(dpop, what, faults.proof) }),
      },
    });
  };
  const first = await send(undefined);
  const nonce = first.headers["dpop-nonce"];
  const page = first.body.includes("use_dpop_nonce") && typeof nonce === "string" ? await send(nonce) : first;
  return { status: page.status, body: JSON.parse(page.body) as Record<string, unknown> };
}

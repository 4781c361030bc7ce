import { createHash, randomBytes } from "node:crypto";
import { exportJWK, generateKeyPair, SignJWT, type JWK } from "jose";
import type { Services } from "../../src/server/wiring/services.ts";
import type { HttpBrowser, Page } from "./http-browser.ts";
import { makeApplication, type TestApplication } from "./people.ts";
import type { TokenAnswer } from "./relying-party.ts";

/** A key pair of an application or of a device. */
export interface Keys {
  readonly privateKey: CryptoKey;
  readonly publicJwk: JWK;
  readonly algorithm: string;
}

export async function makeKeys(algorithm = "ES256"): Promise<Keys> {
  const { privateKey, publicKey } = await generateKeyPair(algorithm, { extractable: true });
  return { privateKey, publicJwk: await exportJWK(publicKey), algorithm };
}

/** The public halves as an application registers them. */
export const jwksOf = (...keys: readonly Keys[]) => ({
  keys: keys.map(({ publicJwk, algorithm }) => ({ ...publicJwk, alg: algorithm, use: "sig" })),
});

type Changes = Readonly<Record<string, unknown>>;

/** An application that proves itself with a key, and its tokens with another. */
export interface KeyClient {
  readonly client: TestApplication;
  readonly keys: Keys;
  readonly dpop: Keys;
}

/** A first-party web application with private_key_jwt; `changes` may make it a FAPI one. */
export async function makeKeyClient(services: Services, changes: Changes = {}): Promise<KeyClient> {
  const [keys, dpop] = await Promise.all([makeKeys(), makeKeys()]);
  const client = await makeApplication(services, {
    authentication: "private_key_jwt",
    jwks: jwksOf(keys),
    ...changes,
  });
  return { client, keys, dpop };
}

const now = () => Math.floor(Date.now() / 1000);
const randomId = () => randomBytes(12).toString("base64url");

/** Leaves out what is undefined. */
const present = (claims: Changes) =>
  Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== undefined));

/** RFC 7523 section 3; `changes` replace claims, undefined leaves one out. */
export function assertionOf(
  { client, keys }: Pick<KeyClient, "client" | "keys">,
  audience: string,
  changes: Changes = {},
): Promise<string> {
  const claims = {
    iss: client.id,
    sub: client.id,
    aud: audience,
    jti: randomId(),
    iat: now(),
    exp: now() + 60,
    ...changes,
  };
  return new SignJWT(present(claims)).setProtectedHeader({ alg: keys.algorithm }).sign(keys.privateKey);
}

/** What a proof is made for (RFC 9449 section 4.2). */
export interface ProofFor {
  readonly method?: string;
  readonly url: string;
  readonly access?: string | undefined;
  readonly nonce?: string | undefined;
}

export function proofOf(
  { privateKey, publicJwk, algorithm }: Keys,
  { method = "POST", url, access, nonce }: ProofFor,
  { header = {}, claims = {} }: { header?: Changes; claims?: Changes } = {},
): Promise<string> {
  const payload = {
    htm: method,
    htu: url,
    jti: randomId(),
    iat: now(),
    ath: access === undefined ? undefined : createHash("sha256").update(access).digest("base64url"),
    nonce,
    ...claims,
  };
  return new SignJWT(present(payload))
    .setProtectedHeader({ alg: algorithm, typ: "dpop+jwt", jwk: publicJwk, ...header })
    .sign(privateKey);
}

/** One call with a proof; `proof` makes it anew for the nonce that the server asks for. */
export interface ProvedCall {
  readonly path: string;
  readonly fields: () => Promise<Readonly<Record<string, string>>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly proof: ((nonce: string | undefined) => Promise<string>) | null;
}

/** Posts a form, once more with the nonce when one is asked for (RFC 9449 section 8). */
export async function postProved(
  browser: HttpBrowser,
  call: ProvedCall,
): Promise<TokenAnswer & { page: Page }> {
  const send = async (nonce: string | undefined) =>
    browser.send(call.path, {
      method: "POST",
      headers: {
        accept: "application/json",
        "content-type": "application/x-www-form-urlencoded",
        ...(call.proof === null ? {} : { dpop: await call.proof(nonce) }),
        ...call.headers,
      },
      body: new URLSearchParams(await call.fields()).toString(),
    });
  const first = await send(undefined);
  const nonce = first.headers["dpop-nonce"];
  const page = first.body.includes("use_dpop_nonce") && typeof nonce === "string" ? await send(nonce) : first;
  return { status: page.status, body: JSON.parse(page.body) as Record<string, unknown>, page };
}

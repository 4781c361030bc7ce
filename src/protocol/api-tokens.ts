import { createHash } from "node:crypto";
import {
  calculateJwkThumbprint,
  createLocalJWKSet,
  EmbeddedJWK,
  errors,
  jwtVerify,
  type JWTPayload,
  type JWTVerifyGetKey,
} from "jose";
import type { ApiScope } from "../domain/access/api-scopes.ts";
import type { Application } from "../domain/applications/application.ts";
import { SIGNING_ALGORITHMS } from "../domain/applications/application-settings.ts";
import type { ApplicationStore } from "../domain/applications/application-store.ts";
import { apiResource } from "../domain/applications/own-application.ts";
import { epochSeconds, now } from "../kernel/clock.ts";
import type { RunningKeys } from "./keys/running-keys.ts";
import type { SigningJwk } from "./keys/signing-key.ts";

interface Deps {
  readonly issuer: string;
  readonly keys: Pick<RunningKeys, "jwks" | "version">;
  readonly applications: Pick<ApplicationStore, "find">;
}

/** What a request brings. `url`: its address without the query. */
export interface TokenRequest {
  readonly method: string;
  readonly url: string;
  readonly authorization: string;
  readonly proof: string;
}

export interface CheckedToken {
  readonly type: "token";
  readonly application: Application;
  /** Those of the token that the application still has. */
  readonly scopes: readonly ApiScope[];
  /** Identifies the proof of a key that came with it (RFC 9449), to be taken once; null for a bearer token. */
  readonly proofId: string | null;
}

/** `missing`: no token was sent. `proof`: that of the key is missing, or another request's. */
export interface RefusedToken {
  readonly type: "missing" | "invalid" | "proof";
  readonly detail: string;
}

const PROOF_ALGORITHMS = ["ES256", "PS256", "EdDSA"];
/** How long a proof may be used, in seconds, on either side of the present. */
const PROOF_SECONDS = 60;

/**
 * Judges access tokens for the management API (RFC 9068). They are issued to machines alone, by client credentials, and the
 * application is looked up at every request: one that is disabled, or has lost a scope, has lost it in its tokens as well.
 */
export class ApiTokens {
  readonly #deps: Deps;
  #known: { readonly version: number; readonly find: JWTVerifyGetKey } | null = null;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  async check(request: TokenRequest): Promise<CheckedToken | RefusedToken> {
    const [, scheme = "", token = ""] = /^(Bearer|DPoP) +([\w.~+/=-]+)$/i.exec(request.authorization) ?? [];
    if (token === "") {
      return { type: "missing", detail: "send an access token for this API" };
    }
    const payload = await this.#verify(token);
    const application = payload === null ? null : await this.#applicationOf(payload);
    if (payload === null || application === null) {
      return INVALID;
    }
    const thumbprint = thumbprintOf(payload);
    const mustProve = thumbprint !== null || application.dpop || application.fapi;
    if (mustProve !== (scheme.toLowerCase() === "dpop")) {
      return mustProve
        ? fault("this token needs the scheme DPoP, and a proof of its key")
        : fault("send it as Bearer");
    }
    const proofId = mustProve ? await proved(request, { token, thumbprint }) : null;
    if (mustProve && proofId === null) {
      return fault("the proof in DPoP is missing, too old, or for another request, token or key");
    }
    return { type: "token", application, scopes: scopesOf(payload, application), proofId };
  }

  async #verify(token: string): Promise<JWTPayload | null> {
    const { issuer } = this.#deps;
    try {
      const { payload } = await jwtVerify(token, this.#keys(), {
        issuer,
        audience: apiResource(issuer),
        typ: "at+jwt",
        algorithms: [...SIGNING_ALGORITHMS],
        requiredClaims: ["exp", "iat", "sub", "client_id"],
        currentDate: now(),
      });
      // The token of a user would name the user.
      return payload.sub === payload["client_id"] && typeof payload.aud === "string" ? payload : null;
    } catch (error) {
      return refusal(error);
    }
  }

  async #applicationOf({ sub = "" }: JWTPayload): Promise<Application | null> {
    const application = await this.#deps.applications.find(sub);
    return application === null || application.isDisabled || application.type !== "machine"
      ? null
      : application;
  }

  /** The public halves of all published keys. */
  #keys(): JWTVerifyGetKey {
    const { jwks, version } = this.#deps.keys;
    const known = this.#known?.version === version ? this.#known : null;
    const current = known ?? { version, find: createLocalJWKSet({ keys: jwks.map(publicHalf) }) };
    this.#known = current;
    return current.find;
  }
}

const INVALID: RefusedToken = { type: "invalid", detail: "the token is not valid here, or has ended" };
const fault = (detail: string): RefusedToken => ({ type: "proof", detail });

/** RFC 7518 sections 6.2.2 and 6.3.2. */
const PRIVATE = new Set(["d", "p", "q", "dp", "dq", "qi", "oth", "k"]);
const publicHalf = (jwk: SigningJwk): SigningJwk => {
  const entries = Object.entries(jwk).filter(([name]) => !PRIVATE.has(name));
  return { ...Object.fromEntries(entries), kid: jwk.kid, alg: jwk.alg, use: jwk.use };
};

function thumbprintOf({ cnf }: JWTPayload): string | null {
  const jkt: unknown = typeof cnf === "object" && cnf !== null ? Reflect.get(cnf, "jkt") : null;
  return typeof jkt === "string" ? jkt : null;
}

const scopesOf = ({ scope }: JWTPayload, { apiScopes }: Application): readonly ApiScope[] => {
  const given = typeof scope === "string" ? scope.split(" ") : [];
  return apiScopes.filter((name) => given.includes(name));
};

/** RFC 9449 section 4.3, all but the nonce; returns what identifies the proof, null for one that does not fit. */
async function proved(
  { method, url, proof }: TokenRequest,
  { token, thumbprint }: { token: string; thumbprint: string | null },
): Promise<string | null> {
  try {
    const { payload, protectedHeader } = await jwtVerify(proof, EmbeddedJWK, {
      typ: "dpop+jwt",
      algorithms: PROOF_ALGORITHMS,
      currentDate: now(),
    });
    const { iat, jti, htm, htu, ath } = payload;
    const { jwk } = protectedHeader;
    const isNow = typeof iat === "number" && Math.abs(epochSeconds(now()) - iat) <= PROOF_SECONDS;
    const isThis = htm === method && typeof htu === "string" && placeOf(htu) === url;
    const isOf = ath === createHash("sha256").update(token).digest("base64url");
    const isKey = jwk !== undefined && (await calculateJwkThumbprint(jwk)) === thumbprint;
    return isNow && isThis && isOf && isKey && typeof jti === "string" && jti !== ""
      ? `${thumbprint ?? ""} ${jti}`
      : null;
  } catch (error) {
    return refusal(error);
  }
}

/** Query and fragment do not count (RFC 9449 section 4.3). */
function placeOf(address: string): string | null {
  const url = URL.parse(address);
  return url === null ? null : `${url.origin}${url.pathname}`;
}

/** Everything wrong with a token or proof is one refusal; any other fault is ours. */
function refusal(error: unknown): null {
  if (error instanceof errors.JOSEError || error instanceof TypeError || error instanceof SyntaxError) {
    return null;
  }
  throw error;
}

import type { ActingApplication } from "../domain/access/actor.ts";
import type { Office } from "../domain/offices/office.ts";
import { epochSeconds, now } from "../kernel/clock.ts";
import type { KeyedHash } from "../kernel/secret.ts";
import type { RateLimit } from "../platform/limits/rate-limit-store.ts";
import type { Context } from "../platform/web/context.ts";
import type { ApiTokens, CheckedToken, RefusedToken } from "../protocol/api-tokens.ts";
import type { AdmissionStore } from "./admission-store.ts";
import { Problem } from "./problem.ts";
import { setRateLimit } from "./rate-limit-headers.ts";

interface Deps {
  readonly issuer: string;
  readonly tokens: ApiTokens;
  readonly admissions: AdmissionStore;
  readonly hash: KeyedHash;
  /** Requests of an application in a minute. */
  readonly perMinute: number;
}

const REQUESTS = "api-requests";
const PROOF = "api-proof";
/** For longer than a proof may be used, on either side of the present. */
const PROOF_MINUTES = 3;

/** Finds out which application calls, and counts its requests. Sets the headers of the limit. */
export class ApiCallers {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Throws the problem of a token that is not taken, and of too many requests. */
  async admit(ctx: Context): Promise<ActingApplication> {
    const { issuer, tokens } = this.#deps;
    const checked = await tokens.check({
      method: ctx.method,
      url: `${issuer}${ctx.path}`,
      authorization: ctx.get("Authorization"),
      proof: ctx.get("DPoP"),
    });
    if (checked.type !== "token") {
      throw refusedToken(checked);
    }
    const status = await this.#count(ctx, checked);
    const { id, officeId } = checked.application;
    if (officeId !== null && status !== "open") {
      throw new Problem("office-closed");
    }
    return { id, officeId, role: "application", scopes: checked.scopes };
  }

  /**
   * By the minute of the clock, so that the headers can say when it ends. A proof counts as a limit of one. Returns the status of the
   * caller's office, which the same statement reads.
   */
  async #count(
    ctx: Context,
    { application: { id, officeId }, proofId }: CheckedToken,
  ): Promise<Office["status"] | null> {
    const { admissions, hash, perMinute } = this.#deps;
    const at = now();
    const seconds = epochSeconds(at);
    const key = hash(`${REQUESTS} ${id} ${String(Math.floor(seconds / 60))}`);
    const asked: RateLimit[] = [
      { scope: REQUESTS, key, limit: perMinute, minutes: 1 },
      ...(proofId === null
        ? []
        : [{ scope: PROOF, key: hash(`${PROOF} ${proofId}`), limit: 1, minutes: PROOF_MINUTES }]),
    ];
    const { reserved, status } = await admissions.admit(asked, officeId, at);
    const used = reserved.find(({ scope }) => scope === REQUESTS)?.used ?? null;
    const reset = 60 - (seconds % 60);
    setRateLimit(ctx, { perMinute, used, reset });
    if (used === null) {
      throw new Problem("too-many-requests", { headers: { "Retry-After": String(reset) } });
    }
    if (proofId !== null && !reserved.some(({ scope }) => scope === PROOF)) {
      throw refusedToken({ type: "proof", detail: "this proof was used before" });
    }
    return status;
  }
}

/** RFC 6750 section 3, RFC 9449 section 7.1. */
function refusedToken({ type, detail }: RefusedToken): Problem {
  const algorithms = 'algs="ES256 PS256 EdDSA"';
  const challenge = {
    missing: `Bearer, DPoP ${algorithms}`,
    invalid: `Bearer error="invalid_token", DPoP error="invalid_token", ${algorithms}`,
    proof: `DPoP error="invalid_dpop_proof", ${algorithms}`,
  }[type];
  return new Problem("invalid-token", { detail, headers: { "WWW-Authenticate": challenge } });
}

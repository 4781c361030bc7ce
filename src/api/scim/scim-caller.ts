import type { Directory, ScimAccess } from "../../domain/provisioning/scim-access.ts";
import { epochSeconds, now } from "../../kernel/clock.ts";
import type { KeyedHash } from "../../kernel/secret.ts";
import type { RateLimitStore } from "../../platform/limits/rate-limit-store.ts";
import type { Context } from "../../platform/web/context.ts";
import { setRateLimit } from "../rate-limit-headers.ts";
import { ScimError } from "./scim-error.ts";

interface Deps {
  readonly access: Pick<ScimAccess, "check">;
  readonly limits: Pick<RateLimitStore, "reserve">;
  readonly hash: KeyedHash;
  /** Requests of an office in a minute. */
  readonly perMinute: number;
}

const REQUESTS = "scim-requests";

/** Finds out whose directory calls, and counts its requests. */
export class ScimCallers {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Throws the error of a token that is not taken, and of too many requests. */
  async admit(ctx: Context): Promise<Directory> {
    const token = /^Bearer +([\w-]{1,200})$/i.exec(ctx.get("Authorization").trim())?.[1] ?? "";
    const directory = await this.#deps.access.check(token);
    if (directory === null) {
      throw new ScimError(401, "The token is missing or not valid.", {
        headers: { "WWW-Authenticate": token === "" ? "Bearer" : 'Bearer error="invalid_token"' },
      });
    }
    await this.#count(ctx, directory.office.id);
    if (directory.office.status !== "open") {
      throw new ScimError(403, "The office is closed.");
    }
    return directory;
  }

  async #count(ctx: Context, officeId: string): Promise<void> {
    const { limits, hash, perMinute } = this.#deps;
    const at = now();
    const seconds = epochSeconds(at);
    const key = hash(`${REQUESTS} ${officeId} ${String(Math.floor(seconds / 60))}`);
    const [reserved] = await limits.reserve([{ scope: REQUESTS, key, limit: perMinute, minutes: 1 }], at);
    const reset = 60 - (seconds % 60);
    setRateLimit(ctx, { perMinute, used: reserved?.used ?? null, reset });
    if (reserved === undefined) {
      const headers = { "Retry-After": String(reset) };
      throw new ScimError(429, "Too many requests in this minute.", { headers });
    }
  }
}

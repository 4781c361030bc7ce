import { stopwatch } from "../../kernel/clock.ts";
import type { Context, Handler } from "./context.ts";

/** Lifetime of a cached response in milliseconds. A new signing key is published for much longer before it is used. */
const LIFE_MS = 1_000;

interface MicroCacheOptions {
  readonly now?: () => number;
  /** Responses that were made before it changed are not used any more. */
  readonly version?: () => number;
}

interface CachedAnswer {
  readonly until: number;
  readonly version: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Buffer;
}

/**
 * Caches public documents (discovery and JWKS) for a second, so that oidc-provider does not generate them for each request.
 * Responses that depend on a query or on the Origin header are not cached.
 */
export function microCache(
  paths: readonly string[],
  { now = stopwatch, version = () => 0 }: MicroCacheOptions = {},
): Handler {
  const cache = new Map<string, CachedAnswer>();
  return async (ctx, next) => {
    if (ctx.method !== "GET" || !paths.includes(ctx.path) || ctx.search !== "" || ctx.get("Origin") !== "") {
      await next();
      return;
    }
    const cached = cache.get(ctx.path);
    const made = version();
    if (cached !== undefined && cached.until > now() && cached.version === made) {
      cached.headers.forEach(([name, value]) => {
        ctx.set(name, value);
      });
      ctx.body = cached.body;
      return;
    }
    const before = new Set(Object.keys(ctx.response.headers));
    await next();
    if (ctx.status === 200) {
      cache.set(ctx.path, {
        ...{ until: now() + LIFE_MS, version: made },
        ...preparedAnswer(ctx, before),
      });
    }
  };
}

/** The headers that were added after `before`: those of the request, such as its id, must not be cached, nor cookies. */
function preparedAnswer(ctx: Context, before: ReadonlySet<string>): Pick<CachedAnswer, "headers" | "body"> {
  const headers = Object.entries(ctx.response.headers).flatMap(([name, value]) =>
    before.has(name) || name === "set-cookie" || name === "content-length"
      ? []
      : [[name, String(value)] as const],
  );
  return { headers, body: Buffer.from(JSON.stringify(ctx.body)) };
}

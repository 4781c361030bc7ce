import { stopwatch } from "../../kernel/clock.ts";
import type { Context, Handler } from "./context.ts";

/** Lifetime of a cached response in milliseconds. A new signing key is published for much longer before it is used. */
const LIFE_MS = 1_000;

interface CachedAnswer {
  readonly until: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Buffer;
}

/**
 * Caches public documents (discovery and JWKS) for a second, so that oidc-provider does not generate them for each request.
 * Responses that depend on a query or on the Origin header are not cached.
 */
export function microCache(paths: readonly string[], now: () => number = stopwatch): Handler {
  const cache = new Map<string, CachedAnswer>();
  return async (ctx, next) => {
    if (ctx.method !== "GET" || !paths.includes(ctx.path) || ctx.search !== "" || ctx.get("Origin") !== "") {
      await next();
      return;
    }
    const cached = cache.get(ctx.path);
    if (cached !== undefined && cached.until > now()) {
      cached.headers.forEach(([name, value]) => {
        ctx.set(name, value);
      });
      ctx.body = cached.body;
      return;
    }
    const before = new Set(Object.keys(ctx.response.headers));
    await next();
    if (ctx.status === 200) {
      cache.set(ctx.path, toCachedAnswer(ctx, before, now() + LIFE_MS));
    }
  };
}

/** The headers that were added after `before`: those of the request, such as its id, must not be cached, nor cookies. */
function toCachedAnswer(ctx: Context, before: ReadonlySet<string>, until: number): CachedAnswer {
  const headers = Object.entries(ctx.response.headers).flatMap(([name, value]) =>
    before.has(name) || name === "set-cookie" || name === "content-length"
      ? []
      : [[name, String(value)] as const],
  );
  return { until, headers, body: Buffer.from(JSON.stringify(ctx.body)) };
}

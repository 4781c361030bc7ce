import { stopwatch } from "../../kernel/clock.ts";
import type { Context, Handler } from "./context.ts";

/** How long an answer is given again, in milliseconds. A key is published for much longer before it signs. */
const LIFE_MS = 1_000;

interface CachedAnswer {
  readonly until: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Buffer;
}

/**
 * Gives documents that are the same for everybody (discovery and the keys) again, without asking oidc-provider each
 * time. Requests with a query or from a script of another origin, whose answer depends on it, go the long way.
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

/** What was added to the answer since `before`: no id of a request, no cookie. */
function toCachedAnswer(ctx: Context, before: ReadonlySet<string>, until: number): CachedAnswer {
  const headers = Object.entries(ctx.response.headers).flatMap(([name, value]) =>
    before.has(name) || name === "set-cookie" || name === "content-length"
      ? []
      : [[name, String(value)] as const],
  );
  return { until, headers, body: Buffer.from(JSON.stringify(ctx.body)) };
}

import type { Handler } from "../platform/web/context.ts";

/**
 * Answers a revocation with `{}`: some clients in browsers refuse oidc-provider's empty text, and RFC 7009 section 2.2
 * leaves the body open.
 */
export function revocationAsJson(path: string): Handler {
  return async (ctx, next) => {
    await next();
    if (ctx.path === path && ctx.method === "POST" && ctx.status === 200) {
      ctx.body = {};
    }
  };
}

import type { Handler } from "../platform/web/context.ts";

/**
 * Answers a revocation with `{}`: some browser clients fail on oidc-provider's empty body, and RFC 7009 section 2.2 lets
 * clients ignore the body.
 */
export function revocationAsJson(path: string): Handler {
  return async (ctx, next) => {
    await next();
    if (ctx.path === path && ctx.method === "POST" && ctx.status === 200) {
      ctx.body = {};
    }
  };
}

import type { Context, Handler } from "../platform/web/context.ts";

/**
 * Answers the introspection of a JWT with `{"active":false}` (RFC 7662 section 2.2). oidc-provider refuses every JWT with
 * `unsupported_token_type`, an error of revocations: a resource server gets its tokens from strangers, and takes another status than 200
 * for an outage. JWTs of ours are not stored, so introspection knows nothing about them; the log says that one was sent.
 */
export function jwtsAsInactive(path: string): Handler {
  return async (ctx, next) => {
    await next();
    if (ctx.path === path && isRefusedAsJwt(ctx)) {
      ctx.status = 200;
      ctx.body = { active: false };
    }
  };
}

/** oidc-provider looks at the token after it has authenticated the application. */
function isRefusedAsJwt({ status, body }: Pick<Context, "status" | "body">): boolean {
  return (
    status === 400 &&
    typeof body === "object" &&
    body !== null &&
    "error" in body &&
    body.error === "unsupported_token_type"
  );
}

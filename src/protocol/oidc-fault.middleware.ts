import type { EventEmitter } from "node:events";
import type { Context, Handler } from "../platform/web/context.ts";

/**
 * oidc-provider answers an unexpected error with `server_error`, as if the request had been served. The unit of work
 * would then be stored, for example a spent code for which the client got no token. The error is rethrown instead, so
 * that nothing is stored and the response is that of any other fault.
 */
export function oidcFaults(provider: EventEmitter): Handler {
  const met = new WeakMap<object, { readonly error: unknown }>();
  provider.on("server_error", ({ req }: Context, error: unknown) => {
    met.set(req, { error });
  });
  return async (ctx, next) => {
    await next();
    const fault = met.get(ctx.req);
    if (fault !== undefined) {
      dropAnswer(ctx);
      throw fault.error;
    }
  };
}

/** Removes from the prepared response what refers to data that was not stored. */
export function dropAnswer(ctx: Context): void {
  ctx.remove("Location");
  ctx.remove("Set-Cookie");
}

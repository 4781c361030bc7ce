import type { EventEmitter } from "node:events";
import type { Context, Handler } from "../platform/web/context.ts";

/**
 * oidc-provider answers everything that it did not expect with its own `server_error`, as if the request had been
 * served: what was gathered to be stored would be stored, such as a code that is spent and brought nothing. Whatever
 * it met is thrown on instead, so that nothing is stored and the answer is that of any other fault.
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

/** Takes back what the prepared answer tells of things that were not stored. */
export function dropAnswer(ctx: Context): void {
  ctx.remove("Location");
  ctx.remove("Set-Cookie");
}

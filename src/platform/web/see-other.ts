import type { Context } from "./context.ts";

/**
 * Redirects with 303, which the browser follows by GET (RFC 9110 section 15.4.4), so that a reload or "back" does not post the form
 * again. eslint allows it in `routes.ts` files only, so that all redirects are found there.
 */
export function seeOther(ctx: Context, location: string): void {
  ctx.status = 303;
  ctx.redirect(location);
}

import type { Context } from "./context.ts";

/**
 * Leads the browser to another address, which it gets by GET (303, RFC 9110 section 15.4.4): a reload or "back" sends no
 * form again. The one helper of every `routes.ts`; eslint refuses it elsewhere, so that every redirect is found there.
 */
export function seeOther(ctx: Context, location: string): void {
  ctx.status = 303;
  ctx.redirect(location);
}

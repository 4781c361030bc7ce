import type { Context } from "./context.ts";
import type { Cookies, OwnCookie } from "./cookies.ts";

interface KeptToken {
  readonly cookie: OwnCookie;
  /** As it stands in the address. */
  readonly token: string;
}

/**
 * Puts the token of a mailed link into a cookie, so that it stands in no history and in no Referer. It is not looked
 * at: a mail scanner that opens the link changes nothing, and learns nothing. Redirect to the page without it then.
 */
export function keepLinkToken(ctx: Context, cookies: Cookies, { cookie, token }: KeptToken): void {
  // Whatever else somebody types becomes a token that nobody made.
  const isPlausible = /^[\w-]{64}$/.test(token);
  cookies.write(ctx, cookie, isPlausible ? token : "none");
  ctx.set("Referrer-Policy", "no-referrer");
}

import type { Context } from "./context.ts";
import type { Cookies, OwnCookie } from "./cookies.ts";

interface KeptToken {
  readonly cookie: OwnCookie;
  /** The token as it is in the URL. */
  readonly token: string;
}

/**
 * Moves the token of a mailed link into a cookie, so that it is in no browser history and no Referer. The caller then redirects to
 * the page without the token. The token is not looked up, so a mail scanner that opens the link does not use it up and learns
 * nothing.
 */
export function keepLinkToken(ctx: Context, cookies: Cookies, { cookie, token }: KeptToken): void {
  // A malformed token becomes one that cannot exist.
  const isPlausible = /^[\w-]{64}$/.test(token);
  cookies.write(ctx, cookie, isPlausible ? token : "none");
  ctx.set("Referrer-Policy", "no-referrer");
}

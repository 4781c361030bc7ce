import type { Context } from "./context.ts";
import type { Cookies } from "./cookies.ts";

/** The tokens of a browser that is familiar to users, the newest first; none for a forged cookie. */
export function readBrowser(ctx: Context, cookies: Cookies): string[] {
  return (cookies.read(ctx, "browser") ?? "").split(".").filter((token) => /^[\w-]{43}$/.test(token));
}

/** Keeps the tokens in the browser for another 180 days. */
export function writeBrowser(ctx: Context, cookies: Cookies, tokens: readonly string[]): void {
  cookies.write(ctx, "browser", tokens.join("."));
}

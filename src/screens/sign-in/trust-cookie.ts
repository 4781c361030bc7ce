import type { Context } from "../../platform/web/context.ts";
import type { Cookies } from "../../platform/web/cookies.ts";

/** Users who share a browser each have their own token. Beyond this number the oldest is dropped. */
const MAX_TOKENS = 4;

/** The trust tokens of a browser, the newest first; none for a forged cookie. */
export function readTrust(ctx: Context, cookies: Cookies): string[] {
  const value = cookies.read(ctx, "trust") ?? "";
  return value
    .split(".")
    .filter((token) => /^[\w-]{43}$/.test(token))
    .slice(0, MAX_TOKENS);
}

/** Adds a token and keeps those of other users. */
export function addTrust(ctx: Context, cookies: Cookies, token: string): void {
  const kept = readTrust(ctx, cookies).slice(0, MAX_TOKENS - 1);
  cookies.write(ctx, "trust", [token, ...kept].join("."));
}

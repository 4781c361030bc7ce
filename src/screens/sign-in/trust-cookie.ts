import type { Context } from "../../platform/web/context.ts";
import type { Cookies } from "../../platform/web/cookies.ts";

/** People who share a browser each have a token of their own in it; more than these forget the oldest. */
const MAX_TOKENS = 4;

/** The tokens by which a browser is trusted, the newest first; none for a cookie that is not ours. */
export function readTrust(ctx: Context, cookies: Cookies): string[] {
  const value = cookies.read(ctx, "trust") ?? "";
  return value
    .split(".")
    .filter((token) => /^[\w-]{43}$/.test(token))
    .slice(0, MAX_TOKENS);
}

/** Adds a token to those of others. */
export function addTrust(ctx: Context, cookies: Cookies, token: string): void {
  const kept = readTrust(ctx, cookies).slice(0, MAX_TOKENS - 1);
  cookies.write(ctx, "trust", [token, ...kept].join("."));
}

import { randomToken } from "../../kernel/random.ts";
import type { Context, Handler } from "./context.ts";
import { cspSource } from "./header-values.ts";

/**
 * Sets security headers on every response. The CSP leaves `form-action` out on purpose: Chromium applies it to the redirect after
 * a POST, which leads to the application (docs/decisions/0005). Only the sites in `isolated`, by their first path, cut the tie to the
 * window that opened them: an application that signs its users in in a popup waits for the answer in `window.opener`, and one page
 * or redirect on the way that cuts it loses the sign-in.
 */
export function securityHeaders(issuer: string, isolated: readonly string[]): Handler {
  const always = Object.entries({
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    // With `no-referrer` browsers send `Origin: null` with our own forms.
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
    ...(issuer.startsWith("https:")
      ? { "Strict-Transport-Security": "max-age=63072000; includeSubDomains" }
      : {}),
  });
  return async (ctx, next) => {
    ctx.state.nonce = randomToken(16);
    for (const [name, value] of always) {
      ctx.res.setHeader(name, value);
    }
    if (isWithin(ctx.path, isolated)) {
      ctx.res.setHeader("Cross-Origin-Opener-Policy", "same-origin");
    }
    ctx.res.setHeader("Content-Security-Policy", contentSecurityPolicy(ctx.state.nonce, []));
    ctx.res.setHeader("X-Request-Id", ctx.state.requestId);
    await next();
  };
}

/** The router takes `/ACCOUNT` for `/account`. */
function isWithin(path: string, sites: readonly string[]): boolean {
  const folded = path.toLowerCase();
  return sites.some((site) => folded === site || folded.startsWith(`${site}/`));
}

/** Keeps a response out of the caches of browsers and proxies. */
export function noStore<C extends Context>(ctx: C): C {
  ctx.set("Cache-Control", "no-store");
  return ctx;
}

/** Adds the origins of external images to the CSP: the logos of the office and of applications. */
export function allowImages(ctx: Context, urls: readonly (string | null)[]): void {
  const origins = urls.flatMap((url) => (url === null ? [] : (cspSource(url) ?? [])));
  ctx.set("Content-Security-Policy", contentSecurityPolicy(ctx.state.nonce, origins));
}

function contentSecurityPolicy(nonce: string, imageOrigins: readonly string[]): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    ["img-src 'self' data:", ...imageOrigins].join(" "),
    "connect-src 'self'",
    "base-uri 'none'",
    "object-src 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}

import type { Configuration } from "oidc-provider";

/**
 * Requests that oidc-provider makes (back-channel logout, `jwks_uri`): its guard refuses every address inside a
 * network; hosts that the operator has listed go without it.
 */
export function outgoingFetch(allowedHosts: readonly string[]): NonNullable<Configuration["fetch"]> {
  const allowed = new Set(allowedHosts);
  return (url, options) => {
    const guarded = { ...options, redirect: "error" as const };
    if (!allowed.has(new URL(url instanceof Request ? url.url : url).hostname)) {
      return fetch(url, guarded);
    }
    const { dispatcher: _guard, ...plain } = guarded as typeof guarded & { dispatcher?: unknown };
    return fetch(url, plain);
  };
}

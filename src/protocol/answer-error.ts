import type { KoaContextWithOIDC } from "oidc-provider";
import { describeError } from "./error-descriptions.ts";
import { errors } from "./library.ts";
import type { OidcError, OidcPages } from "./oidc-pages.ts";
import { trueFault } from "./requests/true-fault.ts";
import { refusedAddress } from "./requests/refused-address.ts";

/** Routes of the library that browsers open. */
const PAGE_ROUTES: ReadonlySet<unknown> = new Set([
  "authorization",
  "resume",
  "end_session",
  "end_session_confirm",
  "end_session_success",
  "code_verification",
  "device_resume",
]);

interface Deps {
  readonly pages: OidcPages;
  readonly settings: { readonly production: boolean };
}

/**
 * Answers a refusal: with a page where a browser waits, else with JSON. The library renders a page for a program too when that
 * prefers HTML: a program that reads JSON then reports a parse error.
 */
export function errorAnswer({ pages, settings: { production } }: Deps) {
  return async (ctx: KoaContextWithOIDC, out: OidcError, error: unknown): Promise<void> => {
    const fault = trueFault(ctx, error);
    const named: OidcError = fault instanceof errors.OIDCProviderError ? fault : out;
    const refused = isAboutAddress(named) ? refusedAddress(ctx, { isDevelopment: !production }) : null;
    const description = describeError(named.error, named.error_description);
    if (PAGE_ROUTES.has(ctx.oidc.route)) {
      const shown = { error: named.error, error_description: description, refusedAddress: refused };
      await pages.error(ctx, shown, fault);
      return;
    }
    const nearest = refused?.hint.address ?? null;
    ctx.body =
      nearest === null
        ? out
        : { ...out, error_description: `${description ?? ""}; the nearest is ${nearest}` };
  };
}

/** The library has one description for each kind of address, at whatever endpoint, and one error for several faults. */
const isAboutAddress = ({ error_description: description = "" }: OidcError): boolean =>
  description.startsWith("redirect_uri did not match") ||
  description === "post_logout_redirect_uri not registered";

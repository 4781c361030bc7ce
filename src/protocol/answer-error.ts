import type { KoaContextWithOIDC } from "oidc-provider";
import { describeError } from "./error-descriptions.ts";
import { errors } from "./library.ts";
import type { OidcError, OidcPages } from "./oidc-pages.ts";
import { trueFault } from "./requests/true-fault.ts";

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

/** The library renders a page for a program too when that prefers HTML: a program that reads JSON then reports a parse error. */
export async function answerError(
  pages: OidcPages,
  ctx: KoaContextWithOIDC,
  { out, error }: { readonly out: OidcError; readonly error: unknown },
): Promise<void> {
  if (PAGE_ROUTES.has(ctx.oidc.route)) {
    const fault = trueFault(ctx, error);
    const named = fault instanceof errors.OIDCProviderError ? fault : out;
    const description = describeError(named.error, named.error_description);
    await pages.error(ctx, { error: named.error, error_description: description }, fault);
  } else {
    ctx.body = out;
  }
}

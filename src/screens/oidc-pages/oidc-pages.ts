import type { KoaContextWithOIDC } from "oidc-provider";
import { PageError, type ErrorKind } from "../../kernel/errors.ts";
import { isExpired } from "../../protocol/requests/refusal.ts";
import type { OidcError, OidcPages } from "../../protocol/oidc-pages.ts";
import { startAgainAt } from "../../domain/applications/application-view.ts";
import type { WaysBack } from "../../protocol/ways-back.ts";
import type { ApplicationStore } from "../../domain/applications/application-store.ts";
import type { Context } from "../../platform/web/context.ts";
import { devicePages } from "./device-pages.ts";
import type { ErrorDetails, ErrorPage } from "../../platform/web/error-page.ts";
import type { Renderer } from "../../platform/web/render.ts";

/**
 * The pages at oidc-provider's own URLs: errors, sign-out and the device flow. They replace the pages of the library,
 * which load fonts from other hosts. This is the only screen that uses the context of the library, because the library
 * calls it.
 */
export function oidcPages(
  renderer: Renderer,
  errorPage: ErrorPage,
  applications: ApplicationStore,
  waysBack: WaysBack,
): OidcPages {
  const applicationOf = async (ctx: KoaContextWithOIDC) =>
    ctx.oidc.client === undefined ? null : applications.find(ctx.oidc.client.clientId);
  return {
    device: devicePages(renderer, applications),
    error: async (ctx, out) => {
      // oidc-fault.middleware.ts rethrows unexpected errors, and the general error handler answers them.
      if (out.error !== "server_error") {
        const kind = kindOf(out);
        // At the end of a sign-in the library takes the application of an expired one from the address.
        const startAgain =
          kind === "expired" ? await waysBack.find(toContext(ctx)) : startAgainAt(await applicationOf(ctx));
        await errorPage.show(toContext(ctx), new PageError(kind, { startAgain }), detailsOf(out));
      }
    },
    signOut: async (ctx, form) => {
      const application = await applicationOf(ctx);
      renderer.page(toContext(ctx), "sign-out/confirm", {
        ...form,
        office: await renderer.officeOf(toContext(ctx)),
        csrf: "",
        application: application === null ? null : { name: application.name },
        values: {},
      });
    },
    // A user who pressed "Stay signed in" arrives here as well.
    signedOut: async (ctx) => {
      const application = await applicationOf(ctx);
      const session = await ctx.oidc.provider.Session.get(ctx);
      renderer.page(toContext(ctx), "sign-out/done", {
        office: await renderer.officeOf(toContext(ctx)),
        hasStayed: session.accountId !== undefined,
        backHref: application?.homeUrl ?? null,
        application: application === null ? null : { name: application.name },
      });
    },
  };
}

/** oidc-provider runs inside our middleware, so its context is ours with more in it. */
const toContext = (ctx: KoaContextWithOIDC): Context => ctx;

const detailsOf = ({ error, error_description: description, refusedAddress }: OidcError): ErrorDetails => ({
  code: error,
  description: description ?? null,
  address: refusedAddress ?? null,
});

function kindOf({ error, error_description: description, refusedAddress }: OidcError): ErrorKind {
  if (refusedAddress) {
    return "bad-redirect";
  }
  switch (error) {
    case "invalid_client":
      return "unknown-application";
    case "invalid_redirect_uri":
      return "bad-redirect";
    case "invalid_request":
    case "invalid_request_uri":
      return isExpired(description ?? "") ? "expired" : "request";
    default:
      return "request";
  }
}

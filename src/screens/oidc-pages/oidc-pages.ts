import type { KoaContextWithOIDC } from "oidc-provider";
import { PageError, type ErrorKind } from "../../kernel/errors.ts";
import { isExpired } from "../../protocol/requests/refusal.ts";
import type { OidcError, OidcPages } from "../../protocol/oidc-pages.ts";
import { startAgainAt } from "../../domain/applications/application-view.ts";
import type { ExpiredPageReturn } from "../../protocol/expired-page-return.ts";
import type { Application } from "../../domain/applications/application.ts";
import type { OfficeStore } from "../../domain/offices/office-store.ts";
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

interface OidcPagesDeps {
  readonly renderer: Renderer;
  readonly errorPage: ErrorPage;
  readonly applications: ApplicationStore;
  readonly offices: OfficeStore;
  readonly waysBack: ExpiredPageReturn;
}

/** Called by `protocol/oidc-pages.ts`, in the words of which it answers. */
export function oidcPages(deps: OidcPagesDeps): OidcPages {
  const { renderer } = deps;
  return {
    device: devicePages(deps),
    // oidc-fault.middleware.ts rethrows unexpected errors, and the general error handler answers them.
    error: (ctx, out) => (out.error === "server_error" ? Promise.resolve() : showError(deps, ctx, out)),
    signOut: async (ctx, form) => {
      const application = await applicationOf(deps, ctx);
      renderer.page(toContext(ctx), "sign-out/confirm", {
        ...form,
        office: (await renderer.officeOf(toContext(ctx))) ?? (await officeOf(deps, application)),
        csrf: "",
        application: application === null ? null : { name: application.name },
        values: {},
      });
    },
    // A user who pressed "Stay signed in" arrives here as well.
    signedOut: async (ctx) => {
      const application = await applicationOf(deps, ctx);
      const session = await ctx.oidc.provider.Session.get(ctx);
      renderer.page(toContext(ctx), "sign-out/done", {
        office: (await renderer.officeOf(toContext(ctx))) ?? (await officeOf(deps, application)),
        hasStayed: session.accountId !== undefined,
        backHref: application?.homeUrl ?? null,
        application: application === null ? null : { name: application.name },
      });
    },
  };
}

async function showError(deps: OidcPagesDeps, ctx: KoaContextWithOIDC, out: OidcError): Promise<void> {
  const kind = kindOf(out);
  const application = await applicationOf(deps, ctx);
  // At the end of a sign-in the library takes the application of an expired one from the address.
  const startAgain =
    kind === "expired" ? await deps.waysBack.find(toContext(ctx)) : startAgainAt(application);
  toContext(ctx).state.office = await officeOf(deps, application);
  await deps.errorPage.show(toContext(ctx), new PageError(kind, { startAgain }), detailsOf(out));
}

const applicationOf = async ({ applications }: OidcPagesDeps, { oidc }: KoaContextWithOIDC) =>
  oidc.client === undefined ? null : applications.find(oidc.client.clientId);

/** Its registration shows the office of such an application to everyone, as its sign-in does. */
const officeOf = async ({ offices }: OidcPagesDeps, application: Application | null) =>
  application === null || application.officeId === null ? null : offices.find(application.officeId);

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

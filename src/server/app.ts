import type { EventEmitter } from "node:events";
import type { RouterMiddleware } from "@koa/router";
import type { Provider } from "oidc-provider";
import type { ApplicationStore } from "../domain/applications/application-store.ts";
import type { AuditStore } from "../domain/audit/audit-store.ts";
import type { Assets } from "../platform/web/assets.ts";
import type { Handler, State } from "../platform/web/context.ts";
import type { Cookies } from "../platform/web/cookies.ts";
import type { Csrf } from "../platform/web/csrf.ts";
import type { RunningKeys } from "../protocol/keys/running-keys.ts";
import { registeredOrigins } from "../protocol/cross-origin.middleware.ts";
import { emptySecretsAsNone } from "../protocol/clients/empty-secret.middleware.ts";
import { helpfulErrors } from "../protocol/helpful-errors.middleware.ts";
import { jwtsAsInactive } from "../protocol/introspection.middleware.ts";
import { oidcFaults } from "../protocol/oidc-fault.middleware.ts";
import { signInCookies } from "../protocol/sign-in-cookies.middleware.ts";
import { offerReturn } from "../protocol/expired-page.middleware.ts";
import type { ExpiredPageReturn } from "../protocol/expired-page-return.ts";
import { unitOfWork } from "../protocol/unit-of-work.middleware.ts";
import type { ErrorPage } from "../platform/web/error-page.ts";
import { errors, type ErrorsDeps } from "../platform/web/errors.middleware.ts";
import { exactAddresses } from "../platform/web/exact-address.middleware.ts";
import type { BrowserForms } from "../platform/web/browser-forms.ts";
import { formPostPage } from "../platform/web/form-post.middleware.ts";
import type { Health } from "../platform/web/health.ts";
import { inOrder } from "../platform/web/in-order.ts";
import { chooseLanguage } from "../platform/web/language.ts";
import { chooseTimeZone } from "../platform/web/time-zone.ts";
import { microCache } from "../platform/web/micro-cache.middleware.ts";
import type { Programs } from "../platform/web/program-errors.ts";
import type { Renderer } from "../platform/web/render.ts";
import { requests } from "../platform/web/request.middleware.ts";
import { rightClock, type CheckedClock } from "../platform/web/right-clock.middleware.ts";
import type { RefusedRequests } from "../protocol/requests/refused-requests.ts";
import { revocationAsJson } from "../protocol/revocation.middleware.ts";
import { ACCOUNT_SITE } from "../screens/account/page.ts";
import { CONSOLE_SITE } from "../screens/console/page.ts";
import { routeTemplate } from "./route-template.ts";
import { createRoutes, type Features } from "./routes.ts";
import { securityHeaders } from "../platform/web/security-headers.ts";
import type { Log } from "../kernel/log.ts";
import type { OidcModelStore } from "../protocol/models/oidc-model-store.ts";
import { ROUTES } from "../protocol/addresses.ts";
import type { Settings } from "./settings/settings.ts";

export interface AppDeps {
  readonly provider: Provider;
  readonly settings: Settings;
  readonly log: Log;
  readonly audit: AuditStore;
  readonly health: Health;
  readonly rightClock: CheckedClock;
  readonly assets: Assets;
  readonly oidcModels: OidcModelStore;
  readonly applications: ApplicationStore;
  readonly signingKeys: Pick<RunningKeys, "version">;
  readonly refused: Pick<RefusedRequests, "note">;
  readonly renderer: Renderer;
  readonly errorPage: ErrorPage;
  readonly cookies: Cookies;
  readonly csrf: Csrf;
  readonly forms: BrowserForms;
  readonly features: Features;
  readonly api: Handler;
  readonly waysBack: ExpiredPageReturn;
}

/** The middleware in order. oidc-provider is the Koa application itself; this middleware runs before its own routes. */
export function createApp(deps: AppDeps): Provider {
  const { provider, settings, log, errorPage } = deps;
  trustOnlyIssuer(provider, settings.issuer);
  provider.proxy = settings.trustedProxyHops > 0;
  provider.maxIpsCount = settings.trustedProxyHops;
  const events: EventEmitter = provider;
  events.on("error", (error: unknown) => {
    log.warn({ error }, "an answer could not be delivered");
  });

  const programs = programsOf(settings);
  const exceptForPrograms = exceptFor(programs);
  provider.use(requests(log, routeTemplate(programs)));
  provider.use(securityHeaders(settings.issuer, [ACCOUNT_SITE.home, CONSOLE_SITE.home]));
  provider.use(deps.api);
  provider.use(
    exceptForPrograms(
      deps.health.serve,
      deps.assets.serve,
      chooseLanguage(deps.cookies),
      chooseTimeZone(deps.cookies, settings.timeZone),
    ),
  );
  provider.use(errors({ page: errorPage, log, programs, refused: refusedOf(deps) }));
  provider.use(exactAddresses(programs));
  provider.use(registeredOrigins(deps));
  provider.use(rightClock({ clock: deps.rightClock, page: errorPage, programs }));
  provider.use(microCache([DISCOVERY, ROUTES.jwks], { version: () => deps.signingKeys.version }));
  provider.use(revocationAsJson(ROUTES.revocation));
  provider.use(jwtsAsInactive(ROUTES.introspection));
  provider.use(exceptForPrograms(formPostPage(deps.renderer)));
  provider.use(helpfulErrors);
  provider.use(exceptForPrograms(offerReturn(deps.waysBack), signInCookies(deps)));
  provider.use(unitOfWork(deps));
  provider.use(oidcFaults(events));
  provider.use(emptySecretsAsNone(deps.applications));
  const routers = createRoutes(deps);
  const pages = exceptForPrograms(...routers.map((router) => router.routes()));
  // The test that lists all routes reads `routers`.
  provider.use(Object.assign(pages, { routers }));
  return provider;
}

/** Our own refusals of programs, such as a wrong method, beside those of the library. */
const refusedOf =
  ({ refused }: AppDeps): ErrorsDeps["refused"] =>
  ({ path, state }, { error, error_description: description }) => {
    const unknown = { application: null, detail: null, cause: null };
    refused.note({ ...unknown, endpoint: path, refusal: error, description }, state.requestId);
  };

const DISCOVERY = "/.well-known/openid-configuration";

/** Endpoints that programs call: no page is there, so routing is skipped, and errors are OAuth errors. */
function programsOf({ deviceFlow }: Pick<Settings, "deviceFlow">): Programs {
  return new Map([
    [DISCOVERY, { methods: ["GET"] }],
    ["/.well-known/oauth-authorization-server", { methods: ["GET"] }],
    [ROUTES.jwks, { methods: ["GET"] }],
    [ROUTES.token, { methods: ["POST"] }],
    [ROUTES.userinfo, { methods: ["GET", "POST"] }],
    [ROUTES.introspection, { methods: ["POST"] }],
    [ROUTES.revocation, { methods: ["POST"] }],
    [ROUTES.pushed_authorization_request, { methods: ["POST"] }],
    ...(deviceFlow ? [[ROUTES.device_authorization, { methods: ["POST"] }] as const] : []),
  ]);
}

/** Skips middleware for pages at addresses that programs call. */
const exceptFor =
  (programs: Programs) =>
  (...all: readonly RouterMiddleware<State>[]): RouterMiddleware<State> => {
    const serve = inOrder(all);
    return (ctx, next): unknown => (programs.has(ctx.path) ? next() : serve(ctx, next));
  };

/**
 * Every address that Vestibule writes starts with the issuer, and cookies follow it too, whatever `Host`, `Forwarded` or
 * `X-Forwarded-*` say. Otherwise an attacker could poison a mailed link or a redirect with a header.
 */
function trustOnlyIssuer(provider: Provider, issuer: string): void {
  const { protocol, host, hostname, origin } = new URL(issuer);
  const fixed = {
    protocol: protocol.slice(0, -1),
    host,
    hostname,
    origin,
    secure: protocol === "https:",
  };
  for (const [name, value] of Object.entries(fixed)) {
    Object.defineProperty(provider.request, name, { get: () => value });
  }
}

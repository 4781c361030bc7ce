import type Router from "@koa/router";
import { authorizeRoutes } from "../protocol/authorize/routes.ts";
import { signOutRoutes, type SignOutDeps } from "../protocol/sign-out/routes.ts";
import { accountRoutes, type AccountRoutesDeps } from "../screens/account/routes.ts";
import { consoleRoutes, type ConsoleRoutesDeps } from "../screens/console/routes.ts";
import { consentRoutes, type ConsentDeps } from "../screens/consent/routes.ts";
import type { ForgotPasswordDeps } from "../screens/forgot-password/forgot-password-deps.ts";
import { forgotPasswordRoutes } from "../screens/forgot-password/routes.ts";
import { logoRoutes, type LogoDeps } from "../screens/logos/routes.ts";
import { otherUserRoutes, type OtherUserDeps } from "../screens/other-user/routes.ts";
import type { OutboxStore } from "../screens/outbox/outbox-store.ts";
import { outboxRoutes } from "../screens/outbox/routes.ts";
import { receiptRoutes, type SmsReceipts } from "../platform/messages/receipt-routes.ts";
import { disputeRoutes, type DisputeDeps } from "../screens/disputes/routes.ts";
import { ROUTES } from "../protocol/addresses.ts";
import { signInRoutes, type SignInDeps } from "../screens/sign-in/routes.ts";
import { welcomeRoutes, type WelcomeDeps } from "../screens/welcome/routes.ts";
import type { AuditStore } from "../domain/audit/audit-store.ts";
import type { Settings } from "./settings/settings.ts";
import type { State } from "../platform/web/context.ts";
import type { Cookies } from "../platform/web/cookies.ts";
import type { Csrf } from "../platform/web/csrf.ts";
import type { BrowserForms } from "../platform/web/browser-forms.ts";
import type { Renderer } from "../platform/web/render.ts";

/** The dependencies of each feature, besides the common ones of the web. */
export interface Features {
  readonly signIn: Omit<SignInDeps, keyof Common>;
  readonly consent: Omit<ConsentDeps, keyof Common>;
  readonly otherUser: Omit<OtherUserDeps, keyof Common>;
  readonly logos: LogoDeps;
  readonly welcome: Omit<WelcomeDeps, keyof Common | "demoUrl" | "relatedOrigin">;
  readonly forgotPassword: Omit<ForgotPasswordDeps, keyof Common | "forms">;
  readonly disputes: Omit<DisputeDeps, keyof Common | "forms">;
  readonly account: Omit<AccountRoutesDeps, keyof Common>;
  readonly console: Omit<ConsoleRoutesDeps, keyof Common>;
  readonly outbox: OutboxStore | null;
  readonly receipts: SmsReceipts;
}

interface Common {
  readonly renderer: Renderer;
  readonly cookies: Cookies;
  readonly csrf: Csrf;
  readonly audit: AuditStore;
}

interface RouteDeps extends Common, Pick<SignOutDeps, "provider"> {
  readonly forms: BrowserForms;
  readonly features: Features;
  readonly settings: Settings;
}

/** Every feature with pages. Other pages below /interaction come before the sign-in, whose routes would match their addresses too. */
export function createRoutes(deps: RouteDeps): Router<State>[] {
  const { features, settings, renderer, cookies, csrf, audit, forms } = deps;
  const common = { renderer, cookies, csrf, audit };
  const demoUrl = settings.demo.enabled ? `http://127.0.0.1:${String(settings.demo.port)}` : null;
  const relatedOrigin = settings.passkeyDomain === null ? null : new URL(settings.issuer).origin;
  return [
    authorizeRoutes(ROUTES.authorization),
    signOutRoutes({ provider: deps.provider, renderer, csrf }),
    logoRoutes(features.logos),
    welcomeRoutes({ ...common, ...features.welcome, demoUrl, relatedOrigin }),
    forgotPasswordRoutes({ ...common, ...features.forgotPassword, forms }),
    disputeRoutes({ ...common, ...features.disputes, forms }),
    accountRoutes({ ...common, ...features.account }),
    consoleRoutes({ ...common, ...features.console }),
    consentRoutes({ ...common, ...features.consent }),
    otherUserRoutes({ ...common, ...features.otherUser }),
    signInRoutes({ ...common, ...features.signIn }),
    ...(features.outbox === null ? [] : [outboxRoutes(features.outbox, renderer)]),
    receiptRoutes(features.receipts),
  ];
}

import type Router from "@koa/router";
import { authorizeRoutes } from "../authorize/routes.ts";
import { accountRoutes, type AccountParts } from "../account/routes.ts";
import type { ConsoleParts } from "../console/mounted.ts";
import { consoleRoutes } from "../console/routes.ts";
import { consentRoutes, type ConsentParts } from "../consent/routes.ts";
import type { ForgotPasswordParts } from "../forgot-password/parts.ts";
import { forgotPasswordRoutes } from "../forgot-password/routes.ts";
import type { OutboxStore } from "../messages/outbox-store.ts";
import type { Receipts } from "../messages/receipts.ts";
import { outboxRoutes } from "../messages/routes.ts";
import { webhookRoutes } from "../messages/webhook-routes.ts";
import { notMeRoutes, type NotMeParts } from "../not-me/routes.ts";
import { ROUTES } from "../oidc/addresses.ts";
import { signInRoutes, type SignInParts } from "../sign-in/routes.ts";
import { welcomeRoutes, type WelcomeParts } from "../welcome/routes.ts";
import type { AuditStore } from "../audit/audit-store.ts";
import type { Settings } from "../settings.ts";
import type { State } from "./context.ts";
import type { Cookies } from "./cookies.ts";
import type { Csrf } from "./csrf.ts";
import { FormOwner } from "./form-owner.ts";
import type { Renderer } from "./render.ts";

/** What the features need besides the web's common parts. */
export interface Features {
  readonly signIn: Omit<SignInParts, keyof Common>;
  readonly consent: Omit<ConsentParts, keyof Common>;
  readonly welcome: Omit<WelcomeParts, keyof Common | "demoUrl">;
  readonly forgotPassword: Omit<ForgotPasswordParts, keyof Common | "forms">;
  readonly notMe: Omit<NotMeParts, keyof Common | "forms">;
  readonly account: Omit<AccountParts, keyof Common>;
  readonly console: Omit<ConsoleParts, keyof Common>;
  readonly outbox: OutboxStore | null;
  readonly receipts: Receipts | null;
}

interface Common {
  readonly renderer: Renderer;
  readonly cookies: Cookies;
  readonly csrf: Csrf;
  readonly audit: AuditStore;
}

/** Every feature that has pages, one line each. The consent stands before the sign-in, whose addresses are wider. */
export function createRoutes(parts: Common & { features: Features; settings: Settings }): Router<State>[] {
  const { features, settings, renderer, cookies, csrf, audit } = parts;
  const common = { renderer, cookies, csrf, audit };
  const forms = new FormOwner(cookies, csrf);
  const demoUrl = settings.demo.enabled ? `http://127.0.0.1:${String(settings.demo.port)}` : null;
  return [
    authorizeRoutes(ROUTES.authorization),
    welcomeRoutes({ ...common, ...features.welcome, demoUrl }),
    forgotPasswordRoutes({ ...common, ...features.forgotPassword, forms }),
    notMeRoutes({ ...common, ...features.notMe, forms }),
    accountRoutes({ ...common, ...features.account }),
    consoleRoutes({ ...common, ...features.console }),
    consentRoutes({ ...common, ...features.consent }),
    signInRoutes({ ...common, ...features.signIn }),
    ...(features.outbox === null ? [] : [outboxRoutes(features.outbox, renderer)]),
    ...(features.receipts === null ? [] : [webhookRoutes(features.receipts)]),
  ];
}

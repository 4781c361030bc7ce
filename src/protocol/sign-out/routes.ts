import Router from "@koa/router";
import type { KoaContextWithOIDC, Provider } from "oidc-provider";
import { PageError } from "../../kernel/errors.ts";
import { sameBytes, type KeyedHash } from "../../kernel/secret.ts";
import { readText } from "../../platform/web/body.ts";
import type { Context, State } from "../../platform/web/context.ts";
import type { Csrf } from "../../platform/web/csrf.ts";
import { readForm } from "../../platform/web/form.ts";
import type { Renderer } from "../../platform/web/render.ts";
import { noStore } from "../../platform/web/security-headers.ts";
import { seeOther } from "../../platform/web/see-other.ts";
import { ROUTES } from "../addresses.ts";
import type { OidcPages } from "../oidc-pages.ts";
import { endSession } from "./end-session.ts";
import { isMeantForThisSession, isOpened } from "./session-hint.ts";
import { textOrNull } from "../../kernel/unknown-value.ts";

export interface SignOutDeps {
  readonly provider: Provider;
  readonly renderer: Renderer;
  readonly csrf: Csrf;
}

/** As much as oidc-provider reads of a form. */
const MAX_BYTES = 56 * 1024;

/** What an older page that asks needs to ask again. */
const ASKED = ["client_id", "post_logout_redirect_uri", "state"] as const;

/**
 * What oidc-provider's end-session endpoint lacks: POST, which OpenID Connect RP-Initiated Logout 1.0 section 2 demands, and a second
 * chance for the form of an older page.
 */
export function signOutRoutes(deps: SignOutDeps): Router<State> {
  const router = new Router<State>();

  router.post(ROUTES.end_session, async (ctx, next) => {
    noStore(ctx);
    if (ctx.is("application/x-www-form-urlencoded") === false) {
      throw new PageError("request");
    }
    const parameters = new URLSearchParams(await readText(ctx, MAX_BYTES));
    if (isWithoutCookies(deps, ctx)) {
      sendAgain(deps.renderer, ctx, parameters);
      return;
    }
    await asGet(ctx, parameters, next);
  });

  // A page that asks has a token of its own, and opening another page makes another one. The user is asked again then, and
  // where the session has ended meanwhile, the way leads on. Every parameter is judged as if an application had sent it.
  router.post(`${ROUTES.end_session}/confirm`, async (ctx, next) => {
    const fields = await readForm(noStore(ctx));
    const { state } = await deps.provider.Session.get(ctx);
    const secret = state?.["secret"];
    if (typeof secret === "string" && sameBytes(Buffer.from(secret), Buffer.from(fields["xsrf"] ?? ""))) {
      Object.assign(ctx.req, { body: fields });
      await next();
      return;
    }
    const asked = ASKED.flatMap((name) => (fields[name] === undefined ? [] : [[name, fields[name]]]));
    seeOther(ctx, `${ROUTES.end_session}?${new URLSearchParams(asked).toString()}`);
  });
  return router;
}

/**
 * The browser sends no SameSite=Lax cookie with a form of another site. oidc-provider would take such a user for signed out, and its
 * new cookie would replace that of the session: any site could sign users out without a word.
 */
const isWithoutCookies = ({ provider, csrf }: SignOutDeps, ctx: Context): boolean =>
  ctx.cookies.get(provider.cookieName("session")) === undefined && !csrf.isSameOrigin(ctx);

/** Our own page sends the same form again, with the cookies. The address stays free of the hint, which may be long. */
function sendAgain(renderer: Renderer, ctx: Context, parameters: URLSearchParams): void {
  const fields = [...parameters].map(([name, value]) => ({ name, value }));
  renderer.page(ctx, "form-post/form-post", { office: null, action: ROUTES.end_session, fields });
}

/** oidc-provider takes POST here only from browsers that send the session's cookie to every site's form. */
async function asGet(ctx: Context, parameters: URLSearchParams, next: () => Promise<unknown>): Promise<void> {
  const { method, querystring } = ctx;
  try {
    ctx.method = "GET";
    ctx.querystring = parameters.toString();
    await next();
  } finally {
    ctx.method = method;
    ctx.querystring = querystring;
  }
}

/** What oidc-provider calls when a user is signed in: signs out at once where nothing is left to ask, or shows the page that asks. */
export async function askOrSignOut(
  pages: OidcPages,
  hash: KeyedHash,
  ctx: KoaContextWithOIDC,
): Promise<void> {
  const parameters: Readonly<Record<string, unknown>> = { ...ctx.oidc.params };
  if (isOpened(ctx) && isMeantForThisSession(ctx, hash)) {
    await endSession(ctx);
    seeOther(ctx, returnAddress(parameters));
    return;
  }
  const asked: typeof parameters = { ...parameters, client_id: ctx.oidc.client?.clientId };
  await pages.signOut(ctx, {
    action: `${ROUTES.end_session}/confirm`,
    xsrf: textOrNull(ctx.oidc.session?.state?.["secret"]) ?? "",
    asked: ASKED.map((name) => ({ name, value: textOrNull(asked[name]) ?? "" })).filter(
      ({ value }) => value !== "",
    ),
  });
}

/** The registered address, with the application's state. */
function returnAddress({ post_logout_redirect_uri: uri, state }: Record<string, unknown>): string {
  const address = new URL(textOrNull(uri) ?? "");
  if (typeof state === "string") {
    address.searchParams.set("state", state);
  }
  return address.href;
}

import Router from "@koa/router";
import { writeBrowser } from "../../platform/web/browser-cookie.ts";
import type { Context, State } from "../../platform/web/context.ts";
import { applicationView } from "../../domain/applications/application-view.ts";
import type { Cookies } from "../../platform/web/cookies.ts";
import type { Csrf } from "../../platform/web/csrf.ts";
import type { Fields } from "../../platform/web/form.ts";
import { showForm } from "../../platform/web/page-kit.ts";
import { noStore } from "../../platform/web/security-headers.ts";
import { seeOther } from "../../platform/web/see-other.ts";
import { preferLanguages } from "../../platform/web/language.ts";
import { preferZone } from "../../platform/web/time-zone.ts";
import { addTrust } from "./trust-cookie.ts";
import type { Renderer } from "../../platform/web/render.ts";
import type { AuditStore } from "../../domain/audit/audit-store.ts";
import { PageError } from "../../kernel/errors.ts";
import { homeOf } from "../../kernel/home.ts";
import { helperOf } from "../../domain/users/helper.ts";
import { looksLikeUid, type Interactions } from "../../protocol/interactions.ts";
import type { Next, SignInFlow } from "./sign-in-flow.ts";
import { cancelOf } from "./cancelling.ts";
import type { Finished } from "./finish.ts";
import type { PageContext } from "./page.ts";
import { stepOf } from "./journey.ts";
import { signInLeft, stepWork } from "./sign-in-signals.ts";
import type { AskedCode, PageContexts } from "./page-contexts.ts";

/**
 * Screens are pages and the meaning of their forms. Each folder next to this one is a screen with a `routes.ts`, the
 * only file that redirects. A screen calls domain services. It has no SQL outside its own `-store.ts` files and does
 * not import other screens. For the sign-in itself start at `journey.ts`.
 */

export interface SignInDeps {
  readonly flow: SignInFlow;
  readonly contexts: PageContexts;
  readonly interactions: Interactions;
  readonly audit: AuditStore;
  readonly renderer: Renderer;
  readonly cookies: Cookies;
  readonly csrf: Csrf;
}

/** Pages for users who cannot sign in. */
const HELP = ["forgot-password", "which-office-code"] as const;

/** Every page of the sign-in. The only file of the sign-in that redirects. */
export function signInRoutes(deps: SignInDeps): Router<State> {
  const router = new Router<State>();
  const { flow } = deps;

  const open = async (ctx: Context, uid: string, page: string | null) => {
    const context = await contextOf(deps, ctx, uid, page !== null && flow.asksOn(page) ? "challenge" : null);
    const work = () => flow.open(context, page);
    answer(deps, ctx, context, await stepWork.run({ what: "open", step: stepNamed(page) }, work));
  };
  router.get("/interaction/:uid", (ctx) => open(ctx, ctx.params["uid"] ?? "", null));
  router.get("/interaction/:uid/:page", (ctx) =>
    open(ctx, ctx.params["uid"] ?? "", ctx.params["page"] ?? ""),
  );

  // The help pages are outside the path of the interaction's cookie, so a cookie of our own says whose sign-in it is.
  router.get("/interaction/:uid/help/:topic", async (ctx) => {
    const topic = HELP.find((known) => known === ctx.params["topic"]);
    if (topic === undefined) {
      throw new PageError("not-found");
    }
    const { uid } = (await contextOf(deps, ctx, ctx.params["uid"] ?? "")).interaction;
    deps.cookies.write(ctx, "from", uid);
    seeOther(ctx, `/${topic}?from=${uid}`);
  });

  // The script of an open page polls this. Without scripts the user reloads the page.
  router.get("/interaction/:uid/:page/status", async (ctx) => {
    const context = await contextOf(deps, ctx, ctx.params["uid"] ?? "");
    const status = await flow.liveStatus(context, ctx.params["page"] ?? "");
    ctx.status = status === null ? 204 : 200;
    ctx.body = status;
  });

  router.post("/interaction/:uid/:page", async (ctx) => {
    const { uid = "", page = "" } = ctx.params;
    const fields = await readForm(deps, ctx, uid);
    if (fields["cancel"] !== undefined) {
      await cancel(deps, ctx, uid);
      return;
    }
    const context = await contextOf(deps, ctx, uid, flow.codeOf(page, fields, uid));
    const work = () => flow.submit(context, page, fields);
    answer(deps, ctx, context, await stepWork.run({ what: "submit", step: stepNamed(page) }, work));
  });
  return router;
}

/** Of a page that there is; the path may name any. */
const stepNamed = (page: string | null) => (page === null ? "due" : (stepOf(page)?.name ?? "due"));

async function cancel(deps: SignInDeps, ctx: Context, uid: string): Promise<void> {
  const context = await contextOf(deps, ctx, uid);
  const next = await deps.flow.cancel(context);
  if (next === "denied") {
    await deny(deps, ctx, context);
  } else {
    answer(deps, ctx, context, next);
  }
}

async function deny({ audit, interactions }: SignInDeps, ctx: Context, context: PageContext): Promise<void> {
  // A double click leads to the same place and is audited once. Before the password the event would say nothing about any
  // account, and a stranger could fill the audit log, which is kept for years.
  const account = context.user?.account ?? null;
  if (!context.interaction.isDenied) {
    signInLeft.emit({ officeId: account?.office.id ?? null });
  }
  if (account !== null && !context.interaction.isDenied) {
    await audit.addAlone({
      type: "sign-in.cancelled",
      outcome: "ok",
      officeId: account.office.id,
      actor: account.id,
      applicationId: context.interaction.application.id,
      visitor: context.visitor,
    });
  }
  seeOther(ctx, await interactions.deny(ctx));
}

/** A form that is refused is answered by a page that still has the office's look. */
async function readForm(deps: SignInDeps, ctx: Context, uid: string): Promise<Fields> {
  try {
    return await deps.csrf.read(ctx, uid);
  } catch (error) {
    await contextOf(deps, ctx, uid).catch(() => undefined);
    throw error;
  }
}

async function contextOf(
  deps: SignInDeps,
  ctx: Context,
  uid: string,
  asked: AskedCode | "challenge" | null = null,
): Promise<PageContext> {
  noStore(ctx);
  if (!looksLikeUid(uid)) {
    throw new PageError("not-found");
  }
  const interaction = await deps.interactions.get(ctx, uid);
  if (interaction.prompt !== "login") {
    throw new PageError("expired");
  }
  preferLanguages(ctx, deps.cookies, [interaction.params["ui_locales"]]);
  const t = deps.renderer.translate(ctx);
  const context = await deps.contexts.contextOf(ctx, { interaction, t, asked });
  ctx.state.office = context.office;
  return asUserReads(deps, ctx, context);
}

/**
 * The user's language and time zone count only after the password: before it, they would reveal that the account exists.
 * `ui_locales` comes first.
 */
function asUserReads({ cookies, renderer }: SignInDeps, ctx: Context, context: PageContext): PageContext {
  const account = context.user?.account;
  preferLanguages(ctx, cookies, [context.interaction.params["ui_locales"], account?.language]);
  preferZone(ctx, cookies, { own: account?.timeZone ?? null, office: context.office?.timeZone ?? null });
  ctx.state.helper = account === undefined ? "office" : helperOf(account);
  const { language, zone } = ctx.state;
  return { ...context, t: renderer.translate(ctx), language, zone };
}

function answer(deps: SignInDeps, ctx: Context, context: PageContext, next: Next): void {
  const { uid } = context.interaction;
  switch (next.type) {
    case "show":
      show(deps, ctx, context, next);
      return;
    case "go":
      seeOther(ctx, `/interaction/${uid}/${next.page}`);
      return;
    case "finish":
      keepInCookies(deps, ctx, next.finished);
      seeOther(ctx, context.interaction.returnTo);
  }
}

function show(
  { renderer, csrf }: SignInDeps,
  ctx: Context,
  context: PageContext,
  { page, model, ...again }: Extract<Next, { type: "show" }>,
) {
  const { uid, application } = context.interaction;
  const shown = applicationView(application);
  showForm(renderer, ctx, {
    view: page.view,
    model: {
      ...model,
      office: context.office,
      images: [shown.logo],
      application: shown,
      cancels: cancelOf(context.signIn),
    },
    csrf: csrf.token(uid),
    action: `/interaction/${uid}/${page.name}`,
    ...again,
  });
}

/** Stores the office and the tokens of this browser in cookies, and in that of the last redirect where the login is. */
function keepInCookies({ cookies }: SignInDeps, ctx: Context, finished: Finished): void {
  writeBrowser(ctx, cookies, finished.browser);
  cookies.write(ctx, "office", finished.officeCode);
  if (finished.trust !== null) {
    addTrust(ctx, cookies, finished.trust);
  }
  ctx.state.signInHome = homeOf(finished.accountId);
}

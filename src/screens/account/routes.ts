import Router, { type RouterContext } from "@koa/router";
import { readBrowser } from "../../platform/web/browser-cookie.ts";
import type { Context, State } from "../../platform/web/context.ts";
import type { Cookies } from "../../platform/web/cookies.ts";
import type { Csrf } from "../../platform/web/csrf.ts";
import { readForm, type Fields } from "../../platform/web/form.ts";
import { seeOther } from "../../platform/web/see-other.ts";
import { helperOf } from "../../domain/users/helper.ts";
import { preferLanguages } from "../../platform/web/language.ts";
import { preferZone } from "../../platform/web/time-zone.ts";
import { keepLinkToken } from "../../platform/web/link-cookie.ts";
import type { Renderer } from "../../platform/web/render.ts";
import type { StepUp } from "../../platform/web/step-up.ts";
import { noStore } from "../../platform/web/security-headers.ts";
import { epochSeconds, now } from "../../kernel/clock.ts";
import { isNotFound } from "../../kernel/errors.ts";
import type { OwnSessions } from "../../protocol/models/own-sessions.ts";
import { OWN_CHANGES, PROOF_MINUTES } from "../../domain/access/permissions.ts";
import type { KeptForms } from "../../platform/web/kept-forms.ts";
import type { AccountStore } from "./account-store.ts";
import {
  ACCOUNT_SITE,
  type AccountContext,
  type Changed,
  type ChangeOutcome,
  type ChangePage,
  type ChangeContext,
  type Shown,
  type ViewPage,
  smsBinding,
} from "./page.ts";
import { answerForm } from "../../platform/web/page-kit.ts";
import { formOwner, showPage } from "./responses.ts";

export interface AccountRoutesDeps {
  readonly sessions: OwnSessions;
  readonly store: AccountStore;
  readonly views: readonly ViewPage[];
  readonly changes: readonly ChangePage[];
  readonly renderer: Renderer;
  readonly cookies: Cookies;
  readonly csrf: Csrf;
  readonly stepUp: StepUp;
  readonly kept: KeptForms;
}

type Routed = RouterContext<State>;

/** Every page of the account. The only file of the folder that redirects. */
export function accountRoutes(deps: AccountRoutesDeps): Router<State> {
  const router = new Router<State>();
  for (const page of deps.views) {
    router.get(page.path, (ctx) => view(deps, noStore(ctx), page));
  }
  for (const page of deps.changes) {
    router.get(page.path, (ctx) => open(deps, noStore(ctx), page));
    router.post(page.path, (ctx) => submit(deps, noStore(ctx), page));
  }
  router.get("/account/mail/link/:token", (ctx) => {
    const token = ctx.params["token"] ?? "";
    keepLinkToken(noStore(ctx), deps.cookies, { cookie: "mail-change", token });
    seeOther(ctx, "/account/mail/confirm");
  });
  router.get(ACCOUNT_SITE.callback, async (ctx) => {
    const session = await deps.sessions.current(noStore(ctx));
    seeOther(ctx, deps.stepUp.returnAddress(ctx, session !== null));
  });
  return router;
}

async function view(deps: AccountRoutesDeps, ctx: Routed, page: ViewPage): Promise<void> {
  const context = await contextOf(deps, ctx);
  if (context !== null) {
    showPage(deps, ctx, { context, tab: page.tab, shown: await page.show(context) });
  }
}

async function open(deps: AccountRoutesDeps, ctx: Routed, page: ChangePage): Promise<void> {
  const context = await contextOf(deps, ctx);
  if (context === null) {
    return;
  }
  const change = await changeContextOf(deps, context);
  if (page.asksFirst === true && mustProveAgain(deps, ctx, change, page)) {
    return;
  }
  const kept = await deps.kept.find(ctx, context.session);
  const shown = await page.show(change);
  showPage(deps, ctx, { context: change, tab: page.tab, shown, values: kept ?? {}, isKept: kept !== null });
}

async function submit(deps: AccountRoutesDeps, ctx: Routed, page: ChangePage): Promise<void> {
  const fields = await readForm(ctx);
  const { keeps = [] } = page;
  const context = await contextOf(deps, ctx);
  if (context === null) {
    await deps.kept.rescue(ctx, null, fields, keeps);
    return;
  }
  const { session } = context;
  const form = { fields, names: keeps, subject: formOwner(session, ctx.path) };
  if (!(await deps.kept.isOf(ctx, session, form))) {
    seeOther(ctx, ctx.path);
    return;
  }
  const change = await changeContextOf(deps, context);
  if (mustProveAgain(deps, ctx, change, page)) {
    await deps.kept.keep(ctx, session, fields, keeps);
    return;
  }
  await answer(deps, ctx, { page, change, outcome: await outcomeOf(page, change, fields) });
}

async function outcomeOf(page: ChangePage, change: ChangeContext, fields: Fields): Promise<ChangeOutcome> {
  try {
    return await page.submit(change, fields);
  } catch (error) {
    const gone = isNotFound(error) ? page.whenGone?.(fields) : null;
    if (gone === null || gone === undefined) {
      throw error;
    }
    return { type: "done", ...gone };
  }
}

async function answer(
  deps: AccountRoutesDeps,
  ctx: Routed,
  { page, change, outcome }: { page: ChangePage; change: ChangeContext; outcome: ChangeOutcome },
): Promise<void> {
  if (outcome.type !== "errors") {
    await deps.kept.remove(ctx, change.session);
  }
  const to = await answerForm(ctx, outcome, {
    page: () => page.show(change),
    show: (shown: Shown, faults) => {
      showPage(deps, ctx, { context: change, tab: page.tab, shown, ...faults });
    },
    done: (changed: Changed) => doneAddress(deps, ctx, changed),
  });
  if (to !== null) {
    seeOther(ctx, to);
  }
}

/** Null without a session: the response then leads through the sign-in and back to this page. */
async function contextOf(
  { sessions, cookies, renderer, stepUp }: AccountRoutesDeps,
  ctx: Routed,
): Promise<AccountContext | null> {
  const session = await sessions.current(ctx);
  if (session === null) {
    seeOther(ctx, stepUp.signInAddress(ctx, { needsFactor: false }));
    return null;
  }
  const { account } = session;
  preferLanguages(ctx, cookies, [account.language]);
  preferZone(ctx, cookies, { own: account.timeZone, office: account.office.timeZone });
  ctx.state.helper = helperOf(account);
  return {
    session,
    id: ctx.params["id"] ?? "",
    query: ctx.query,
    visitor: ctx.state.visitor,
    browser: readBrowser(ctx, cookies),
    linkToken: cookies.read(ctx, "mail-change"),
    t: renderer.translate(ctx),
    language: ctx.state.language,
    zone: ctx.state.zone,
  };
}

async function changeContextOf(
  { store }: AccountRoutesDeps,
  context: AccountContext,
): Promise<ChangeContext> {
  const { session, id } = context;
  const { account } = session;
  const overview = await store.overview(
    { id: account.id, officeId: account.office.id },
    { thing: id, binding: smsBinding(session) },
  );
  return { ...context, overview };
}

/** Whether the last sign-in is too old for a change. Then the response leads through a step-up and back to this page. */
function mustProveAgain(
  { stepUp }: AccountRoutesDeps,
  ctx: Routed,
  { session, overview }: ChangeContext,
  { needsFactor, change }: ChangePage,
): boolean {
  const demand = {
    minutes: PROOF_MINUTES[OWN_CHANGES[change]],
    // A session from before the enrolment does not prove the factor; one with a recovery code does.
    needsFactor: needsFactor || overview.factors.length > 0,
    needsPassword: true,
  };
  if (stepUp.isFresh(session, epochSeconds(now()), demand)) {
    return false;
  }
  seeOther(ctx, stepUp.stepUpAddress(ctx, session, demand));
  return true;
}

/** The next page, in the language that the change has chosen. */
function doneAddress({ cookies }: AccountRoutesDeps, ctx: Context, { to, done, language }: Changed): string {
  if (typeof language === "string") {
    cookies.write(ctx, "language", language);
  }
  return `${to}?done=${done}`;
}

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
import type { OwnSession, OwnSessions } from "../../protocol/models/own-sessions.ts";
import { mayOpenConsole } from "../../domain/access/permissions.ts";
import type { AccountStore } from "./account-store.ts";
import {
  ACCOUNT_SITE,
  DONE,
  type AccountContext,
  type Changed,
  type ChangePage,
  type ChangeContext,
  type Shown,
  type Tab,
  type ViewPage,
  smsBinding,
} from "./page.ts";
import { answerForm, showForm, type FieldError } from "../../platform/web/page-kit.ts";

export interface AccountRoutesDeps {
  readonly sessions: OwnSessions;
  readonly store: AccountStore;
  readonly views: readonly ViewPage[];
  readonly changes: readonly ChangePage[];
  readonly renderer: Renderer;
  readonly cookies: Cookies;
  readonly csrf: Csrf;
  readonly stepUp: StepUp;
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
    show(deps, ctx, { context, tab: page.tab, shown: await page.show(context) });
  }
}

async function open(deps: AccountRoutesDeps, ctx: Routed, page: ChangePage): Promise<void> {
  const context = await contextOf(deps, ctx);
  const change = context === null ? null : await changeContextOf(deps, ctx, context, page);
  if (change !== null) {
    show(deps, ctx, { context: change, tab: page.tab, shown: await page.show(change) });
  }
}

async function submit(deps: AccountRoutesDeps, ctx: Routed, page: ChangePage): Promise<void> {
  const fields = await readForm(ctx);
  const context = await contextOf(deps, ctx);
  if (context === null) {
    return;
  }
  deps.csrf.verify(ctx, fields, formOwner(context.session, ctx.path));
  const change = await changeContextOf(deps, ctx, context, page);
  if (change === null) {
    return;
  }
  const to = await answerForm(ctx, await page.submit(change, fields), {
    page: () => page.show(change),
    show: (shown: Shown, faults) => show(deps, ctx, { context: change, tab: page.tab, shown, ...faults }),
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

/**
 * Null when the last sign-in is too old for a change: the response then leads through a step-up and back to this page.
 */
async function changeContextOf(
  { store, stepUp }: AccountRoutesDeps,
  ctx: Routed,
  context: AccountContext,
  { needsFactor }: ChangePage,
): Promise<ChangeContext | null> {
  const { session, id } = context;
  const { account } = session;
  const overview = await store.overview(
    { id: account.id, officeId: account.office.id },
    { thing: id, binding: smsBinding(session) },
  );
  // A session from before the enrolment does not prove the factor; one with a recovery code does.
  const demand = { needsFactor: needsFactor || overview.factors.length > 0, needsPassword: true };
  if (!stepUp.isFresh(session, epochSeconds(now()), demand)) {
    seeOther(ctx, stepUp.stepUpAddress(ctx, session, demand));
    return null;
  }
  return { ...context, overview };
}

interface Answer {
  readonly context: AccountContext;
  readonly tab: Tab;
  readonly shown: Shown;
  readonly errors?: readonly FieldError[];
  readonly values?: Fields;
}

function show(
  { renderer, csrf }: AccountRoutesDeps,
  ctx: Context,
  { context, tab, shown, ...again }: Answer,
): void {
  const { account } = context.session;
  showForm(renderer, ctx, {
    view: `account/${shown.view}`,
    model: {
      ...shown.model,
      office: shown.office,
      tab,
      person: { name: account.name, username: account.username },
      mayOpenConsole: mayOpenConsole(account.role),
      done: DONE.find((word) => word === ctx.query["done"]) ?? null,
    },
    csrf: csrf.token(formOwner(context.session, ctx.path)),
    ...again,
  });
}

/** The next page, in the language that the change has chosen. */
function doneAddress({ cookies }: AccountRoutesDeps, ctx: Context, { to, done, language }: Changed): string {
  if (typeof language === "string") {
    cookies.write(ctx, "language", language);
  }
  return `${to}?done=${done}`;
}

/**
 * CSRF tokens are bound to the session, so that a token of an attacker's own session is useless, and to the page: a form of one page
 * confirms nothing on another.
 */
const formOwner = ({ uid }: OwnSession, path: string): string => `account ${uid} ${path}`;

import Router, { type RouterContext } from "@koa/router";
import type { Context, State } from "../../platform/web/context.ts";
import type { Cookies } from "../../platform/web/cookies.ts";
import type { Csrf } from "../../platform/web/csrf.ts";
import { readForm, type Fields } from "../../platform/web/form.ts";
import { seeOther } from "../../platform/web/see-other.ts";
import { preferLanguages } from "../../platform/web/language.ts";
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
  type AccountVisit,
  type Changed,
  type ChangePage,
  type ChangeVisit,
  type Shown,
  type Tab,
  type ViewPage,
  smsBinding,
} from "./page.ts";
import { answerForm, showForm, type FieldError } from "../../platform/web/page-kit.ts";

export interface AccountParts {
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
export function accountRoutes(parts: AccountParts): Router<State> {
  const router = new Router<State>();
  for (const page of parts.views) {
    router.get(page.path, (ctx) => view(parts, noStore(ctx), page));
  }
  for (const page of parts.changes) {
    router.get(page.path, (ctx) => open(parts, noStore(ctx), page));
    router.post(page.path, (ctx) => submit(parts, noStore(ctx), page));
  }
  router.get("/account/mail/link/:token", (ctx) => {
    const token = ctx.params["token"] ?? "";
    keepLinkToken(noStore(ctx), parts.cookies, { cookie: "mail-change", token });
    seeOther(ctx, "/account/mail/confirm");
  });
  router.get(ACCOUNT_SITE.callback, async (ctx) => {
    const session = await parts.sessions.current(noStore(ctx));
    seeOther(ctx, parts.stepUp.returnAddress(ctx, session !== null));
  });
  return router;
}

async function view(parts: AccountParts, ctx: Routed, page: ViewPage): Promise<void> {
  const visit = await visitOf(parts, ctx);
  if (visit !== null) {
    show(parts, ctx, { visit, tab: page.tab, shown: await page.show(visit) });
  }
}

async function open(parts: AccountParts, ctx: Routed, page: ChangePage): Promise<void> {
  const visit = await visitOf(parts, ctx);
  const change = visit === null ? null : await changeVisitOf(parts, ctx, visit, page);
  if (change !== null) {
    show(parts, ctx, { visit: change, tab: page.tab, shown: await page.show(change) });
  }
}

async function submit(parts: AccountParts, ctx: Routed, page: ChangePage): Promise<void> {
  const fields = await readForm(ctx);
  const visit = await visitOf(parts, ctx);
  if (visit === null) {
    return;
  }
  parts.csrf.verify(ctx, fields, formOwner(visit.session));
  const change = await changeVisitOf(parts, ctx, visit, page);
  if (change === null) {
    return;
  }
  const to = await answerForm(ctx, await page.submit(change, fields), {
    page: () => page.show(change),
    show: (shown: Shown, faults) => show(parts, ctx, { visit: change, tab: page.tab, shown, ...faults }),
    done: (changed: Changed) => doneAddress(parts, ctx, changed),
  });
  if (to !== null) {
    seeOther(ctx, to);
  }
}

/** Null when nobody is signed in: then the answer leads through the sign-in and back to this page. */
async function visitOf(
  { sessions, cookies, renderer, stepUp }: AccountParts,
  ctx: Routed,
): Promise<AccountVisit | null> {
  const session = await sessions.current(ctx);
  if (session === null) {
    seeOther(ctx, stepUp.signInAddress(ctx, { needsFactor: false }));
    return null;
  }
  preferLanguages(ctx, cookies, [session.account.language]);
  return {
    session,
    id: ctx.params["id"] ?? "",
    query: ctx.query,
    visitor: ctx.state.visitor,
    browser: cookies.read(ctx, "browser"),
    linkToken: cookies.read(ctx, "mail-change"),
    t: renderer.translate(ctx),
    language: ctx.state.language,
  };
}

/** Null when the sign-in is too old for a change: it is done again, and leads back to the change's page. */
async function changeVisitOf(
  { store, stepUp }: AccountParts,
  ctx: Routed,
  visit: AccountVisit,
  { needsFactor }: ChangePage,
): Promise<ChangeVisit | null> {
  const { session, id } = visit;
  const { account } = session;
  const overview = await store.overview(
    { id: account.id, officeId: account.office.id },
    { thing: id, binding: smsBinding(session) },
  );
  // A recovery code, or a session from before the factor was set up, is no proof of it.
  const demand = { needsFactor: needsFactor || overview.factors.length > 0, isAnew: true };
  if (!stepUp.isFresh(session, epochSeconds(now()), demand)) {
    seeOther(ctx, stepUp.stepUpAddress(ctx, session, demand));
    return null;
  }
  return { ...visit, overview };
}

interface Answer {
  readonly visit: AccountVisit;
  readonly tab: Tab;
  readonly shown: Shown;
  readonly errors?: readonly FieldError[];
  readonly values?: Fields;
}

function show({ renderer, csrf }: AccountParts, ctx: Context, { visit, tab, shown, ...again }: Answer): void {
  const { account } = visit.session;
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
    csrf: csrf.token(formOwner(visit.session)),
    ...again,
  });
}

/** The page that comes then, in the language that was chosen with the change. */
function doneAddress({ cookies }: AccountParts, ctx: Context, { to, done, language }: Changed): string {
  if (typeof language === "string") {
    cookies.write(ctx, "language", language);
  }
  return `${to}?done=${done}`;
}

/** Forms belong to a session: a token is worth nothing in another one. */
const formOwner = ({ uid }: OwnSession): string => `account ${uid}`;

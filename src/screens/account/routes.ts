import Router, { type RouterContext } from "@koa/router";
import { ACCOUNT_RETURN_PATH } from "../../domain/applications/own-application.ts";
import type { Context, State } from "../../platform/web/context.ts";
import type { Cookies } from "../../platform/web/cookies.ts";
import type { Csrf } from "../../platform/web/csrf.ts";
import { readForm, type Fields } from "../../platform/web/form.ts";
import { seeOther } from "../../platform/web/see-other.ts";
import { preferLanguages } from "../../platform/web/language.ts";
import { keepLinkToken } from "../../platform/web/link-cookie.ts";
import type { Renderer } from "../../platform/web/render.ts";
import { unstored } from "../../platform/web/unstored.ts";
import { epochSeconds, type Clock } from "../../kernel/clock.ts";
import type { OwnSession, OwnSessions } from "../../protocol/models/own-sessions.ts";
import { mayOpenConsole } from "../../domain/access/permissions.ts";
import type { AccountStore } from "./account-store.ts";
import {
  DONE,
  type AccountVisit,
  type ChangePage,
  type ChangeOutcome,
  type Shown,
  type Tab,
  type ViewPage,
} from "./page.ts";
import type { FieldError } from "../../platform/web/page-kit.ts";
import { smsBinding } from "./sms-binding.ts";
import { requireFresh, returnPath, signInAddress, stepUpAddress } from "./step-up.ts";

export interface AccountParts {
  readonly sessions: OwnSessions;
  readonly store: AccountStore;
  readonly views: readonly ViewPage[];
  readonly changes: readonly ChangePage[];
  readonly renderer: Renderer;
  readonly cookies: Cookies;
  readonly csrf: Csrf;
  readonly issuer: string;
  readonly clock: Clock;
}

type Routed = RouterContext<State>;

/** Every page of the account. The only file of the folder that redirects. */
export function accountRoutes(parts: AccountParts): Router<State> {
  const router = new Router<State>();
  for (const page of parts.views) {
    router.get(page.path, (ctx) => view(parts, unstored(ctx), page));
  }
  for (const page of parts.changes) {
    router.get(page.path, (ctx) => open(parts, unstored(ctx), page));
    router.post(page.path, (ctx) => submit(parts, unstored(ctx), page));
  }
  router.get("/account/mail/link/:token", (ctx) => {
    const token = ctx.params["token"] ?? "";
    keepLinkToken(unstored(ctx), parts.cookies, { cookie: "mail-change", token });
    seeOther(ctx, "/account/mail/confirm");
  });
  router.get(ACCOUNT_RETURN_PATH, async (ctx) => {
    const session = await parts.sessions.current(unstored(ctx));
    // Whoever cancelled without a session would be sent straight back to the sign-in.
    const isCancelled = ctx.query["error"] !== undefined;
    const where = isCancelled ? "/account" : returnPath(ctx.query["state"]);
    seeOther(ctx, isCancelled && session === null ? "/" : where);
  });
  return router;
}

async function view(parts: AccountParts, ctx: Routed, page: ViewPage): Promise<void> {
  const visit = await visitOf(parts, ctx);
  if (visit !== null) {
    show(parts, ctx, { visit, tab: page.tab, shown: await page.show(visit), errors: [] });
  }
}

async function open(parts: AccountParts, ctx: Routed, page: ChangePage): Promise<void> {
  const visit = await changeVisitOf(parts, ctx, page);
  if (visit !== null) {
    show(parts, ctx, { visit, tab: page.tab, shown: await page.show(visit), errors: [] });
  }
}

async function submit(parts: AccountParts, ctx: Routed, page: ChangePage): Promise<void> {
  const fields = await readForm(ctx);
  const visit = await changeVisitOf(parts, ctx, page);
  if (visit === null) {
    return;
  }
  parts.csrf.verify(ctx, fields, formOwner(visit.session));
  const outcome = await page.submit(visit, fields);
  switch (outcome.type) {
    case "done":
      done(parts, ctx, outcome);
      return;
    case "go":
      seeOther(ctx, outcome.to);
      return;
    case "show":
      show(parts, ctx, { visit, tab: page.tab, shown: outcome.shown, errors: [] });
      return;
    case "errors": {
      const shown = again(await page.show(visit), outcome.values ?? {});
      show(parts, ctx, { visit, tab: page.tab, shown, errors: outcome.errors });
    }
  }
}

/** Null when nobody is signed in: then the answer leads through the sign-in and back to this page. */
async function visitOf(
  { sessions, cookies, renderer, issuer }: AccountParts,
  ctx: Routed,
): Promise<AccountVisit | null> {
  const session = await sessions.current(ctx);
  if (session === null) {
    seeOther(ctx, signInAddress(issuer, returnPath(ctx.path)));
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

/** Null as well when the sign-in is too old for a change: it is done again, and leads back to the change's page. */
async function changeVisitOf(parts: AccountParts, ctx: Routed, page: ChangePage) {
  const visit = await visitOf(parts, ctx);
  if (visit === null) {
    return null;
  }
  const { session, id } = visit;
  const { account } = session;
  const overview = await parts.store.overview(
    { id: account.id, officeId: account.office.id },
    { thing: id, binding: smsBinding(session) },
  );
  const situation = { hasFactor: overview.factors.length > 0, needsFactor: page.needsFactor };
  if (!requireFresh(session, epochSeconds(parts.clock()), situation)) {
    const returnTo = returnPath(ctx.path);
    seeOther(ctx, stepUpAddress(parts.issuer, { returnTo, session }, situation));
    return null;
  }
  return { ...visit, overview };
}

interface Answer {
  readonly visit: AccountVisit;
  readonly tab: Tab;
  readonly shown: Shown;
  readonly errors: readonly FieldError[];
}

function show({ renderer, csrf }: AccountParts, ctx: Context, { visit, tab, shown, errors }: Answer): void {
  const { account } = visit.session;
  ctx.status = errors.length === 0 ? 200 : 400;
  renderer.page(ctx, `account/${shown.view}`, {
    values: {},
    autofocus: "",
    ...shown.model,
    office: shown.office,
    tab,
    person: { name: account.name, username: account.username },
    mayOpenConsole: mayOpenConsole(account.role),
    done: DONE.find((word) => word === ctx.query["done"]) ?? null,
    action: ctx.path,
    csrf: csrf.token(formOwner(visit.session)),
    errors,
  });
}

function done(
  { cookies }: AccountParts,
  ctx: Context,
  outcome: Extract<ChangeOutcome, { type: "done" }>,
): void {
  if (typeof outcome.language === "string") {
    cookies.write(ctx, "language", outcome.language);
  }
  seeOther(ctx, `${outcome.to}?done=${outcome.done}`);
}

function again(shown: Shown, values: Fields): Shown {
  const before = typeof shown.model["values"] === "object" ? shown.model["values"] : {};
  return { ...shown, model: { ...shown.model, values: { ...before, ...values } } };
}

/** Forms belong to a session: a token is worth nothing in another one. */
const formOwner = ({ uid }: OwnSession): string => `account ${uid}`;

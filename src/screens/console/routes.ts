import Router, { type RouterContext } from "@koa/router";
import type { State } from "../../platform/web/context.ts";
import { readForm, type Fields } from "../../platform/web/form.ts";
import { answerForm } from "../../platform/web/page-kit.ts";
import { seeOther } from "../../platform/web/see-other.ts";
import type { StepUp } from "../../platform/web/step-up.ts";
import { noStore } from "../../platform/web/security-headers.ts";
import { isUpload, readUpload, type Upload } from "../../platform/web/upload.ts";
import { formOwner, type ConsoleResponses } from "./responses.ts";
import type { KeptForms } from "../../platform/web/kept-forms.ts";
import { DEMAND, GRAVE, proofAddress, type Proving } from "./proof.ts";
import { addressIfGone } from "./when-gone.ts";
import { askedOffice, ENTRANCES, OWN_PAGE } from "./navigation.ts";
import type { Route } from "./route.ts";
import type { ConsoleAccess, Staff } from "./console-access.ts";
import {
  CONSOLE_SITE,
  routeOf,
  type ConsolePage,
  type ConsoleContext,
  type ConsoleOutcome,
  type Shown,
} from "./page.ts";

export interface ConsoleRoutesDeps {
  readonly access: ConsoleAccess;
  readonly responses: ConsoleResponses;
  readonly kept: KeptForms;
  readonly pages: readonly ConsolePage[];
  readonly stepUp: StepUp;
}

type Routed = RouterContext<State>;

/** Every page of the console. The only file of the folder that redirects. */
export function consoleRoutes(deps: ConsoleRoutesDeps): Router<State> {
  const router = new Router<State>();
  for (const { address, hrefFor } of ENTRANCES) {
    router.get(address, async (ctx) => {
      const caller = await staffOf(deps, noStore(ctx));
      if (caller !== null) {
        seeOther(ctx, hrefFor(caller, deps.pages, askedOffice(ctx.query)));
      }
    });
  }
  router.get(CONSOLE_SITE.callback, async (ctx) => {
    const { type } = await deps.access.caller(noStore(ctx));
    seeOther(ctx, deps.stepUp.returnAddress(ctx, type === "staff" || type === "not-staff"));
  });
  deps.pages.forEach((page) => addPage(deps, router, page));
  return router;
}

/** Pairs each kind of page with its access check. */
function addPage(deps: ConsoleRoutesDeps, router: Router<State>, page: ConsolePage): void {
  const { access } = deps;
  const { action } = page;
  switch (page.about) {
    case "platform":
      addRoute(deps, router, { ...page, page, admit: (ctx, caller) => access.platform(ctx, caller, action) });
      return;
    case "office":
      addRoute(deps, router, { ...page, page, admit: (ctx, caller) => access.office(ctx, caller, action) });
      return;
    case "user":
      addRoute(deps, router, { ...page, page, admit: (ctx, caller) => access.user(ctx, caller, action) });
  }
}

function addRoute<Context extends ConsoleContext>(
  deps: ConsoleRoutesDeps,
  router: Router<State>,
  route: Route<Context>,
): void {
  const path = routeOf(route.page);
  const { submit, receive } = route;
  router.get(path, (ctx) => open(deps, noStore(ctx), route));
  if (submit !== undefined) {
    router.post(path, (ctx) =>
      receive !== undefined && isUpload(ctx)
        ? sendFile(deps, noStore(ctx), route, receive)
        : send(deps, noStore(ctx), route, submit),
    );
  }
}

async function open<Context extends ConsoleContext>(
  deps: ConsoleRoutesDeps,
  ctx: Routed,
  { page, admit, show }: Route<Context>,
): Promise<void> {
  const context = await contextOf(deps, ctx, admit);
  if (context === null || (page.asksFirst === true && mustProveAgain(deps, ctx, context))) {
    return;
  }
  const kept = page.submit === undefined ? null : await deps.kept.find(ctx, context.session);
  const shown = await show(context);
  deps.responses.page(ctx, { page, context, shown, values: kept ?? {}, isKept: kept !== null });
}

/** Keeps what was typed when a sign-in has to come first. */
async function send<Context extends ConsoleContext>(
  deps: ConsoleRoutesDeps,
  ctx: Routed,
  route: Route<Context>,
  submit: (context: Context, fields: Fields) => Promise<ConsoleOutcome>,
): Promise<void> {
  const { fold = (sent: Fields) => sent, maxFields, keeps = [] } = route.page;
  const fields = fold(await readForm(ctx, maxFields));
  const work = async () => {
    const admitted = await contextOf(deps, ctx, route.admit);
    if (admitted === null) {
      await deps.kept.rescue(ctx, null, fields, keeps);
      return;
    }
    const { session } = admitted;
    const form = { fields, names: keeps, subject: formOwner(session, ctx.path) };
    if (!(await deps.kept.isOf(ctx, session, form))) {
      seeOther(ctx, ctx.path);
      return;
    }
    const context =
      (await route.isGrave?.(admitted, fields)) === true ? { ...admitted, proof: GRAVE } : admitted;
    if (mustProveAgain(deps, ctx, context)) {
      await deps.kept.keep(ctx, session, fields, keeps);
      return;
    }
    await answer(deps, ctx, route, { context, outcome: await submit(context, fields) });
  };
  const to = await addressIfGone(deps, ctx, { page: route.page, fields, work });
  if (to !== null) {
    seeOther(ctx, to);
  }
}

/**
 * A form with a file. The body is not read before the access check, so that strangers cannot fill memory. A file does
 * not survive a step-up.
 */
async function sendFile<Context extends ConsoleContext>(
  deps: ConsoleRoutesDeps,
  ctx: Routed,
  route: Route<Context>,
  receive: (context: Context, upload: Upload) => Promise<ConsoleOutcome>,
): Promise<void> {
  const context = await contextOf(deps, ctx, route.admit);
  if (context === null || mustProveAgain(deps, ctx, context)) {
    return;
  }
  const upload = await readUpload(ctx);
  deps.responses.verify(ctx, upload.fields, context.session);
  await answer(deps, ctx, route, { context, outcome: await receive(context, upload) });
}

async function answer<Context extends ConsoleContext>(
  deps: ConsoleRoutesDeps,
  ctx: Routed,
  { page, show }: Route<Context>,
  { context, outcome }: { context: Context; outcome: ConsoleOutcome },
): Promise<void> {
  if (outcome.type === "done" || outcome.type === "show") {
    await deps.kept.remove(ctx, context.session);
  }
  const to = await answerForm(ctx, outcome, {
    page: () => show(context),
    show: (shown: Shown, faults) => deps.responses.page(ctx, { page, context, shown, ...faults }),
    done: ({ to: next }: { to: string }) => deps.responses.doneAddress(next, page, context),
  });
  if (to !== null) {
    seeOther(ctx, to);
  }
}

/** Null when the response is already set: a redirect to the sign-in, or the page for callers without permission. */
async function staffOf(deps: ConsoleRoutesDeps, ctx: Routed): Promise<Staff | null> {
  const caller = await deps.access.caller(ctx);
  switch (caller.type) {
    case "staff":
      return caller;
    case "signed-out":
      seeOther(ctx, deps.stepUp.signInAddress(ctx, DEMAND, askedOffice(ctx.query)));
      return null;
    case "without-factor":
      seeOther(ctx, deps.stepUp.stepUpAddress(ctx, caller.session, DEMAND));
      return null;
    case "not-staff":
      if (ctx.method === "POST") {
        await deps.responses.refuse(ctx, caller.session);
      } else {
        seeOther(ctx, OWN_PAGE);
      }
      return null;
  }
}

async function contextOf<Context extends ConsoleContext>(
  deps: ConsoleRoutesDeps,
  ctx: Routed,
  admit: Route<Context>["admit"],
): Promise<Proving<Context> | null> {
  const caller = await staffOf(deps, ctx);
  if (caller === null) {
    return null;
  }
  const { context, permission } = await admit(ctx, caller);
  if (permission === "never") {
    await deps.responses.refuse(ctx, context.session);
    return null;
  }
  return { ...context, proof: permission === "allowed" ? null : permission };
}

/** Whether a step-up has to come first. Then the response is a redirect to it. */
function mustProveAgain(deps: ConsoleRoutesDeps, ctx: Routed, context: Proving<ConsoleContext>): boolean {
  const to = proofAddress(deps.stepUp, ctx, context);
  if (to !== null) {
    seeOther(ctx, to);
  }
  return to !== null;
}

import Router, { type RouterContext } from "@koa/router";
import type { State } from "../../platform/web/context.ts";
import { readForm, type Fields } from "../../platform/web/form.ts";
import { answerForm } from "../../platform/web/page-kit.ts";
import type { Renderer } from "../../platform/web/render.ts";
import { seeOther } from "../../platform/web/see-other.ts";
import type { StepUp } from "../../platform/web/step-up.ts";
import { noStore } from "../../platform/web/security-headers.ts";
import { isUpload, readUpload, type Upload } from "../../platform/web/upload.ts";
import { epochSeconds, now } from "../../kernel/clock.ts";
import type { ConsoleResponses } from "./responses.ts";
import { draftKey, type DraftStore } from "./draft-store.ts";
import { homeOf } from "./navigation.ts";
import type { Admitted, ConsoleAccess, Staff } from "./console-access.ts";
import {
  CONSOLE_SITE,
  routeOf,
  type ConsolePage,
  type ConsoleContext,
  type ConsoleOutcome,
  type PageOf,
  type Shown,
} from "./page.ts";

export interface ConsoleDeps {
  readonly gate: ConsoleAccess;
  readonly responses: ConsoleResponses;
  readonly drafts: DraftStore;
  readonly pages: readonly ConsolePage[];
  readonly renderer: Renderer;
  readonly stepUp: StepUp;
}

type Routed = RouterContext<State>;

/** A page with the one way to its visit. */
interface Mounted<Shape extends ConsoleContext> extends Pick<PageOf<Shape>, "show" | "submit" | "receive"> {
  readonly page: ConsolePage;
  readonly admit: (ctx: Routed, caller: Staff) => Promise<Admitted<Shape>>;
}

/** Every page of the console. The only file of the folder that redirects. */
export function consoleRoutes(deps: ConsoleDeps): Router<State> {
  const router = new Router<State>();
  router.get("/console", (ctx) => home(deps, noStore(ctx)));
  router.get(CONSOLE_SITE.callback, async (ctx) => {
    const { type } = await deps.gate.caller(noStore(ctx));
    seeOther(ctx, deps.stepUp.returnAddress(ctx, type === "staff" || type === "no-staff"));
  });
  for (const page of deps.pages) {
    mountAny(deps, router, page);
  }
  return router;
}

/** Each kind of page with the one way to its visit. */
function mountAny(deps: ConsoleDeps, router: Router<State>, page: ConsolePage): void {
  const { gate } = deps;
  const { action } = page;
  switch (page.about) {
    case "platform":
      mount(deps, router, { ...page, page, admit: (ctx, caller) => gate.platform(ctx, caller, action) });
      return;
    case "office":
      mount(deps, router, { ...page, page, admit: (ctx, caller) => gate.office(ctx, caller, action) });
      return;
    case "person":
      mount(deps, router, { ...page, page, admit: (ctx, caller) => gate.person(ctx, caller, action) });
  }
}

function mount<Shape extends ConsoleContext>(
  deps: ConsoleDeps,
  router: Router<State>,
  mounted: Mounted<Shape>,
): void {
  const path = routeOf(mounted.page);
  const { submit, receive } = mounted;
  router.get(path, (ctx) => open(deps, noStore(ctx), mounted));
  if (submit !== undefined) {
    router.post(path, (ctx) =>
      receive !== undefined && isUpload(ctx)
        ? sendFile(deps, noStore(ctx), mounted, receive)
        : send(deps, noStore(ctx), mounted, submit),
    );
  }
}

async function home(deps: ConsoleDeps, ctx: Routed): Promise<void> {
  const caller = await staffOf(deps, ctx);
  if (caller !== null) {
    seeOther(ctx, homeOf(deps.pages, { ...caller, t: deps.renderer.translate(ctx) }) ?? "/account");
  }
}

async function open<Shape extends ConsoleContext>(
  deps: ConsoleDeps,
  ctx: Routed,
  { page, admit, show }: Mounted<Shape>,
): Promise<void> {
  const context = await contextOf(deps, ctx, admit);
  if (context === null || mustProveAgain(deps, ctx, context)) {
    return;
  }
  const kept = page.submit === undefined ? null : await deps.drafts.find(draftKey(context.session, ctx.path));
  const shown = await show(context);
  deps.responses.page(ctx, { page, context, shown, values: kept ?? {}, isKept: kept !== null });
}

/** What the page wants kept of a form is there again after a sign-in that comes in between. */
async function send<Shape extends ConsoleContext>(
  deps: ConsoleDeps,
  ctx: Routed,
  mounted: Mounted<Shape>,
  submit: (context: Shape, fields: Fields) => Promise<ConsoleOutcome>,
): Promise<void> {
  const fields = await readForm(ctx);
  const context = await contextOf(deps, ctx, mounted.admit);
  if (context === null) {
    return;
  }
  deps.responses.verify(ctx, fields, context.session);
  if (context.mustProve) {
    const kept = Object.entries(fields).filter(([name]) => mounted.page.keeps?.includes(name));
    await deps.drafts.put(draftKey(context.session, ctx.path), Object.fromEntries(kept));
  }
  if (!mustProveAgain(deps, ctx, context)) {
    await answer(deps, ctx, mounted, { context, outcome: await submit(context, fields) });
  }
}

/** A form with a file: nothing of it is read before it is known whose it is, and no file waits for another sign-in. */
async function sendFile<Shape extends ConsoleContext>(
  deps: ConsoleDeps,
  ctx: Routed,
  mounted: Mounted<Shape>,
  receive: (context: Shape, upload: Upload) => Promise<ConsoleOutcome>,
): Promise<void> {
  const context = await contextOf(deps, ctx, mounted.admit);
  if (context === null || mustProveAgain(deps, ctx, context)) {
    return;
  }
  const upload = await readUpload(ctx);
  deps.responses.verify(ctx, upload.fields, context.session);
  await answer(deps, ctx, mounted, { context, outcome: await receive(context, upload) });
}

async function answer<Shape extends ConsoleContext>(
  deps: ConsoleDeps,
  ctx: Routed,
  { page, show }: Mounted<Shape>,
  { context, outcome }: { context: Shape; outcome: ConsoleOutcome },
): Promise<void> {
  if (outcome.type === "done" || outcome.type === "show") {
    await deps.drafts.remove(draftKey(context.session, ctx.path));
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

/** Null when the answer is given already: the way to the sign-in, or that this is not for them. */
async function staffOf(deps: ConsoleDeps, ctx: Routed): Promise<Staff | null> {
  const caller = await deps.gate.caller(ctx);
  switch (caller.type) {
    case "staff":
      return caller;
    case "stranger":
      seeOther(ctx, deps.stepUp.signInAddress(ctx, DEMAND));
      return null;
    case "without-factor":
      seeOther(ctx, deps.stepUp.stepUpAddress(ctx, caller.session, DEMAND));
      return null;
    case "no-staff":
      deps.responses.refuse(ctx, caller.session);
      return null;
  }
}

async function contextOf<Shape extends ConsoleContext>(
  deps: ConsoleDeps,
  ctx: Routed,
  admit: Mounted<Shape>["admit"],
): Promise<(Shape & { mustProve: boolean }) | null> {
  const caller = await staffOf(deps, ctx);
  if (caller === null) {
    return null;
  }
  const { visit, permission } = await admit(ctx, caller);
  switch (permission) {
    case "never":
      deps.responses.refuse(ctx, visit.session);
      return null;
    case "allowed":
      return { ...visit, mustProve: false };
    case "stepped-up":
      return {
        ...visit,
        mustProve: !deps.stepUp.isFresh(visit.session, epochSeconds(now()), DEMAND),
      };
  }
}

/** Whether the sign-in comes first: the answer leads there then. */
function mustProveAgain(
  deps: ConsoleDeps,
  ctx: Routed,
  context: ConsoleContext & { mustProve: boolean },
): boolean {
  if (context.mustProve) {
    seeOther(ctx, deps.stepUp.stepUpAddress(ctx, context.session, DEMAND));
  }
  return context.mustProve;
}

/** Staff need a second factor, whatever their office says. */
const DEMAND = { needsFactor: true } as const;

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
import type { Answers } from "./answers.ts";
import { draftKey, type DraftStore } from "./draft-store.ts";
import { homeOf } from "./frame.ts";
import type { Admitted, Gate, Staff } from "./gate.ts";
import {
  CONSOLE_SITE,
  routeOf,
  type ConsolePage,
  type ConsoleVisit,
  type ConsoleOutcome,
  type PageOf,
  type Shown,
} from "./page.ts";

export interface ConsoleParts {
  readonly gate: Gate;
  readonly answers: Answers;
  readonly drafts: DraftStore;
  readonly pages: readonly ConsolePage[];
  readonly renderer: Renderer;
  readonly stepUp: StepUp;
}

type Routed = RouterContext<State>;

/** A page with the one way to its visit. */
interface Mounted<Visit extends ConsoleVisit> extends Pick<PageOf<Visit>, "show" | "submit" | "receive"> {
  readonly page: ConsolePage;
  readonly admit: (ctx: Routed, caller: Staff) => Promise<Admitted<Visit>>;
}

/** Every page of the console. The only file of the folder that redirects. */
export function consoleRoutes(parts: ConsoleParts): Router<State> {
  const router = new Router<State>();
  router.get("/console", (ctx) => home(parts, noStore(ctx)));
  router.get(CONSOLE_SITE.callback, async (ctx) => {
    const { type } = await parts.gate.caller(noStore(ctx));
    seeOther(ctx, parts.stepUp.returnAddress(ctx, type === "staff" || type === "no-staff"));
  });
  for (const page of parts.pages) {
    mountAny(parts, router, page);
  }
  return router;
}

/** Each kind of page with the one way to its visit. */
function mountAny(parts: ConsoleParts, router: Router<State>, page: ConsolePage): void {
  const { gate } = parts;
  const { action } = page;
  switch (page.about) {
    case "platform":
      mount(parts, router, { ...page, page, admit: (ctx, caller) => gate.platform(ctx, caller, action) });
      return;
    case "office":
      mount(parts, router, { ...page, page, admit: (ctx, caller) => gate.office(ctx, caller, action) });
      return;
    case "person":
      mount(parts, router, { ...page, page, admit: (ctx, caller) => gate.person(ctx, caller, action) });
  }
}

function mount<Visit extends ConsoleVisit>(
  parts: ConsoleParts,
  router: Router<State>,
  mounted: Mounted<Visit>,
): void {
  const path = routeOf(mounted.page);
  const { submit, receive } = mounted;
  router.get(path, (ctx) => open(parts, noStore(ctx), mounted));
  if (submit !== undefined) {
    router.post(path, (ctx) =>
      receive !== undefined && isUpload(ctx)
        ? sendFile(parts, noStore(ctx), mounted, receive)
        : send(parts, noStore(ctx), mounted, submit),
    );
  }
}

async function home(parts: ConsoleParts, ctx: Routed): Promise<void> {
  const caller = await staffOf(parts, ctx);
  if (caller !== null) {
    seeOther(ctx, homeOf(parts.pages, { ...caller, t: parts.renderer.translate(ctx) }) ?? "/account");
  }
}

async function open<Visit extends ConsoleVisit>(
  parts: ConsoleParts,
  ctx: Routed,
  { page, admit, show }: Mounted<Visit>,
): Promise<void> {
  const visit = await visitOf(parts, ctx, admit);
  if (visit === null || mustProveAgain(parts, ctx, visit)) {
    return;
  }
  const kept = page.submit === undefined ? null : await parts.drafts.find(draftKey(visit.session, ctx.path));
  const shown = await show(visit);
  parts.answers.page(ctx, { page, visit, shown, values: kept ?? {}, isKept: kept !== null });
}

/** What the page wants kept of a form is there again after a sign-in that comes in between. */
async function send<Visit extends ConsoleVisit>(
  parts: ConsoleParts,
  ctx: Routed,
  mounted: Mounted<Visit>,
  submit: (visit: Visit, fields: Fields) => Promise<ConsoleOutcome>,
): Promise<void> {
  const fields = await readForm(ctx);
  const visit = await visitOf(parts, ctx, mounted.admit);
  if (visit === null) {
    return;
  }
  parts.answers.verify(ctx, fields, visit.session);
  if (visit.mustProve) {
    const kept = Object.entries(fields).filter(([name]) => mounted.page.keeps?.includes(name));
    await parts.drafts.put(draftKey(visit.session, ctx.path), Object.fromEntries(kept));
  }
  if (!mustProveAgain(parts, ctx, visit)) {
    await answer(parts, ctx, mounted, { visit, outcome: await submit(visit, fields) });
  }
}

/** A form with a file: nothing of it is read before it is known whose it is, and no file waits for another sign-in. */
async function sendFile<Visit extends ConsoleVisit>(
  parts: ConsoleParts,
  ctx: Routed,
  mounted: Mounted<Visit>,
  receive: (visit: Visit, upload: Upload) => Promise<ConsoleOutcome>,
): Promise<void> {
  const visit = await visitOf(parts, ctx, mounted.admit);
  if (visit === null || mustProveAgain(parts, ctx, visit)) {
    return;
  }
  const upload = await readUpload(ctx);
  parts.answers.verify(ctx, upload.fields, visit.session);
  await answer(parts, ctx, mounted, { visit, outcome: await receive(visit, upload) });
}

async function answer<Visit extends ConsoleVisit>(
  parts: ConsoleParts,
  ctx: Routed,
  { page, show }: Mounted<Visit>,
  { visit, outcome }: { visit: Visit; outcome: ConsoleOutcome },
): Promise<void> {
  if (outcome.type === "done" || outcome.type === "show") {
    await parts.drafts.remove(draftKey(visit.session, ctx.path));
  }
  const to = await answerForm(ctx, outcome, {
    page: () => show(visit),
    show: (shown: Shown, faults) => parts.answers.page(ctx, { page, visit, shown, ...faults }),
    done: ({ to: next }: { to: string }) => parts.answers.doneAddress(next, page, visit),
  });
  if (to !== null) {
    seeOther(ctx, to);
  }
}

/** Null when the answer is given already: the way to the sign-in, or that this is not for them. */
async function staffOf(parts: ConsoleParts, ctx: Routed): Promise<Staff | null> {
  const caller = await parts.gate.caller(ctx);
  switch (caller.type) {
    case "staff":
      return caller;
    case "stranger":
      seeOther(ctx, parts.stepUp.signInAddress(ctx, DEMAND));
      return null;
    case "without-factor":
      seeOther(ctx, parts.stepUp.stepUpAddress(ctx, caller.session, DEMAND));
      return null;
    case "no-staff":
      parts.answers.refuse(ctx, caller.session);
      return null;
  }
}

async function visitOf<Visit extends ConsoleVisit>(
  parts: ConsoleParts,
  ctx: Routed,
  admit: Mounted<Visit>["admit"],
): Promise<(Visit & { mustProve: boolean }) | null> {
  const caller = await staffOf(parts, ctx);
  if (caller === null) {
    return null;
  }
  const { visit, permission } = await admit(ctx, caller);
  switch (permission) {
    case "never":
      parts.answers.refuse(ctx, visit.session);
      return null;
    case "allowed":
      return { ...visit, mustProve: false };
    case "stepped-up":
      return {
        ...visit,
        mustProve: !parts.stepUp.isFresh(visit.session, epochSeconds(now()), DEMAND),
      };
  }
}

/** Whether the sign-in comes first: the answer leads there then. */
function mustProveAgain(
  parts: ConsoleParts,
  ctx: Routed,
  visit: ConsoleVisit & { mustProve: boolean },
): boolean {
  if (visit.mustProve) {
    seeOther(ctx, parts.stepUp.stepUpAddress(ctx, visit.session, DEMAND));
  }
  return visit.mustProve;
}

/** Staff need a second factor, whatever their office says. */
const DEMAND = { needsFactor: true } as const;

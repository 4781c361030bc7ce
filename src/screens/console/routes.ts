import Router from "@koa/router";
import type { State } from "../../platform/web/context.ts";
import { readForm, type Fields } from "../../platform/web/form.ts";
import { answerForm } from "../../platform/web/page-kit.ts";
import { seeOther } from "../../platform/web/see-other.ts";
import { unstored } from "../../platform/web/unstored.ts";
import { isUpload, readUpload, type Upload } from "../../platform/web/upload.ts";
import { epochSeconds } from "../../kernel/clock.ts";
import type { OwnSession } from "../../protocol/models/own-sessions.ts";
import { homeOf } from "./frame.ts";
import type { Staff } from "./gate.ts";
import { draftKey, fieldsOf, type ConsoleParts, type Mounted, type Routed } from "./mounted.ts";
import {
  CONSOLE_SITE,
  routeOf,
  type ConsolePage,
  type ConsoleVisit,
  type ConsoleOutcome,
  type Shown,
} from "./page.ts";

/** Every page of the console. The only file of the folder that redirects. */
export function consoleRoutes(parts: ConsoleParts): Router<State> {
  const router = new Router<State>();
  router.get("/console", (ctx) => home(parts, unstored(ctx)));
  router.get(CONSOLE_SITE.callback, async (ctx) => {
    const { type } = await parts.gate.caller(unstored(ctx));
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
  switch (page.about) {
    case "platform":
      mount(parts, router, {
        ...page,
        page,
        admit: (ctx, caller) => gate.platform(ctx, caller, page.action),
      });
      return;
    case "office":
      mount(parts, router, { ...page, page, admit: (ctx, caller) => gate.office(ctx, caller, page.action) });
      return;
    case "person":
      mount(parts, router, { ...page, page, admit: (ctx, caller) => gate.person(ctx, caller, page.action) });
  }
}

function mount<Visit extends ConsoleVisit>(
  parts: ConsoleParts,
  router: Router<State>,
  mounted: Mounted<Visit>,
): void {
  const path = routeOf(mounted.page);
  router.get(path, (ctx) => open(parts, unstored(ctx), mounted));
  const { submit, receive: take } = mounted;
  if (submit !== undefined) {
    router.post(path, (ctx) =>
      take !== undefined && isUpload(ctx)
        ? receive(parts, unstored(ctx), { ...mounted, receive: take })
        : send(parts, unstored(ctx), { ...mounted, submit }),
    );
  }
}

async function home(parts: ConsoleParts, ctx: Routed): Promise<void> {
  const caller = await staffOf(parts, ctx);
  if (caller !== null) {
    const t = parts.renderer.translate(ctx);
    seeOther(ctx, homeOf(parts.pages, { ...caller, t }) ?? "/account");
  }
}

async function open<Visit extends ConsoleVisit>(
  parts: ConsoleParts,
  ctx: Routed,
  { page, admit, show }: Mounted<Visit>,
): Promise<void> {
  const visit = await visitOf(parts, ctx, admit);
  if (visit === null) {
    return;
  }
  if (visit.mustProve) {
    seeOther(ctx, proveAgain(parts, ctx, visit.session));
    return;
  }
  const kept = page.submit === undefined ? null : await parts.drafts.find(draftKey(ctx, visit));
  const shown = await show(visit);
  parts.answers.page(ctx, { page, visit, shown, values: kept ?? {}, isKept: kept !== null });
}

async function send<Visit extends ConsoleVisit>(
  parts: ConsoleParts,
  ctx: Routed,
  mounted: Mounted<Visit> & { submit: (visit: Visit, fields: Fields) => Promise<ConsoleOutcome> },
): Promise<void> {
  const { page, admit, submit } = mounted;
  const fields = await readForm(ctx);
  const visit = await visitOf(parts, ctx, admit);
  if (visit === null) {
    return;
  }
  parts.csrf.verify(ctx, fields, parts.answers.formOwner(visit.session));
  if (visit.mustProve) {
    await parts.drafts.put(draftKey(ctx, visit), fieldsOf(fields, page.keeps ?? []));
    seeOther(ctx, proveAgain(parts, ctx, visit.session));
    return;
  }
  await answer(parts, ctx, { ...mounted, visit, outcome: await submit(visit, fields) });
}

/** A form with a file: nothing of it is read before it is known whose it is, and no file waits for another sign-in. */
async function receive<Visit extends ConsoleVisit>(
  parts: ConsoleParts,
  ctx: Routed,
  mounted: Mounted<Visit> & { receive: (visit: Visit, upload: Upload) => Promise<ConsoleOutcome> },
): Promise<void> {
  const visit = await visitOf(parts, ctx, mounted.admit);
  if (visit === null) {
    return;
  }
  if (visit.mustProve) {
    seeOther(ctx, proveAgain(parts, ctx, visit.session));
    return;
  }
  const upload = await readUpload(ctx);
  parts.csrf.verify(ctx, upload.fields, parts.answers.formOwner(visit.session));
  await answer(parts, ctx, { ...mounted, visit, outcome: await mounted.receive(visit, upload) });
}

async function answer<Visit extends ConsoleVisit>(
  parts: ConsoleParts,
  ctx: Routed,
  {
    page,
    show,
    visit,
    outcome,
  }: Pick<Mounted<Visit>, "page" | "show"> & { visit: Visit; outcome: ConsoleOutcome },
): Promise<void> {
  const { answers, drafts } = parts;
  if (outcome.type === "done" || outcome.type === "show") {
    await drafts.remove(draftKey(ctx, visit));
  }
  const to = await answerForm(ctx, outcome, {
    page: () => show(visit),
    show: (shown: Shown, faults) => answers.page(ctx, { page, visit, shown, ...faults }),
    done: ({ to: next }: { to: string }) => answers.doneAddress(next, page, visit),
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
      seeOther(ctx, proveAgain(parts, ctx, caller.session));
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
  const { stepUp, clock } = parts;
  const { visit, permission } = await admit(ctx, caller);
  switch (permission) {
    case "never":
      parts.answers.refuse(ctx, visit.session);
      return null;
    case "allowed":
      return { ...visit, mustProve: false };
    case "stepped-up":
      return { ...visit, mustProve: !stepUp.isFresh(visit.session, epochSeconds(clock()), DEMAND) };
  }
}

const proveAgain = ({ stepUp }: ConsoleParts, ctx: Routed, session: OwnSession): string =>
  stepUp.stepUpAddress(ctx, session, DEMAND);

/** Whatever the office of the staff says. */
const DEMAND = { needsFactor: true } as const;

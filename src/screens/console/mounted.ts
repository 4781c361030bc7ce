import type { RouterContext } from "@koa/router";
import type { State } from "../../platform/web/context.ts";
import type { Csrf } from "../../platform/web/csrf.ts";
import type { Fields } from "../../platform/web/form.ts";
import type { Renderer } from "../../platform/web/render.ts";
import type { StepUp } from "../../platform/web/step-up.ts";
import type { Upload } from "../../platform/web/upload.ts";
import type { Clock } from "../../kernel/clock.ts";
import type { Answers } from "./answers.ts";
import type { DraftKey, DraftStore } from "./draft-store.ts";
import type { Admitted, Gate, Staff } from "./gate.ts";
import type { ConsolePage, ConsoleVisit, ConsoleOutcome, Shown } from "./page.ts";

export interface ConsoleParts {
  readonly gate: Gate;
  readonly answers: Answers;
  readonly drafts: DraftStore;
  readonly pages: readonly ConsolePage[];
  readonly csrf: Csrf;
  readonly renderer: Renderer;
  readonly stepUp: StepUp;
  readonly clock: Clock;
}

export type Routed = RouterContext<State>;

/** A page with the one way to its visit. */
export interface Mounted<Visit extends ConsoleVisit> {
  readonly page: ConsolePage;
  readonly admit: (ctx: Routed, caller: Staff) => Promise<Admitted<Visit>>;
  readonly show: (visit: Visit) => Promise<Shown>;
  readonly submit?: (visit: Visit, fields: Fields) => Promise<ConsoleOutcome>;
  readonly receive?: (visit: Visit, upload: Upload) => Promise<ConsoleOutcome>;
}

/** Where the draft of a page's form lies. */
export const draftKey = (ctx: Routed, { session }: ConsoleVisit): DraftKey => ({
  sessionUid: session.uid,
  userId: session.account.id,
  path: ctx.path,
});

/** The fields that a page wants kept, and no other. */
export const fieldsOf = (fields: Fields, names: readonly string[]): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([name]) => names.includes(name)));

import type { Context } from "./context.ts";
import { sendDownload, type Download } from "./download.ts";
import type { Fields } from "./form.ts";
import type { LayoutModel, Renderer } from "./render.ts";

/**
 * The form cycle that all screens share: show a page, submit its form, then show it again with errors and the typed values, or
 * redirect. A screen decides who may see its pages and what follows a successful change.
 */

/** An error in a form, in the order of the page. `field`: null for an error of the whole form. */
export interface FieldError {
  readonly field: string | null;
  readonly message: string;
}

/** The form is shown again with errors. `values`: fields to fill in again, never a secret. */
export interface Faults {
  readonly type: "errors";
  readonly errors: readonly FieldError[];
  readonly values?: Fields;
}

/** The form is shown again with one error. */
export const fault = (field: string | null, message: string, values: Fields = {}): Faults => ({
  type: "errors",
  errors: [{ field, message }],
  values,
});

/**
 * The outcome of a submitted form. `Done`: what the screen reports of a change; `More`: what it adds to a form that is shown again;
 * `To`: its redirect targets.
 */
export type Outcome<Done, More = object, To extends string = string> =
  | ({ readonly type: "done" } & Done)
  /** Another page, or this one again in its new state. */
  | { readonly type: "go"; readonly to: To }
  | (Faults & More);

/** A page instead of a redirect: it contains a code that is shown only once. */
export interface OneTimePage<Shown> {
  readonly type: "show";
  readonly shown: Shown;
}

/** A file instead of a redirect: the browser saves it and keeps the page. */
export interface FileAnswer {
  readonly type: "file";
  readonly file: Download;
}

/** What the template of a page with a form needs. */
interface Form {
  /** Path below views/, without the extension. */
  readonly view: string;
  /** `values`: contents of the fields. */
  readonly model: LayoutModel & Readonly<Record<string, unknown>>;
  readonly csrf: string;
  /** Where the form is posted; by default to the page's own path. */
  readonly action?: string;
  /** Errors of a form that is shown again. */
  readonly errors?: readonly FieldError[];
  /** Previously typed values, instead of the model's; never a secret. */
  readonly values?: Fields;
}

/** Renders a form, with status 400 when it has errors. */
export function showForm(renderer: Renderer, ctx: Context, form: Form): void {
  const { view, model, csrf, action = ctx.path, errors = [], values = {} } = form;
  const before = model["values"];
  ctx.status = errors.length === 0 ? 200 : 400;
  const shown = {
    autofocus: "",
    answers: answersOf(ctx, errors),
    ...model,
    values: { ...(typeof before === "object" ? before : {}), ...values },
    action,
    csrf,
    errors,
  };
  const faultyField = onlyFieldOf(errors);
  renderer.page(ctx, view, { ...shown, faultyField });
  if (faultyField !== null && !String(ctx.body).includes(`id="${faultyField}-error"`)) {
    // This page has no such field: the message would be lost, so the summary has it.
    renderer.page(ctx, view, { ...shown, faultyField: null });
  }
}

/** What the script of the page knows by it: that the page answers a form, and must not be asked for again by sending the form. */
export function answersOf(ctx: Context, errors: readonly FieldError[]): "form" | "once" | null {
  if (ctx.method !== "POST") {
    return null;
  }
  return errors.length > 0 ? "form" : "once";
}

/** The field of the only error; null when there are several, or when it is about the whole form. */
function onlyFieldOf(errors: readonly FieldError[]): string | null {
  const [first, ...others] = errors;
  return others.length === 0 ? (first?.field ?? null) : null;
}

/** How a screen handles the outcome of a form. */
interface FormScreen<Shown, Done, More> {
  /** Loads the page again, for a form with errors. */
  readonly page: () => Promise<Shown>;
  readonly show: (shown: Shown, faults?: Faults & More) => void;
  /** Where to redirect after a change. */
  readonly done: (done: Done) => string;
}

/** Handles the outcome of a form. Returns where to redirect, or null when it sent a page or a file. */
export async function answerForm<Shown, Done extends object, More extends object>(
  ctx: Context,
  outcome: Outcome<Done, More> | OneTimePage<Shown> | FileAnswer,
  { page, show, done }: FormScreen<Shown, Done, More>,
): Promise<string | null> {
  switch (outcome.type) {
    case "done":
      return done(outcome);
    case "go":
      return outcome.to;
    case "errors":
      show(await page(), outcome);
      return null;
    case "show":
      show(outcome.shown);
      return null;
    case "file":
      sendDownload(ctx, outcome.file);
      return null;
  }
}

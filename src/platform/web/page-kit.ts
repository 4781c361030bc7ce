import type { Context } from "./context.ts";
import { sendDownload, type Download } from "./download.ts";
import type { Fields } from "./form.ts";
import type { LayoutModel, Renderer } from "./render.ts";

/**
 * What the forms of all screens have in common: a page is shown; its form is sent; it comes back with faults and with what
 * was typed, or leads on. A screen says who may see its pages and what a change that was made means.
 */

/** What is wrong with a form, in the order of the page. `field` null: with the form as a whole. */
export interface FieldError {
  readonly field: string | null;
  readonly message: string;
}

/** A form that comes back. `values`: fields that are shown again, never a secret. */
export interface Faults {
  readonly type: "errors";
  readonly errors: readonly FieldError[];
  readonly values?: Fields;
}

/** A form that comes back with one fault. */
export const fault = (field: string | null, message: string, values: Fields = {}): Faults => ({
  type: "errors",
  errors: [{ field, message }],
  values,
});

/**
 * What a form that was sent comes to. `Done`: what the screen knows of a change that was made; `More`: what it adds to
 * a form that comes back; `To`: where its pages may lead.
 */
export type Outcome<Done, More = object, To extends string = string> =
  | ({ readonly type: "done" } & Done)
  /** Another page, or this one as it is now. */
  | { readonly type: "go"; readonly to: To }
  | (Faults & More);

/** A page in place of a redirect, because it is shown once: it has a code in it. */
export interface OneTimePage<Shown> {
  readonly type: "show";
  readonly shown: Shown;
}

/** A file in place of a redirect: the browser saves it, and the page stays where it is. */
export interface FileAnswer {
  readonly type: "file";
  readonly file: Download;
}

/** A page with a form, as its template gets it. */
interface Form {
  /** Below views/, without its ending. */
  readonly view: string;
  /** `values`: what stands in the fields. */
  readonly model: LayoutModel & Readonly<Record<string, unknown>>;
  readonly csrf: string;
  /** Where it is sent; left out: to the page's own address. */
  readonly action?: string;
  /** Of a form that comes back. */
  readonly errors?: readonly FieldError[];
  /** Fields that were typed before, in place of the model's; never a secret. */
  readonly values?: Fields;
}

/** Shows a form, with the status 400 when it comes back with faults. */
export function showForm(renderer: Renderer, ctx: Context, form: Form): void {
  const { view, model, csrf, action = ctx.path, errors = [], values = {} } = form;
  const before = model["values"];
  ctx.status = errors.length === 0 ? 200 : 400;
  renderer.page(ctx, view, {
    autofocus: "",
    ...model,
    values: { ...(typeof before === "object" ? before : {}), ...values },
    action,
    csrf,
    errors,
  });
}

/** What a screen does with the answers to one of its forms. */
interface FormScreen<Shown, Done, More> {
  /** The page of the form, for one that comes back. */
  readonly page: () => Promise<Shown>;
  readonly show: (shown: Shown, faults?: Faults & More) => void;
  /** Where a change that was made leads. */
  readonly done: (done: Done) => string;
}

/** Answers a form that was sent: with the address that the browser goes to next, or null when a page or a file was the answer. */
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

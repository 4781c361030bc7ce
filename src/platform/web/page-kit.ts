import type { Download } from "./download.ts";
import type { Fields } from "./form.ts";

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

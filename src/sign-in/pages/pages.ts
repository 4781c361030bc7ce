import type { PasswordCheck } from "../../users/password-check.ts";
import type { Clock } from "../../kernel/clock.ts";
import type { PageName } from "../journey.ts";
import type { FieldError, Model, Outcome, Page, Visit } from "../page.ts";
import { blockedPage } from "./blocked.ts";
import { passwordPage } from "./password.ts";

/** A page whose form type is its own business. */
export interface AnyPage {
  readonly name: PageName;
  readonly view: string;
  readonly keeps: readonly string[];
  show(visit: Visit): Promise<Model>;
  submit(visit: Visit, fields: Readonly<Record<string, string>>): Promise<Outcome>;
}

export type Pages = Readonly<Record<PageName, AnyPage>>;

/** Every page of the journey by its name; a page that the table names and nobody wrote is a type error. */
export function createPages(parts: { passwords: PasswordCheck; clock: Clock }): Pages {
  return { password: closed(passwordPage(parts)), blocked: closed(blockedPage(parts)) };
}

function closed<Form>(page: Page<Form>): AnyPage {
  return {
    name: page.name,
    view: page.view,
    keeps: page.keeps,
    show: (visit) => page.show(visit),
    submit: (visit, fields) => {
      const parsed = page.form.safeParse(fields);
      return parsed.success
        ? page.submit(visit, parsed.data)
        : Promise.resolve({ errors: parsed.error.issues.map((issue): FieldError => faultOf(issue)) });
    },
  };
}

const faultOf = (issue: { path: readonly PropertyKey[]; message: string }): FieldError => ({
  field: typeof issue.path[0] === "string" ? issue.path[0] : null,
  message: issue.message,
});

import { routesOf } from "./routes.ts";
import { formsOf } from "./fuzz/page-form.ts";
import { pathFor, type Actor, type Stage } from "./fuzz/stages.ts";
import type { World } from "./use-vestibule.ts";

/** A form of the account or of the console, filled in and ready to be sent by the stage's browser. */
export interface ReadyForm {
  readonly path: string;
  readonly fields: Readonly<Record<string, string>>;
}

/** The paths of all pages with a form that this actor may send, from the routes of the running app. */
export async function formPatterns(world: World, actor: Actor): Promise<string[]> {
  return (await routesOf(world))
    .filter((route) => route.startsWith("POST /account") || route.startsWith("POST /console"))
    .map((route) => route.replace("POST ", ""))
    .filter((pattern) => (pattern.startsWith("/account") ? "user" : senderOf(pattern)) === actor);
}

/** Pages that only support opens. */
const senderOf = (pattern: string): Actor =>
  pattern.includes(":office") && !pattern.endsWith("/close") ? "superuser" : "support";

/** The form of a page; null where the page has none for this stage. */
export async function formAt(stage: Stage, pattern: string): Promise<ReadyForm | null> {
  const path = await pathFor(stage, pattern);
  const fields = formsOf(await stage.browser.get(path))[0]?.fields;
  return fields === undefined ? null : { path, fields: { ...fields, ...newValues(pattern) } };
}

/** Values that no two forms may share. */
function newValues(pattern: string): Readonly<Record<string, string>> {
  made += 1;
  return pattern === "/console/offices/add" ? { code: `MADE-${String(made)}` } : {};
}
let made = 0;

/** All forms that a stage can send now. */
export async function formsAt(stage: Stage, patterns: readonly string[]): Promise<ReadyForm[]> {
  const forms: ReadyForm[] = [];
  for (const pattern of patterns) {
    const form = await formAt(stage, pattern);
    forms.push(...(form === null ? [] : [form]));
  }
  return forms;
}

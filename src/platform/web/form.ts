import { PageError } from "../../kernel/errors.ts";
import { readText } from "./body.ts";
import type { Context } from "./context.ts";

/** Fields of a posted form. */
export type Fields = Readonly<Record<string, string>>;

const MAX_BYTES = 16 * 1024;
const MAX_FIELDS = 50;

/**
 * Reads a form. Refuses duplicate fields, of which two readers could each take another one (parameter pollution). The result has no
 * prototype, so that a field named `__proto__` does no harm. `maxFields`: of a page with a box for each of many things. Throws PageError "request" or "too-large".
 */
export async function readForm(ctx: Context, maxFields = MAX_FIELDS): Promise<Fields> {
  if (ctx.is("application/x-www-form-urlencoded") === false) {
    throw new PageError("request");
  }
  const fields: Record<string, string> = Object.create(null) as Record<string, string>;
  const parameters = new URLSearchParams(await readText(ctx, MAX_BYTES));
  if (parameters.size > maxFields) {
    throw new PageError("request");
  }
  for (const [name, value] of parameters) {
    if (Object.hasOwn(fields, name)) {
      throw new PageError("request");
    }
    fields[name] = value;
  }
  return fields;
}

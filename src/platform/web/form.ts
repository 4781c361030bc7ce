import { PageError } from "../../kernel/errors.ts";
import { readText } from "./body.ts";
import type { Context } from "./context.ts";

/** Fields of a posted form, each once. */
export type Fields = Readonly<Record<string, string>>;

const MAX_BYTES = 16 * 1024;
const MAX_FIELDS = 50;

/**
 * Reads a form. A field that comes twice is refused instead of being guessed at, and the result has no prototype,
 * so that no field's name means anything but itself. Throws PageError "request" or "too-large".
 */
export async function readForm(ctx: Context): Promise<Fields> {
  if (ctx.is("application/x-www-form-urlencoded") === false) {
    throw new PageError("request");
  }
  const fields: Record<string, string> = Object.create(null) as Record<string, string>;
  const parameters = new URLSearchParams(await readText(ctx, MAX_BYTES));
  if (parameters.size > MAX_FIELDS) {
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

import type { z } from "zod";
import { Problem, type FieldProblem } from "./problem.ts";

/** The most wrong fields that an answer names. */
const MOST = 50;

/** Reads a query or a body by its schema; throws the problem that names every wrong field. */
export function readAs<Schema extends z.ZodType>(
  schema: Schema | undefined,
  sent: unknown,
): z.output<Schema> {
  if (schema === undefined) {
    // Operations without a schema declare `null`.
    return null as z.output<Schema>;
  }
  const parsed = schema.safeParse(sent);
  if (!parsed.success) {
    throw new Problem("invalid-fields", { errors: parsed.error.issues.flatMap(fieldsOf).slice(0, MOST) });
  }
  return parsed.data;
}

function fieldsOf(issue: z.core.$ZodIssue): FieldProblem[] {
  const before = issue.path.map(String);
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({ field: [...before, key].join("."), detail: "is unknown here" }));
  }
  return [{ field: before.length === 0 ? null : before.join("."), detail: issue.message }];
}

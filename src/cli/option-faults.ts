import type { z } from "zod";
import { OperatorError } from "../kernel/errors.ts";

/** The fault of one option. */
export interface OptionFault {
  readonly option: string;
  readonly message: string;
}

/** All faults of the given options at once. */
export class OptionFaults extends OperatorError {
  readonly faults: readonly OptionFault[];

  constructor(faults: readonly OptionFault[]) {
    const lines = faults.map(({ option, message }) => `${option}: ${message}`);
    super(lines.length === 1 ? lines.join("") : `${String(lines.length)} faults:\n  ${lines.join("\n  ")}`);
    this.faults = faults;
  }
}

/** The names of a schema's fields on the command line. */
export type OptionNames = Readonly<Record<string, string>>;

/** Parses the given options. Throws OptionFaults that name the options, not the fields of the schema. */
export function parseOptions<Schema extends z.ZodType>(
  schema: Schema,
  typed: Readonly<Record<string, unknown>>,
  names: OptionNames,
): z.output<Schema> {
  const parsed = schema.safeParse(typed);
  if (parsed.success) {
    return parsed.data;
  }
  const faults = [...parsed.error.issues, ...furtherIssues(schema, typed, parsed.error.issues)].map(
    ({ path, message }) => ({ option: nameOf(path[0], names), message }),
  );
  throw new OptionFaults(
    faults.filter((fault, index) => faults.findIndex((other) => isSame(fault, other)) === index),
  );
}

/** Zod skips rules that compare fields when one field is invalid, so this runs them again without the invalid fields. */
function furtherIssues(
  schema: z.ZodType,
  typed: Readonly<Record<string, unknown>>,
  issues: readonly z.core.$ZodIssue[],
): z.core.$ZodIssue[] {
  const impossible = new Set(
    issues
      .filter(({ code }) => code === "invalid_type" || code === "invalid_value")
      .map(({ path }) => path[0]),
  );
  const rest = Object.fromEntries(Object.entries(typed).filter(([field]) => !impossible.has(field)));
  const further = schema.safeParse(rest).error?.issues ?? [];
  return further.filter(({ path }) => !impossible.has(path[0]));
}

const isSame = (one: OptionFault, other: OptionFault) =>
  one.option === other.option && one.message === other.message;

function nameOf(field: PropertyKey | undefined, names: OptionNames): string {
  const name = String(field ?? "");
  return names[name] ?? `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

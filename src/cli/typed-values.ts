/** The given fields; an omitted field keeps its value or its default. */
export const given = (fields: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));

/** The typed value, parsed by `read`; "none" removes the value, undefined leaves it unchanged. */
export function orNone(
  typed: string | undefined,
  read: (typed: string) => unknown = (text) => text,
): unknown {
  if (typed === undefined) {
    return undefined;
  }
  return typed === "none" ? null : read(typed);
}

/** The list of an option that may be repeated; a single "none" makes it empty. */
export const listOrNone = (typed: readonly string[] | undefined): readonly string[] | undefined =>
  typed?.length === 1 && typed[0] === "none" ? [] : typed;

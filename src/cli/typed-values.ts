/** The fields that somebody gave; what was left out keeps its value or its default. */
export const given = (fields: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));

/** What was typed, read by `read`; the word "none" takes the value away, undefined leaves it alone. */
export function orNone(
  typed: string | undefined,
  read: (typed: string) => unknown = (text) => text,
): unknown {
  if (typed === undefined) {
    return undefined;
  }
  return typed === "none" ? null : read(typed);
}

/** A list from an option that may be given several times; "none" alone makes it empty. */
export const listOrNone = (typed: readonly string[] | undefined): readonly string[] | undefined =>
  typed?.length === 1 && typed[0] === "none" ? [] : typed;

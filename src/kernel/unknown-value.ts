/** Reads what has no type yet: what a library, a request or a stored row brings. Nothing of it is believed. */

/** The value where it is a text, otherwise null. */
export const textOrNull = (value: unknown): string | null => (typeof value === "string" ? value : null);

/** The fields of an object; none of anything else. */
export const fieldsOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null ? { ...value } : {};

/** An own member of an object: a name such as `constructor` finds nothing. */
export const memberOf = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null
    ? Object.getOwnPropertyDescriptor(value, name)?.value
    : undefined;

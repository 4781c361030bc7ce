import type { Comparison, Filter, FilterValue } from "./filter.ts";
import { badRequest, type ScimError } from "./scim-error.ts";

/** What a filter may ask about of a `Subject`: texts, with or without their case, yes or no, and times. */
export type Filterable<Subject> =
  | {
      readonly kind: "text";
      readonly fold: (text: string) => string;
      readonly read: (subject: Subject) => string | null;
    }
  | { readonly kind: "flag"; readonly read: (subject: Subject) => boolean | null }
  | { readonly kind: "time"; readonly read: (subject: Subject) => Date | null }
  | { readonly kind: "presence"; readonly read: (subject: Subject) => boolean };

export type Filterables<Subject> = ReadonlyMap<string, Filterable<Subject>>;

const invalid = (detail: string): ScimError => badRequest("invalidFilter", detail);

/** A filter as a question to a subject. Throws `invalidFilter` for an attribute that is not kept, and a comparison that it cannot have. */
export function matcher<Subject>(
  filter: Filter,
  attributes: Filterables<Subject>,
): (subject: Subject) => boolean {
  switch (filter.op) {
    case "and": {
      const parts = filter.parts.map((part) => matcher(part, attributes));
      return (subject) => parts.every((matches) => matches(subject));
    }
    case "or": {
      const parts = filter.parts.map((part) => matcher(part, attributes));
      return (subject) => parts.some((matches) => matches(subject));
    }
    case "not": {
      const matches = matcher(filter.part, attributes);
      return (subject) => !matches(subject);
    }
    case "pr": {
      const isThere = presence(attributeOf(attributes, filter.path));
      return isThere;
    }
    case "eq":
    case "ne":
    case "co":
    case "sw":
    case "ew":
    case "gt":
    case "ge":
    case "lt":
    case "le":
      return comparison(attributeOf(attributes, filter.path), filter.op, filter.value);
  }
}

function attributeOf<Subject>(attributes: Filterables<Subject>, path: string): Filterable<Subject> {
  const found = attributes.get(path);
  if (found === undefined) {
    throw invalid("The filter names an attribute that is not kept here.");
  }
  return found;
}

function presence<Subject>(attribute: Filterable<Subject>): (subject: Subject) => boolean {
  return attribute.kind === "presence"
    ? (subject) => attribute.read(subject)
    : (subject) => attribute.read(subject) !== null;
}

function comparison<Subject>(
  attribute: Filterable<Subject>,
  op: Comparison,
  value: FilterValue,
): (subject: Subject) => boolean {
  // RFC 7643 section 2.5: null is the same as no value.
  if (value === null && (op === "eq" || op === "ne")) {
    const isThere = presence(attribute);
    return op === "ne" ? isThere : (subject) => !isThere(subject);
  }
  switch (attribute.kind) {
    case "text":
      return textComparison(attribute, op, value);
    case "flag":
      return flagComparison(attribute, op, value);
    case "time":
      return timeComparison(attribute, op, value);
    case "presence":
      throw invalid("An attribute with parts is compared by one of them.");
  }
}

const TEXTS: Readonly<Record<Comparison, (one: string, other: string) => boolean>> = {
  eq: (one, other) => one === other,
  ne: (one, other) => one !== other,
  co: (one, other) => one.includes(other),
  sw: (one, other) => one.startsWith(other),
  ew: (one, other) => one.endsWith(other),
  gt: (one, other) => one > other,
  ge: (one, other) => one >= other,
  lt: (one, other) => one < other,
  le: (one, other) => one <= other,
};

function textComparison<Subject>(
  { fold, read }: Extract<Filterable<Subject>, { kind: "text" }>,
  op: Comparison,
  value: FilterValue,
): (subject: Subject) => boolean {
  if (typeof value !== "string") {
    throw invalid("The filter compares a text with something else.");
  }
  const wanted = fold(value);
  return (subject) => {
    const text = read(subject);
    return text === null ? op === "ne" : TEXTS[op](fold(text), wanted);
  };
}

function flagComparison<Subject>(
  { read }: Extract<Filterable<Subject>, { kind: "flag" }>,
  op: Comparison,
  value: FilterValue,
): (subject: Subject) => boolean {
  const wanted = typeof value === "string" ? FLAGS.get(value.toLowerCase()) : value;
  if (typeof wanted !== "boolean" || (op !== "eq" && op !== "ne")) {
    throw invalid("The filter asks of a yes or no what it cannot be.");
  }
  return (subject) => (read(subject) === wanted) === (op === "eq");
}

/** Some send them as texts. */
export const FLAGS: ReadonlyMap<string, boolean> = new Map([
  ["true", true],
  ["false", false],
]);

function timeComparison<Subject>(
  { read }: Extract<Filterable<Subject>, { kind: "time" }>,
  op: Comparison,
  value: FilterValue,
): (subject: Subject) => boolean {
  const wanted = typeof value === "string" ? Date.parse(value) : NaN;
  const compare = TIMES[op];
  if (Number.isNaN(wanted) || compare === null) {
    throw invalid("The filter compares a time with what is none.");
  }
  return (subject) => {
    const at = read(subject);
    return at === null ? op === "ne" : compare(at.getTime(), wanted);
  };
}

const TIMES: Readonly<Record<Comparison, ((one: number, other: number) => boolean) | null>> = {
  eq: (one, other) => one === other,
  ne: (one, other) => one !== other,
  co: null,
  sw: null,
  ew: null,
  gt: (one, other) => one > other,
  ge: (one, other) => one >= other,
  lt: (one, other) => one < other,
  le: (one, other) => one <= other,
};

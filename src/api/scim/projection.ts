import { anyAttributePath } from "./attribute-names.ts";

/** Which attributes an answer has (RFC 7644 section 3.9). Null: all. */
export interface Projection {
  readonly only: readonly string[] | null;
  readonly without: readonly string[];
}

/** Every answer has these. */
const ALWAYS: readonly string[] = ["schemas", "id"];

/** Of `attributes` and `excludedAttributes`; with both the first counts. */
export function projectionOf(attributes: string | null, excluded: string | null): Projection {
  const only = attributes === null ? null : pathsOf(attributes);
  return { only, without: only === null && excluded !== null ? pathsOf(excluded) : [] };
}

const pathsOf = (list: string): readonly string[] =>
  list
    .split(",")
    .map((each) => anyAttributePath(each.trim()))
    .filter((each) => each !== "");

type Resource = Readonly<Record<string, unknown>>;

/** The resource with the attributes that are asked for; `name.familyName` keeps that part of the name alone. */
export function projected(resource: Resource, { only, without }: Projection): Resource {
  return Object.fromEntries(
    Object.entries(resource).flatMap(([name, value]) => {
      const key = name.toLowerCase();
      if (ALWAYS.includes(key)) {
        return [[name, value]];
      }
      if (only === null) {
        return without.includes(key)
          ? []
          : [[name, partsOf(value, (part) => !without.includes(`${key}.${part}`))]];
      }
      if (only.includes(key)) {
        return [[name, value]];
      }
      const isPartAsked = only.some((path) => path.startsWith(`${key}.`));
      return isPartAsked ? [[name, partsOf(value, (part) => only.includes(`${key}.${part}`))]] : [];
    }),
  );
}

function partsOf(value: unknown, isWanted: (part: string) => boolean): unknown {
  if (Array.isArray(value)) {
    return value.map((each) => partsOf(each, isWanted));
  }
  return typeof value === "object" && value !== null
    ? Object.fromEntries(Object.entries(value).filter(([part]) => isWanted(part.toLowerCase())))
    : value;
}

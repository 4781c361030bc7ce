import type { Directory } from "../../domain/provisioning/scim-access.ts";
import { PageError } from "../../kernel/errors.ts";
import { repeatedName } from "../../kernel/repeated-name.ts";
import { readUtf8 } from "../../platform/web/body.ts";
import type { Context } from "../../platform/web/context.ts";
import { projectionOf, type Projection } from "./projection.ts";
import { badRequest, ScimError } from "./scim-error.ts";

/** A request of a directory. */
export interface ScimRequest extends Directory {
  /** The address of the service, for links to resources. */
  readonly root: string;
  readonly id: string;
  readonly query: ReadonlyMap<string, string>;
  readonly projection: Projection;
  /** Null without one. */
  readonly body: unknown;
  readonly ifMatch: string | null;
  readonly ifNoneMatch: string | null;
}

/** What is answered. `body` null: none. */
export interface ScimAnswer {
  readonly status: 200 | 201 | 204 | 304;
  readonly body: Readonly<Record<string, unknown>> | null;
  readonly version?: string;
  readonly location?: string;
}

const MAX_BYTES = 64 * 1024;

/** The query by names in lower case; a parameter that is given twice would mean one thing here and another elsewhere. */
export function readQuery(ctx: Context): ReadonlyMap<string, string> {
  const entries = [...new URLSearchParams(ctx.querystring)].map(
    ([name, value]) => [name.toLowerCase(), value] as const,
  );
  const query = new Map(entries);
  if (query.size < entries.length) {
    throw badRequest("invalidValue", "A parameter is given twice.");
  }
  return query;
}

export const readProjection = (query: ReadonlyMap<string, string>): Projection =>
  projectionOf(query.get("attributes") ?? null, query.get("excludedattributes") ?? null);

/** The body as JSON. */
export async function readBody(ctx: Context): Promise<unknown> {
  const text = await readUtf8(ctx, MAX_BYTES).catch((error: unknown) => {
    if (error instanceof PageError && error.kind === "request") {
      throw badRequest("invalidSyntax", "The body is incomplete, compressed or not in UTF-8.", error);
    }
    throw error;
  });
  if (text !== "" && ctx.is("json", "application/scim+json") === false) {
    throw new ScimError(415, "The body has to be application/scim+json.");
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw badRequest("invalidSyntax", "The body is no JSON.", cause);
  }
  if (repeatedName(text) !== null) {
    throw badRequest("invalidSyntax", "An attribute is named twice.");
  }
  return value;
}

/** What a condition header says; null without it. */
export const readCondition = (ctx: Context, name: "If-Match" | "If-None-Match"): string | null => {
  const sent = ctx.get(name).trim();
  return sent === "" ? null : sent;
};

/** Whether a condition names the version; RFC 7644 section 3.14 compares weak tags. */
export const namesVersion = (condition: string, version: string): boolean =>
  condition === "*" || condition.split(",").some((each) => each.trim() === version);

const MOST_RESOURCES = 200;
const DEFAULT_RESOURCES = 100;
/** No office has as many users. */
const MOST_ROWS = 1_000_000_000;

/** RFC 7644 section 3.4.2.4. `startIndex` counts from one. */
export interface Paging {
  readonly startIndex: number;
  readonly count: number;
}

export const readPaging = (query: ReadonlyMap<string, string>): Paging => ({
  startIndex: Math.max(1, wholeNumber(query.get("startindex"), 1)),
  count: Math.min(MOST_RESOURCES, Math.max(0, wholeNumber(query.get("count"), DEFAULT_RESOURCES))),
});

function wholeNumber(text: string | undefined, fallback: number): number {
  if (text === undefined) {
    return fallback;
  }
  if (!/^-?\d{1,100}$/.test(text)) {
    throw badRequest("invalidValue", "startIndex and count are whole numbers.");
  }
  // Some ask for all by the greatest number that they have.
  return Math.min(MOST_ROWS, Number(text));
}

const LIST_SCHEMA = "urn:ietf:params:scim:api:messages:2.0:ListResponse";

/** A list of resources. */
export const listAnswer = (
  resources: readonly unknown[],
  { total, startIndex }: { readonly total: number; readonly startIndex: number },
): ScimAnswer => ({
  status: 200,
  body: {
    schemas: [LIST_SCHEMA],
    totalResults: total,
    startIndex,
    itemsPerPage: resources.length,
    Resources: resources,
  },
});

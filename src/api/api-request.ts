import { readText } from "../platform/web/body.ts";
import type { Context } from "../platform/web/context.ts";
import { PageError } from "../kernel/errors.ts";
import type { Operation } from "./operation.ts";
import { Problem, wrongField } from "./problem.ts";

const MAX_BYTES = 64 * 1024;
const MAX_KEY_LENGTH = 200;

/** The query as a record; a field that is given twice would mean one thing here and another elsewhere. */
export function readQuery(ctx: Context, { query }: Operation): Readonly<Record<string, string>> {
  const parameters = new URLSearchParams(ctx.querystring);
  const names = [...parameters.keys()];
  const twice = names.find((name, place) => names.indexOf(name) !== place);
  if (twice !== undefined) {
    throw wrongField(twice, "is given twice");
  }
  const [unknown] = names;
  if (query === null && unknown !== undefined) {
    throw wrongField(unknown, "is unknown here");
  }
  return Object.fromEntries(parameters);
}

/** The body as JSON, and its text; null for an operation that takes none. */
export async function readJson(ctx: Context, { body }: Operation): Promise<{ value: unknown; text: string }> {
  const text = await readText(ctx, MAX_BYTES).catch((error: unknown) => {
    throw error instanceof PageError && error.kind === "request"
      ? new Problem("not-json", { cause: error })
      : error;
  });
  if (body === null) {
    if (text !== "" && text !== "{}") {
      throw new Problem("invalid-fields", { errors: [{ field: null, detail: "this takes no body" }] });
    }
    return { value: null, text: "" };
  }
  if (text === "") {
    // The fields that lack are named like any others.
    return { value: {}, text };
  }
  if (!ctx.is("json", "application/merge-patch+json")) {
    throw new Problem("not-json");
  }
  try {
    const value: unknown = JSON.parse(text);
    return { value, text };
  } catch (cause) {
    throw new Problem("invalid-request", { detail: "the body is no JSON", cause });
  }
}

/** The version that the caller has read; null for `*`. A weak tag never matches (RFC 9110 section 13.1.1). */
export function readVersion(ctx: Context, { takesVersion }: Operation): string | null {
  const sent = ctx.get("If-Match").trim();
  if (!takesVersion) {
    return null;
  }
  if (sent === "") {
    throw new Problem("version-required");
  }
  if (sent === "*") {
    return null;
  }
  const version = /^"([\w.-]{1,100})"$/.exec(sent)?.[1];
  if (version === undefined) {
    throw new Problem("stale-version", { detail: "If-Match is no ETag of this API" });
  }
  return version;
}

/** RFC 7240. What would be changed although nothing should is refused and not ignored. */
export function readDryRun(ctx: Context, { canDryRun }: Operation): boolean {
  const isAsked = ctx
    .get("Prefer")
    .split(",")
    .some((preference) => preference.split(";")[0]?.trim().toLowerCase() === "dry-run");
  if (isAsked && !canDryRun) {
    throw wrongField("Prefer", "this has no dry run");
  }
  return isAsked;
}

/** The Idempotency-Key of a POST, with or without quotation marks; null without one. */
export function readKey(ctx: Context, { method }: Operation): string | null {
  const sent = ctx.get("Idempotency-Key").trim();
  if (sent === "" || method !== "POST") {
    return null;
  }
  const key = /^"?([\x21\x23-\x7e]+)"?$/.exec(sent)?.[1];
  if (key === undefined || key.length > MAX_KEY_LENGTH) {
    throw wrongField("Idempotency-Key", `must be 1 to ${String(MAX_KEY_LENGTH)} visible characters`);
  }
  return key;
}

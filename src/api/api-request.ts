import { Readable } from "node:stream";
import { readUtf8 } from "../platform/web/body.ts";
import type { Context } from "../platform/web/context.ts";
import { PageError } from "../kernel/errors.ts";
import { repeatedName } from "../kernel/repeated-name.ts";
import type { Operation } from "./operation.ts";
import { IMPORT_LIMITS } from "../domain/users/user-import-model.ts";
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
export async function readJson(
  ctx: Context,
  { body, takesFile }: Operation,
): Promise<{ value: unknown; text: string }> {
  if (takesFile.length > 0) {
    return { value: null, text: "" };
  }
  const text = await readUtf8(ctx, MAX_BYTES).catch((error: unknown) => {
    throw error instanceof PageError && error.kind === "request"
      ? new Problem("not-json", { detail: "it has to be whole, and in UTF-8", cause: error })
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
  return { value: parsed(text), text };
}

function parsed(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new Problem("invalid-request", { detail: "the body is no JSON", cause });
  }
  const twice = repeatedName(text);
  if (twice !== null) {
    throw wrongField(twice, "is given twice");
  }
  return value;
}

/** The file that comes in place of a body: its reader has limits of its own. Nothing where none is taken. */
export function readFile(ctx: Context, { takesFile }: Operation): AsyncIterable<Uint8Array> {
  if (takesFile.length === 0) {
    return Readable.from([]);
  }
  const { length } = ctx.request;
  if (length === undefined || length > IMPORT_LIMITS.bytes) {
    // Node reads and discards the rest of a body of any length, unless the connection closes.
    ctx.set("Connection", "close");
  }
  requireLimit(length ?? 0);
  const isPlain = ["", "identity"].includes(ctx.get("content-encoding"));
  if (!isPlain || typeof ctx.is([...takesFile]) !== "string") {
    throw new Problem("wrong-file-type", { detail: `this takes ${takesFile.join(" or ")}` });
  }
  return piecesOf(ctx);
}

/**
 * Throws the problem of a file beyond the limit, so that what was read of it is dropped. A reader that stops early must not end the
 * connection: the answer goes over it.
 */
async function* piecesOf({ req }: Context): AsyncGenerator<Uint8Array, void> {
  let bytes = 0;
  try {
    for await (const piece of req.iterator({ destroyOnReturn: false })) {
      const read = piece as Buffer;
      bytes += read.length;
      requireLimit(bytes);
      yield read;
    }
  } catch (cause) {
    throw cause instanceof Problem ? cause : new Problem("invalid-request", { cause });
  }
}

function requireLimit(bytes: number): void {
  if (bytes > IMPORT_LIMITS.bytes) {
    throw new Problem("too-large");
  }
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
export function readKey(ctx: Context, { method, takesFile }: Operation): string | null {
  const sent = ctx.get("Idempotency-Key").trim();
  if (sent === "" || method !== "POST") {
    return null;
  }
  if (takesFile.length > 0) {
    throw wrongField("Idempotency-Key", "is of no use with a file: its users are added once in any case");
  }
  const key = /^"?([\x21\x23-\x7e]+)"?$/.exec(sent)?.[1];
  if (key === undefined || key.length > MAX_KEY_LENGTH) {
    throw wrongField("Idempotency-Key", `must be 1 to ${String(MAX_KEY_LENGTH)} visible characters`);
  }
  return key;
}

import getRawBody from "raw-body";
import { PageError } from "../../kernel/errors.ts";
import type { Context } from "./context.ts";

/**
 * Reads a body of at most `maxBytes` bytes as UTF-8. Throws PageError "too-large", or "request" for an incomplete or compressed
 * body: no browser compresses a form, and a small compressed body can expand to a huge one. Only this file uses raw-body.
 */
export async function readText(ctx: Context, maxBytes: number): Promise<string> {
  if (!["", "identity"].includes(ctx.get("content-encoding"))) {
    throw new PageError("request");
  }
  try {
    return await getRawBody(ctx.req, { length: ctx.request.length, limit: maxBytes, encoding: "utf8" });
  } catch (cause) {
    const isTooLarge = cause instanceof Error && "type" in cause && cause.type === "entity.too.large";
    throw new PageError(isTooLarge ? "too-large" : "request", { cause });
  }
}

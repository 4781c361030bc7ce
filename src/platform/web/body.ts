import getRawBody from "raw-body";
import { PageError } from "../../kernel/errors.ts";
import type { Context } from "./context.ts";

/**
 * Reads a body of at most `maxBytes` bytes as UTF-8. Throws PageError "too-large", or "request" for an incomplete or compressed
 * body: no browser compresses a form, and a small compressed body can expand to a huge one. Only this file uses raw-body.
 */
export async function readText(ctx: Context, maxBytes: number): Promise<string> {
  return (await readBytes(ctx, maxBytes)).toString("utf8");
}

const UTF8 = new TextDecoder("utf-8", { fatal: true });

/**
 * The same for programs, whose names are kept as they are sent: bytes that are no UTF-8 would be kept as other characters. Throws
 * PageError "request" for them, and for a body that says that it has another encoding.
 */
export async function readUtf8(ctx: Context, maxBytes: number): Promise<string> {
  if (!["", "utf-8", "utf8"].includes(ctx.request.charset.toLowerCase())) {
    throw new PageError("request");
  }
  const bytes = await readBytes(ctx, maxBytes);
  try {
    return UTF8.decode(bytes);
  } catch (cause) {
    throw new PageError("request", { cause });
  }
}

async function readBytes(ctx: Context, maxBytes: number): Promise<Buffer> {
  if (!["", "identity"].includes(ctx.get("content-encoding"))) {
    throw new PageError("request");
  }
  try {
    return await getRawBody(ctx.req, { length: ctx.request.length, limit: maxBytes });
  } catch (cause) {
    const isTooLarge = cause instanceof Error && "type" in cause && cause.type === "entity.too.large";
    throw new PageError(isTooLarge ? "too-large" : "request", { cause });
  }
}

import type { Log } from "../kernel/log.ts";
import { codeOf, PageError, statusOf, type ErrorKind } from "../kernel/errors.ts";
import type { Context, Handler } from "./context.ts";
import type { ErrorPage } from "./error-page.ts";

const METHODS = new Set(["GET", "HEAD", "POST", "OPTIONS"]);

/** Turns whatever goes wrong below into a friendly page, or JSON for a program; never a stack, never a detail. */
export function errors(page: ErrorPage, log: Log): Handler {
  return async (ctx, next) => {
    try {
      if (!METHODS.has(ctx.method)) {
        throw new PageError("method");
      }
      await next();
      if (ctx.status === 404 && (ctx.body === undefined || ctx.body === null)) {
        throw new PageError("not-found");
      }
      if (ctx.status === 405) {
        throw new PageError("method");
      }
    } catch (error) {
      const fault = toPageError(error);
      if (statusOf(fault.kind) >= 500) {
        log.error({ error, requestId: ctx.state.requestId, path: safePath(ctx) }, "a request failed");
      }
      page.show(ctx, fault);
    }
  };
}

/** A path without what could be a credential in it. */
export const safePath = (ctx: Context): string => ctx.path.slice(0, 200).replace(/[^/]{20,}/g, ":id");

function toPageError(error: unknown): PageError {
  if (error instanceof PageError) {
    return error;
  }
  return new PageError(kindOf(error), { cause: error });
}

function kindOf(error: unknown): ErrorKind {
  if (isDatabaseDown(error)) {
    return "unavailable";
  }
  // http-errors of Koa and its parsers, such as a malformed percent sign in the address.
  const status = error instanceof Error && "status" in error ? error.status : 500;
  if (status === 413) {
    return "too-large";
  }
  return typeof status === "number" && status >= 400 && status < 500 ? "request" : "internal";
}

const DOWN = /^(ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|08|53|57P)/;

/** No connection, no room, shutting down: what ends by itself when the database is back. */
function isDatabaseDown(error: unknown): boolean {
  const code = codeOf(error);
  const message = error instanceof Error ? error.message : "";
  return (
    (code !== undefined && DOWN.test(code)) ||
    /timeout exceeded when trying to connect|Connection terminated|connection error/i.test(message)
  );
}

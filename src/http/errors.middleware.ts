import type { Log } from "../kernel/log.ts";
import { PageError, statusOf } from "../kernel/errors.ts";
import type { Context, Handler } from "./context.ts";
import { kindOfError } from "./error-kind.ts";
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
      if (fault.kind === "busy") {
        // Expected, and a flood of them: no stack each.
        log.warn(
          { requestId: ctx.state.requestId, path: safePath(ctx) },
          "too many passwords wait to be hashed",
        );
      } else if (fault.kind === "unreadable-factor") {
        const { subject } = fault;
        log.error(
          { error, subject, requestId: ctx.state.requestId },
          "the stored key of a user's app does not open: it was altered, or its data key is missing",
        );
      } else if (statusOf(fault.kind) >= 500) {
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
  return new PageError(kindOfError(error), { cause: error });
}

import { databaseFault } from "../database/database-fault.ts";
import type { Log } from "../../kernel/log.ts";
import { PageError, statusOf, type ErrorKind } from "../../kernel/errors.ts";
import { Signal } from "../../kernel/signal.ts";
import type { Context, Handler } from "./context.ts";
import { kindOfError } from "./error-kind.ts";
import type { ErrorPage } from "./error-page.ts";
import type { OAuthError, Program, Programs } from "./program-errors.ts";

/** A request ended with an error, as a page or for a program. */
export const requestFailed = new Signal<{ readonly kind: ErrorKind }>();

const METHODS = new Set(["GET", "HEAD", "POST", "OPTIONS"]);

export interface ErrorsDeps {
  readonly page: ErrorPage;
  readonly log: Log;
  readonly programs: Programs;
  /** Called when a program's request is refused for what is wrong with it. */
  readonly refused: (ctx: Context, refusal: OAuthError) => void;
}

/** Turns every error into an error page, or JSON for a program. The response never contains a stack or internal details. */
export function errors({ page, log, programs, refused }: ErrorsDeps): Handler {
  return async (ctx, next) => {
    try {
      const program = programs.get(ctx.path);
      if (!METHODS.has(ctx.method) || isMisused(ctx, program)) {
        throw new PageError("method");
      }
      await next();
      if (ctx.status === 404 && (ctx.body === undefined || ctx.body === null)) {
        throw new PageError(program === undefined ? "not-found" : "method");
      }
      if (ctx.status === 405) {
        throw new PageError("method");
      }
    } catch (error) {
      const fault = toPageError(error);
      requestFailed.emit({ kind: fault.kind });
      logFault(log, ctx, { error, fault });
      const refusal = await page.answer(ctx, fault, programs.get(ctx.path));
      if (refusal !== null && ctx.status < 500) {
        refused(ctx, refusal);
      }
    }
  };
}

/**
 * Whether an endpoint for programs is called by a method that it does not have. Asked before routing: a page's route may match the
 * same path, as that of the device flow does.
 */
function isMisused({ method }: Context, program: Program | undefined): boolean {
  const called = method === "HEAD" ? "GET" : method;
  return program !== undefined && called !== "OPTIONS" && !program.methods.some((known) => known === called);
}

/** The path for the log, with long segments replaced: they may be credentials. */
export const safePath = (ctx: Context): string => ctx.path.slice(0, 200).replace(/[^/]{20,}/g, ":id");

/** Logs one line for each response with a 5xx status. Faults that may come in floods have no stack. */
export function logFault(
  log: Log,
  ctx: Context,
  { error, fault }: { error: unknown; fault: PageError },
): void {
  const { requestId } = ctx.state;
  const request = { requestId, path: safePath(ctx) };
  const ofDatabase = statusOf(fault.kind) >= 500 ? databaseFault(error) : null;
  if (ofDatabase !== null) {
    const { kind, code, text } = ofDatabase;
    log.error({ ...request, fault: kind, sqlState: code }, `the database cannot be used: ${text}`);
  } else if (fault.kind === "busy") {
    log.warn(request, "too many passwords wait to be hashed");
  } else if (fault.kind === "unreadable-factor") {
    const { subject } = fault;
    log.error(
      { error, subject, requestId },
      "the stored key of a user's app does not open: it was altered, or its data key is missing",
    );
  } else if (statusOf(fault.kind) >= 500) {
    log.error({ error, ...request }, "a request failed");
  }
}

/** Any error as one that has an answer. */
export function toPageError(error: unknown): PageError {
  if (error instanceof PageError) {
    return error;
  }
  const retryAfter = databaseFault(error)?.retryAfter;
  return new PageError(kindOfError(error), {
    cause: error,
    ...(retryAfter === undefined ? {} : { retryAfter }),
  });
}

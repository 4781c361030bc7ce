import { statusOf, PageError } from "../kernel/errors.ts";
import type { Log } from "../kernel/log.ts";
import type { Context } from "../platform/web/context.ts";
import { logFault, toPageError } from "../platform/web/errors.middleware.ts";
import { Problem, problemBody, PROBLEMS, wrongField } from "./problem.ts";

/** Any error as a problem; what it does not name is a fault of ours. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Problem) {
    return error;
  }
  const { kind, retryAfter } = toPageError(error);
  switch (statusOf(kind)) {
    case 404:
      return new Problem("not-found", { cause: error });
    case 413:
      return new Problem("too-large", { cause: error });
    case 503:
      return new Problem("unavailable", {
        cause: error,
        headers: { "Retry-After": String(retryAfter ?? 5) },
      });
    case 500:
      return new Problem("internal", { cause: error });
    default:
      // A list refuses a cursor that was not made for it.
      return error instanceof PageError
        ? wrongField("after", "is of no page of this list, with these filters and this order")
        : new Problem("invalid-request", { cause: error });
  }
}

/** Writes the answer (RFC 9457), and logs what the operator has to know. */
export function answerProblem(
  ctx: Context,
  problem: Problem,
  { error, log }: { readonly error: unknown; readonly log: Log },
): void {
  const { status } = PROBLEMS[problem.code];
  if (status >= 500) {
    logFault(log, ctx, { error, fault: toPageError(error) });
  }
  ctx.status = status;
  Object.entries(problem.headers).forEach(([name, value]) => {
    ctx.set(name, value);
  });
  ctx.type = "application/problem+json; charset=utf-8";
  ctx.body = JSON.stringify(problemBody(problem, ctx.state.requestId));
}

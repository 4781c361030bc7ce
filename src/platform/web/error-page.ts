import { statusOf, type PageError } from "../../kernel/errors.ts";
import type { Context } from "./context.ts";
import type { Renderer } from "./render.ts";
import { noStore } from "./security-headers.ts";

/** Details of an OAuth error for the application's developer (RFC 6749 section 5.2). */
export interface ErrorDetails {
  readonly code: string;
  readonly description: string | null;
}

/** The page of every error. */
export class ErrorPage {
  readonly #renderer: Renderer;

  constructor(renderer: Renderer) {
    this.#renderer = renderer;
  }

  /** Sends JSON to a program when the fault is the server's; in all other cases the page. */
  answer(ctx: Context, error: PageError, isForProgram: boolean): void {
    if (isForProgram && statusOf(error.kind) >= 500) {
      this.#answerProgram(ctx, error);
    } else {
      this.show(ctx, error);
    }
  }

  /** In the format of OAuth errors (RFC 6749 sections 4.1.2.1 and 5.2). */
  #answerProgram(ctx: Context, error: PageError): void {
    setHeaders(ctx, error);
    const isPassing = statusOf(error.kind) === 503;
    ctx.body = {
      error: isPassing ? "temporarily_unavailable" : "server_error",
      error_description: isPassing
        ? "the server cannot answer at the moment; send the request again after the seconds of Retry-After"
        : "the server met a fault that its operator has to look at",
      reference: ctx.state.requestId,
    };
  }

  show(ctx: Context, error: PageError, details: ErrorDetails | null = null): void {
    setHeaders(ctx, error);
    if (error.kind === "method") {
      ctx.set("Allow", "GET, HEAD, POST, OPTIONS");
    }
    if (ctx.accepts("html", "json") === "json") {
      ctx.body = { error: error.kind, reference: ctx.state.requestId };
      return;
    }
    this.#renderer.page(ctx, "errors/error", {
      office: null,
      kind: error.kind,
      startAgainHref: error.startAgain?.href ?? null,
      application: error.startAgain === null ? null : { name: error.startAgain.name },
      requestId: ctx.state.requestId,
      details,
    });
  }
}

/** Status and headers of every error response. */
function setHeaders(ctx: Context, { kind, retryAfter }: PageError): void {
  ctx.status = statusOf(kind);
  noStore(ctx);
  if (retryAfter !== null) {
    ctx.set("Retry-After", String(retryAfter));
  }
}

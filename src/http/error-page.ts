import { statusOf, type PageError } from "../kernel/errors.ts";
import type { Context } from "./context.ts";
import type { Renderer } from "./render.ts";

/** What a developer may read of an OAuth error (RFC 6749 section 5.2). */
export interface ErrorDetails {
  readonly code: string;
  readonly description: string | null;
}

/** The one page for everything that went wrong. */
export class ErrorPage {
  readonly #renderer: Renderer;

  constructor(renderer: Renderer) {
    this.#renderer = renderer;
  }

  show(ctx: Context, error: PageError, details: ErrorDetails | null = null): void {
    ctx.status = statusOf(error.kind);
    ctx.set("Cache-Control", "no-store");
    if (error.retryAfter !== null) {
      ctx.set("Retry-After", String(error.retryAfter));
    }
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
      errors: [],
    });
  }
}

import { statusOf, type PageError } from "../../kernel/errors.ts";
import type { Context } from "./context.ts";
import { oauthError, type OAuthError, type Program } from "./program-errors.ts";
import type { OfficeView } from "./office-look.ts";
import type { Renderer } from "./render.ts";
import { noStore } from "./security-headers.ts";

/** Details of an OAuth error for the application's developer (RFC 6749 section 5.2). */
export interface ErrorDetails {
  readonly code: string;
  readonly description: string | null;
  /** An address that is not registered, and a hint at what it should be; null: the error is about something else. */
  readonly address: {
    readonly sent: string;
    readonly hint: { readonly difference: string; readonly address: string | null };
  } | null;
}

/** The page of every error. */
export class ErrorPage {
  readonly #renderer: Renderer;

  constructor(renderer: Renderer) {
    this.#renderer = renderer;
  }

  /** Sends the page, or an OAuth error as JSON to a program, whatever it says it accepts. Returns the latter. */
  async answer(ctx: Context, error: PageError, program: Program | undefined): Promise<OAuthError | null> {
    if (program === undefined) {
      await this.show(ctx, error);
      return null;
    }
    setHeaders(ctx, error);
    const answered = oauthError(ctx, error, program);
    ctx.body = { ...answered, reference: ctx.state.requestId };
    return answered;
  }

  async show(ctx: Context, error: PageError, details: ErrorDetails | null = null): Promise<void> {
    setHeaders(ctx, error);
    if (error.kind === "method") {
      ctx.set("Allow", "GET, HEAD, POST, OPTIONS");
    }
    if (ctx.accepts("html", "json") === "json") {
      ctx.body = { error: error.kind, reference: ctx.state.requestId };
      return;
    }
    this.#renderer.page(ctx, "errors/error", {
      office: await this.#officeOf(ctx, error),
      kind: error.kind,
      answers: ctx.method === "POST" ? "error" : null,
      startAgainHref: error.startAgain?.href ?? null,
      application: typeof error.startAgain?.name === "string" ? { name: error.startAgain.name } : null,
      requestId: ctx.state.requestId,
      details,
    });
  }

  /** Where the server is the one in trouble, the page asks nothing of the database. */
  async #officeOf(ctx: Context, { kind }: PageError): Promise<OfficeView | null> {
    const isOurs = kind === "busy" || statusOf(kind) >= 500;
    return isOurs ? (ctx.state.office ?? null) : this.#renderer.officeOf(ctx);
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

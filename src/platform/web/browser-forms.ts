import { PageError } from "../../kernel/errors.ts";
import { randomToken } from "../../kernel/random.ts";
import type { Context } from "./context.ts";
import type { Cookies } from "./cookies.ts";
import type { Csrf } from "./csrf.ts";
import { readForm, type Fields } from "./form.ts";
import { answerForm, answersOf, showForm, type OneTimePage, type Outcome } from "./page-kit.ts";
import type { LayoutModel, Renderer } from "./render.ts";

/** A page with a form for a user who is not signed in. */
export interface BrowserPage {
  /** Where it is shown, and where its form is sent. */
  readonly path: string;
  /** What the form is for. Its token is invalid for any other purpose. */
  readonly purpose: (ctx: Context) => string;
  readonly show: (ctx: Context) => Promise<BrowserShown>;
  /** `to`: the next page. */
  readonly submit: (ctx: Context, fields: Fields) => Promise<BrowserOutcome>;
}

export type BrowserOutcome = Outcome<{ readonly to: string }> | OneTimePage<BrowserShown>;

export interface BrowserShown {
  readonly view: string;
  readonly model: LayoutModel & Readonly<Record<string, unknown>>;
  /** The link that led to the page is invalid or used: there is no form, and the status is 400. */
  readonly isGone?: boolean;
}

/** Forms for users who are not signed in. Their CSRF tokens are bound to the browser by a cookie. */
export class BrowserForms {
  readonly #cookies: Cookies;
  readonly #csrf: Csrf;
  readonly #renderer: Renderer;

  constructor(deps: { cookies: Cookies; csrf: Csrf; renderer: Renderer }) {
    this.#cookies = deps.cookies;
    this.#csrf = deps.csrf;
    this.#renderer = deps.renderer;
  }

  async open(ctx: Context, page: BrowserPage): Promise<void> {
    this.#show(ctx, page, await page.show(ctx));
  }

  /**
   * Returns where to redirect the browser; null when a page was rendered. Throws PageError "forbidden" for a form of another
   * browser.
   */
  async submit(ctx: Context, page: BrowserPage): Promise<string | null> {
    const fields = await readForm(ctx);
    const owner = this.#cookies.read(ctx, "form");
    if (owner === null) {
      throw new PageError("forbidden");
    }
    this.#csrf.verify(ctx, fields, subjectOf(page.purpose(ctx), owner));
    return answerForm(ctx, await page.submit(ctx, fields), {
      page: () => page.show(ctx),
      show: (shown: BrowserShown, faults) => this.#show(ctx, page, { ...shown, ...faults }),
      done: ({ to }: { to: string }) => to,
    });
  }

  #show(ctx: Context, page: BrowserPage, { isGone = false, ...shown }: BrowserShown): void {
    if (isGone) {
      ctx.status = 400;
      this.#renderer.page(ctx, shown.view, { ...shown.model, answers: answersOf(ctx, []) });
      return;
    }
    showForm(this.#renderer, ctx, { ...shown, action: page.path, csrf: this.#token(ctx, page.purpose(ctx)) });
  }

  /** Sets the browser's cookie with its first form. */
  #token(ctx: Context, purpose: string): string {
    const existing = this.#cookies.read(ctx, "form");
    const owner = existing ?? randomToken();
    if (existing === null) {
      this.#cookies.write(ctx, "form", owner);
    }
    return this.#csrf.token(subjectOf(purpose, owner));
  }
}

const subjectOf = (purpose: string, owner: string): string => `${purpose} ${owner}`;

import type { Middleware, ParameterizedContext } from "koa";
import type { Visitor } from "../../kernel/visitor.ts";

/**
 * The web's common parts: Koa middleware, forms and their tokens, cookies, headers, languages, rendering, error pages. This folder
 * knows no page, no office and no user. Start here for what a request carries, then `form.ts` and `csrf.ts` for what is
 * posted, and `render.ts` for what is shown.
 */

/** What our middleware leaves for the screens. */
export interface State {
  requestId: string;
  visitor: Visitor;
  /** Language of the answer, such as `en`. */
  language: string;
  /** For the one style element of a page. */
  nonce: string;
}

export type Context = ParameterizedContext<State>;
export type Handler = Middleware<State>;

import type { Middleware, ParameterizedContext } from "koa";
import type { Visitor } from "../../kernel/visitor.ts";

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

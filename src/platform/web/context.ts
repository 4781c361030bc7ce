import type { Middleware, ParameterizedContext } from "koa";
import type { ReaderZone } from "../../kernel/date-format.ts";
import type { Helper } from "../../kernel/support-contact.ts";
import type { Visitor } from "../../kernel/visitor.ts";
import type { OfficeView } from "./office-look.ts";

/**
 * What all pages share: Koa middleware, forms and CSRF tokens, cookies, headers, languages, rendering, error pages. This folder
 * knows no page, no office and no user. Start here for the state of a request, then read `form.ts` and `csrf.ts` for posted forms,
 * `page-kit.ts` for how a page answers them, and `render.ts` for templates.
 */

/** What the middleware sets for the screens. */
export interface State {
  requestId: string;
  visitor: Visitor;
  /** Language of the response, such as `en`. */
  language: string;
  zone: ReaderZone;
  /** CSP nonce of the page's one style element. */
  nonce: string;
  /** The office that a sign-in has earned to show; not set before a screen knows it. */
  office?: OfficeView | null;
  /** The home of the sign-in whose page it is, once a user is known; the browser keeps it with the cookie of the sign-in. */
  signInHome: number | null;
  /** Whom texts tell the reader to ask; the office's superuser until the user is known. */
  helper: Helper;
  /** Where a text of this response sends the reader for help; the page then shows the support contact. Null: no text does. */
  asksForHelp: "office" | "support" | null;
}

export type Context = ParameterizedContext<State>;
export type Handler = Middleware<State>;

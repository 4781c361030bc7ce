import { mayOpenConsole } from "../../domain/access/permissions.ts";
import type { Context } from "../../platform/web/context.ts";
import type { Csrf } from "../../platform/web/csrf.ts";
import type { Fields } from "../../platform/web/form.ts";
import type { KeptForms } from "../../platform/web/kept-forms.ts";
import { showForm, type FieldError } from "../../platform/web/page-kit.ts";
import type { Renderer } from "../../platform/web/render.ts";
import type { OwnSession } from "../../protocol/models/own-sessions.ts";
import { DONE, type AccountContext, type Shown, type Tab } from "./page.ts";

interface Deps {
  readonly renderer: Renderer;
  readonly csrf: Csrf;
  readonly kept: KeptForms;
}

interface Answer {
  readonly context: AccountContext;
  readonly tab: Tab;
  readonly shown: Shown;
  readonly errors?: readonly FieldError[];
  readonly values?: Fields;
  /** Whether the values were typed before a sign-in that had to come first. */
  readonly isKept?: boolean;
}

/** Shows a page of the account in its frame. */
export function showPage(
  { renderer, csrf, kept }: Deps,
  ctx: Context,
  { context, tab, shown, isKept = false, ...again }: Answer,
): void {
  const { account } = context.session;
  showForm(renderer, ctx, {
    view: `account/${shown.view}`,
    model: {
      ...shown.model,
      office: shown.office,
      tab,
      person: { name: account.name, username: account.username },
      mayOpenConsole: mayOpenConsole(account.role),
      isKept,
      hasKept: isKept && Object.keys(again.values ?? {}).length > 0,
      owner: kept.ownerOf(context.session, ctx.path),
      done: DONE.find((word) => word === ctx.query["done"]) ?? null,
    },
    csrf: csrf.token(formOwner(context.session, ctx.path)),
    ...again,
  });
}

/**
 * CSRF tokens are bound to the session, so that a token of an attacker's own session is useless, and to the page: a form of one page
 * confirms nothing on another.
 */
export const formOwner = ({ uid }: OwnSession, path: string): string => `account ${uid} ${path}`;

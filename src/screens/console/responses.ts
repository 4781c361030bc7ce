import { helperOf } from "../../domain/users/helper.ts";
import { mayOpenConsole } from "../../domain/access/permissions.ts";
import type { OfficeStore } from "../../domain/offices/office-store.ts";
import type { Context } from "../../platform/web/context.ts";
import type { Csrf } from "../../platform/web/csrf.ts";
import type { Fields } from "../../platform/web/form.ts";
import type { KeptForms } from "../../platform/web/kept-forms.ts";
import type { Renderer } from "../../platform/web/render.ts";
import type { OwnSession } from "../../protocol/models/own-sessions.ts";
import { navigation, rowsOf, trailOf } from "./navigation.ts";
import {
  officeHref,
  type Conflict,
  type ConsolePage,
  type ConsoleContext,
  type UserContext,
  type Shown,
  type Step,
} from "./page.ts";
import { showForm, type FieldError } from "../../platform/web/page-kit.ts";
import type { PageTokens } from "./page-tokens.ts";

interface Deps {
  readonly renderer: Renderer;
  readonly csrf: Csrf;
  readonly tokens: PageTokens;
  readonly pages: readonly ConsolePage[];
  readonly offices: OfficeStore;
  readonly kept: KeptForms;
}

interface Answer {
  readonly page: ConsolePage;
  readonly context: ConsoleContext & Partial<Pick<UserContext, "office" | "user">>;
  readonly shown: Shown;
  readonly errors?: readonly FieldError[];
  readonly values?: Fields;
  readonly conflict?: Conflict;
  /** Whether the values were typed before a sign-in that had to come first. */
  readonly isKept?: boolean;
}

/** The responses of the console: pages in their frame, and the page for a caller without permission. */
export class ConsoleResponses {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  page(ctx: Context, answer: Answer): void {
    const { renderer, csrf, kept } = this.#deps;
    const { page, context, shown, conflict = null, isKept = false, ...again } = answer;
    showForm(renderer, ctx, {
      view: `console/${shown.view}`,
      model: {
        ...shown.model,
        ...this.#layout(page, context, shown.below),
        office: context.office ?? null,
        done: this.#doneOf(ctx, context),
        conflict,
        isKept,
        hasKept: isKept && Object.keys(again.values ?? {}).length > 0,
        owner: kept.ownerOf(context.session, ctx.path),
      },
      csrf: csrf.token(formOwner(context.session, ctx.path)),
      ...again,
    });
  }

  /** The page for a signed-in user without permission, with the look of their own office. */
  async refuse(ctx: Context, { account }: OwnSession): Promise<void> {
    ctx.status = 403;
    // What a superuser may not do, no other superuser may either.
    ctx.state.helper = account.role === "superuser" ? "support" : helperOf(account);
    this.#deps.renderer.page(ctx, "console/refused", {
      office: await this.#deps.offices.find(account.office.id),
      isStaff: mayOpenConsole(account.role),
      answers: ctx.method === "POST" ? "error" : null,
    });
  }

  /** The URL of the page after a change. The confirmation is signed, so that no link can fake one. */
  doneAddress(
    to: string,
    { name, doneAs = name }: ConsolePage,
    { session }: Pick<ConsoleContext, "session">,
  ): string {
    return `${to}?done=${this.#deps.tokens.sign(`done ${session.uid}`, doneAs)}`;
  }

  /** Whether a form is of this session and of this page. */
  isOwn(ctx: Context, fields: Fields, session: OwnSession): boolean {
    const { csrf } = this.#deps;
    return csrf.isSameOrigin(ctx) && csrf.isToken(formOwner(session, ctx.path), fields["_csrf"] ?? "");
  }

  /** Throws PageError "forbidden" for a form of another session or of another page. */
  verify(ctx: Context, fields: Fields, session: OwnSession): void {
    this.#deps.csrf.verify(ctx, fields, formOwner(session, ctx.path));
  }

  #doneOf(ctx: Context, { session }: ConsoleContext): string | null {
    return this.#deps.tokens.read(`done ${session.uid}`, ctx.query["done"]);
  }

  #layout(page: ConsolePage, context: Answer["context"], below: Step | undefined) {
    const { actor, session, t, office = null } = context;
    const entries = navigation(this.#deps.pages, { actor, office, t });
    const { name, username } = session.account;
    return {
      person: { name, username },
      rows: rowsOf(entries, t("console.name"), office),
      // The list of offices has a search of its own.
      findOfficeHref:
        entries.find((entry) => entry.name === "offices" && entry.name !== page.name)?.href ?? null,
      trail: trailOf(page, { entries, context, below }),
      isEntry: page.isEntry === true,
      current: page.isEntry === true ? page.name : (page.trail?.at(-1) ?? page.name),
      place: office === null ? null : { name: office.name, code: office.code, href: officeHref(office.code) },
    };
  }
}

/**
 * CSRF tokens are bound to the session, so that a token of an attacker's own session is useless, and to the page: a form of one page
 * confirms nothing on another.
 */
export const formOwner = ({ uid }: OwnSession, path: string): string => `console ${uid} ${path}`;

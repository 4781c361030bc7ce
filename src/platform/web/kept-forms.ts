import { PageError } from "../../kernel/errors.ts";
import { randomToken } from "../../kernel/random.ts";
import type { Context } from "./context.ts";
import type { Cookies } from "./cookies.ts";
import type { Csrf } from "./csrf.ts";
import type { DraftStore, DraftKey } from "./draft-store.ts";
import type { Fields } from "./form.ts";

/** The session of a signed-in user, as far as drafts need it. */
interface Session {
  readonly uid: string;
  readonly account: { readonly id: string };
}

interface Deps {
  readonly drafts: DraftStore;
  readonly csrf: Csrf;
  readonly cookies: Cookies;
}

/** The hidden field that says whose form it is, for the day that its session has ended. */
const OWNER = "_owner";

/**
 * What was typed into a form that could not be sent: because a proof was too old, because the session had ended, or because the user has
 * signed in again in another tab. The page that is shown after the sign-in has it in its fields; nothing is sent by itself.
 *
 * A form without its session is kept only when it comes from a page of ours and names its user by a token of that page, and it is shown to
 * this user alone, in this browser alone: no other user can put words into the form.
 */
export class KeptForms {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** For the field `_owner` of a form. */
  ownerOf({ account }: Session, path: string): string {
    return `${account.id}.${this.#deps.csrf.token(subjectOf(account.id, path))}`;
  }

  /** Keeps the fields of these names, never a secret, for the same page in the same session. */
  async keep(ctx: Context, session: Session, fields: Fields, names: readonly string[]): Promise<void> {
    this.#browserOf(ctx);
    await this.#deps.drafts.put(ofSession(session, ctx.path), chosen(fields, names));
  }

  /**
   * Whether a form is of this session; `subject` names it in the token. False, and its fields are kept, for one of the same user from before
   * another sign-in, for example in another tab. Throws PageError "forbidden" for all others.
   */
  async isOf(
    ctx: Context,
    session: Session,
    { fields, names, subject }: { fields: Fields; names: readonly string[]; subject: string },
  ): Promise<boolean> {
    const { csrf } = this.#deps;
    if (csrf.isSameOrigin(ctx) && csrf.isToken(subject, fields["_csrf"] ?? "")) {
      return true;
    }
    if (!(await this.rescue(ctx, session, fields, names))) {
      throw new PageError("forbidden");
    }
    return false;
  }

  /**
   * Keeps them for a form whose session has ended. `session`: the one of now, or null. False, and nothing is kept, for a form of another
   * user or of another site.
   */
  async rescue(
    ctx: Context,
    session: Session | null,
    fields: Fields,
    names: readonly string[],
  ): Promise<boolean> {
    const { drafts, csrf } = this.#deps;
    const [userId = "", token = ""] = (fields[OWNER] ?? "").split(".");
    const isOwn = csrf.isSameOrigin(ctx) && csrf.isToken(subjectOf(userId, ctx.path), token);
    if (!isOwn || (session !== null && session.account.id !== userId)) {
      return false;
    }
    const browser = this.#browserOf(ctx);
    const key =
      session === null ? { place: placeOf(browser), userId, path: ctx.path } : ofSession(session, ctx.path);
    // The state that the form has shown is named by the old session; the page shows its own.
    await drafts.put(
      key,
      chosen(
        fields,
        names.filter((name) => name !== "seen"),
      ),
    );
    return true;
  }

  /** Null when nothing is kept for this page; in a browser that keeps nothing, without asking the database. */
  async find(ctx: Context, session: Session): Promise<Fields | null> {
    for (const key of this.#keysOf(ctx, session)) {
      const found = await this.#deps.drafts.find(key);
      if (found !== null) {
        return found;
      }
    }
    return null;
  }

  async remove(ctx: Context, session: Session): Promise<void> {
    for (const key of this.#keysOf(ctx, session)) {
      await this.#deps.drafts.remove(key);
    }
  }

  #keysOf(ctx: Context, session: Session): DraftKey[] {
    const browser = this.#deps.cookies.read(ctx, "kept");
    return browser === null
      ? []
      : [
          ofSession(session, ctx.path),
          { place: placeOf(browser), userId: session.account.id, path: ctx.path },
        ];
  }

  #browserOf(ctx: Context): string {
    const { cookies } = this.#deps;
    const token = cookies.read(ctx, "kept") ?? randomToken();
    cookies.write(ctx, "kept", token);
    return token;
  }
}

const subjectOf = (userId: string, path: string): string => `kept form ${userId} ${path}`;

const placeOf = (browser: string): string => `browser ${browser}`;

const ofSession = ({ uid, account }: Session, path: string): DraftKey => ({
  place: uid,
  userId: account.id,
  path,
});

const chosen = (fields: Fields, names: readonly string[]): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([name]) => names.includes(name)));

import { PageError } from "../../kernel/errors.ts";
import { randomToken } from "../../kernel/random.ts";
import type { Context } from "./context.ts";
import type { Cookies } from "./cookies.ts";
import type { Csrf } from "./csrf.ts";
import { readForm, type Fields } from "./form.ts";

/** Forms outside a sign-in belong to a browser: a token made for one is worth nothing in another. */
export class FormOwner {
  readonly #cookies: Cookies;
  readonly #csrf: Csrf;

  constructor(cookies: Cookies, csrf: Csrf) {
    this.#cookies = cookies;
    this.#csrf = csrf;
  }

  /** The token of a form named `form` for this browser, which is marked when it is new. */
  token(ctx: Context, form: string): string {
    const known = this.#cookies.read(ctx, "form");
    const owner = known ?? randomToken();
    if (known === null) {
      this.#cookies.write(ctx, "form", owner);
    }
    return this.#csrf.token(subject(form, owner));
  }

  /** Reads a form of this browser. Throws PageError "forbidden" for every other. */
  async read(ctx: Context, form: string): Promise<Fields> {
    const fields = await readForm(ctx);
    const owner = this.#cookies.read(ctx, "form");
    if (owner === null) {
      throw new PageError("forbidden");
    }
    this.#csrf.verify(ctx, fields, subject(form, owner));
    return fields;
  }
}

const subject = (form: string, owner: string): string => `${form} ${owner}`;

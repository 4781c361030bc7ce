import { PageError } from "../../kernel/errors.ts";
import { keyedHash, sameBytes } from "../../kernel/secret.ts";
import type { Context } from "./context.ts";
import { readForm, type Fields } from "./form.ts";

/**
 * Protects forms against CSRF. A form has a token that is bound to its subject (such as an interaction's uid), and must come from
 * our own origin. Both are needed: some browsers send no origin, and a token may leak.
 *
 * What is bound to what: pages of the account and the console to their session and path, forms of visitors to their browser and purpose,
 * pages of a sign-in to its interaction alone. There the sign-in flow decides which page takes a form (`screens/sign-in/offered-pages.ts`).
 */
export class Csrf {
  readonly #keys: readonly Buffer[];
  readonly #origin: string;

  constructor(keys: readonly Buffer[], origin: string) {
    this.#keys = keys;
    this.#origin = origin;
  }

  token(subject: string): string {
    const [key] = this.#keys;
    if (key === undefined) {
      throw new Error("Form tokens need a key.");
    }
    return sign(key, subject).toString("base64url");
  }

  /** Reads a form and verifies that it belongs to `subject`. Throws PageError "forbidden" for any other form. */
  async read(ctx: Context, subject: string): Promise<Fields> {
    const fields = await readForm(ctx);
    this.verify(ctx, fields, subject);
    return fields;
  }

  /** The same for a form that was already read. Throws PageError "forbidden". */
  verify(ctx: Context, fields: Fields, subject: string): void {
    if (!this.isSameOrigin(ctx) || !this.isToken(subject, fields["_csrf"] ?? "")) {
      throw new PageError("forbidden");
    }
  }

  /** Whether a token was made for this subject; says nothing of who sends it. */
  isToken(subject: string, token: string): boolean {
    const given = Buffer.from(token, "base64url");
    return this.#keys.some((key) => sameBytes(sign(key, subject), given));
  }

  /** Whether a form was sent by a page of ours, or by a program, which says nothing of its origin. */
  isSameOrigin(ctx: Context): boolean {
    const origin = ctx.get("Origin");
    if (origin !== "") {
      return origin === this.#origin;
    }
    const site = ctx.get("Sec-Fetch-Site");
    return site === "" || site === "same-origin";
  }
}

const sign = (key: Buffer, subject: string): Buffer => keyedHash(key)(`form ${subject}`);

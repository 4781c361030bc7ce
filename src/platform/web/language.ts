import { DEFAULT_LANGUAGE, isLanguage, LANGUAGE_CODES, type Language } from "../../kernel/languages.ts";
import type { Context, Handler } from "./context.ts";
import type { Cookies } from "./cookies.ts";

/** Chooses the language of the response: the switch on the page, then the cookie of an earlier choice, then Accept-Language. */
export function chooseLanguage(cookies: Cookies): Handler {
  return async (ctx, next) => {
    const asked = ctx.query["lang"];
    if (typeof asked === "string" && isLanguage(asked)) {
      cookies.write(ctx, "language", asked);
      ctx.state.language = asked;
    } else {
      ctx.state.language = languageOfCookie(ctx, cookies) ?? acceptedLanguage(ctx) ?? DEFAULT_LANGUAGE;
    }
    await next();
  };
}

/**
 * Sets the language from the first supported candidate, such as the application's `ui_locales` or the account's language. A choice
 * by the switch on the page comes first.
 */
export function preferLanguages(ctx: Context, cookies: Cookies, candidates: readonly unknown[]): void {
  if (ctx.query["lang"] !== undefined || languageOfCookie(ctx, cookies) !== null) {
    return;
  }
  const preferred = candidates
    .filter((locales) => typeof locales === "string")
    .flatMap((locales) => locales.split(" "))
    // The first part of a tag is the language (RFC 5646): `fr-CH` is French, `fry` is not.
    .map((locale) => locale.split("-", 1).join("").toLowerCase())
    .find(isLanguage);
  ctx.state.language = preferred ?? ctx.state.language;
}

function languageOfCookie(ctx: Context, cookies: Cookies): Language | null {
  const value = cookies.read(ctx, "language") ?? "";
  return isLanguage(value) ? value : null;
}

function acceptedLanguage(ctx: Context): Language | null {
  const best = ctx.acceptsLanguages([...LANGUAGE_CODES]);
  return typeof best === "string" && isLanguage(best) ? best : null;
}

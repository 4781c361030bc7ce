import type { Context, Handler } from "./context.ts";
import type { Cookies } from "./cookies.ts";

/** Languages with a complete catalogue, by their own names. */
export const LANGUAGES = { en: "English", nl: "Nederlands" } as const;
type Language = keyof typeof LANGUAGES;

const isLanguage = (value: string): value is Language => Object.hasOwn(LANGUAGES, value);

/** Chooses the answer's language: the switch on the page, then an earlier choice, then the browser's languages. */
export function chooseLanguage(cookies: Cookies): Handler {
  return async (ctx, next) => {
    const asked = ctx.query["lang"];
    if (typeof asked === "string" && isLanguage(asked)) {
      cookies.write(ctx, "language", asked);
      ctx.state.language = asked;
    } else {
      ctx.state.language = chosenEarlier(ctx, cookies) ?? accepted(ctx) ?? "en";
    }
    await next();
  };
}

/** The application's wish (`ui_locales`), when the person has not chosen for themselves. */
export function preferLanguages(ctx: Context, cookies: Cookies, locales: unknown): void {
  if (
    typeof locales !== "string" ||
    ctx.query["lang"] !== undefined ||
    chosenEarlier(ctx, cookies) !== null
  ) {
    return;
  }
  const wish = locales
    .split(" ")
    .map((locale) => locale.slice(0, 2).toLowerCase())
    .find(isLanguage);
  ctx.state.language = wish ?? ctx.state.language;
}

function chosenEarlier(ctx: Context, cookies: Cookies): Language | null {
  const value = cookies.read(ctx, "language") ?? "";
  return isLanguage(value) ? value : null;
}

function accepted(ctx: Context): Language | null {
  const best = ctx.acceptsLanguages(Object.keys(LANGUAGES));
  return typeof best === "string" && isLanguage(best) ? best : null;
}

/** The languages of pages, mails and text messages, each with a complete catalogue in views/locales. */
export const LANGUAGE_CODES = ["en", "nl", "de", "fr"] as const;
export type Language = (typeof LANGUAGE_CODES)[number];

/** How each calls itself. */
export const LANGUAGES: Readonly<Record<Language, string>> = {
  en: "English",
  nl: "Nederlands",
  de: "Deutsch",
  fr: "Français",
};

/** How a language calls itself; null for none and for one that is not ours. */
export const languageName = (code: string | null): string | null =>
  code !== null && isLanguage(code) ? LANGUAGES[code] : null;

/** Where nobody has asked for another. */
export const DEFAULT_LANGUAGE: Language = "en";

/** As help and complaints list them. */
export const LANGUAGE_CHOICE = new Intl.ListFormat("en-GB", { type: "disjunction" }).format(LANGUAGE_CODES);

export const isLanguage = (value: string): value is Language => Object.hasOwn(LANGUAGES, value);

/** What is put into a text, by its name in the catalogue. */
export type TextValues = Readonly<Record<string, string | number>>;

/** Looks a text of one language up by its key. Throws for an unknown key: a page never shows one. */
export type Translate = (key: string, values?: TextValues) => string;

/** The languages of pages, mails and text messages, each with a complete catalogue in views/locales. */
export const LANGUAGE_CODES = ["en", "nl", "de", "fr"] as const;
export type Language = (typeof LANGUAGE_CODES)[number];

/** Each language's own name. */
export const LANGUAGES: Readonly<Record<Language, string>> = {
  en: "English",
  nl: "Nederlands",
  de: "Deutsch",
  fr: "Français",
};

/** A language's own name; null without a code and for an unsupported language. */
export const languageName = (code: string | null): string | null =>
  code !== null && isLanguage(code) ? LANGUAGES[code] : null;

/** Used when neither the user nor the browser asks for a supported language. */
export const DEFAULT_LANGUAGE: Language = "en";

/** The list for command-line help and error messages. */
export const LANGUAGE_CHOICE = new Intl.ListFormat("en-GB", { type: "disjunction" }).format(LANGUAGE_CODES);

export const isLanguage = (value: string): value is Language => Object.hasOwn(LANGUAGES, value);

/** Values for the placeholders of a text, by name. */
export type TextValues = Readonly<Record<string, string | number>>;

/** Looks up a text of one language by its key. Throws for an unknown key, so that a page never shows one. */
export type Translate = (key: string, values?: TextValues) => string;

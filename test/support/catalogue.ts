import { readFileSync } from "node:fs";
import { IntlMessageFormat } from "intl-messageformat";
import type { Language, Translate } from "../../src/kernel/languages.ts";
import { Texts } from "../../src/platform/web/texts.ts";

/** The texts of a language, by their keys. */
export type Catalogue = Readonly<Record<string, string>>;

export const catalogueOf = (language: Language): Catalogue =>
  JSON.parse(readFileSync(`views/locales/${language}.json`, "utf8")) as Catalogue;

const texts = new Texts(new URL("../../views/locales/", import.meta.url));

/** The texts of a language as its pages fill them in. */
export const spoken = (language: Language): Translate => texts.in(language);

/** A part of a message (ICU MessageFormat), as the library reads it. */
type Part = ReturnType<IntlMessageFormat["getAst"]>[number];

/** Every part of a text, also those inside of a choice. */
export function partsOf(text: string, language: Language): Part[] {
  const deep = (part: Part): Part[] => [part, ...choicesOf(part).flatMap(([, inner]) => inner.flatMap(deep))];
  return new IntlMessageFormat(text, language, undefined, { ignoreTag: true }).getAst().flatMap(deep);
}

/** The cases of a plural or a choice with what is said in each; none for anything else. */
export function choicesOf(part: Part): [string, Part[]][] {
  return "options" in part ? Object.entries(part.options).map(([name, { value }]) => [name, value]) : [];
}

/** Whether the number decides what is said. */
export const isPlural = (part: Part): boolean => "pluralType" in part;

/** Words, neither filled in nor chosen; the library does not export the name of this. */
const WORDS = new IntlMessageFormat("words").getAst()[0]?.type;

/** The name of what is filled in or chosen by; none for words. */
export const nameOf = (part: Part): string[] =>
  part.type !== WORDS && "value" in part && typeof part.value === "string" ? [part.value] : [];

/** What a text says between what is filled in. */
export const wordsOf = (text: string, language: Language): string[] =>
  partsOf(text, language).flatMap((part) => (part.type === WORDS && "value" in part ? [part.value] : []));

import type { Language } from "../../src/kernel/languages.ts";
import { catalogueOf, wordsOf } from "./catalogue.ts";

/** Shorter pieces of a sentence, such as " for ", are also in names and in other languages. */
const TELLING = 12;

/** Names that are shown as they are in every language. */
const NAMES = [
  "Demo application",
  // A role, as the details of an event have it.
  "support",
];

/** What a page says in English that should be in `language`, and keys of texts that it shows as they are. */
export function englishOn(html: string, language: Language): string[] {
  const said = saidOn(html);
  const all = said.join("\n");
  const own = Object.values(catalogueOf(language)).join("\n");
  const english = catalogueOf("en");
  const isForeign = (words: string) => !own.includes(words) && !NAMES.includes(words);
  return [
    ...Object.keys(english).filter((key) => said.includes(key)),
    ...Object.values(english).filter((text) => said.includes(text) && isForeign(text)),
    ...Object.values(english)
      .flatMap((text) => wordsOf(text, "en").map((words) => words.trim()))
      .filter((words) => words.length >= TELLING && all.includes(words) && isForeign(words)),
  ];
}

/** The texts of a page, also those that are only read out. */
function saidOn(html: string): string[] {
  // Snippets are programs, with comments in English; names for programs are marked as not to be translated.
  const body = html
    .replace(/<(style|script|pre)\b[\s\S]*?<\/\1>/g, "")
    .replace(/<code\b[^>]* translate="no"[^>]*>[\s\S]*?<\/code>/g, "");
  const read = [...body.matchAll(/ (?:alt|aria-label|title|placeholder|data-copied)="([^"]*)"/g)];
  return [...body.split(/<[^>]*>/), ...read.map(([, text = ""]) => text)]
    .map((text) => decoded(text).replace(/\s+/g, " ").trim())
    .filter((text) => text !== "");
}

export const decoded = (text: string): string =>
  text
    .replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&");

import { readFileSync } from "node:fs";
import { IntlMessageFormat } from "intl-messageformat";
import { LANGUAGE_CODES, type TextValues, type Translate } from "../../kernel/languages.ts";

/** The texts of all languages, from views/locales. */
export class Texts {
  readonly #catalogues = new Map<string, Readonly<Record<string, string>>>();
  readonly #formats = new Map<string, IntlMessageFormat>();

  constructor(directory: URL) {
    for (const language of LANGUAGE_CODES) {
      const file = new URL(`${language}.json`, directory);
      this.#catalogues.set(language, JSON.parse(readFileSync(file, "utf8")) as Record<string, string>);
    }
  }

  in(language: string): Translate {
    return (key, values) => {
      const text = this.#catalogues.get(language)?.[key];
      if (text === undefined) {
        throw new Error(`No text "${key}" in "${language}".`);
      }
      return values === undefined && !text.includes("{") ? text : this.#format(language, text, values);
    };
  }

  #format(language: string, text: string, values: TextValues | undefined): string {
    const name = `${language} ${text}`;
    const format =
      this.#formats.get(name) ?? new IntlMessageFormat(text, language, undefined, { ignoreTag: true });
    this.#formats.set(name, format);
    return String(format.format(values));
  }
}

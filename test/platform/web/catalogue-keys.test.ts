import { readFileSync } from "node:fs";
import { expect } from "chai";
import { LANGUAGE_CODES, LANGUAGES } from "../../../src/kernel/languages.ts";

describe("a catalogue of texts", () => {
  for (const language of LANGUAGE_CODES) {
    it(`has each key once in ${LANGUAGES[language]}: of two, JSON takes the last without a word`, () => {
      const file = readFileSync(new URL(`../../../views/locales/${language}.json`, import.meta.url), "utf8");
      const keys = [...file.matchAll(/^ {2}"([^"]+)":/gm)].map(([, key]) => key);
      expect(keys.filter((key, place) => keys.indexOf(key) !== place)).to.deep.equal([]);
    });
  }
});

import { readFileSync } from "node:fs";
import { expect } from "chai";
import { LANGUAGES } from "../../src/http/language.ts";

const catalogue = (language: string) =>
  JSON.parse(readFileSync(`views/locales/${language}.json`, "utf8")) as Record<string, string>;

/** The names that a text has filled in, such as `application` in `Back to {application}`. */
const placesOf = (text = "") =>
  [...new Set([...text.matchAll(/\{(\w+)[,}]/g)].map(([, name]) => name))].sort();

describe("the texts", () => {
  const english = catalogue("en");
  for (const language of Object.keys(LANGUAGES).filter((code) => code !== "en")) {
    it(`are all there in "${language}", with the same names to fill in`, () => {
      const other = catalogue(language);
      expect(Object.keys(other)).to.deep.equal(Object.keys(english));
      for (const [key, text] of Object.entries(english)) {
        expect(placesOf(other[key]), key).to.deep.equal(placesOf(text));
        expect(other[key], key).to.not.equal("");
      }
    });
  }
});

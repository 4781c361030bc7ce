import { readFileSync } from "node:fs";
import { expect } from "chai";
import { LANGUAGES } from "../../src/http/language.ts";

type Catalogue = Readonly<Record<string, string>>;

const catalogueOf = (language: string): Catalogue => {
  const file = new URL(`../../views/locales/${language}.json`, import.meta.url);
  return JSON.parse(readFileSync(file, "utf8")) as Catalogue;
};

/** Names of the values that a text takes. */
const valuesOf = (text: string) => [...new Set([...text.matchAll(/\{(\w+)[,}]/g)].map(([, name]) => name))];

describe("the catalogues of texts", () => {
  const english = catalogueOf("en");

  for (const language of Object.keys(LANGUAGES)) {
    const catalogue = catalogueOf(language);

    it(`have every text in ${language}, in the same order`, () => {
      expect(Object.keys(catalogue)).to.deep.equal(Object.keys(english));
      expect(Object.values(catalogue).filter((text) => text.trim() === "")).to.deep.equal([]);
    });

    it(`put the same values into each text in ${language}`, () => {
      for (const [key, text] of Object.entries(catalogue)) {
        expect(valuesOf(text), key).to.have.members(valuesOf(english[key] ?? ""));
      }
    });
  }
});

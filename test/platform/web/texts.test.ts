import { expect } from "chai";
import { LANGUAGE_CODES, LANGUAGES, type Language } from "../../../src/kernel/languages.ts";
import { catalogueOf, choicesOf, isPlural, nameOf, partsOf } from "../../support/catalogue.ts";

/** The names that a text has filled in, also within its choices, such as `application` in `Back to {application}`. */
const placesOf = (text = "", language: Language = "en"): string[] =>
  [...new Set(partsOf(text, language).flatMap(nameOf))].sort();

/** Texts that are spelt alike in English: the keys, by language. */
const ALIKE: Readonly<Record<string, readonly string[]>> = {
  nl: [
    "audit.outcome.alarm",
    "audit.pack.details",
    "audit.pack.status",
    "common.labelled",
    "console.application.issuer",
    "console.application.type.machine",
    "console.audit-export.jsonl",
    "console.conflict.support",
    "console.menu",
    "console.role.accountant",
    "console.role.superuser",
    "console.role.support",
    "console.scim.token",
    "console.scim.tokens",
    "console.settings.logo",
    "console.status.name",
    "console.status.open",
    "console.users-import.letters.macintosh",
    "console.users-import.letters.utf-8",
    "console.webhooks.name",
    "device.code.label",
    "factor.passkey.filter",
    "factor.passkey.inList",
    "factor.passkey.label",
    "factor.totp.filter",
    "helper.number.support",
    "helper.support",
    "passkey.unnamed",
    "postpone.later",
  ],
  de: [
    "account.name.label",
    "audit.outcome.alarm",
    "audit.pack.name",
    "audit.pack.status",
    "common.labelled",
    "console.application.issuer",
    "console.audit-export.jsonl",
    "console.role.superuser",
    "console.role.support",
    "console.scim.token",
    "console.settings.logo",
    "console.status.name",
    "console.users-import.letters.macintosh",
    "console.users-import.letters.utf-8",
    "console.webhook.name",
    "console.webhooks.name",
    "device.code.label",
    "factor.passkey.filter",
    "factor.passkey.label",
    "factor.totp.filter",
    "passkey.name",
    "passkey.unnamed",
  ],
  fr: [
    "account.tab.applications",
    "account.tab.sessions",
    "audit.group.administration",
    "audit.group.applications",
    "audit.pack.application",
    "audit.pack.minutes",
    "console.application.type.machine",
    "console.applications.name",
    "console.audit-export.jsonl",
    "console.menu",
    "console.name",
    "console.role.support",
    "console.settings.logo",
    "console.user.sessions",
    "console.users-import.letters.macintosh",
    "console.users-import.letters.utf-8",
    "console.users.actions",
    "console.webhooks.name",
    "device.code.label",
  ],
};

/** Counts that pages have. */
const COUNTS = Array.from({ length: 1_000 }, (_, count) => count);

const english = catalogueOf("en");

for (const language of LANGUAGE_CODES) {
  describe(`the texts in ${LANGUAGES[language]}`, () => {
    const texts = catalogueOf(language);
    const plurals = new Intl.PluralRules(language);
    const numbers = [...new Set(COUNTS.map((count) => plurals.select(count)))];

    it("are all there, in the same order, with the same names to fill in", () => {
      expect(Object.keys(texts)).to.deep.equal(Object.keys(english));
      for (const [key, text] of Object.entries(english)) {
        expect(placesOf(texts[key], language), key).to.deep.equal(placesOf(text));
        expect(texts[key]?.trim(), key).to.equal(texts[key]).and.to.not.equal("");
      }
    });

    it("go on after a mail's greeting as the language does: in German in the same sentence, else in a new one", () => {
      const mails = Object.values(texts).flatMap((text) => /\{name\},\n\n(.)/u.exec(text)?.[1] ?? []);
      expect(mails).to.have.length.greaterThan(30);
      if (language !== "de") {
        expect(mails.filter((letter) => !/\p{Lu}/u.test(letter))).to.deep.equal([]);
      }
    });

    it("say everything for every number that the language distinguishes, and the same choices", () => {
      let seen = 0;
      for (const [key, text] of Object.entries(texts)) {
        for (const part of partsOf(text, language)) {
          const cases = choicesOf(part).map(([name]) => name);
          seen += cases.length;
          expect(cases, key).to.include.members(isPlural(part) ? numbers : []);
        }
        expect(selectsOf(text), key).to.deep.equal(selectsOf(english[key] ?? ""));
      }
      expect(seen).to.be.greaterThan(50);
    });

    it("have no apostrophe that would switch the filling in off", () => {
      for (const [key, text] of Object.entries(texts)) {
        expect(text, key).to.not.match(/'[{}#]/);
      }
    });

    it("are translated, but for words that are spelt alike", () => {
      const alike = Object.keys(texts).filter((key) => texts[key] === english[key]);
      expect(alike.sort()).to.deep.equal(
        language === "en" ? Object.keys(english).sort() : (ALIKE[language] ?? []),
      );
    });

    if (language === "fr") {
      it("keep punctuation on the line of its word, but for text messages, whose alphabet has no such space", () => {
        for (const [key, text] of Object.entries(texts).filter(([name]) => !name.startsWith("sms."))) {
          expect(text, key).to.not.match(/ [:;?!»]|« /u);
        }
      });
    }

    /** The cases of each choice that is not a number's. */
    function selectsOf(text: string): string[][] {
      return partsOf(text, language)
        .filter((part) => !isPlural(part))
        .map((part) => choicesOf(part).map(([name]) => name))
        .filter((cases) => cases.length > 0);
    }
  });
}

import { expect } from "chai";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { asksFor } from "../../src/kernel/asking-texts.ts";
import { LANGUAGE_CODES } from "../../src/kernel/languages.ts";
import { contactToShow, dialled, NO_CONTACT, supportParts } from "../../src/kernel/support-contact.ts";

const VIEWS = fileURLToPath(new URL("../../views/", import.meta.url));

type Catalogue = Readonly<Record<string, string>>;

const catalogueOf = (language: string) =>
  JSON.parse(readFileSync(`${VIEWS}locales/${language}.json`, "utf8")) as Catalogue;

/** How each language sends its reader to somebody: the verb, and before the end of the sentence the person. */
const ASKING: Readonly<Record<(typeof LANGUAGE_CODES)[number], RegExp>> = {
  en: /\b(?:ask|tell|contact|call)\b[^.?!]*(?:superuser|administrator|accountant|support|helper)/i,
  nl: /\b(?:vraag|meld|waarschuw|bel|contact op)\b[^.?!]*(?:superuser|beheerder|accountant|support|helpdesk|helper)/i,
  de: /\b(?:fragen|bitten|wenden|informieren|melden|rufen) Sie\b[^.?!]*(?:superuser|buchhalter|support|helper)/i,
  fr: /(?:demandez|adressez-vous|signalez|contactez|prévenez|appelez)[^.?!]*(?:superutilisateur|comptable|support|assistance|helper)/i,
};

/** They speak of what the reader does in the console, or are the contact itself. */
const NO_QUESTION = new Set([
  "support.text",
  "support.direct",
  "support.none",
  "support.noneDirect",
  // To a member of support: what to press, not whom to ask.
  "console.user-number.two",
  "console.user-add.two",
  "userImport.row.role-two",
  // To the same: who can try an application of another office.
  "console.application-try.elsewhere",
  // What another user would see.
  "console.look.step.enrolment-closed",
  // Support asks here, not the reader.
  "notice.superuserAsked.subject",
  "notice.superuserAsked.text",
]);

describe("texts that tell their reader to ask for help (T148)", () => {
  it("are all known, in every language, so that none is without the support contact", () => {
    const unknown = LANGUAGE_CODES.flatMap((language) =>
      Object.entries(catalogueOf(language))
        .filter(([key, text]) => ASKING[language].test(text) && !NO_QUESTION.has(key))
        .filter(([key]) => asksFor(key, "office") === null)
        .map(([key]) => `${language} ${key}`),
    );
    expect(unknown).to.deep.equal([]);
  });

  it("name the helper by what the reader is, and never the superuser outright", () => {
    for (const language of LANGUAGE_CODES) {
      const asking = Object.entries(catalogueOf(language)).filter(
        ([key]) => asksFor(key, "office") === "office",
      );
      expect(asking).to.have.length.above(40);
      const unaware = asking
        .filter(([, text]) => !/\{(?:helper|numberHelper)\}/.test(text))
        .map(([key]) => key);
      expect(unaware, language).to.deep.equal([]);
    }
  });

  it("are shown in frames that have the contact", () => {
    const frames = readdirSync(VIEWS, { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".njk") && !/^(?:mail|form-post|audit)/.test(file))
      .filter((file) => readFileSync(`${VIEWS}${file}`, "utf8").includes("<main"));
    expect(frames).to.include("layouts/page.njk");
    const bare = frames.filter((file) => !readFileSync(`${VIEWS}${file}`, "utf8").includes("help.block()"));
    expect(bare).to.deep.equal([]);
  });
});

describe("a support contact", () => {
  const ours = { ...NO_CONTACT, mail: "help@installation.example" };
  const own = { ...NO_CONTACT, phone: "+31 20 123 45 67" };

  it("is the office's own, else the installation's, never a mixture", () => {
    expect(contactToShow(own, ours)).to.deep.equal(own);
    expect(contactToShow(null, ours)).to.deep.equal(ours);
    expect(contactToShow(null, NO_CONTACT)).to.equal(null);
  });

  it("needs more than opening hours", () => {
    const hours = { ...NO_CONTACT, hours: "Mon-Fri" };
    expect(contactToShow(hours, ours)).to.deep.equal(ours);
    expect(contactToShow(hours, hours)).to.equal(null);
  });

  it("takes a telephone number as people write it, and dials its digits", () => {
    for (const phone of ["+31 20 123 45 67", "020-123 4567", "(0)20/123.45.67".slice(3), "112"]) {
      expect(supportParts.phone.safeParse(phone).success, phone).to.equal(true);
    }
    for (const phone of ["call us", "12", "+31 20;ext=1", "javascript:1"]) {
      expect(supportParts.phone.safeParse(phone).success, phone).to.equal(false);
    }
    expect(dialled("+31 (0)20-123 45 67")).to.equal("+310201234567");
  });

  it("has an https address and no other", () => {
    expect(supportParts.url.safeParse("https://help.example/chat").success).to.equal(true);
    for (const url of ["http://help.example", "javascript:alert(1)", "help.example", "https://a;b.example"]) {
      expect(supportParts.url.safeParse(url).success, url).to.equal(false);
    }
  });
});

import { expect } from "chai";
import { LANGUAGE_CODES, LANGUAGES } from "../../../src/kernel/languages.ts";
import { maskNumber } from "../../../src/domain/factors/mobile-number.ts";
import { Texts } from "../../../src/platform/web/texts.ts";
import { catalogueOf } from "../../support/catalogue.ts";

/** The short alphabet of telephones (GSM 03.38): 160 characters in a message, 153 where several are joined. */
const SHORT =
  "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
const [ONE, JOINED] = [160, 153];

const texts = new Texts(new URL("../../../views/locales/", import.meta.url));
const KEYS = Object.keys(catalogueOf("en")).filter((key) => key.startsWith("sms."));

const written = (language: string, key: string, hasLink: "yes" | "no") =>
  texts.in(language)(key, {
    hasLink,
    product: "Vestibule",
    code: "123456",
    host: "sign-in.accountants.example",
    // As it is sent; `number-notices.ts` puts the stars.
    number: maskNumber("+352621123456").replaceAll("•", "*"),
    link: hasLink === "yes" ? `https://sign-in.accountants.example/not-me/${"A".repeat(64)}` : "",
  });

const messagesFor = (text: string) => (text.length <= ONE ? 1 : Math.ceil(text.length / JOINED));

describe("text messages", () => {
  for (const language of LANGUAGE_CODES) {
    it(`take the short alphabet in ${LANGUAGES[language]}, where a message holds 160 characters and not 70`, () => {
      for (const key of KEYS) {
        const foreign = Array.from(written(language, key, "yes")).filter((letter) => !SHORT.includes(letter));
        expect(foreign, key).to.deep.equal([]);
      }
    });

    it(`are one message each in ${LANGUAGES[language]}, and at most two with a link`, () => {
      for (const key of KEYS) {
        const plain = written(language, key, "no");
        expect(messagesFor(plain), `${key}: ${String(plain.length)}`).to.equal(1);
        expect(messagesFor(written(language, key, "yes")), key).to.be.at.most(2);
      }
    });
  }

  it("end the code's message as a browser reads it, in every language", () => {
    for (const language of LANGUAGE_CODES) {
      expect(written(language, "sms.code", "no")).to.match(/\n\n@sign-in\.accountants\.example #123456$/);
    }
  });
});

import { expect } from "chai";
import {
  foldCase,
  typedAddress,
  typedCode,
  typedInteger,
  typedLetterCode,
  typedName,
  typedOfficeCode,
  typedUsername,
} from "../../../src/kernel/typed-text/typed-text.ts";
import { shownMail, typedMail } from "../../../src/kernel/typed-text/typed-mail.ts";
import { typedPhone } from "../../../src/kernel/typed-text/typed-phone.ts";

/** Blanks of Unicode, and those that only look like one. */
const BLANKS = Array.from(
  " \t\n\r\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\u2800",
);
const INVISIBLE = Array.from(
  "\u00ad\u034f\u061c\u115f\u1160\u17b4\u180b\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202c\u2060\u2063\u2066\u2069\u206a\u3164\ufe0f\ufeff\uffa0\u{e0001}\u{e0041}\u{e01ef}",
);
const DASHES = Array.from(
  "-\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2043\u02d7\u207b\ufe58\ufe63\uff0d\u30fc\uff70\u2e3a",
);
const APOSTROPHES = Array.from("'\u2018\u2019\u201b\u2032\u02bc\u02b9\u0060\u00b4\uff07");
const SIGNS = Array.from('._,:;/·•"“”()[]*#');
/** The zeros of scripts that have digits of their own. */
const ZEROS = [0x30, 0x660, 0x6f0, 0x966, 0x9e6, 0xe50, 0x1040, 0x17e0, 0xff10, 0x1d7ce, 0x1d7d8, 0x1fbf0];

const inScript = (zero: number, digits: string) =>
  digits.replaceAll(/\d/g, (digit) => String.fromCodePoint(zero + Number(digit)));

/** Each row: what is typed, and what it means. */
function means(read: (typed: string) => string, rows: readonly (readonly [string, string])[]): void {
  for (const [typed, meant] of rows) {
    expect(read(typed), JSON.stringify(typed)).to.equal(meant);
  }
}

describe("a code as it is typed or pasted", () => {
  it("T150 is the same in every grouping, whatever separates the groups", () => {
    for (const separator of [...BLANKS, ...INVISIBLE, ...DASHES, ...APOSTROPHES, ...SIGNS]) {
      const at = `U+${(separator.codePointAt(0) ?? 0).toString(16)}`;
      expect(typedCode(`123${separator}456`), at).to.equal("123456");
      expect(typedCode(`${separator}123456${separator}`), at).to.equal("123456");
    }
  });

  it("T150 is the same in the digits of every script", () => {
    for (const zero of ZEROS) {
      expect(typedCode(inScript(zero, "0918 2736")), zero.toString(16)).to.equal("09182736");
    }
  });

  it("T150 stays wrong with anything else in it", () => {
    for (const typed of ["+123456", "12345O", "1e5", "0x12", "123456\u0000", "<b>123456", "12½456"]) {
      expect(typedCode(typed), typed).to.not.match(/^\d{6}$/);
    }
  });

  it("T150 may have letters, in any case", () => {
    means(typedLetterCode, [
      ["ABCD-EFGH", "abcdefgh"],
      [" abcd\u2011efgh.", "abcdefgh"],
      ["ＡＢＣＤ　ＥＦＧＨ", "abcdefgh"],
      ["ABCİ-DEFI", "abcidefi"],
    ]);
  });
});

describe("an office code and a username as Word and phones write them", () => {
  it("T150 have plain dashes, apostrophes and blanks, and nothing invisible", () => {
    for (const dash of DASHES) {
      expect(typedOfficeCode(`noord${dash}west`), dash).to.equal("NOORD-WEST");
      expect(typedUsername(`anne${dash}marie`), dash).to.equal("anne-marie");
    }
    for (const apostrophe of APOSTROPHES) {
      expect(typedUsername(`o${apostrophe}neill`), apostrophe).to.equal("o'neill");
    }
    for (const mark of INVISIBLE) {
      expect(typedUsername(`an${mark}na${mark}`)).to.equal("anna");
      expect(typedOfficeCode(`${mark}no${mark}ord`)).to.equal("NOORD");
    }
    for (const blank of BLANKS) {
      expect(typedUsername(`${blank}anna${blank}${blank}smit${blank}`)).to.equal("anna smit");
    }
  });

  it("T150 of a Turkish keyboard are those of every other", () => {
    means(typedOfficeCode, [
      ["linde", "LINDE"],
      ["LİNDE", "LINDE"],
      ["lınde", "LINDE"],
      ["Noord. ", "NOORD"],
      ["ｎｏｏｒｄ", "NOORD"],
    ]);
    means(
      (typed) => foldCase(typedUsername(typed)),
      [
        ["İlker", "ilker"],
        ["ILKER", "ilker"],
        ["ılker", "ilker"],
        ["I\u0307lker", "ilker"],
        ["STRASSE", "strasse"],
        ["STRAẞE", "strasse"],
        ["straße", "strasse"],
        ["ﬁona", "fiona"],
        ["\u212aarl", "karl"],
        ["e\u0301lise", "élise"],
      ],
    );
  });

  it("T150 fold to what folds no further, whatever Latin letter they have", () => {
    for (let code = 0x20; code < 0x250; code += 1) {
      const letter = String.fromCodePoint(code);
      const folded = foldCase(typedUsername(`a${letter}b`));
      expect(foldCase(typedUsername(folded)), code.toString(16)).to.equal(folded);
      for (const other of [letter.toUpperCase(), letter.toLowerCase()]) {
        expect(foldCase(typedUsername(`a${other}b`)), `${code.toString(16)} ${other}`).to.equal(folded);
      }
    }
  });
});

describe("a name as it is typed or pasted", () => {
  it("T150 loses what no eye sees, and keeps its letters", () => {
    means(typedName, [
      ["  Anna \u00a0 Smit\u200b ", "Anna Smit"],
      ["\ufeffZoe\u0308 O’Neill\u2011Łęcka", "Zoë O’Neill‑Łęcka"],
      ["An\u200cna", "Anna"],
      ["\u{e0041}\u{e0042}Noord", "Noord"],
      ["\u200fמשה\u200f", "משה"],
    ]);
  });

  it("T150 keeps the joiners that spelling and emoji need", () => {
    for (const name of ["می\u200cخواهم", "ක්\u200dරිෂ්ණ", "क्\u200dष", "👩\u200d💼 Office", "☎\ufe0f Desk"]) {
      expect(typedName(name)).to.equal(name);
    }
  });
});

describe("other fields as they are typed or pasted", () => {
  it("T150 an email address comes out of links, of mail programs, and with its host in ASCII", () => {
    means(typedMail, [
      [" anna@example.nl ", "anna@example.nl"],
      ["mailto:anna@example.nl?subject=x", "anna@example.nl"],
      ["Anna Smit <anna@example.nl>", "anna@example.nl"],
      ['"Smit, Anna" <anna@example.nl>;', "anna@example.nl"],
      ["anna@example.nl.", "anna@example.nl"],
      ["an\u200bna@exam\u00adple.nl\ufeff", "anna@example.nl"],
      ["ａｎｎａ＠ｅｘａｍｐｌｅ．ｎｌ", "anna@example.nl"],
      ["Anna@Example.NL", "Anna@Example.NL"],
      ["anna@bücher.example", "anna@xn--bcher-kva.example"],
      ["anna@BÜCHER.example", "anna@xn--bcher-kva.example"],
      ["anna@faß.de", "anna@xn--fa-hia.de"],
      ["anna@例え。テスト", "anna@xn--r8jz45g.xn--zckzah"],
      ["anna@xn--bcher-kva.example", "anna@xn--bcher-kva.example"],
      ["no address", "no address"],
    ]);
  });

  it("T150 an email address is shown in its own letters, unless they may be taken for others", () => {
    means(shownMail, [
      ["anna@xn--bcher-kva.example", "anna@bücher.example"],
      ["anna@xn--r8jz45g.xn--zckzah", "anna@例え.テスト"],
      ["anna@example.nl", "anna@example.nl"],
      ["Anna@Example.NL", "Anna@Example.NL"],
      // аpple.com, whose first letter is Cyrillic.
      ["anna@xn--pple-43d.com", "anna@xn--pple-43d.com"],
      ["anna@xn--80ak6aa92e.com", "anna@xn--80ak6aa92e.com"],
      ["anna@xn--e1afmkfd.xn--p1ai", "anna@пример.рф"],
      ["anna@xn--invalid-.com", "anna@xn--invalid-.com"],
      ["", ""],
    ]);
  });

  it("T150 a telephone number comes out of contacts and links, and its extension is seen", () => {
    means(
      (typed) => typedPhone(typed).number,
      [
        ["tel:+31612345678", "+31612345678"],
        ["tel:+31-6-12345678;phone-context=x", "+31-6-12345678"],
        ["\u202a+31\u00a06\u00a012345678\u202c", "+31 6 12345678"],
        ["+31 (0)6 12345678", "+31 6 12345678"],
        ["0031 (0) 6 12345678".replace("(0) ", "(0)"), "0031 6 12345678"],
        ["٠٦١٢٣٤٥٦٧٨", "0612345678"],
        ["(06) 12345678", "(06) 12345678"],
      ],
    );
    for (const extension of [
      ";ext=5",
      " ext. 5",
      "x5",
      " x 5",
      "#5",
      " toestel 12",
      " Durchwahl 12",
      ", poste 3",
    ]) {
      expect(typedPhone(`+31 20 1234567${extension}`), extension).to.deep.equal({
        number: "+31 20 1234567",
        hasExtension: true,
      });
    }
    expect(typedPhone("+31 20 1234567").hasExtension).to.equal(false);
  });

  it("T150 whole numbers and web addresses lose what surrounds them", () => {
    means(typedInteger, [
      [" 1 000 ", "1000"],
      ["1\u202f000", "1000"],
      ["１２", "12"],
      ["٤٢", "42"],
      ["−5", "-5"],
      ["1.5", "1.5"],
    ]);
    means(typedAddress, [
      ["\u200bhttps://app.example/cb\ufeff ", "https://app.example/cb"],
      ["<https://app.example/cb>", "https://app.example/cb"],
      ["“https://app.example/cb”", "https://app.example/cb"],
      ["https://app.example/%20a", "https://app.example/%20a"],
    ]);
  });
});

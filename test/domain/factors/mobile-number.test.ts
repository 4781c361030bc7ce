import { expect } from "chai";
import {
  isCountry,
  maskNumber,
  parseMobileNumber,
  unbrokenMask,
} from "../../../src/domain/factors/mobile-number.ts";

const EUROPE = ["NL", "BE", "DE", "FR", "GB"];
const read = (typed: string, country = "NL", allowed = EUROPE) => parseMobileNumber(typed, country, allowed);
const faultOf = (typed: string) => {
  const parsed = read(typed);
  return parsed.type === "fault" ? parsed.fault : parsed.e164;
};

describe("a mobile number as people type it", () => {
  for (const typed of [
    "0612345678",
    "06 12345678",
    "06-12 34 56 78",
    "06.12.34.56.78",
    "(06) 12345678",
    "0031612345678",
    "00 31 6 12345678",
    "+31612345678",
    "+31 6 1234 5678",
    "+31 (0)6 12345678",
    "＋３１６１２３４５６７８",
    "  06\u00a012345678 ",
    "06\u201112345678",
    "tel:+31612345678",
    "\u202a+31\u00a06\u00a012345678\u202c",
    "٠٦١٢٣٤٥٦٧٨",
  ]) {
    it(`T34 ${JSON.stringify(typed)} is one and the same`, () => {
      expect(read(typed)).to.deep.equal({ type: "number", e164: "+31612345678", country: "NL" });
    });
  }

  it("is read by the office's country, unless it names one", () => {
    expect(read("0470 12 34 56", "BE")).to.deep.include({ e164: "+32470123456", country: "BE" });
    expect(read("07400 123456", "GB")).to.deep.include({ e164: "+447400123456" });
    expect(read("+49 151 23456789")).to.deep.include({ country: "DE" });
    expect(read("0032470123456")).to.deep.include({ country: "BE" });
  });

  const refused: Readonly<Record<string, readonly string[]>> = {
    invalid: [
      "",
      "   ",
      "6",
      "112",
      "1234",
      "06123456",
      "061234567890",
      "1".repeat(40),
      `+31${"6".repeat(38)}`,
      "06-CALLME-12",
      "+31612345678,+31612345679",
      "++31612345678",
      "+999 12345678",
      "0612345678\u0000",
      "<script>",
    ],
    extension: ["+31612345678;ext=5", "+31612345678x5", "+31612345678 ext. 5", "+31612345678#5"],
    country: [
      "+883510001234567",
      "+1 415 555 2671",
      "+225 01 23 45 67 89",
      "+7 912 345 67 89",
      "+44 7781 123456",
    ],
    "not-mobile": [
      "0201234567",
      "+31 20 123 4567",
      "0900 1234567",
      "0800 0123",
      "+44 9012 345678",
      "+49 900 1 234567",
    ],
  };
  for (const [fault, numbers] of Object.entries(refused)) {
    for (const typed of numbers) {
      it(`T34 ${JSON.stringify(typed.slice(0, 45))} is refused: ${fault}`, () => {
        expect(faultOf(typed)).to.equal(fault);
      });
    }
  }

  it("T150 belongs to a country that shares its calling code only when that country's ranges have it", () => {
    const owners: readonly (readonly [string, readonly string[]])[] = [
      ["+1 416 555 0123", ["CA"]],
      ["+1 202 555 0123", ["US"]],
      ["+1 242 359 1234", ["BS"]],
      ["+1 809 234 5678", ["DO"]],
      ["+44 7400 123456", ["GB"]],
      ["+44 7797 712345", ["JE"]],
      ["+44 7781 123456", ["GG"]],
      ["+44 7624 412345", ["IM"]],
      ["+7 912 345 67 89", ["RU"]],
      ["+7 701 123 4567", ["KZ"]],
      ["+47 412 34 567", ["NO", "SJ"]],
      ["+39 312 345 6789", ["IT", "VA"]],
      ["+358 45 1234567", ["FI", "AX"]],
      ["+61 412 345 678", ["AU", "CC", "CX"]],
      ["+212 650 123456", ["MA", "EH"]],
      ["+590 690 12 34 56", ["GP", "BL", "MF"]],
      ["+262 692 12 34 56", ["RE"]],
      ["+262 639 01 23 45", ["YT"]],
      ["+599 9 518 1234", ["CW"]],
    ];
    const sharing = [...new Set(owners.flatMap(([, countries]) => countries))];
    for (const [typed, countries] of owners) {
      for (const country of sharing) {
        const parsed = read(typed, "NL", [country]);
        const expected = countries.includes(country) ? "number" : "fault";
        expect([typed, country, parsed.type]).to.deep.equal([typed, country, expected]);
      }
    }
  });

  it("T150 with 00 in front is foreign wherever the office is, and a zero in brackets is for calls at home", () => {
    expect(read("0031 6 12345678", "US", ["NL"])).to.deep.include({ e164: "+31612345678" });
    expect(read("+39 (0)312 345 6789", "IT", ["IT"])).to.deep.include({ e164: "+393123456789" });
    expect(read("+47 412 34 567", "NO", ["SJ"])).to.deep.include({ country: "SJ" });
  });

  it("T34 never gets a satellite or worldwide number through, whatever the list", () => {
    const all = ["NL", "US", "001", "AC", "XK"];
    for (const typed of [
      "+88231234567",
      "+882 16 1234567",
      "+883510001234567",
      "+8816 1234567",
      "+870 773 111 632",
      "+979 123456789",
    ]) {
      expect(parseMobileNumber(typed, "NL", all).type, typed).to.equal("fault");
    }
  });

  it("T36 is shown as its country and the last three digits", () => {
    expect(maskNumber("+31612345678")).to.equal("+31 •• ••• 678");
    expect(maskNumber("+447400123456")).to.equal("+44 •• ••• 456");
    expect(maskNumber("+352621123456")).to.equal("+352 •• ••• 456");
    expect(maskNumber("+31612345678").replace(/[^0-9]/g, "")).to.equal("31678");
  });

  it("is shown on pages so that no line ends in the middle of it", () => {
    expect(unbrokenMask("+31612345678")).to.equal("+31\u00a0••\u00a0•••\u00a0678");
  });

  it("knows countries by their two letters", () => {
    expect(["NL", "BE", "US", "XK"].every(isCountry)).to.equal(true);
    expect(["nl", "ZZ", "", "NLD", "001", "constructor"].some(isCountry)).to.equal(false);
  });
});

import { expect } from "chai";
import { isOneLine } from "../../src/kernel/one-line.ts";

const ALLOWED = [
  "Noord & Zonen",
  "Zoë Jäger-Łęcka",
  "שרה לוי",
  "محمد علي",
  "👩‍💼 Office",
  "\u{200f}left and right\u{200e}",
];
const REFUSED = {
  "a line break": "Noord\nBcc: all",
  "a separator of lines": "Noord\u{2028}Zuid",
  "a control character": "Noord\u{1b}[31m",
  "half of a character": "Noord\ud800",
};
const DIRECTIONS = Array.from("\u{202a}\u{202b}\u{202c}\u{202d}\u{202e}\u{2066}\u{2067}\u{2068}\u{2069}");

describe("a name in a line of its own", () => {
  it("may be of any script", () => {
    ALLOWED.forEach((name) => expect(isOneLine(name), name).to.equal(true));
  });

  for (const [what, name] of Object.entries(REFUSED)) {
    it(`has not got ${what}`, () => {
      expect(isOneLine(name)).to.equal(false);
    });
  }

  it("cannot turn the direction of the text that follows it", () => {
    DIRECTIONS.forEach((character) =>
      expect(isOneLine(`sanne${character}nimda`), character.codePointAt(0)?.toString(16)).to.equal(false),
    );
  });
});

/** What programs, phones and keyboards do to characters before they reach a form. Start at `typed-text.ts`. */

/** Drawn as nothing: zero-width blanks and joiners, soft hyphens, direction marks, byte order marks, Hangul fillers, variation selectors. */
const INVISIBLE = /[\p{Default_Ignorable_Code_Point}\p{Cf}]/gu;

/** Blanks of every width, and the braille pattern without dots, which looks like one. */
const BLANKS = /[\s\p{Z}\u{85}\u{2800}]+/gu;

/** Word makes a dash of a hyphen; mathematicians and Japanese keyboards have their own. */
const DASHES = /[\p{Pd}\u{2d7}\u{2043}\u{207b}\u{208b}\u{2212}\u{2796}\u{30fc}]/gu;

/** The apostrophes of Word and of phones, and the accents and primes that are typed for one. */
const APOSTROPHES =
  /[\u{60}\u{b4}\u{2b9}\u{2bb}-\u{2bd}\u{2c8}\u{2ca}\u{2cb}\u{2018}-\u{201b}\u{2032}\u{2035}\u{55a}\u{a78c}\u{ff07}]/gu;

const DIGITS = /\p{Nd}/gu;

export const withoutInvisible = (text: string): string => text.replaceAll(INVISIBLE, "");

/** Each run of blanks as one, and none at the ends. */
export const withPlainBlanks = (text: string): string => text.replaceAll(BLANKS, " ").trim();

export const withPlainDashes = (text: string): string => text.replaceAll(DASHES, "-");

/** Before and after NFKC: it makes of some a blank with an accent, and one (U+0149) only it takes apart. */
export const withPlainApostrophes = (text: string): string => text.replaceAll(APOSTROPHES, "'");

/** The digits of every script (Arabic, Persian, Devanagari, full-width …) as `0` to `9`. */
export const withPlainDigits = (text: string): string =>
  text.replaceAll(DIGITS, (digit) => String(valueOf(digit)));

/** Unicode keeps the digits of a script in a row of ten, from zero to nine. */
function valueOf(digit: string): number {
  const place = digit.codePointAt(0) ?? 0;
  let before = 0;
  while (isDigit(place - before - 1)) {
    before += 1;
  }
  return before % 10;
}

const isDigit = (place: number): boolean => /^\p{Nd}$/u.test(String.fromCodePoint(place));

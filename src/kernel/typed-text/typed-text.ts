import {
  withoutInvisible,
  withPlainApostrophes,
  withPlainBlanks,
  withPlainDashes,
  withPlainDigits,
} from "./characters.ts";

/**
 * What a user meant to type, by the kind of field: programs, phones and keyboards change characters on their way into a form, and a
 * form judges only what one of these functions returns. Passwords are the exception: they count as they are (NIST SP 800-63B).
 */

/** For fields of Latin letters and digits: one way to write each blank, dash, apostrophe and digit. */
const inPlainCharacters = (text: string): string =>
  withPlainBlanks(
    withPlainDigits(
      withPlainApostrophes(withPlainDashes(withPlainApostrophes(withoutInvisible(text)).normalize("NFKC"))),
    ),
  );

/** What separates the groups of a code on paper, in a mail and in a message. A sign such as + is none: no code has one. */
const SEPARATORS = /[\s\p{P}]/gu;

/** A code of digits, in whatever groups, such as `1234 5678`. What is neither digit nor separator stays, and makes it wrong. */
export const typedCode = (text: string): string => inPlainCharacters(text).replaceAll(SEPARATORS, "");

/** A code of letters and digits, in small letters. */
export const typedLetterCode = (text: string): string => foldCase(typedCode(text));

/** A username as it is stored. */
export const typedUsername = inPlainCharacters;

/**
 * One spelling for all that differ in case, the same for every language: Turkish keyboards and phones write `İ` and `ı` where others
 * write `I` and `i`. Capitals first, because they also fold `ß` and `ſ`. Only this function folds identities; no SQL does.
 */
export const foldCase = (text: string): string =>
  text.replaceAll("ẞ", "SS").toUpperCase().toLowerCase().replaceAll("i\u{307}", "i");

/** An office code, in capitals. Phones end it with a dot when the space bar is pressed twice. */
export const typedOfficeCode = (text: string): string =>
  foldCase(inPlainCharacters(text))
    .toUpperCase()
    .replace(/(?<![.,])[.,]+$/, "")
    .trim();

/** A whole number, without the blanks that group thousands. */
export const typedInteger = (text: string): string => inPlainCharacters(text).replaceAll(" ", "");

/** One word of ASCII, such as a country, a colour or a day. */
export const typedWord = inPlainCharacters;

/** The name of a user, an office or an application, for people to read. Its letters, dashes and apostrophes stay as they were typed. */
export const typedName = (text: string): string =>
  withPlainBlanks(withoutUselessMarks(text.normalize("NFC")));

/** Characters that turn the direction of text stay: `nameSchema` refuses them. */
const USELESS = /(?![\u{202a}-\u{202e}\u{2066}-\u{2069}])\p{Default_Ignorable_Code_Point}/gu;

const withoutUselessMarks = (text: string): string =>
  text.replaceAll(USELESS, (mark, at: number) =>
    isSpelling(
      Array.from(text.slice(Math.max(0, at - 2), at)).at(-1) ?? "",
      mark,
      text.slice(at + mark.length),
    )
      ? mark
      : "",
  );

/** Letters that join or not by an invisible character, as the spelling of a language demands (Persian, Hindi, Sinhala …). */
const JOINED = /^(?![\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Hangul}])[\p{L}\p{M}]/u;
/** Emoji such as the one for an office worker are several, joined. */
const EMOJI = /^[\p{Extended_Pictographic}\p{Emoji_Modifier}\u{fe0f}]/u;

/** Whether a mark between two characters belongs there. */
function isSpelling(before: string, mark: string, after: string): boolean {
  const isLetters = JOINED.test(before) && JOINED.test(after);
  switch (mark) {
    case "\u{200c}":
      return isLetters;
    case "\u{200d}":
      return isLetters || (EMOJI.test(before) && EMOJI.test(after));
    case "\u{fe0f}":
      return EMOJI.test(before);
    default:
      return false;
  }
}

/** An address of the web, without what a mail or a document puts around it. Inside it counts byte for byte. */
export const typedAddress = (text: string): string =>
  withoutInvisible(text)
    .trim()
    .replace(/^[<"'“”‘’]+|[>"'“”‘’]+$/gu, "")
    .trim();

/** What is searched for: words, which the database compares without case and accents. */
export const typedSearch = (text: string): string => inPlainCharacters(text.replaceAll(/\p{Cc}/gu, " "));

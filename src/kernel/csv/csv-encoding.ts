import { decodeCodePage850 } from "./code-page-850.ts";

/** How a file's letters are written. Spreadsheets write each of these, and only some say which (a byte order mark). */
export const CSV_ENCODINGS = [
  "utf-8",
  "windows-1252",
  "macintosh",
  "ibm850",
  "utf-16le",
  "utf-16be",
] as const;
export type CsvEncoding = (typeof CSV_ENCODINGS)[number];

/** Decodes a file chunk by chunk; without bytes, its end. */
export type LetterDecoder = (bytes?: Uint8Array) => string;

export function letterDecoder(encoding: CsvEncoding): LetterDecoder {
  if (encoding === "ibm850") {
    return (bytes) => (bytes === undefined ? "" : decodeCodePage850(bytes));
  }
  const decoder = new TextDecoder(encoding);
  return (bytes) => (bytes === undefined ? decoder.decode() : decoder.decode(bytes, { stream: true }));
}

/** What the first bytes of a file say; null: nothing. Excel's "Unicode text" is UTF-16, which has a NUL beside each ASCII letter. */
export function markedEncoding(begin: Uint8Array): CsvEncoding | null {
  const [first, second, third, fourth] = begin;
  if ((first === 0xff && second === 0xfe) || (first !== 0 && second === 0 && third !== 0 && fourth === 0)) {
    return "utf-16le";
  }
  if ((first === 0xfe && second === 0xff) || (first === 0 && second !== 0 && third === 0 && fourth !== 0)) {
    return "utf-16be";
  }
  return first === 0xef && second === 0xbb && third === 0xbf ? "utf-8" : null;
}

/** The encodings that name no mark and look alike, the most frequent first. */
const GUESSED = ["windows-1252", "macintosh", "ibm850"] as const satisfies readonly CsvEncoding[];

/** Whichever makes the fewest words that no language has; between equals the one with fewer letters that are rare in names. */
export function guessEncoding(bytes: Uint8Array): (typeof GUESSED)[number] {
  const judged = GUESSED.map((encoding) => {
    const text = letterDecoder(encoding)(bytes);
    return {
      encoding,
      odd: ODD.reduce((sum, odd) => sum + countOf(text, odd), 0),
      rare: countOf(text, RARE),
    };
  });
  const least = Math.min(...judged.map(({ odd }) => odd));
  const left = judged.filter(({ odd }) => odd === least);
  const [first] = left;
  // Windows is by far the most frequent: what could be that, is that.
  return first === undefined || first.encoding === "windows-1252"
    ? "windows-1252"
    : left.reduce((best, one) => (one.rare < best.rare ? one : best), first).encoding;
}

const countOf = (text: string, pattern: RegExp): number => text.match(pattern)?.length ?? 0;

const RARE = /[âîûùòìðþýÿµ]/gu;

const ODD: readonly RegExp[] = [
  // A control character, or a sign in the middle of letters.
  /[\u{80}-\u{9f}]|(?<=\p{L})(?![’‘´`·])[^\p{L}\p{N}\p{M}\p{ASCII}\p{Z}\p{Pd}](?=\p{L})/gu,
  // A sign that begins or ends a word, such as `¸ber`, and letters that only look like some.
  /(?<!\p{L})[^\p{L}\p{N}\p{M}\p{ASCII}\p{Z}\p{P}](?=\p{Ll})|[‹›](?=\p{L})|(?<=\p{L})[‚„]|[ƒˆﬁﬂªºµ˜ıˇ¿¡†‡‰…]/gu,
  // A capital or a long dash behind a small letter, such as `JosÈ` and `Mu–oz`.
  /(?<=\p{Ll})(?!\p{ASCII})\p{Lu}|(?<=\p{Lu})(?!\p{ASCII})\p{Lu}(?=\p{Lu}?\p{Ll})|(?<=\p{L})[–—](?=\p{Ll})/gu,
  // A small letter between capitals, such as `OíNEILL`, or an apostrophe between two small ones, such as `Garc’a`.
  /(?<=\p{Lu})(?!\p{ASCII})\p{Ll}(?=\p{Lu})|(?<=\p{Ll}{2})’(?=\p{Ll})|(?<=\p{L})‘(?=\p{L})/gu,
];

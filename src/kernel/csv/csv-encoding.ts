/** How a file's letters are written. Spreadsheets write each of these, and only some say which (a byte order mark). */
export const CSV_ENCODINGS = ["utf-8", "windows-1252", "macintosh", "utf-16le", "utf-16be"] as const;
export type CsvEncoding = (typeof CSV_ENCODINGS)[number];

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

/** Windows-1252 or Mac Roman: whichever makes fewer words that no language has. */
export function guessEncoding(bytes: Uint8Array): "windows-1252" | "macintosh" {
  const [windows, mac] = ["windows-1252", "macintosh"].map((name) =>
    oddities(new TextDecoder(name).decode(bytes)),
  );
  return (mac ?? 0) < (windows ?? 0) ? "macintosh" : "windows-1252";
}

const oddities = (text: string): number => ODD.reduce((sum, odd) => sum + (text.match(odd)?.length ?? 0), 0);

const ODD: readonly RegExp[] = [
  // A control character, or a sign in the middle of letters.
  /[\u{80}-\u{9f}]|(?<=\p{L})(?![’‘´`·])[^\p{L}\p{N}\p{M}\p{ASCII}\p{Z}\p{Pd}](?=\p{L})/gu,
  // A sign that begins or ends a word, such as `¸ber`, and letters that only look like some.
  /(?<!\p{L})[^\p{L}\p{N}\p{M}\p{ASCII}\p{Z}\p{P}](?=\p{Ll})|[‹›](?=\p{L})|[ƒˆﬁﬂªºµ˜ıˇ¿¡†‡‰…]/gu,
  // A capital or a long dash behind a small letter, such as `JosÈ` and `Mu–oz`.
  /(?<=\p{Ll})(?!\p{ASCII})\p{Lu}|(?<=\p{Lu})(?!\p{ASCII})\p{Lu}(?=\p{Lu}?\p{Ll})|(?<=\p{L})[–—](?=\p{Ll})/gu,
  // A small letter between capitals, such as `OíNEILL`, or an apostrophe between two small ones, such as `Garc’a`.
  /(?<=\p{Lu})(?!\p{ASCII})\p{Ll}(?=\p{Lu})|(?<=\p{Ll}{2})’(?=\p{Ll})|(?<=\p{L})‘(?=\p{L})/gu,
];

import {
  guessEncoding,
  letterDecoder,
  markedEncoding,
  type CsvEncoding,
  type LetterDecoder,
} from "./csv-encoding.ts";
import { CsvError } from "./csv-fault.ts";

const BOM = [0xef, 0xbb, 0xbf];
/** So many bytes from the first letter beyond ASCII, and a few before it, decide which of the older encodings it is. */
const GUESSED_BYTES = 8_192;
const GUESSED_BEFORE = 64;

/**
 * Decodes a file chunk by chunk, a few in memory at a time. Throws CsvError for binary files and for more than `maxBytes`.
 */
export async function* csvText(
  bytes: AsyncIterable<Uint8Array>,
  maxBytes: number,
  decoder: CsvDecoder,
): AsyncGenerator<string, void> {
  let read = 0;
  for await (const piece of bytes) {
    if (read === 0) {
      refuseOtherFormats(piece);
    }
    read += piece.length;
    if (read > maxBytes) {
      throw new CsvError("too-many-bytes", null, String(maxBytes));
    }
    yield withoutNul(decoder.decode(piece));
  }
  yield withoutNul(decoder.end());
}

/** Text has no NUL, and PostgreSQL cannot store it. */
function withoutNul(text: string): string {
  if (text.includes("\0")) {
    throw new CsvError("binary");
  }
  return text;
}

/** A renamed workbook is the most common mistake, and deserves a clearer error than "binary". */
function refuseOtherFormats(piece: Uint8Array): void {
  const begins = (...bytes: number[]) => bytes.every((byte, place) => piece[place] === byte);
  if (begins(0x50, 0x4b, 0x03, 0x04) || begins(0x50, 0x4b, 0x05, 0x06) || begins(0x1f, 0x8b)) {
    throw new CsvError("zip");
  }
}

/**
 * What a mark at the beginning says, or what was chosen; else UTF-8 until the first invalid byte, and then Windows-1252, Mac Roman or
 * code page 850, provided that all text before was ASCII, which is the same in all of them. One for each file.
 */
export class CsvDecoder {
  readonly #chosen: CsvEncoding | null;
  readonly #utf8 = new TextDecoder("utf-8", { fatal: true });
  /** Decodes once the encoding is known, but for UTF-8 that may turn out to be none. */
  #known: LetterDecoder | null = null;
  #encoding: CsvEncoding = "utf-8";
  #isAscii = true;
  /** The first bytes, until they are enough to show a mark; then bytes of a character that continues in the next chunk. */
  #waiting: Uint8Array = new Uint8Array();
  /** The end of the text so far: a letter is judged by those before it. */
  #before: Uint8Array = new Uint8Array();
  #state: "begin" | "utf-8" | "guess" = "begin";

  /** `chosen`: by a person who has seen wrong letters; null: recognised. */
  constructor(chosen: CsvEncoding | null = null) {
    this.#chosen = chosen;
  }

  /** How the letters were read; final at the end of the file. */
  get encoding(): CsvEncoding {
    return this.#encoding;
  }

  decode(piece: Uint8Array): string {
    if (this.#known !== null) {
      return this.#known(piece);
    }
    switch (this.#state) {
      case "begin": {
        const begin = Buffer.concat([this.#waiting, piece]);
        this.#waiting = begin;
        return begin.length < 4 ? "" : this.#start(begin);
      }
      case "utf-8":
        return this.#decodeUtf8(piece);
      case "guess":
        return this.#gather(Buffer.concat([this.#waiting, piece]));
    }
  }

  end(): string {
    const rest = this.#state === "begin" && this.#known === null ? this.#start(this.#waiting) : "";
    if (this.#known !== null) {
      return rest + this.#known();
    }
    return rest + (this.#state === "guess" ? this.#guess() : this.#endUtf8()) + this.#flush();
  }

  #start(begin: Uint8Array): string {
    const encoding = markedEncoding(begin) ?? this.#chosen;
    this.#waiting = new Uint8Array();
    this.#state = "utf-8";
    if (encoding === null || encoding === "utf-8") {
      return this.#decodeUtf8(begin);
    }
    return this.#become(encoding, begin);
  }

  #become(encoding: CsvEncoding, bytes: Uint8Array): string {
    this.#encoding = encoding;
    this.#known = letterDecoder(encoding);
    return this.#known(bytes);
  }

  #decodeUtf8(piece: Uint8Array): string {
    try {
      const text = this.#utf8.decode(piece, { stream: true });
      this.#isAscii &&= !text.includes("\u{fffd}") && isAscii(text);
      const known = Buffer.concat([this.#before, this.#waiting, piece.subarray(-GUESSED_BEFORE)]);
      this.#waiting = incompleteEnd(this.#waiting, piece);
      this.#before = known.subarray(0, known.length - this.#waiting.length).subarray(-GUESSED_BEFORE);
      return text;
    } catch {
      return this.#fallBack(Buffer.concat([this.#waiting, piece]));
    }
  }

  #endUtf8(): string {
    try {
      return this.#utf8.decode();
    } catch {
      return this.#fallBack(this.#waiting);
    }
  }

  #fallBack(bytes: Uint8Array): string {
    const isMarked = BOM.every((byte, place) => bytes[place] === byte);
    if (!this.#isAscii || isMarked || this.#chosen !== null || hasUtf8(bytes)) {
      throw new CsvError("encoding");
    }
    this.#state = "guess";
    return this.#gather(bytes);
  }

  #gather(bytes: Uint8Array): string {
    this.#waiting = bytes;
    return bytes.length < firstLetter(bytes) + GUESSED_BYTES ? "" : this.#guess();
  }

  #guess(): string {
    const bytes = this.#waiting;
    this.#waiting = new Uint8Array();
    const begin = firstLetter(bytes);
    const seen = [this.#before, bytes.subarray(0, begin).subarray(-GUESSED_BEFORE)];
    const judged = Buffer.concat([...seen, bytes.subarray(begin, begin + GUESSED_BYTES)]);
    return this.#become(guessEncoding(judged), bytes);
  }

  /** Ends a decoder that has only just become known. */
  #flush(): string {
    return this.#state === "guess" && this.#known === null ? this.#guess() : "";
  }
}

/** Where the first byte beyond ASCII is. */
const firstLetter = (bytes: Uint8Array): number =>
  Math.max(
    0,
    bytes.findIndex((byte) => byte >= 0x80),
  );

const isAscii = (text: string): boolean => !/[^\p{ASCII}]/u.test(text);

/** Whether some of these bytes are valid multi-byte UTF-8: then the file is damaged, or joined from two files. */
const hasUtf8 = (bytes: Uint8Array): boolean => /[^\p{ASCII}\u{fffd}]/u.test(new TextDecoder().decode(bytes));

/** The bytes at the end that start a UTF-8 character without finishing it; at most three. */
function incompleteEnd(before: Uint8Array, piece: Uint8Array): Uint8Array {
  const end = Buffer.concat([before, piece.subarray(-3)]).subarray(-3);
  for (let length = 1; length <= end.length; length += 1) {
    const byte = end[end.length - length] ?? 0;
    if (byte >= 0xc0) {
      return length < bytesOf(byte) ? end.subarray(-length) : new Uint8Array();
    }
    if (byte < 0x80) {
      break;
    }
  }
  return new Uint8Array();
}

const bytesOf = (first: number): number => (first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2);

import { CsvError } from "./csv-fault.ts";

const BOM = [0xef, 0xbb, 0xbf];

/**
 * The text of a file's bytes, piece by piece: UTF-8 with or without its mark, or what older spreadsheets write,
 * Windows-1252. Throws CsvError for what is no text and for more than `mostBytes`; never holds more than one piece.
 */
export async function* csvText(
  bytes: AsyncIterable<Uint8Array>,
  maxBytes: number,
): AsyncGenerator<string, void> {
  const decoder = new Utf8OrWindows1252Decoder();
  let read = 0;
  for await (const piece of bytes) {
    if (read === 0) {
      refuseOtherFormats(piece);
    }
    read += piece.length;
    if (read > maxBytes) {
      throw new CsvError("too-many-bytes", null, String(maxBytes));
    }
    // Text has none; PostgreSQL would not keep it either.
    if (piece.includes(0)) {
      throw new CsvError("binary");
    }
    yield decoder.decode(piece);
  }
  yield decoder.end();
}

/** A workbook that was renamed is the most usual mistake; it says more than "binary" can. */
function refuseOtherFormats(piece: Uint8Array): void {
  const begins = (...bytes: number[]) => bytes.every((byte, place) => piece[place] === byte);
  if (begins(0x50, 0x4b, 0x03, 0x04) || begins(0x50, 0x4b, 0x05, 0x06) || begins(0x1f, 0x8b)) {
    throw new CsvError("zip");
  }
  if (begins(0xff, 0xfe) || begins(0xfe, 0xff)) {
    throw new CsvError("utf-16");
  }
}

/** UTF-8 until a byte says otherwise; then Windows-1252, if all before was ASCII, which reads the same in both. */
class Utf8OrWindows1252Decoder {
  readonly #utf8 = new TextDecoder("utf-8", { fatal: true });
  #windows1252: TextDecoder | null = null;
  #isAscii = true;
  /** Bytes of a character whose end is in the next piece. */
  #incomplete: Uint8Array = new Uint8Array();

  decode(piece: Uint8Array): string {
    if (this.#windows1252 !== null) {
      return this.#windows1252.decode(piece, { stream: true });
    }
    try {
      const text = this.#utf8.decode(piece, { stream: true });
      this.#isAscii &&= !text.includes("\u{fffd}") && isAscii(text);
      this.#incomplete = incompleteEnd(this.#incomplete, piece);
      return text;
    } catch {
      return this.#fallBack(Buffer.concat([this.#incomplete, piece]));
    }
  }

  end(): string {
    if (this.#windows1252 !== null) {
      return this.#windows1252.decode();
    }
    try {
      return this.#utf8.decode();
    } catch {
      return this.#fallBack(this.#incomplete);
    }
  }

  #fallBack(bytes: Uint8Array): string {
    const isMarked = BOM.every((byte, place) => bytes[place] === byte);
    if (!this.#isAscii || isMarked || hasUtf8(bytes)) {
      throw new CsvError("encoding");
    }
    this.#windows1252 = new TextDecoder("windows-1252");
    return this.#windows1252.decode(bytes, { stream: true });
  }
}

const isAscii = (text: string): boolean => !/[^\p{ASCII}]/u.test(text);

/** Whether some of these bytes are characters in UTF-8: then the file is damaged, or two files in one. */
const hasUtf8 = (bytes: Uint8Array): boolean => /[^\p{ASCII}\u{fffd}]/u.test(new TextDecoder().decode(bytes));

/** The bytes at the end that begin a character of UTF-8 and do not end it; at most three. */
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

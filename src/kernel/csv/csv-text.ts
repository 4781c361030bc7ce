import { CsvError } from "./csv-fault.ts";

const BOM = [0xef, 0xbb, 0xbf];

/**
 * Decodes a file chunk by chunk, one in memory at a time: UTF-8 with or without a byte order mark, or Windows-1252, which older
 * spreadsheets write. Throws CsvError for binary files and for more than `maxBytes`.
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
    // Text has no NUL, and PostgreSQL cannot store it.
    if (piece.includes(0)) {
      throw new CsvError("binary");
    }
    yield decoder.decode(piece);
  }
  yield decoder.end();
}

/** A renamed workbook is the most common mistake, and deserves a clearer error than "binary". */
function refuseOtherFormats(piece: Uint8Array): void {
  const begins = (...bytes: number[]) => bytes.every((byte, place) => piece[place] === byte);
  if (begins(0x50, 0x4b, 0x03, 0x04) || begins(0x50, 0x4b, 0x05, 0x06) || begins(0x1f, 0x8b)) {
    throw new CsvError("zip");
  }
  if (begins(0xff, 0xfe) || begins(0xfe, 0xff)) {
    throw new CsvError("utf-16");
  }
}

/** UTF-8 until the first invalid byte; then Windows-1252, provided that all text before was ASCII, which is the same in both. */
class Utf8OrWindows1252Decoder {
  readonly #utf8 = new TextDecoder("utf-8", { fatal: true });
  #windows1252: TextDecoder | null = null;
  #isAscii = true;
  /** Bytes of a character that continues in the next chunk. */
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

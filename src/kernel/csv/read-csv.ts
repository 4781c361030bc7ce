import { Readable } from "node:stream";
import { CsvError as LibraryError, parse } from "csv-parse";
import { CsvError, type CsvFault, type CsvFaultCode } from "./csv-fault.ts";
import { CsvDecoder, csvText } from "./decode-csv.ts";
import { isJsonLines, jsonLines } from "./json-lines.ts";
import { withPlainBlanks, withoutInvisible } from "../typed-text/characters.ts";

/**
 * CSV files as spreadsheets write and read them. This folder turns bytes into rows of cells and back; it does not know what a
 * column means. Start at `readCsv` for reading and at `csvLines` for writing.
 */

export interface CsvLimits {
  readonly bytes: number;
  /** Rows without the heading; blank rows count. */
  readonly rows: number;
  readonly columns: number;
  /** Characters in a row. */
  readonly rowLength: number;
}

/** A row of cells, and the line on which it starts. */
export interface CsvRow {
  readonly type: "row";
  readonly line: number;
  readonly cells: readonly string[];
  /** The column of each cell, in a file of JSON Lines; there every row has its own. */
  readonly names?: readonly string[];
  /** The places of its cells that are lists, as JSON; there alone. */
  readonly lists?: readonly number[];
}

/** The first row is the heading, except in JSON Lines. A fault is the last part. */
export type CsvPart = CsvRow | { readonly type: "fault"; readonly fault: CsvFault };

/**
 * Reads a file row by row in constant memory. A malicious file (a million columns, an endless row, a gigabyte of blanks) ends with
 * a fault as soon as it exceeds a limit. `decoder` knows afterwards how the letters were read. Only this file uses csv-parse.
 */
export async function* readCsv(
  bytes: AsyncIterable<Uint8Array>,
  limits: CsvLimits,
  decoder = new CsvDecoder(),
): AsyncGenerator<CsvPart, void> {
  try {
    yield* rowsOf(csvText(bytes, limits.bytes, decoder), limits);
  } catch (error) {
    yield { type: "fault", fault: faultOf(error, limits) };
  }
}

async function* rowsOf(file: AsyncIterable<string>, limits: CsvLimits): AsyncGenerator<CsvRow, void> {
  const text = refuseLongLines(file, limits.rowLength);
  const begin = await readFirstLine(text, limits.rowLength);
  if (isJsonLines(begin)) {
    yield* rowsOfJson(concatenate(begin, text), limits);
    return;
  }
  const named = namedDelimiter(begin);
  const parser = parse({
    delimiter: named ?? delimiterOf(begin),
    bom: true,
    relax_column_count: true,
    max_record_size: limits.rowLength,
  });
  const source = Readable.from(concatenate(begin, text));
  // An error of the source ends the parser, and with it the loop below.
  source.once("error", (error) => parser.destroy(error));
  let count = 0;
  let line = 1;
  let isHint = named !== null;
  let isEmpty = true;
  try {
    for await (const cells of source.pipe(parser) as AsyncIterable<readonly string[]>) {
      requireWithinLimits({ line, count, columns: filledColumns(cells) }, limits);
      count += isHint ? 0 : 1;
      isEmpty &&= isHint || isBlank(cells);
      yield* isHint || isBlank(cells) ? [] : [{ type: "row", line, cells } as const];
      isHint = false;
      line += 1 + countLineBreaks(cells);
    }
  } finally {
    source.destroy();
    parser.destroy();
  }
  if (isEmpty) {
    throw new CsvError("empty");
  }
}

async function* rowsOfJson(text: AsyncIterable<string>, limits: CsvLimits): AsyncGenerator<CsvRow, void> {
  let count = 0;
  for await (const { line, names, cells, lists } of jsonLines(text)) {
    count += 1;
    requireWithinLimits({ line, count: count - 1, columns: names.length }, limits);
    yield { type: "row", line, cells, names, lists };
  }
}

/** The library's limit does not count separators, so a line of nothing but separators could grow without end. */
async function* refuseLongLines(
  text: AsyncIterable<string>,
  maxLength: number,
): AsyncGenerator<string, void> {
  let line = 1;
  let length = 0;
  for await (const piece of text) {
    const lines = piece.split(/\r\n?|\n/);
    const lengths = lines.map((part, place) => (place === 0 ? length + part.length : part.length));
    const tooLong = lengths.findIndex((reached) => reached > maxLength);
    if (tooLong !== -1) {
      throw new CsvError("row-too-long", line + tooLong, String(maxLength));
    }
    line += lines.length - 1;
    length = lengths.at(-1) ?? 0;
    yield piece;
  }
}

const countLineBreaks = (cells: readonly string[]): number =>
  cells.join("").match(/\r\n|\r|\n/g)?.length ?? 0;

function requireWithinLimits(
  { line, count, columns }: { line: number; count: number; columns: number },
  limits: CsvLimits,
): void {
  if (columns > limits.columns) {
    throw new CsvError("too-many-columns", line, String(limits.columns));
  }
  if (count > limits.rows) {
    throw new CsvError("too-many-rows", line, String(limits.rows));
  }
}

/** Spreadsheets leave rows of nothing but separators behind. */
const isBlank = (cells: readonly string[]): boolean => filledColumns(cells) === 0;

/** Up to the last cell with something in it: a sheet may be wider than its table. */
const filledColumns = (cells: readonly string[]): number =>
  cells.findLastIndex((cell) => withPlainBlanks(withoutInvisible(cell)) !== "") + 1;

/** Enough of the text to contain the first line. */
async function readFirstLine(text: AsyncGenerator<string, void>, maxLength: number): Promise<string> {
  let begin = "";
  while (!/[\r\n]/.test(begin) && begin.length <= maxLength) {
    const { value, done } = await text.next();
    if (done === true) {
      break;
    }
    begin += value;
  }
  return begin;
}

async function* concatenate(begin: string, text: AsyncIterable<string>): AsyncGenerator<string, void> {
  yield begin;
  yield* text;
}

/** A line `sep=;` in front of the heading, which gives Excel the delimiter; a file that it saves again may still have it. */
const namedDelimiter = (begin: string): string | null =>
  /^\u{feff}?"?sep=(.)"?[;,\t]*(?:\r|\n|$)/iu.exec(begin)?.[1] ?? null;

const DELIMITERS = [",", ";", "\t", "|"] as const;

/** Spreadsheets use semicolons where the comma is the decimal sign. The heading has no numbers, so it shows which is in use; "Unicode text" has tabs. */
function delimiterOf(begin: string): string {
  const [heading = ""] = begin.split(/[\r\n]/, 1);
  const bare = heading.replaceAll(/"[^"]*"/g, "");
  const numbers = DELIMITERS.map((delimiter) => bare.split(delimiter).length);
  return DELIMITERS[numbers.indexOf(Math.max(...numbers))] ?? ",";
}

const CODES: Readonly<Record<string, CsvFaultCode>> = {
  CSV_MAX_RECORD_SIZE: "row-too-long",
  CSV_QUOTE_NOT_CLOSED: "quotes",
  CSV_INVALID_CLOSING_QUOTE: "quotes",
  CSV_NON_TRIMABLE_CHAR_AFTER_CLOSING_QUOTE: "quotes",
  INVALID_OPENING_QUOTE: "quotes",
};

function faultOf(error: unknown, limits: CsvLimits): CsvFault {
  if (error instanceof CsvError) {
    return error.fault;
  }
  const code = error instanceof LibraryError ? CODES[error.code] : undefined;
  if (code === undefined || !(error instanceof LibraryError)) {
    throw error;
  }
  const line = typeof error["lines"] === "number" ? error["lines"] : null;
  return { code, line, about: code === "row-too-long" ? String(limits.rowLength) : "" };
}

import { CsvError } from "./csv-fault.ts";

/** An object on a line of its own: the names of its members, and their values as text. */
export interface JsonLine {
  readonly line: number;
  readonly names: readonly string[];
  readonly cells: readonly string[];
  /** The places of the cells that are lists, as JSON. */
  readonly lists: readonly number[];
}

/** JSON Lines begin with an object, which no heading of a CSV file does. */
export const isJsonLines = (begin: string): boolean => /^\u{feff}?\s*\{/u.test(begin);

/** Reads a file of JSON Lines; blank lines are none. Throws CsvError for what is no object of plain values and lists. */
export async function* jsonLines(text: AsyncIterable<string>): AsyncGenerator<JsonLine, void> {
  let line = 1;
  let open = "";
  for await (const piece of text) {
    const lines = (open + piece).split("\n");
    open = lines.pop() ?? "";
    for (const whole of lines) {
      yield* readLine(whole, line);
      line += 1;
    }
  }
  yield* readLine(open, line);
}

function* readLine(text: string, line: number): Generator<JsonLine, void> {
  const plain = text.replace(/^\u{feff}/u, "").trim();
  if (plain === "") {
    return;
  }
  const members = membersOf(plain);
  const values = members.map(([, value]) => value);
  const cells = values.flatMap((value) => cellOf(value) ?? []);
  if (members.length === 0 || cells.length < members.length) {
    throw new CsvError("json", line);
  }
  const lists = [...cells.keys()].filter((place) => Array.isArray(values[place]));
  yield { line, names: members.map(([name]) => name), cells, lists };
}

/** None for what is no object. */
function membersOf(text: string): [string, unknown][] {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? Object.entries(value) : [];
  } catch {
    return [];
  }
}

/**
 * Null for objects and text that PostgreSQL cannot store: an escape can name what the file itself could not contain. A list is its JSON;
 * what is in it is for the reader of its column to judge.
 */
function cellOf(value: unknown): string | null {
  if (value === null) {
    return "";
  }
  if (Array.isArray(value)) {
    return JSON.stringify(value);
  }
  const text = typeof value === "number" || typeof value === "boolean" ? String(value) : value;
  return typeof text === "string" && text.isWellFormed() && !text.includes("\0") ? text : null;
}

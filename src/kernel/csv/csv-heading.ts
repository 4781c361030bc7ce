import { foldCase, typedWord } from "../typed-text/typed-text.ts";
import type { CsvFault, CsvFaultCode } from "./csv-fault.ts";

/** The index of each column's cell in a row. */
export type CsvHeading<Column extends string> = ReadonlyMap<Column, number>;

/** The columns that a file may have and must have. */
export interface CsvColumns<Column extends string> {
  readonly known: readonly Column[];
  readonly required: readonly Column[];
}

/** Reads the first row. An unknown column is refused, not ignored: its sender expects it to have an effect. */
export function readHeading<Column extends string>(
  cells: readonly string[],
  line: number,
  { known, required }: CsvColumns<Column>,
): { readonly heading: CsvHeading<Column> } | { readonly fault: CsvFault } {
  const all = cells.map(fold);
  // A column without a name is none: sheets are wider than their tables. What stands in it is a fault of its row.
  const names = all.filter((name) => name !== "");
  const unknown = names.filter((name) => !known.some((column) => column === name));
  const twice = names.filter((name, place) => names.indexOf(name) !== place);
  const missing = required.filter((column) => !names.includes(column));
  if (unknown.length > 0) {
    return faultOf("column-unknown", line, unknown);
  }
  if (twice.length > 0) {
    return faultOf("column-twice", line, twice);
  }
  if (missing.length > 0) {
    return faultOf("column-missing", line, missing);
  }
  const columns = known.filter((column) => names.includes(column));
  return { heading: new Map(columns.map((column) => [column, all.indexOf(column)])) };
}

/** `Mobile_Number ` is `mobile number`. */
const fold = (cell: string): string => typedWord(foldCase(typedWord(cell)).replaceAll("_", " "));

const faultOf = (code: CsvFaultCode, line: number, names: readonly string[]) => ({
  fault: { code, line, about: quoteSome(names) },
});

/** A list that fits into one sentence, without control characters. */
const quoteSome = (names: readonly string[]): string =>
  names
    .slice(0, 10)
    .map((name) => `"${name.slice(0, 40).replaceAll(/\p{C}/gu, " ")}"`)
    .join(", ");

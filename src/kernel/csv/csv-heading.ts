import { foldCase, typedWord } from "../typed-text/typed-text.ts";
import type { CsvFault, CsvFaultCode } from "./csv-fault.ts";

/** The index of each column's cell in a row. */
export type CsvHeading<Column extends string> = ReadonlyMap<Column, number>;

/** The columns that a file may have and must have. */
export interface CsvColumns<Column extends string> {
  readonly known: readonly Column[];
  readonly required: readonly Column[];
  /** Other names of a column. */
  readonly aliases?: Readonly<Record<Column, readonly string[]>>;
}

/** Reads the first row. An unknown column is refused, not ignored: its sender expects it to have an effect. */
export function readHeading<Column extends string>(
  cells: readonly string[],
  line: number,
  { known, required, aliases }: CsvColumns<Column>,
): { readonly heading: CsvHeading<Column> } | { readonly fault: CsvFault } {
  const byKey = new Map(
    known.flatMap((column) =>
      [column, ...(aliases?.[column] ?? [])].map((name) => [keyOf(name), column] as const),
    ),
  );
  // A column without a name is none: sheets are wider than their tables. What stands in it is a fault of its row.
  const named = cells
    .map((cell, place) => ({ place, name: fold(cell), column: byKey.get(keyOf(cell)) }))
    .filter(({ name }) => name !== "");
  const columns = named.map(({ column }) => column);
  const namesOf = (found: typeof named) => found.map(({ name }) => name);
  const unknown = namesOf(named.filter(({ column }) => column === undefined));
  const twice = namesOf(named.filter(({ column }, at) => columns.indexOf(column) !== at));
  const missing = required.filter((column) => !columns.includes(column));
  if (unknown.length > 0) {
    return faultOf("column-unknown", line, unknown);
  }
  if (twice.length > 0) {
    return faultOf("column-twice", line, twice);
  }
  if (missing.length > 0) {
    return faultOf("column-missing", line, missing);
  }
  const places = new Map(named.map(({ column, place }) => [column, place]));
  return {
    heading: new Map(
      known.flatMap((column) => {
        const place = places.get(column);
        return place === undefined ? [] : [[column, place] as const];
      }),
    ),
  };
}

/** What a name is known by: `E-Mail-Adresse` and `e-mailadresse` are one, and so are `rôle` and `Role`. */
const keyOf = (name: string): string =>
  foldCase(typedWord(name))
    .normalize("NFD")
    .replaceAll(/[^\p{L}\p{N}]/gu, "");

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

import { stringify } from "csv-stringify/sync";

/** Writes CSV files; a cell that a spreadsheet would run as a formula is made harmless. */

/** Spreadsheets read a file as UTF-8 only with this byte order mark. */
export const CSV_BOM = "\u{feff}";

/** Lines of a CSV file (RFC 4180): every cell quoted, none a formula. Only this file uses csv-stringify. */
export const csvLines = (rows: readonly (readonly string[])[]): string =>
  stringify([...rows], {
    cast: { string: formulaSafeCell },
    quoted: true,
    quoted_empty: true,
    record_delimiter: "windows",
  });

/**
 * Prevents CSV injection (CWE-1236): a spreadsheet runs a cell that starts with `=`, or with its full-width form, as a formula. The
 * library's own escape misses a formula after a line break.
 */
function formulaSafeCell(text: string): string {
  return /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/.test(text) ? `'${text}` : text;
}

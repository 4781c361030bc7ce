import { stringify } from "csv-stringify/sync";

/** What a spreadsheet needs to read the file as UTF-8. */
export const CSV_BOM = "\u{feff}";

/** Lines of a CSV file (RFC 4180): every cell in quotation marks, none a formula. The only file that knows csv-stringify. */
export const csvLines = (rows: readonly (readonly string[])[]): string =>
  stringify([...rows], {
    cast: { string: formulaSafeCell },
    quoted: true,
    quoted_empty: true,
    record_delimiter: "windows",
  });

/**
 * A cell that no spreadsheet takes for a formula (CWE-1236, OWASP CSV injection): a name that begins with `=`, or with its
 * full-width form, would otherwise run when the file is opened. The library's own escape lets one behind a line break through.
 */
function formulaSafeCell(text: string): string {
  return /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/.test(text) ? `'${text}` : text;
}

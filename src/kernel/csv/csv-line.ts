import { formulaSafeCell } from "./formula-safe-cell.ts";

/** What a spreadsheet needs to read the file as UTF-8. */
export const CSV_BOM = "\u{feff}";

/** A line of a CSV file (RFC 4180): every cell in quotation marks, none a formula. */
export const csvLine = (cells: readonly string[]): string =>
  `${cells.map((cell) => `"${formulaSafeCell(cell).replaceAll('"', '""')}"`).join(",")}\r\n`;

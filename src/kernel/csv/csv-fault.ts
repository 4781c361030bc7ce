export type CsvFaultCode =
  /** The file cannot be a CSV file at all. */
  | "zip"
  | "utf-16"
  | "binary"
  | "encoding"
  | "empty"
  /** More than anybody needs; a file made to fill the memory ends here. */
  | "too-many-bytes"
  | "too-many-rows"
  | "too-many-columns"
  | "row-too-long"
  /** A quotation mark that is not closed, or that something follows. */
  | "quotes"
  /** The heading. */
  | "column-unknown"
  | "column-twice"
  | "column-missing";

/** What makes a whole file unusable. */
export interface CsvFault {
  readonly code: CsvFaultCode;
  /** Counted from 1, as a text editor does; null where the fault has no line. */
  readonly line: number | null;
  /** The columns in question, or the number that was exceeded. */
  readonly about: string;
}

/** Ends the reading wherever it is; leaves this folder as the value that it carries. */
export class CsvError extends Error {
  readonly fault: CsvFault;

  constructor(code: CsvFaultCode, line: number | null = null, about = "") {
    super(code);
    this.fault = { code, line, about };
  }
}

export type CsvFaultCode =
  /** Not a CSV file. */
  | "zip"
  | "binary"
  | "encoding"
  | "empty"
  /** Over a limit that no real file reaches; protects against files made to exhaust memory. */
  | "too-many-bytes"
  | "too-many-rows"
  | "too-many-columns"
  | "row-too-long"
  /** A quotation mark that is not closed, or that is followed by more text. */
  | "quotes"
  /** A line of JSON Lines that is no object, or has more in it than plain values. */
  | "json"
  /** Faults of the heading. */
  | "column-unknown"
  | "column-twice"
  | "column-missing";

/** Why a file cannot be used. */
export interface CsvFault {
  readonly code: CsvFaultCode;
  /** Counted from 1; null when the fault has no line. */
  readonly line: number | null;
  /** The columns in question, or the number that was exceeded. */
  readonly about: string;
}

/** Stops reading at any depth. `readCsv` catches it and returns its fault. */
export class CsvError extends Error {
  readonly fault: CsvFault;

  constructor(code: CsvFaultCode, line: number | null = null, about = "") {
    super(code);
    this.fault = { code, line, about };
  }
}

import type { CsvFault } from "../../kernel/csv/csv-fault.ts";
import type { Role } from "../access/role.ts";

/**
 * Users that come as a file. `UserImporter` reads and applies it, `user-import-row.ts` judges a row, and
 * `import-invitations.ts` invites whoever was added. Nothing is added before somebody has seen the verdicts.
 */
export const IMPORT_COLUMNS = ["username", "name", "mail", "mobile number", "language", "role"] as const;
export type ImportColumn = (typeof IMPORT_COLUMNS)[number];

/** What is wrong with a row. */
export const ROW_FAULTS = [
  "cells-too-many",
  "username-invalid",
  "username-repeated",
  "username-taken",
  "name-invalid",
  "mail-invalid",
  "number-invalid",
  "number-country",
  "number-not-mobile",
  "language-unknown",
  "role-unknown",
  "role-above",
] as const;
type RowFaultCode = (typeof ROW_FAULTS)[number];

export interface RowFault {
  readonly code: RowFaultCode;
  /** The line that has the username first, where it is repeated. */
  readonly about: string;
}

/** A row as it waits to be applied. */
export interface ImportRow {
  readonly line: number;
  readonly id: string;
  readonly username: string;
  readonly usernameKey: string;
  readonly name: string;
  readonly mail: string | null;
  /** E.164 */
  readonly number: string | null;
  readonly role: Role;
  readonly language: string | null;
  readonly faults: readonly RowFaultCode[];
}

/**
 * reading · refused: the file as a whole, see `fault` · checked: every row has its verdict · applied · dropped: by
 * somebody, or because another file came.
 */
export interface ImportRun {
  readonly id: string;
  readonly officeId: string;
  readonly actor: string;
  readonly state: "reading" | "refused" | "checked" | "applied" | "dropped";
  readonly fault: CsvFault | null;
  /** Rows read so far. */
  readonly rows: number;
  readonly bad: number;
  /** How far the application has come; nobody is there before the state is "applied". */
  readonly added: number;
  readonly invites: boolean;
  readonly invited: number;
  readonly madeAt: Date;
  /** Of the last progress. */
  readonly movedAt: Date;
}

/** More than any office has; a file over a limit is refused before it is read to its end. */
export const IMPORT_LIMITS = { bytes: 32_000_000, rows: 100_000, columns: 40, rowLength: 4_000 } as const;

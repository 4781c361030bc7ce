import { databaseFault } from "../database/database-fault.ts";
import { SQLSTATE } from "../database/sqlstate.ts";
import { codeOf, PageError, type ErrorKind } from "../../kernel/errors.ts";

/** The kind of error page for any error. */
export function kindOfError(error: unknown): ErrorKind {
  if (error instanceof PageError) {
    return error.kind;
  }
  if (databaseFault(error) !== null) {
    return "unavailable";
  }
  if (UNSTORABLE_TEXT.has(codeOf(error) ?? "")) {
    return "request";
  }
  // Errors of Koa and its parsers have a status, such as 400 for a malformed percent-encoding in the URL.
  const status = error instanceof Error && "status" in error ? error.status : 500;
  if (status === 413) {
    return "too-large";
  }
  return typeof status === "number" && status >= 400 && status < 500 ? "request" : "internal";
}

/** The request contained text that PostgreSQL cannot store, such as NUL. */
const UNSTORABLE_TEXT = new Set<string>([
  SQLSTATE.CHARACTER_NOT_IN_REPERTOIRE,
  SQLSTATE.UNTRANSLATABLE_CHARACTER,
]);

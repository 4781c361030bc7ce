import { databaseFault } from "../database/database-fault.ts";
import { SQLSTATE } from "../database/sqlstate.ts";
import { codeOf, PageError, type ErrorKind } from "../../kernel/errors.ts";

/** The page that an error leads to. */
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
  // http-errors of Koa and its parsers, such as a malformed percent sign in the address.
  const status = error instanceof Error && "status" in error ? error.status : 500;
  if (status === 413) {
    return "too-large";
  }
  return typeof status === "number" && status >= 400 && status < 500 ? "request" : "internal";
}

/** Text that PostgreSQL does not keep, such as the character NUL; it came with the request. */
const UNSTORABLE_TEXT = new Set<string>([
  SQLSTATE.CHARACTER_NOT_IN_REPERTOIRE,
  SQLSTATE.UNTRANSLATABLE_CHARACTER,
]);

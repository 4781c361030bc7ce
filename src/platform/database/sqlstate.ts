/**
 * The SQLSTATEs that pieces of work expect and answer themselves, by their names in PostgreSQL's list of error codes. What any
 * other says of the database stands in database-fault.ts.
 */
export const SQLSTATE = {
  PROTOCOL_VIOLATION: "08P01",
  CHARACTER_NOT_IN_REPERTOIRE: "22021",
  INVALID_PARAMETER_VALUE: "22023",
  UNTRANSLATABLE_CHARACTER: "22P05",
  UNIQUE_VIOLATION: "23505",
  READ_ONLY_TRANSACTION: "25006",
  INVALID_AUTHORIZATION: "28000",
  INSUFFICIENT_PRIVILEGE: "42501",
  DUPLICATE_OBJECT: "42710",
  INTERNAL_ERROR: "XX000",
} as const;

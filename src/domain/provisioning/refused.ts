import { codeOf } from "../../kernel/errors.ts";
import { SQLSTATE } from "../../platform/database/sqlstate.ts";

/** `taken`: another user has the username or the external id. `last`: the office would have no active superuser. */
export type Refused = { readonly type: "taken" | "last" | "not-permitted" };

/** Rolls the transaction back. */
export class Undone extends Error {
  readonly type: "unknown" | "conflict" | Refused["type"];

  constructor(type: Undone["type"]) {
    super(type);
    this.type = type;
  }
}

/** What an error of the database says of two users with one name. */
export function takenOr(error: unknown): Refused {
  if (codeOf(error) === SQLSTATE.UNIQUE_VIOLATION) {
    return { type: "taken" };
  }
  throw error;
}

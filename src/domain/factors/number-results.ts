/** Who changes a mobile number, and what comes of it; `number-moves.ts` has the rules, `number-service.ts` the changes. */

import type { Visitor } from "../../kernel/visitor.ts";
import type { Secret } from "../../kernel/secret.ts";

/** Who changes another user's number, and why. */
export interface NumberChange {
  /** A user's id, or `command line`. */
  readonly actor: string;
  readonly reason: string | null;
  readonly visitor?: Visitor;
}

/** `refused`: the table of moves does not allow it now. `own`: an administrator cannot do this to their own number. */
export type Refused = { readonly type: "refused" } | { readonly type: "own" };

/** `codesEnded`: recovery codes that ended with the last factor. */
export type SetResult =
  { readonly type: "set"; readonly codesEnded: number } | { readonly type: "unchanged" } | Refused;
/** `enrolmentCode`: set where the last factor was removed; shown once, to be given to the user. */
export type RemoveResult =
  { readonly type: "removed"; readonly enrolmentCode: Secret | null; readonly codesEnded: number } | Refused;
export type ApproveResult = { readonly type: "approved"; readonly number: string } | Refused;
export type RequestResult =
  | { readonly type: "requested" }
  | { readonly type: "same" }
  | { readonly type: "refused" }
  /** After "this was not me". */
  | { readonly type: "held"; readonly until: Date };

/**
 * How the mobile number of a user may change: one table of moves with the proof that each needs. A move that is not in
 * the table is refused. A confirmed number is a factor; no move changes it with the password alone. `sms-code-check.ts` makes the moves that a code
 * proves, `number-service.ts` the others, and `number-notices.ts` notifies the user of each.
 */

/** `pending`: confirmed, with a change that waits for the office's approval. */
export const NUMBER_STATES = ["none", "unconfirmed", "confirmed", "pending"] as const;
export type NumberMoveState = (typeof NUMBER_STATES)[number];

export const NUMBER_MOVES = ["enter", "confirm", "request", "approve", "cancel", "remove"] as const;
export type NumberMove = (typeof NUMBER_MOVES)[number];

export const NUMBER_PROOFS = [
  /** The password alone. */
  "password",
  /** The password, and the code that was sent to the number itself, while the user may enrol. */
  "code",
  /** The same, after a recovery code or another factor. */
  "factor-and-code",
  /** Another user of the same office, with permission. */
  "administrator",
  /** The link "this was not me" in a notice. */
  "link",
] as const;
export type NumberProof = (typeof NUMBER_PROOFS)[number];

export interface NumberMoveRow {
  readonly from: NumberMoveState;
  readonly move: NumberMove;
  readonly to: NumberMoveState;
  readonly proofs: readonly NumberProof[];
}

const ADMINISTRATOR = ["administrator"] as const;

export const numberMoves: readonly NumberMoveRow[] = [
  { from: "none", move: "enter", to: "unconfirmed", proofs: ADMINISTRATOR },
  { from: "none", move: "confirm", to: "confirmed", proofs: ["code", "factor-and-code"] },

  { from: "unconfirmed", move: "enter", to: "unconfirmed", proofs: ADMINISTRATOR },
  { from: "unconfirmed", move: "confirm", to: "confirmed", proofs: ["code", "factor-and-code"] },
  { from: "unconfirmed", move: "remove", to: "none", proofs: ADMINISTRATOR },

  { from: "confirmed", move: "enter", to: "unconfirmed", proofs: ADMINISTRATOR },
  { from: "confirmed", move: "confirm", to: "confirmed", proofs: ["factor-and-code"] },
  { from: "confirmed", move: "request", to: "pending", proofs: ["password"] },
  { from: "confirmed", move: "remove", to: "none", proofs: ADMINISTRATOR },

  { from: "pending", move: "enter", to: "unconfirmed", proofs: ADMINISTRATOR },
  { from: "pending", move: "confirm", to: "confirmed", proofs: ["factor-and-code"] },
  { from: "pending", move: "approve", to: "confirmed", proofs: ADMINISTRATOR },
  { from: "pending", move: "cancel", to: "confirmed", proofs: ["administrator", "link"] },
  { from: "pending", move: "remove", to: "none", proofs: ADMINISTRATOR },
];

/** The state after a move; null when it is not allowed, or not with this proof. */
export function moved(from: NumberMoveState, move: NumberMove, proof: NumberProof): NumberMoveState | null {
  const row = numberMoves.find((candidate) => candidate.from === from && candidate.move === move);
  return row?.proofs.includes(proof) === true ? row.to : null;
}

import type { Queryable, Statement } from "../../platform/database/database.ts";
import type { UserRef } from "../users/user-ref.ts";
import type { NumberMoveState } from "./number-moves.ts";

export type NumberState = "none" | "unconfirmed" | "confirmed";

export type NoticeChannel = "mail" | "phone";

/** A user's stored mobile number; numbers in E.164. */
export interface MobileNumber {
  readonly number: string;
  readonly state: "unconfirmed" | "confirmed";
  readonly enteredBy: "user" | "administrator";
  readonly pendingNumber: string | null;
  /** The channels on which the user was notified of the pending change. */
  readonly pendingNotified: readonly NoticeChannel[];
  /** After "this was not me": until then no change can be requested with the password alone. */
  readonly requestsHeldUntil: Date | null;
}

interface Row {
  readonly number: string;
  readonly state: MobileNumber["state"];
  readonly entered_by: MobileNumber["enteredBy"];
  readonly pending_number: string | null;
  readonly pending_told: readonly NoticeChannel[];
  readonly requests_held_until: Date | null;
}

const COLUMNS = "number, state, entered_by, pending_number";

const statements = {
  find: {
    name: "number_find",
    text: `select ${COLUMNS}, pending_told, requests_held_until from mobile_numbers
           where home = $home and user_id = $1`,
  },
  // Locks the user's row, because the number's row may not exist yet; foreign keys to it are not blocked.
  lock: {
    name: "number_lock",
    text: "select id from users where home = $home and id = $1 for no key update",
  },
  put: {
    name: "number_put",
    text: `insert into mobile_numbers (home, office_id, user_id, ${COLUMNS}, changed_at)
           values ($home, $1, $2, $3, $4, $5, null, $6)
           on conflict (home, user_id) do update set number = excluded.number, state = excluded.state,
             entered_by = excluded.entered_by, changed_at = excluded.changed_at, pending_number = null, pending_at = null,
             pending_told = '{}', requests_held_until = null`,
  },
  request: {
    name: "number_request",
    text: `update mobile_numbers set pending_number = $2, pending_at = $3, pending_told = '{}'
           where home = $home and user_id = $1 and state = 'confirmed' and pending_number is null returning user_id`,
  },
  cancel: {
    name: "number_cancel",
    text: "update mobile_numbers set pending_number = null, pending_at = null where home = $home and user_id = $1",
  },
  cancelPending: {
    name: "number_cancel_pending",
    text: `with pending as (
             select user_id, pending_number from mobile_numbers
             where home = $home and user_id = $1 and pending_number is not null)
           update mobile_numbers m set pending_number = null, pending_at = null
           from pending p where m.home = $home and m.user_id = p.user_id
           returning m.number, p.pending_number as "pendingNumber"`,
  },
  keepNotified: {
    name: "number_keep_notified",
    text: "update mobile_numbers set pending_told = $2 where home = $home and user_id = $1",
  },
  hold: {
    name: "number_hold_requests",
    text: "update mobile_numbers set requests_held_until = $2 where home = $home and user_id = $1",
  },
  remove: { name: "number_remove", text: "delete from mobile_numbers where home = $home and user_id = $1" },
} as const satisfies Record<string, Statement>;

/** Mobile numbers. Every change takes the lock first, so that two changes at the same time run one after the other. */
export class NumberStore {
  async find(tx: Queryable, { id }: UserRef): Promise<MobileNumber | null> {
    const [row] = await tx.query<Row>(statements.find, [id]);
    return row === undefined
      ? null
      : {
          number: row.number,
          state: row.state,
          enteredBy: row.entered_by,
          pendingNumber: row.pending_number,
          pendingNotified: row.pending_told,
          requestsHeldUntil: row.requests_held_until,
        };
  }

  /** Blocks every other change of this user's number until the transaction ends. */
  async findLocked(tx: Queryable, user: UserRef): Promise<MobileNumber | null> {
    await tx.query(statements.lock, [user.id]);
    return this.find(tx, user);
  }

  /** Stores a number and drops a pending change. */
  async put(
    tx: Queryable,
    { id, officeId }: UserRef,
    number: Pick<MobileNumber, "number" | "state" | "enteredBy"> & { readonly at: Date },
  ): Promise<void> {
    const { number: e164, state, enteredBy, at } = number;
    await tx.query(statements.put, [officeId, id, e164, state, enteredBy, at]);
  }

  /** Returns false when another change is already pending. */
  async request(tx: Queryable, { id }: UserRef, pending: { number: string; at: Date }): Promise<boolean> {
    return (await tx.query(statements.request, [id, pending.number, pending.at])).length === 1;
  }

  async cancel(tx: Queryable, { id }: UserRef): Promise<void> {
    await tx.query(statements.cancel, [id]);
  }

  /** The same where it is not known whether a change is pending: returns the numbers, or null when none is. */
  async cancelPending(
    tx: Queryable,
    { id }: UserRef,
  ): Promise<{ readonly number: string; readonly pendingNumber: string } | null> {
    type Cancelled = { readonly number: string; readonly pendingNumber: string };
    return (await tx.query<Cancelled>(statements.cancelPending, [id]))[0] ?? null;
  }

  /** Stores the channels on which the user was notified of the pending change, for the page that shows them. */
  async keepNotified(tx: Queryable, { id }: UserRef, channels: readonly NoticeChannel[]): Promise<void> {
    await tx.query(statements.keepNotified, [id, channels]);
  }

  async holdRequests(tx: Queryable, { id }: UserRef, until: Date): Promise<void> {
    await tx.query(statements.hold, [id, until]);
  }

  async remove(tx: Queryable, { id }: UserRef): Promise<void> {
    await tx.query(statements.remove, [id]);
  }
}

/** The state of a stored number in the table of moves. */
export function moveStateOf(number: MobileNumber | null): NumberMoveState {
  if (number === null) {
    return "none";
  }
  return number.pendingNumber === null ? number.state : "pending";
}

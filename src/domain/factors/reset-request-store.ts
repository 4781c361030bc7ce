import type { Database, Queryable, Statement } from "../../platform/database/database.ts";

/** A reset that one member of support has requested. */
export interface ResetRequest {
  readonly id: string;
  readonly userId: string;
  readonly reason: string;
  readonly requestedBy: string;
}

/** A waiting request, for the list of those who may approve it. */
export interface WaitingReset {
  readonly id: string;
  readonly officeCode: string;
  readonly username: string;
  readonly name: string;
  readonly reason: string;
  readonly requestedBy: string;
  readonly requestedAt: Date;
  readonly endsAt: Date;
}

const COLUMNS = `id, user_id as "userId", reason, requested_by as "requestedBy"`;

const statements = {
  // One request waits per user; the next one replaces a request that has expired.
  add: {
    name: "reset_request_add",
    text: `insert into approval_requests (id, office_id, user_id, action, reason, requested_by, requested_at, ends_at)
           values ($1, $2, $3, 'reset', $4, $5, $6, $7)
           on conflict (user_id) where state = 'open' do update set id = excluded.id, reason = excluded.reason,
             requested_by = excluded.requested_by, requested_at = excluded.requested_at, ends_at = excluded.ends_at
             where approval_requests.ends_at <= excluded.requested_at
           returning id`,
  },
  find: {
    name: "reset_request_find",
    text: `select ${COLUMNS} from approval_requests where id = $1 and state = 'open'`,
  },
  // The one statement that spends a request, and never for the member of support who made it.
  approve: {
    name: "reset_request_approve",
    text: `update approval_requests set state = 'approved', decided_by = $3, decided_at = $2
           where id = $1 and state = 'open' and ends_at > $2 and requested_by <> $3 returning ${COLUMNS}`,
  },
  cancel: {
    name: "reset_request_cancel",
    text: `update approval_requests set state = 'cancelled', decided_by = $3, decided_at = $2
           where id = $1 and state = 'open' returning ${COLUMNS}`,
  },
  waiting: {
    name: "reset_requests_waiting",
    text: `select id, office_code as "officeCode", username, name, reason, requested_by as "requestedBy",
             requested_at as "requestedAt", ends_at as "endsAt" from find_waiting_approvals($1)`,
  },
} as const satisfies Record<string, Statement>;

type Decision = (tx: Queryable, id: string, by: { id: string; at: Date }) => Promise<ResetRequest | null>;

/** Requests for a reset, stored in the office of the user to reset. */
export class ResetRequestStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Returns false when a request for this user already waits. */
  async add(
    tx: Queryable,
    request: ResetRequest & { readonly officeId: string; readonly at: Date; readonly endsAt: Date },
  ): Promise<boolean> {
    const { id, officeId, userId, reason, requestedBy, at, endsAt } = request;
    const values = [id, officeId, userId, reason, requestedBy, at, endsAt];
    return (await tx.query(statements.add, values)).length === 1;
  }

  /** A request that is not decided; `approve` checks its age. */
  async find(tx: Queryable, id: string): Promise<ResetRequest | null> {
    return (await tx.query<ResetRequest>(statements.find, [id]))[0] ?? null;
  }

  /** Null when it is already decided, has expired, or is the actor's own. */
  readonly approve: Decision = async (tx, id, by) =>
    (await tx.query<ResetRequest>(statements.approve, [id, by.at, by.id]))[0] ?? null;

  /** Null when it is already decided. */
  readonly cancel: Decision = async (tx, id, by) =>
    (await tx.query<ResetRequest>(statements.cancel, [id, by.at, by.id]))[0] ?? null;

  /** What can be approved now, in all offices, the oldest first; at most a hundred. For support only. */
  waiting(now: Date): Promise<WaitingReset[]> {
    return this.#database.query<WaitingReset>(statements.waiting, [now]);
  }
}

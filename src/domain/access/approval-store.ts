import type { Database, Queryable, Statement } from "../../platform/database/database.ts";
import type { Role } from "./role.ts";

/** What two people decide together. */
export type ApprovalAction = "reset" | "role" | "enable" | "delete";

/** `role`: the role to give; null for every other action. */
export interface ApprovalRequest {
  readonly id: string;
  readonly userId: string;
  readonly action: ApprovalAction;
  readonly role: Role | null;
  readonly reason: string;
  readonly requestedBy: string;
}

/** A request, and when it was made. */
export interface AskedApproval extends ApprovalRequest {
  readonly requestedAt: Date;
}

/** One that is decided; `decidedBy`: null for a program. */
export interface DecidedApproval extends ApprovalRequest {
  readonly state: "approved" | "cancelled";
  readonly decidedBy: string | null;
}

/** A waiting request, for those who may approve it. */
export interface WaitingApproval extends AskedApproval {
  readonly officeId: string;
  readonly officeCode: string;
  readonly username: string;
  readonly name: string;
  readonly endsAt: Date;
}

/** Where a page of what waits begins: after this one. */
export interface ApprovalPlace {
  readonly requestedAt: Date;
  readonly id: string;
}

export const FIRST_APPROVAL: ApprovalPlace = {
  requestedAt: new Date(0),
  id: "00000000-0000-0000-0000-000000000000",
};

const COLUMNS = `id, user_id as "userId", action, role, reason, requested_by as "requestedBy", requested_at as "requestedAt"`;

const WAITING_COLUMNS = `${COLUMNS}, office_id as "officeId", office_code as "officeCode", username, name, ends_at as "endsAt"`;
const WAITING_OF_OFFICE = `select r.id, r.user_id as "userId", r.action, r.role, r.reason, r.requested_by as "requestedBy",
             o.id as "officeId", o.code as "officeCode", u.username, u.name, r.requested_at as "requestedAt", r.ends_at as "endsAt"
           from approval_requests r join users u on u.home = r.home and u.id = r.user_id join offices o on o.id = r.office_id
           where r.home = $home and r.state = 'open' and r.ends_at > $1`;

const statements = {
  // One request waits per user; the next one replaces a request that has expired.
  add: {
    name: "approval_add",
    text: `insert into approval_requests (home, id, office_id, user_id, action, role, reason, requested_by, requested_at, ends_at)
           values ($home, $1, $2, $3, $4, $5, $6, $7, $8, $9)
           on conflict (home, user_id) where state = 'open' do update set id = excluded.id, action = excluded.action,
             role = excluded.role, reason = excluded.reason, requested_by = excluded.requested_by,
             requested_at = excluded.requested_at, ends_at = excluded.ends_at
             where approval_requests.ends_at <= excluded.requested_at
           returning id`,
  },
  find: {
    name: "approval_find",
    text: `select ${COLUMNS} from approval_requests where home = $home and id = $1 and state = 'open'`,
  },
  findDecision: {
    name: "approval_find_decision",
    text: `select ${COLUMNS}, state, decided_by as "decidedBy" from approval_requests
           where home = $home and id = $1 and state <> 'open'`,
  },
  findWaitingFor: {
    name: "approval_find_waiting_for",
    text: `select ${COLUMNS} from approval_requests
           where home = $home and user_id = $1 and state = 'open' and ends_at > $2`,
  },
  // The one statement that spends a request, and never for the member of support who made it.
  approve: {
    name: "approval_approve",
    text: `update approval_requests set state = 'approved', decided_by = $3, decided_at = $2
           where home = $home and id = $1 and state = 'open' and ends_at > $2 and requested_by <> $3 returning ${COLUMNS}`,
  },
  cancel: {
    name: "approval_cancel",
    text: `update approval_requests set state = 'cancelled', decided_by = $3, decided_at = $2
           where home = $home and id = $1 and state = 'open' returning ${COLUMNS}`,
  },
  waitingAfter: {
    name: "approvals_waiting_after",
    text: `select ${WAITING_COLUMNS} from waiting_approvals_after($1, $2, $3, $4)`,
  },
  waitingOfOffice: {
    name: "approvals_waiting_of_office",
    text: `${WAITING_OF_OFFICE} and (r.requested_at, r.id) > ($2, $3) order by r.requested_at, r.id limit $4`,
  },
  waitingOne: { name: "approval_waiting_one", text: `${WAITING_OF_OFFICE} and r.id = $2` },
  waitingOfUser: { name: "approval_waiting_of_user", text: `${WAITING_OF_OFFICE} and r.user_id = $2` },
} as const satisfies Record<string, Statement>;

type Decision<Id> = (tx: Queryable, id: string, by: { id: Id; at: Date }) => Promise<AskedApproval | null>;

/** Requests for a change that takes two people, stored in the office of the user to change. */
export class ApprovalStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Returns false when a request for this user already waits. */
  async add(
    tx: Queryable,
    request: ApprovalRequest & { readonly officeId: string; readonly at: Date; readonly endsAt: Date },
  ): Promise<boolean> {
    const { id, officeId, userId, action, role, reason, requestedBy, at, endsAt } = request;
    const values = [id, officeId, userId, action, role, reason, requestedBy, at, endsAt];
    return (await tx.query(statements.add, values)).length === 1;
  }

  /** A request that is not decided; `approve` checks its age. */
  async find(tx: Queryable, id: string): Promise<ApprovalRequest | null> {
    return (await tx.query<ApprovalRequest>(statements.find, [id]))[0] ?? null;
  }

  /** A request that is decided, how, and by whom; null for any other. */
  async findDecision(tx: Queryable, id: string): Promise<DecidedApproval | null> {
    return (await tx.query<DecidedApproval>(statements.findDecision, [id]))[0] ?? null;
  }

  /** The request that waits for this user; null when there is none. */
  async findWaitingFor(tx: Queryable, userId: string, at: Date): Promise<AskedApproval | null> {
    return (await tx.query<AskedApproval>(statements.findWaitingFor, [userId, at]))[0] ?? null;
  }

  /** Null when it is already decided, has expired, or is the actor's own. */
  readonly approve: Decision<string> = async (tx, id, by) =>
    (await tx.query<AskedApproval>(statements.approve, [id, by.at, by.id]))[0] ?? null;

  /** `id`: of a user; null for a program, which the audit log names. Null when it is already decided. */
  readonly cancel: Decision<string | null> = async (tx, id, by) =>
    (await tx.query<AskedApproval>(statements.cancel, [id, by.at, by.id]))[0] ?? null;

  /** The oldest `limit` after a place, of one office or, for support alone, of all. */
  waitingAfter(
    officeId: string | null,
    { after, limit, now }: { readonly after: ApprovalPlace; readonly limit: number; readonly now: Date },
  ): Promise<WaitingApproval[]> {
    const values = [now, after.requestedAt, after.id, limit];
    return officeId === null
      ? this.#database.query<WaitingApproval>(statements.waitingAfter, values)
      : this.#database.inOffice(officeId, (tx) =>
          tx.query<WaitingApproval>(statements.waitingOfOffice, values),
        );
  }

  /** One of an office, by its id or by its user; null where it does not wait. */
  async findWaiting(
    officeId: string,
    {
      id,
      userId,
    }: { readonly id: string; readonly userId?: never } | { readonly id?: never; readonly userId: string },
    now: Date,
  ): Promise<WaitingApproval | null> {
    const statement = id === undefined ? statements.waitingOfUser : statements.waitingOne;
    const work = (tx: Queryable) => tx.query<WaitingApproval>(statement, [now, id ?? userId]);
    return (await this.#database.inOffice(officeId, work))[0] ?? null;
  }
}

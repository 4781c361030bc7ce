import type { Database, Queryable, Statement } from "../../platform/database/database.ts";
import type { ImportRun } from "./user-import-model.ts";
import type { User } from "./user.ts";
import type { Role } from "../access/role.ts";
import { BEGINS } from "./user-effects.ts";
import { USER_COLUMNS } from "./user-statements.ts";

/** The users that a batch added. */
export interface AddedUser {
  readonly id: string;
  readonly role: Role;
  readonly hasNumber: boolean;
  readonly hasApp: boolean;
  readonly isNumberConfirmed: boolean;
}

/** The slowest hash of a kind that a run brings. */
interface SlowestHash {
  readonly kind: string;
  readonly hash: string;
  readonly milliseconds: number;
}

interface BatchRow extends AddedUser {
  readonly line: number;
  /** Of the batch as a whole. */
  readonly areAdded: boolean;
}

const statements = {
  // One process applies a run; a second one finds it applied, or in progress.
  lock: {
    name: "import_lock",
    text: "select pg_try_advisory_xact_lock(hashtextextended('vestibule import ' || $1, 0)) as locked",
  },
  // Foreign keys are checked with plans that a session caches. A plan from when the table was small scans all of it for every
  // row, so that a hundred thousand rows took hours; after this, new plans use the index.
  byIndex: { name: "import_by_index", text: "select set_config('enable_seqscan', 'off', true)" },
  forgetPlans: { name: "import_forget_plans", text: "discard plans" },
  // Subject, user and number of each row in one statement. Nothing is joined: rows that were stored a moment ago are not
  // analysed, and a join would be planned for one row.
  add: {
    name: "import_add",
    text: `
      with batch as materialized (
        select * from import_rows where home = $home and run_id = $1 and line > $2 order by line limit $3),
      subject as (
        insert into subjects (home, id, office_id) select home, id, office_id from batch),
      added as (
        insert into users (home, id, office_id, username, username_key, name, mail, mail_proved, mail_proved_at, role, language,
          password_hash, password_changed_at, valid_from, created_at, changed_at)
        select home, id, office_id, username, username_key, name, mail, case when $6 then mail end,
          case when $6 and mail is not null then $5::timestamptz end, role, language, coalesce(password_hash, $4), $5,
          date_trunc('second', $5::timestamptz), $5, $5 from batch
        on conflict (home, office_id, username_key) do nothing returning home, id, office_id, mail), ${BEGINS},
      counted as materialized (select (select count(*) from added) = (select count(*) from batch) as all_added),
      numbered as (
        insert into mobile_numbers (home, office_id, user_id, number, state, entered_by, changed_at)
        select home, office_id, id, number, case when number_confirmed then 'confirmed' else 'unconfirmed' end,
          'administrator', $5 from batch
        where number is not null and (select all_added from counted)),
      enrolled as (
        insert into factors (home, office_id, user_id, kind, sealed_secret, code_digits, confirmed_at)
        select home, office_id, id, kind, case kind when 'totp' then sealed_app end,
          case kind when 'totp' then app_digits else 6 end, $5
        from batch cross join unnest(array['totp', 'sms']) kind
        where case kind when 'totp' then sealed_app is not null else number_confirmed end
          and (select all_added from counted))
      select line, id, role, number is not null as "hasNumber", sealed_app is not null as "hasApp",
        number_confirmed as "isNumberConfirmed", (select all_added from counted) as "areAdded"
      from batch order by line`,
  },
  // Of each kind the slowest, whose cost is that of a wrong password from now on.
  slowest: {
    name: "import_slowest",
    text: `select distinct on (hash_kind) hash_kind as kind, password_hash as hash, hash_milliseconds as milliseconds
           from import_rows where home = $home and run_id = $1 and password_hash is not null
           order by hash_kind, hash_milliseconds desc`,
  },
  // They are where they belong; the rows stay for the verdicts and the invitations.
  forgetSecrets: {
    name: "import_forget_secrets",
    text: `update import_rows set password_hash = null, sealed_app = null
           where home = $home and run_id = $1 and (password_hash is not null or sealed_app is not null)`,
  },
  // Outside the application's transaction, so that the progress is visible.
  reportProgress: {
    name: "import_report_progress",
    text: `update import_runs set added = $2, moved_at = $3 where home = $home and id = $1 and state = 'checked'`,
  },
  // The one statement that spends a run. No row: it was applied or dropped in the meantime.
  spend: {
    name: "import_spend",
    text: `update import_runs set state = 'applied', added = $2, invites = $3, moved_at = $4
           where home = $home and id = $1 and state = 'checked' and bad = 0 and rows = $2 returning id`,
  },
  turn: {
    name: "import_invite_turn",
    text: `update import_runs set invite_turn = invite_turn + 1, moved_at = $3
           where home = $home and id = $1 and invite_turn = $2 and state = 'applied' and invites returning id`,
  },
  // A user who has chosen a password in the meantime, or has brought one, needs no invitation.
  invite: {
    name: "import_invite",
    text: `
      with chosen as (
        update import_rows set invited_at = $2 where home = $home and run_id = $1 and line in (
          select line from import_rows where home = $home and run_id = $1 and invited_at is null and mail is not null
            and hash_kind is null order by line limit $3)
        returning id)
      select c.id, u.id is not null as "isThere", u.office_id as "officeId", ${USER_COLUMNS}
      from chosen c left join users u on u.home = $home and u.id = c.id and u.password_changed_at = u.created_at`,
  },
  inviting: {
    name: "import_inviting",
    text: `select from import_rows w join import_runs r on r.home = w.home and r.id = w.run_id
           where w.home = $home and r.id = $1 and r.state = 'applied' and r.invites and w.invited_at is null and w.mail is not null
             and w.hash_kind is null limit 1`,
  },
  invited: {
    name: "import_invited",
    text: "update import_runs set invited = invited + $2 where home = $home and id = $1",
  },
} as const satisfies Record<string, Statement>;

/** Adds users from the rows of a run, and invites them. Transactions belong to the office. */
export class UserImportApplyStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Returns false while another process applies the run. */
  async lock(tx: Queryable, id: string): Promise<boolean> {
    const [row] = await tx.query<{ locked: boolean }>(statements.lock, [id]);
    return row?.locked === true;
  }

  /** Call before the first batch of a transaction. */
  async prepare(tx: Queryable): Promise<void> {
    await tx.query(statements.byIndex);
    await tx.query(statements.forgetPlans);
  }

  /** Adds the rows after a line, at most `limit`. Null when a username is taken by now: roll back. */
  async add(
    tx: Queryable,
    run: Pick<ImportRun, "id">,
    batch: { after: number; limit: number; passwordHash: string; areMailsProved: boolean; at: Date },
  ): Promise<{ readonly users: readonly AddedUser[]; readonly last: number } | null> {
    const { after, limit, passwordHash, areMailsProved, at } = batch;
    const values = [run.id, after, limit, passwordHash, at, areMailsProved];
    const rows = await tx.query<BatchRow>(statements.add, values);
    return rows.every(({ areAdded }) => areAdded) ? { users: rows, last: rows.at(-1)?.line ?? after } : null;
  }

  async slowestHashes(tx: Queryable, id: string): Promise<SlowestHash[]> {
    return tx.query<SlowestHash>(statements.slowest, [id]);
  }

  async forgetSecrets(tx: Queryable, id: string): Promise<void> {
    await tx.query(statements.forgetSecrets, [id]);
  }

  async reportProgress(
    { id, officeId }: Pick<ImportRun, "id" | "officeId">,
    added: number,
    at: Date,
  ): Promise<void> {
    await this.#database.inOffice(officeId, (tx) => tx.query(statements.reportProgress, [id, added, at]));
  }

  async spend(
    tx: Queryable,
    id: string,
    { added, invites, at }: { added: number; invites: boolean; at: Date },
  ): Promise<boolean> {
    return (await tx.query(statements.spend, [id, added, invites, at])).length === 1;
  }

  /** Returns false for a turn that is already taken. */
  async takeTurn(tx: Queryable, id: string, { turn, at }: { turn: number; at: Date }): Promise<boolean> {
    return (await tx.query(statements.turn, [id, turn, at])).length === 1;
  }

  /** Marks the next users as invited. `users`: those who still need an invitation; `marked`: how many were marked. */
  async invite(
    tx: Queryable,
    id: string,
    { limit, at }: { limit: number; at: Date },
  ): Promise<{ readonly marked: number; readonly users: readonly User[] }> {
    const rows = await tx.query<User & { isThere: boolean }>(statements.invite, [id, at, limit]);
    return { marked: rows.length, users: rows.filter(({ isThere }) => isThere) };
  }

  /** Whether invitations remain to be sent. */
  async isInviting(tx: Queryable, id: string): Promise<boolean> {
    return (await tx.query(statements.inviting, [id])).length > 0;
  }

  async countInvited(tx: Queryable, id: string, count: number): Promise<void> {
    await tx.query(statements.invited, [id, count]);
  }
}

import type { Database, Queryable, Statement } from "../database/database.ts";

/** Where the guard stands after a try was reserved. */
export interface GuardState {
  readonly strikes: number;
  readonly spent: number;
  readonly blockedUntil: Date | null;
}

export interface GuardNumbers {
  /** Wrong codes that begin a block. */
  readonly strikes: number;
  readonly blockMinutes: number;
  /** Failures since the last success from which a block is one hour, a day, and from which only a reset helps. */
  readonly hourFrom: number;
  readonly dayFrom: number;
  readonly frozenFrom: number;
}

interface Row {
  readonly strikes: number;
  readonly spent: number;
  readonly blocked_until: Date | null;
}

const statements = {
  begin: {
    name: "guard_begin",
    text: "insert into second_factor_guard (office_id, user_id) values ($1, $2) on conflict do nothing",
  },
  // The one statement that gives a try away. No row: refused, and nobody looks at the code.
  reserve: {
    name: "guard_reserve",
    text: `
      update second_factor_guard set
        strikes = case when blocked_until is null then strikes + 1 else 1 end,
        spent = spent + 1,
        blocked_until = case when blocked_until is null and strikes >= $4 - 1 then $3::timestamptz +
          case when spent >= $7 - 1 then interval '24 hours'
               when spent >= $6 - 1 then interval '1 hour' else make_interval(mins => $5) end end
      where office_id = $1 and user_id = $2 and (blocked_until is null or blocked_until <= $3) and spent < $8
      returning strikes, spent, blocked_until`,
  },
  stopped: {
    name: "guard_stopped",
    text: "select from second_factor_guard where user_id = $1 and (blocked_until > $2 or spent >= $3)",
  },
  succeed: {
    name: "guard_succeed",
    text: "update second_factor_guard set strikes = 0, spent = 0, blocked_until = null where office_id = $1 and user_id = $2",
  },
  unlock: {
    name: "guard_unlock",
    text: `update second_factor_guard set strikes = 0, blocked_until = null
           where office_id = $1 and user_id = $2 and spent < $3 returning user_id`,
  },
  frozen: {
    name: "guard_frozen",
    text: "select from second_factor_guard where office_id = $1 and user_id = $2 and spent >= $3",
  },
  // Only where there is something to lift, so that a new password in good times costs none of the two.
  lift: {
    name: "guard_lift",
    text: `
      update second_factor_guard set strikes = 0, blocked_until = null,
        lifts = case when lifts_since is null or lifts_since <= $3::timestamptz - interval '24 hours' then 1 else lifts + 1 end,
        lifts_since = case when lifts_since is null or lifts_since <= $3::timestamptz - interval '24 hours' then $3
          else lifts_since end
      where office_id = $1 and user_id = $2 and (blocked_until > $3 or (blocked_until is null and strikes > 0))
        and (lifts < $4 or lifts_since is null or lifts_since <= $3::timestamptz - interval '24 hours')
      returning lifts`,
  },
  look: {
    name: "guard_look",
    text: "select strikes, spent, blocked_until from second_factor_guard where office_id = $1 and user_id = $2 for update",
  },
} as const satisfies Record<string, Statement>;

/** Resets of the password that end a block, within 24 hours of the first. */
const LIFTS = 2;

/** Where somebody stands after a lift was tried. */
export type Lifted =
  { readonly type: "lifted" | "free" | "frozen" } | { readonly type: "blocked"; readonly until: Date };

export interface Person {
  readonly id: string;
  readonly officeId: string;
}

/** One row a user, shared by every kind of code and every page. */
export class GuardStore {
  readonly #database: Database;
  readonly #numbers: GuardNumbers;

  constructor(database: Database, numbers: GuardNumbers) {
    this.#database = database;
    this.#numbers = numbers;
  }

  /** Reserves one try in a transaction of its own; null when there is none to have. */
  async reserve({ id, officeId }: Person, now: Date): Promise<GuardState | null> {
    const { strikes, blockMinutes, hourFrom, dayFrom, frozenFrom } = this.#numbers;
    const values = [officeId, id, now, strikes, blockMinutes, hourFrom, dayFrom, frozenFrom];
    const rows = await this.#database.inOffice(officeId, async (tx) => {
      const [, reserved] = await Promise.all([
        tx.query(statements.begin, [officeId, id]),
        tx.query<Row>(statements.reserve, values),
      ]);
      return reserved;
    });
    const [row] = rows;
    return row === undefined
      ? null
      : { strikes: row.strikes, spent: row.spent, blockedUntil: row.blocked_until };
  }

  /** Whether no code would be looked at now: blocked, or frozen. */
  async isStopped(tx: Queryable, { id }: Person, now: Date): Promise<boolean> {
    return (await tx.query(statements.stopped, [id, now, this.#numbers.frozenFrom])).length > 0;
  }

  /** Only after a right code. */
  async succeed(tx: Queryable, { id, officeId }: Person): Promise<void> {
    await tx.query(statements.succeed, [officeId, id]);
  }

  /** Ends a block; what was spent stays spent. Answers false, and changes nothing, where only a reset helps. */
  async unlock(tx: Queryable, { id, officeId }: Person): Promise<boolean> {
    const values = [officeId, id, this.#numbers.frozenFrom];
    return (
      (await tx.query(statements.unlock, values)).length === 1 ||
      (await tx.query(statements.frozen, values)).length === 0
    );
  }

  /**
   * Ends a block by a completed reset of the password, twice a day at most. What was spent stays spent: somebody who
   * has password and mailbox gets no more guesses by it than the freezing of the factor allows.
   */
  async lift(tx: Queryable, { id, officeId }: Person, now: Date): Promise<Lifted> {
    const [row] = await tx.query<Row>(statements.look, [officeId, id]);
    const lifted = await tx.query(statements.lift, [officeId, id, now, LIFTS]);
    if (row !== undefined && row.spent >= this.#numbers.frozenFrom) {
      return { type: "frozen" };
    }
    const until = row?.blocked_until ?? null;
    if (until === null || until <= now) {
      return { type: "free" };
    }
    return lifted.length === 1 ? { type: "lifted" } : { type: "blocked", until };
  }
}

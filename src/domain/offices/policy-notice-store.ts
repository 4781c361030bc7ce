import type { Database, Queryable, Statement } from "../../platform/database/database.ts";
import type { ComingPolicy } from "./coming-policies.ts";

/** One round of mails of an office: before one moment of one policy, so many days before it. */
export interface Round {
  readonly policy: ComingPolicy["kind"];
  readonly from: Date;
  readonly daysBefore: number;
}

export interface RoundState {
  readonly lastUser: string | null;
  readonly mails: number;
  readonly unreachable: number;
}

/** A user without an accepted method. */
export interface Unprepared {
  readonly id: string;
  readonly username: string;
  readonly name: string;
  /** Null without an address that the user has confirmed. */
  readonly mail: string | null;
  readonly language: string | null;
}

/** Whom a policy is for, and what meets it. */
type Wanted = Pick<ComingPolicy, "methods" | "roles">;

/** Active users of the roles $2 who have none of the methods $1. */
const UNPREPARED = `from users u where u.home = $home and u.status = 'active' and u.role = any($2::text[])
  and not exists (select from factors f where f.home = $home and f.user_id = u.id and f.kind = any($1::text[]))`;

const PROVED = "case when u.mail = u.mail_proved then u.mail end";

const statements = {
  open: {
    name: "policy_notice_open",
    text: `insert into policy_notice_rounds (home, office_id, policy_from, days_before, policy)
           values ($home, vestibule_office(), $1, $2, $3)
           on conflict do nothing`,
  },
  // Locked until the end of the transaction: another process waits here, and then sees what was sent.
  take: {
    name: "policy_notice_take",
    text: `select last_user::text as "lastUser", mails, unreachable from policy_notice_rounds
           where home = $home and policy_from = $1 and days_before = $2 and policy = $3 and finished_at is null for update`,
  },
  move: {
    name: "policy_notice_move",
    text: `update policy_notice_rounds set last_user = $4, mails = $5, unreachable = $6, finished_at = $7
           where home = $home and policy_from = $1 and days_before = $2 and policy = $3`,
  },
  next: {
    name: "policy_notice_next",
    text: `select u.id::text, u.username, u.name, ${PROVED} as mail, u.language ${UNPREPARED}
             and ($3::uuid is null or u.id > $3) order by u.id limit $4`,
  },
  count: {
    name: "policy_notice_count",
    text: `select count(*)::integer as people, count(${PROVED})::integer as reachable ${UNPREPARED}`,
  },
  unreachable: {
    name: "policy_notice_unreachable",
    text: `select u.id::text, u.username, u.name, null as mail, u.language ${UNPREPARED}
             and (u.mail is null or u.mail is distinct from u.mail_proved) order by u.username_key limit $3`,
  },
} as const satisfies Record<string, Statement>;

/** The rounds of an office's mails before its policy takes effect. Every method is in a transaction of the office. */
export class PolicyNoticeStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Takes a round until the end of the transaction; null when it is finished. */
  async take(tx: Queryable, { policy, from, daysBefore }: Round): Promise<RoundState | null> {
    await tx.query(statements.open, [from, daysBefore, policy]);
    const [state] = await tx.query<RoundState>(statements.take, [from, daysBefore, policy]);
    return state ?? null;
  }

  /** `finishedAt` null: there are more users. */
  async move(
    tx: Queryable,
    { policy, from, daysBefore }: Round,
    { lastUser, mails, unreachable, finishedAt }: RoundState & { readonly finishedAt: Date | null },
  ): Promise<void> {
    await tx.query(statements.move, [from, daysBefore, policy, lastUser, mails, unreachable, finishedAt]);
  }

  /** The next users whom it is for and who have none of its methods, by id. */
  next(
    tx: Queryable,
    { methods, roles }: Wanted,
    { after, limit }: { readonly after: string | null; readonly limit: number },
  ): Promise<Unprepared[]> {
    return tx.query<Unprepared>(statements.next, [methods, roles, after, limit]);
  }

  /** How many users it is for have none of its methods, how many of them have a confirmed address, and the first who have none. */
  async forecast(
    officeId: string,
    { methods, roles }: Wanted,
    limit: number,
  ): Promise<{ people: number; reachable: number; unreachable: Unprepared[] }> {
    return this.#database.inOffice(officeId, async (tx) => {
      const [counted] = await tx.query<{ people: number; reachable: number }>(statements.count, [
        methods,
        roles,
      ]);
      const unreachable = await tx.query<Unprepared>(statements.unreachable, [methods, roles, limit]);
      return { people: 0, reachable: 0, ...counted, unreachable };
    });
  }
}

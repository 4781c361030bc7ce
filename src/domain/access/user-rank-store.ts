import type { Queryable, Statement } from "../../platform/database/database.ts";
import { daysAfter } from "../../kernel/clock.ts";
import { LED_DAYS } from "./actor.ts";
import type { User } from "../users/user.ts";
import { ENDS_SESSIONS, raisesVersion } from "../users/user-effects.ts";
import { nextSecond } from "../users/user-statements.ts";
import type { Role } from "./role.ts";

/** Roles of which an office must keep at least one user. */
const LEADS = "('superuser', 'support')";

/** Whether the user has no such role, or another active user with the same role remains. */
const NOT_THE_LAST = `(status <> 'active' or role not in ${LEADS} or exists (
  select from users o where o.home = users.home and o.office_id = users.office_id and o.role = users.role and o.status = 'active' and o.id <> users.id))`;

const statements = {
  // A statement does not see what was committed while it waited for a lock, so the lock is taken first, in its own statement.
  queue: {
    name: "user_rank_queue",
    text: "select from offices where id = vestibule_office() for no key update",
  },
  disable: {
    name: "user_disable",
    text: `update users set status = 'disabled', valid_from = ${nextSecond("$2")}, changed_at = $2,
             ${raisesVersion({ status: "'disabled'" })}
           where home = $home and id = $1 and ${NOT_THE_LAST} returning id, ${ENDS_SESSIONS}`,
  },
  enable: {
    name: "user_enable",
    text: `update users set status = 'active', changed_at = $2, ${raisesVersion({ status: "'active'" })}
           where home = $home and id = $1 and status <> 'active' returning id`,
  },
  isDisabled: {
    name: "user_is_disabled",
    text: "select from users where home = $home and id = $1 and status = 'disabled'",
  },
  changeRole: {
    name: "user_change_role",
    text: `update users set role = $3, valid_from = ${nextSecond("$2")}, changed_at = $2, ${raisesVersion({ role: "$3" })},
             led_until = case when role = 'superuser' and $3 <> 'superuser' then $2 else led_until end
           where home = $home and id = $1 and role = $4 and (role = $3 or ${NOT_THE_LAST}) returning id, ${ENDS_SESSIONS}`,
  },
  hasSuperuser: {
    name: "user_has_superuser",
    text: `select from users where home = $home and (role = 'superuser' or led_until > $1) and id is distinct from $2 limit 1`,
  },
  isLast: {
    name: "user_is_last",
    text: `select from users where home = $home and id = $1 and not ${NOT_THE_LAST}`,
  },
  superusers: {
    name: "user_superusers",
    text: `select id, name, mail, language from users
           where home = $home and role = 'superuser' and status = 'active' and id is distinct from $1 order by username_key`,
  },
} as const satisfies Record<string, Statement>;

/**
 * Roles and status of the users that lead an office: its last superuser can be neither disabled nor demoted. When ten superusers remove each other at
 * the same moment, one has to remain: changes within an office queue, and each is one statement that counts who is left.
 */
export class UserRankStore {
  /** Waits for other changes of who leads. First of all in a transaction that may come to one. */
  async queue(tx: Queryable): Promise<void> {
    await tx.query(statements.queue);
  }

  /** Ends every session and token of the user at the same time. Returns false, and changes nothing, for the last one who leads. */
  async disable(tx: Queryable, id: string, at: Date): Promise<boolean> {
    await tx.query(statements.queue);
    return (await tx.query(statements.disable, [id, at])).length === 1;
  }

  /** Returns false when the user was enabled already. */
  async enable(tx: Queryable, id: string, at: Date): Promise<boolean> {
    return (await tx.query(statements.enable, [id, at])).length === 1;
  }

  /** Whether the user is disabled; until the end of the transaction none of the office becomes it. */
  async isDisabled(tx: Queryable, id: string): Promise<boolean> {
    await tx.query(statements.queue);
    return (await tx.query(statements.isDisabled, [id])).length === 1;
  }

  /** Ends every session and token. Returns false, and changes nothing, for the last one who leads or when the role is no longer `before`. */
  async changeRole(
    tx: Queryable,
    id: string,
    { before, role, at }: { before: Role; role: Role; at: Date },
  ): Promise<boolean> {
    await tx.query(statements.queue);
    return (await tx.query(statements.changeRole, [id, at, role, before])).length === 1;
  }

  /** Whether the office has a superuser other than `except`, or had one within the last two weeks. No user becomes one meanwhile. */
  async hasSuperuser(tx: Queryable, at: Date, except: string | null = null): Promise<boolean> {
    await tx.query(statements.queue);
    return (await tx.query(statements.hasSuperuser, [daysAfter(at, -LED_DAYS), except])).length > 0;
  }

  /** Whether the office would have no active user of this user's role, which leads, without them. */
  async isLast(tx: Queryable, id: string): Promise<boolean> {
    return (await tx.query(statements.isLast, [id])).length > 0;
  }

  /** The active superusers of the office, except one. */
  superusers(
    tx: Queryable,
    except: string | null,
  ): Promise<Pick<User, "id" | "name" | "mail" | "language">[]> {
    return tx.query(statements.superusers, [except]);
  }
}

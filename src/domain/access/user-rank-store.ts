import type { Queryable, Statement } from "../../platform/database/database.ts";
import type { Role } from "./role.ts";

/** Tokens know whole seconds: what was issued in the second of a change must die with what is older. */
const NEXT_SECOND = "date_trunc('second', $2::timestamptz) + interval '1 second'";

/** Roles of which an office must not lose the last one. */
const LEADS = "('superuser', 'support')";

/** Whether the user leads nothing, or somebody else who leads the same is left. */
const NOT_THE_LAST = `(status <> 'active' or role not in ${LEADS} or exists (
  select from users o where o.office_id = users.office_id and o.role = users.role and o.status = 'active' and o.id <> users.id))`;

const statements = {
  // A statement does not see what was committed while it waited for a lock; so the lock comes first, on its own.
  queue: {
    name: "user_rank_queue",
    text: "select from offices where id = vestibule_office() for no key update",
  },
  disable: {
    name: "user_disable",
    text: `update users set status = 'disabled', valid_from = ${NEXT_SECOND}, changed_at = $2
           where id = $1 and ${NOT_THE_LAST} returning id`,
  },
  enable: { name: "user_enable", text: "update users set status = 'active', changed_at = $2 where id = $1" },
  changeRole: {
    name: "user_change_role",
    text: `update users set role = $3, valid_from = ${NEXT_SECOND}, changed_at = $2
           where id = $1 and role = $4 and (role = $3 or ${NOT_THE_LAST}) returning id`,
  },
} as const satisfies Record<string, Statement>;

/**
 * Who leads an office, and who is in it at all. Ten superusers who remove each other in the same moment leave one: the
 * changes of an office queue, and each is one statement that counts who is left.
 */
export class UserRankStore {
  /** Ends every session and token of the user in the same moment. Answers false, and changes nothing, for the last lead. */
  async disable(tx: Queryable, id: string, at: Date): Promise<boolean> {
    await tx.query(statements.queue);
    return (await tx.query(statements.disable, [id, at])).length === 1;
  }

  async enable(tx: Queryable, id: string, at: Date): Promise<void> {
    await tx.query(statements.enable, [id, at]);
  }

  /** Ends every session and token. Answers false, and changes nothing, for the last lead, or for another role than `before`. */
  async changeRole(
    tx: Queryable,
    id: string,
    { before, role, at }: { before: Role; role: Role; at: Date },
  ): Promise<boolean> {
    await tx.query(statements.queue);
    return (await tx.query(statements.changeRole, [id, at, role, before])).length === 1;
  }
}

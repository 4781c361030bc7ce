import type { Queryable, Statement } from "../../platform/database/database.ts";
import type { AuditType } from "./audit-event.ts";
import { joinUser, withUserIds } from "./event-names.ts";

/** Who changed something last, as the audit log has it. */
export interface LastChange {
  /** A user's id, `command line` or `vestibule`. */
  readonly changedBy: string;
  /** Null unless it was somebody of the same office. */
  readonly changedByName: string | null;
  readonly changedAt: Date;
}

/** The answer to an edit of something that has become another meanwhile; nothing was changed. */
export interface Conflict<Thing> {
  readonly type: "conflict";
  /** Null when the audit log does not reach back so far. */
  readonly last: LastChange | null;
  readonly current: Thing;
}

const statements = {
  find: {
    name: "audit_last_change",
    text: `select e.actor as "changedBy", e.at as "changedAt", u.name as "changedByName"
           from ${withUserIds("select * from audit_events where subject = $1 and type = any($2) order by id desc limit 1")} e
           ${joinUser("u", "e.actor_id")}`,
  },
} as const satisfies Record<string, Statement>;

/** Reads from the audit log what an editor is told who comes second. */
export class LastChangeStore {
  async find(tx: Queryable, subject: string, types: readonly AuditType[]): Promise<LastChange | null> {
    const [row] = await tx.query<LastChange>(statements.find, [subject, types]);
    return row ?? null;
  }
}

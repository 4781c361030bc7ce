import { secondsAfter } from "../../kernel/clock.ts";
import type { Queryable, Statement } from "../../platform/database/database.ts";
import type { AuditType } from "./audit-event.ts";
import { joinUser, withUserIds } from "./event-names.ts";

/** The last change of something, as the audit log has it. */
export interface LastChange {
  /** A user's id, `command line` or `vestibule`. */
  readonly changedBy: string;
  /** Null unless the author is of the same office. */
  readonly changedByName: string | null;
  readonly changedAt: Date;
}

/** The result of an edit based on an outdated version; nothing was changed. */
export interface Conflict<Thing> {
  readonly type: "conflict";
  /** Null when the audit log no longer has the change. */
  readonly last: LastChange | null;
  readonly current: Thing;
}

const statements = {
  find: {
    name: "audit_last_change",
    text: `select e.actor as "changedBy", e.at as "changedAt", u.name as "changedByName"
           from ${withUserIds("select * from audit_events where home = $home and subject = $1 and type = any($2) order by id desc limit 1")} e
           ${joinUser("u", "e.actor_id")}`,
  },
} as const satisfies Record<string, Statement>;

/** Within which the same change by the same user is one form that came twice, such as by a double click. */
const SAME_FORM_SECONDS = 60;

/** Whether this user has made the change a moment ago; then one that finds nothing left to change is no order of its own. */
export const isJustMadeBy = (last: LastChange | null, user: string, at: Date): boolean =>
  last?.changedBy === user && last.changedAt > secondsAfter(at, -SAME_FORM_SECONDS);

/** Finds the last change in the audit log, such as for the editor whose own change came too late. */
export class LastChangeStore {
  async find(tx: Queryable, subject: string, types: readonly AuditType[]): Promise<LastChange | null> {
    const [row] = await tx.query<LastChange>(statements.find, [subject, types]);
    return row ?? null;
  }
}

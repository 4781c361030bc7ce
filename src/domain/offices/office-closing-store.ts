import type { Queryable, Statement } from "../../platform/database/database.ts";
import { nextSecond } from "../users/user-statements.ts";

const statements = {
  // All of them, whenever they began.
  endSessions: {
    name: "office_end_sessions",
    text: `with cut as (
             update users set valid_from = ${nextSecond("$1")} where home = $home and office_id = vestibule_office() returning id)
           select end_sessions($home, array(select id from cut), 'infinity')`,
  },
  voidLinks: {
    name: "office_void_links",
    text: "delete from one_time_links where home = $home and office_id = vestibule_office() and purpose <> 'not-me'",
  },
  cancelNumberRequests: {
    name: "office_cancel_number_requests",
    text: `update mobile_numbers set pending_number = null, pending_at = null
           where home = $home and office_id = vestibule_office() and pending_number is not null`,
  },
} as const satisfies Record<string, Statement>;

/** What ends with an office; otherwise all of it would be valid again when the office is reopened. */
export class OfficeClosingStore {
  /** Ends every session, token, link and requested number of the users of an office, in its transaction. */
  async endAll(tx: Queryable, at: Date): Promise<void> {
    await tx.query(statements.endSessions, [at]);
    await tx.query(statements.voidLinks);
    await tx.query(statements.cancelNumberRequests);
  }
}

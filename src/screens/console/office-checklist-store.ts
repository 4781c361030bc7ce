import { now } from "../../kernel/clock.ts";
import type { Database, Statement } from "../../platform/database/database.ts";

/** What the checklist of an office reads besides its settings and counts. */
export interface ChecklistState {
  readonly createdAt: Date;
  readonly isDismissed: boolean;
  /** The superuser who signed in last, or else the first one added; null: there is none. */
  readonly superuser: { readonly id: string; readonly name: string; readonly hasSignedIn: boolean } | null;
  /** The name of the first application that the office's users can have: its own, or one of the whole installation. */
  readonly application: string | null;
}

const statements = {
  find: {
    name: "office_checklist",
    text: `
      select o.created_at as "createdAt",
        exists (select from office_checklists c where c.home = $home and c.office_id = o.id) as "isDismissed",
        (select json_build_object('id', u.id, 'name', u.name, 'hasSignedIn', coalesce(l.at > '-infinity', false))
          from users u left join last_sign_ins l on l.home = $home and l.user_id = u.id
          where u.home = $home and u.office_id = o.id and u.role = 'superuser' and u.status = 'active'
          order by l.at desc nulls last, u.created_at limit 1) as superuser,
        (select a.name from applications a where a.office_id = o.id or a.office_id is null
          order by a.office_id nulls last, a.created_at limit 1) as application
      from offices o where o.id = $1`,
  },
  // The first one counts.
  dismiss: {
    name: "office_checklist_dismiss",
    text: `insert into office_checklists (home, office_id, dismissed_at, dismissed_by) values ($home, $1, $2, $3)
           on conflict (home, office_id) do nothing`,
  },
} as const satisfies Record<string, Statement>;

/** The first steps of an office, and that someone has put their list away. */
export class OfficeChecklistStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async find(officeId: string): Promise<ChecklistState> {
    const [state] = await this.#database.inOffice(officeId, (tx) =>
      tx.query<ChecklistState>(statements.find, [officeId]),
    );
    if (state === undefined) {
      throw new Error("There is no such office to begin with.");
    }
    return state;
  }

  /** For every reader, and for good. `by`: the id of the user who did it. */
  async dismiss(officeId: string, by: string): Promise<void> {
    await this.#database.inOffice(officeId, (tx) => tx.query(statements.dismiss, [officeId, now(), by]));
  }
}

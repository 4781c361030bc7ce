import type { Queryable, Statement } from "../../platform/database/database.ts";
import { changeAndAnnounce } from "./application-announcement.ts";

const statements = {
  disable: {
    name: "application_disable",
    text: "update applications set disabled_at = $2, changed_at = $2 where id = $1 and disabled_at is null returning id",
  },
  enable: {
    name: "application_enable",
    text: "update applications set disabled_at = null, changed_at = $2 where id = $1 and disabled_at is not null returning id",
  },
  remove: { name: "application_remove", text: "delete from applications where id = $1 returning id" },
} as const satisfies Record<string, Statement>;

/** In a transaction of the application's office, or of none. Every server process hears of it. */
export class ApplicationShutdownStore {
  /** Returns false when it was disabled already. */
  disable(tx: Queryable, id: string, at: Date): Promise<boolean> {
    return changeAndAnnounce(tx, id, { statement: statements.disable, values: [id, at] });
  }

  /** Returns false when it was not disabled. */
  enable(tx: Queryable, id: string, at: Date): Promise<boolean> {
    return changeAndAnnounce(tx, id, { statement: statements.enable, values: [id, at] });
  }

  /** Returns false when it was gone already. */
  remove(tx: Queryable, id: string): Promise<boolean> {
    return changeAndAnnounce(tx, id, { statement: statements.remove, values: [id] });
  }
}

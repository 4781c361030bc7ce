import type { Queryable, Statement } from "../../platform/database/database.ts";

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

/** In a transaction of the application's office, or of none. Every server process hears of it by the table's trigger. */
export class ApplicationShutdownStore {
  /** Returns false when it was disabled already. */
  async disable(tx: Queryable, id: string, at: Date): Promise<boolean> {
    return (await tx.query(statements.disable, [id, at])).length === 1;
  }

  /** Returns false when it was not disabled. */
  async enable(tx: Queryable, id: string, at: Date): Promise<boolean> {
    return (await tx.query(statements.enable, [id, at])).length === 1;
  }

  /** Returns false when it was gone already. */
  async remove(tx: Queryable, id: string): Promise<boolean> {
    return (await tx.query(statements.remove, [id])).length === 1;
  }
}

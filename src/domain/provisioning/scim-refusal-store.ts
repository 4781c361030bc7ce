import type { Database, Statement } from "../../platform/database/database.ts";
import { homeOf, idAt } from "../../kernel/home.ts";

/** A request of a directory that was not done. */
export interface ScimRefusal {
  readonly at: Date;
  readonly method: string;
  /** Without the query, which may name a user. */
  readonly path: string;
  readonly status: number;
  readonly detail: string;
}

/** As many as the console shows. */
const KEPT = 20;

const statements = {
  add: {
    name: "scim_refusal_add",
    text: `insert into scim_refusals (home, office_id, id, at, method, path, status, detail)
           values ($home, $1, $2, now(), $3, $4, $5, $6)`,
  },
  forget: {
    name: "scim_refusal_forget",
    text: `delete from scim_refusals where home = $home and office_id = $1 and id not in (
             select id from scim_refusals where home = $home and office_id = $1 order by at desc, id limit ${String(KEPT)})`,
  },
  list: {
    name: "scim_refusal_list",
    text: `select at, method, path, status, detail from scim_refusals where home = $home and office_id = $1
           order by at desc, id limit ${String(KEPT)}`,
  },
} as const satisfies Record<string, Statement>;

/** The last refusals of an office, for the superuser who looks for what is wrong. */
export class ScimRefusalStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async add(officeId: string, { method, path, status, detail }: Omit<ScimRefusal, "at">): Promise<void> {
    const values = [
      officeId,
      idAt(homeOf(officeId)),
      method,
      path.slice(0, 200),
      status,
      detail.slice(0, 500),
    ];
    await this.#database.inOffice(officeId, async (tx) => {
      await tx.query(statements.add, values);
      await tx.query(statements.forget, [officeId]);
    });
  }

  /** The newest first. */
  list(officeId: string): Promise<readonly ScimRefusal[]> {
    return this.#database.inOffice(officeId, (tx) => tx.query<ScimRefusal>(statements.list, [officeId]));
  }
}

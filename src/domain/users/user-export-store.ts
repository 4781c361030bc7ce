import type { Database, Statement } from "../../platform/database/database.ts";
import type { FactorKind } from "../factors/factor.ts";
import { USER_COLUMNS } from "./user-statements.ts";
import type { UserFields } from "./user.ts";

/** A user as exported. */
export interface ExportedUser extends UserFields {
  readonly key: string;
  readonly number: string | null;
  readonly numberState: "unconfirmed" | "confirmed" | null;
  readonly enteredBy: "user" | "administrator" | null;
  readonly factors: readonly FactorKind[];
  readonly lastSignInAt: Date | null;
}

const statements = {
  after: {
    name: "user_export_after",
    text: `
      select u.username_key as key, ${USER_COLUMNS}, n.number,
        n.state as "numberState", n.entered_by as "enteredBy", nullif(l.at, '-infinity') as "lastSignInAt",
        array(select f.kind from factors f where f.home = u.home and f.user_id = u.id order by f.kind) as factors
      from users u left join mobile_numbers n on n.home = u.home and n.user_id = u.id
        left join last_sign_ins l on l.home = u.home and l.user_id = u.id
      where u.home = $home and u.office_id = $1 and u.username_key > $2 order by u.username_key limit $3`,
  },
} as const satisfies Record<string, Statement>;

/** A read model of all users of an office, ordered by username. */
export class UserExportStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** The users after a key, in its own transaction, so that a slow download holds no transaction open. */
  after(officeId: string, key: string, limit: number): Promise<ExportedUser[]> {
    return this.#database.inOffice(officeId, (tx) =>
      tx.query<ExportedUser>(statements.after, [officeId, key, limit]),
    );
  }
}

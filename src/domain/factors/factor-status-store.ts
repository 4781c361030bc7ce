import type { Database, Statement } from "../../platform/database/database.ts";
import { now } from "../../kernel/clock.ts";
import type { FactorKind } from "./factor.ts";
import type { UserRef } from "../users/user-ref.ts";

/** The state of a user's second factor; for administrators. */
export interface FactorStatus {
  readonly kinds: readonly FactorKind[];
  readonly failedAttempts: number;
  readonly failedSinceSuccess: number;
  readonly blockedUntil: Date | null;
  readonly codesLeft: number;
}

interface Row {
  readonly kinds: FactorKind[];
  readonly failed_attempts: number | null;
  readonly failed_since_success: number | null;
  readonly blocked_until: Date | null;
  readonly codes_left: number;
}

const statements = {
  find: {
    name: "factor_status",
    text: `select array(select f.kind from factors f where f.home = $home and f.user_id = $1 order by f.kind) as kinds,
             g.failed_attempts, g.failed_since_success, g.blocked_until,
             (select count(*) from recovery_codes c
               where c.home = $home and c.user_id = $1 and c.used_at is null)::integer as codes_left
           from (select $1::uuid as id) u left join second_factor_guard g on g.home = $home and g.user_id = u.id`,
  },
} as const satisfies Record<string, Statement>;

/** A read model over factors, guard and recovery codes. */
export class FactorStatusStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async find({ id, officeId }: UserRef): Promise<FactorStatus> {
    const [row] = await this.#database.inOffice(officeId, (tx) => tx.query<Row>(statements.find, [id]));
    const until = row?.blocked_until ?? null;
    return {
      kinds: row?.kinds ?? [],
      failedAttempts: row?.failed_attempts ?? 0,
      failedSinceSuccess: row?.failed_since_success ?? 0,
      blockedUntil: until !== null && until > now() ? until : null,
      codesLeft: row?.codes_left ?? 0,
    };
  }
}

import type { Queryable, Statement } from "../../platform/database/database.ts";
import type { FactorKind } from "./factor.ts";
import type { UserRef } from "../users/user-ref.ts";

// Each change of a factor ends the trust in browsers, which rests on it.
const statements = {
  confirm: {
    name: "factor_confirm",
    text: `insert into factors (home, office_id, user_id, kind, confirmed_at) values ($home, $1, $2, $3, $4)
           on conflict (home, user_id, kind) do update set confirmed_at = excluded.confirmed_at
           returning end_trust($home, user_id)`,
  },
  kinds: {
    name: "factor_kinds",
    text: "select kind from factors where home = $home and user_id = $1",
  },
  // Returns the remaining factors, as they are after this statement.
  remove: {
    name: "factor_remove",
    text: `with gone as (delete from factors where home = $home and user_id = $1 and kind = $2
             returning end_trust($home, user_id))
           select (select count(*) from gone)::integer as removed,
             (select count(*) from factors where home = $home and user_id = $1 and kind <> $2)::integer as left`,
  },
  removeAll: {
    name: "factor_remove_all",
    text: "delete from factors where home = $home and user_id = $1 returning kind, end_trust($home, user_id)",
  },
} as const satisfies Record<string, Statement>;

/** The kinds that a user has confirmed. The data of a kind has a store of its own, such as `totp-store.ts`. */
export class FactorStore {
  /** Adds a factor that has no secret here, or confirms it again. */
  async confirm(
    tx: Queryable,
    { id, officeId }: UserRef,
    { kind, at }: { kind: FactorKind; at: Date },
  ): Promise<void> {
    await tx.query(statements.confirm, [officeId, id, kind, at]);
  }

  async kinds(tx: Queryable, { id }: UserRef): Promise<readonly FactorKind[]> {
    return (await tx.query<{ kind: FactorKind }>(statements.kinds, [id])).map(({ kind }) => kind);
  }

  async remove(
    tx: Queryable,
    { id }: UserRef,
    kind: FactorKind,
  ): Promise<{ wasThere: boolean; hasAnother: boolean }> {
    const [row] = await tx.query<{ removed: number; left: number }>(statements.remove, [id, kind]);
    return { wasThere: row?.removed === 1, hasAnother: (row?.left ?? 0) > 0 };
  }

  /** Returns the kinds that were removed. */
  async removeAll(tx: Queryable, { id }: UserRef): Promise<readonly FactorKind[]> {
    const rows = await tx.query<{ kind: FactorKind }>(statements.removeAll, [id]);
    return rows.map(({ kind }) => kind);
  }
}

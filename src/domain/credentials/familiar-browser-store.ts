import type { Queryable, Statement } from "../../platform/database/database.ts";
import type { UserRef } from "../users/user-ref.ts";

/** A browser that becomes familiar. */
export interface NewFamiliar {
  readonly hash: Buffer;
  /** The tokens that the browser has so far; the user's own among them is replaced. */
  readonly before: readonly Buffer[];
  readonly at: Date;
  readonly until: Date;
  /** How many browsers the user keeps, the newest ones. */
  readonly most: number;
}

const statements = {
  add: {
    name: "familiar_browser_add",
    text: "select add_familiar_browser($home, $1, $2, $3, $4, $5, $6, $7) as replaced",
  },
  forgetAll: {
    name: "familiar_browser_forget_all",
    text: "delete from familiar_browsers where home = $home and user_id = $1",
  },
} as const satisfies Record<string, Statement>;

/** The browsers that are familiar to an account, by a keyed hash of a token: a copy of the table makes no browser familiar. */
export class FamiliarBrowserStore {
  /** In a transaction of the user's office. Returns the replaced ones of `before`. */
  async add(tx: Queryable, user: UserRef, familiar: NewFamiliar): Promise<readonly Buffer[]> {
    const { hash, before, at, until, most } = familiar;
    const values = [user.officeId, user.id, hash, before, at, until, most];
    const [row] = await tx.query<{ replaced: Buffer[] }>(statements.add, values);
    return row?.replaced ?? [];
  }

  async forgetAll(tx: Queryable, userId: string): Promise<void> {
    await tx.query(statements.forgetAll, [userId]);
  }
}

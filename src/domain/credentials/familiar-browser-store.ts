import type { Queryable, Statement } from "../../platform/database/database.ts";
import type { UserRef } from "../users/user-ref.ts";

/** A browser that becomes familiar. */
export interface NewFamiliar {
  readonly hash: Buffer;
  /** The tokens that the browser has so far; the user's own among them is replaced. */
  readonly before: readonly Buffer[];
  readonly at: Date;
  readonly until: Date;
}

const statements = {
  // Deletes the token that is replaced, those that have expired, and the oldest ones beyond $7. Two sign-ins that end at the same
  // moment replace one token by two; the browser keeps the one that it receives last.
  add: {
    name: "familiar_browser_add",
    text: `
      with forgotten as (
        delete from familiar_browsers where home = $home and user_id = $2 and browser <> $3
          and (browser = any($4) or expires_at <= now() or browser in (
            select f.browser from familiar_browsers f
            where f.home = $home and f.user_id = $2 and f.browser <> all($4) order by f.proved_at desc, f.browser offset $7))
        returning browser),
      added as (
        insert into familiar_browsers (home, office_id, user_id, browser, proved_at, expires_at)
        values ($home, $1, $2, $3, $5, $6))
      select browser from forgotten where browser = any($4)`,
  },
} as const satisfies Record<string, Statement>;

/** The browsers that are familiar to an account, by a keyed hash of a token: a copy of the table makes no browser familiar. */
export class FamiliarBrowserStore {
  /**
   * In a transaction of the user's office. Keeps at most `most` browsers of the user, the newest ones. Returns the replaced ones
   * of `before`.
   */
  async add(
    tx: Queryable,
    user: UserRef,
    familiar: NewFamiliar & { readonly most: number },
  ): Promise<Buffer[]> {
    const { hash, before, at, until, most } = familiar;
    const values = [user.officeId, user.id, hash, before, at, until, most - 1];
    const rows = await tx.query<{ browser: Buffer }>(statements.add, values);
    return rows.map(({ browser }) => browser);
  }
}

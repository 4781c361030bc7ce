import type { Database, Queryable, Statement } from "../../platform/database/database.ts";
import type { UserRef } from "../users/user-ref.ts";

/** The user behind an office code and username, read before the password is checked. */
export interface Candidate {
  readonly office: { id: string; code: string; name: string; status: "open" | "closed" } | null;
  readonly user: { id: string; status: "active" | "disabled"; passwordHash: string } | null;
  readonly isFamiliarBrowser: boolean;
}

interface Row {
  readonly office: NonNullable<Candidate["office"]>;
  readonly account: { id: string; status: "active" | "disabled" } | null;
  readonly password_hash: string | null;
  readonly familiar: boolean | null;
}

const statements = {
  find: { name: "sign_in_candidate", text: "select * from find_sign_in_candidate($1, $2, $3, $4)" },
  // Expired rows are deleted when a new one is added; the new one is excluded, so that no row changes twice.
  remember: {
    name: "familiar_browser_add",
    text: `
      with forgotten as (
        delete from familiar_browsers where user_id = $2 and browser <> $3 and expires_at <= now())
      insert into familiar_browsers (office_id, user_id, browser, expires_at) values ($1, $2, $3, $4)
      on conflict (user_id, browser) do update set expires_at = excluded.expires_at`,
  },
  forgetAll: {
    name: "familiar_browser_forget_all",
    text: "delete from familiar_browsers where user_id = $1",
  },
} as const satisfies Record<string, Statement>;

export class PasswordCheckStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async find(
    names: { officeCode: string; username: string },
    browser: Buffer | null,
    now: Date,
  ): Promise<Candidate> {
    const [row] = await this.#database.query<Row>(statements.find, [
      names.officeCode,
      names.username,
      browser,
      now,
    ]);
    if (row === undefined) {
      return { office: null, user: null, isFamiliarBrowser: false };
    }
    const user =
      row.account === null || row.password_hash === null
        ? null
        : { ...row.account, passwordHash: row.password_hash };
    return { office: row.office, user, isFamiliarBrowser: row.familiar === true };
  }

  /** In a transaction of the user's office. Also deletes the expired browsers. */
  async rememberBrowser(tx: Queryable, user: UserRef, browser: { hash: Buffer; until: Date }): Promise<void> {
    const { hash, until } = browser;
    await tx.query(statements.remember, [user.officeId, user.id, hash, until]);
  }

  /** After a new password no browser is familiar any more. */
  async forgetAllBrowsers(tx: Queryable, userId: string): Promise<void> {
    await tx.query(statements.forgetAll, [userId]);
  }
}

import type { Database, Statement } from "../../platform/database/database.ts";

interface UserRow {
  readonly id: string;
  readonly status: "active" | "disabled";
  /** Seconds since 1970: what the user proved before has ended, or a part of it. */
  readonly validFrom: number;
}

/** The user behind an office code and username, read before the password is checked. */
export interface Candidate {
  readonly office: { id: string; code: string; name: string; status: "open" | "closed" } | null;
  readonly user: (UserRow & { passwordHash: string }) | null;
  /** Null when the account is not known to have been used from this browser. */
  readonly familiar: FamiliarBrowser | null;
}

/** A browser that is familiar to the account. */
export interface FamiliarBrowser {
  readonly hash: Buffer;
  /** The account has got a new password since the browser proved one. */
  readonly isOutdated: boolean;
}

interface Row {
  readonly office: NonNullable<Candidate["office"]>;
  readonly account: UserRow | null;
  readonly password_hash: string | null;
  readonly familiar: Buffer | null;
  readonly is_outdated: boolean | null;
}

const statements = {
  find: { name: "sign_in_candidate", text: "select * from find_sign_in_candidate($1, $2, $3, $4)" },
} as const satisfies Record<string, Statement>;

export class PasswordCheckStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async find(
    names: { officeCode: string; username: string },
    browsers: readonly Buffer[],
    now: Date,
  ): Promise<Candidate> {
    const [row] = await this.#database.query<Row>(statements.find, [
      names.officeCode,
      names.username,
      browsers,
      now,
    ]);
    if (row === undefined) {
      return { office: null, user: null, familiar: null };
    }
    const user =
      row.account === null || row.password_hash === null
        ? null
        : { ...row.account, passwordHash: row.password_hash };
    const familiar =
      row.familiar === null ? null : { hash: row.familiar, isOutdated: row.is_outdated === true };
    return { office: row.office, user, familiar };
  }
}

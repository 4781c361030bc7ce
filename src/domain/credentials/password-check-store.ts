import { homeOf, randomHome } from "../../kernel/home.ts";
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
  find: { name: "sign_in_candidate", text: "select * from find_sign_in_candidate($1, $2, $3, $4, $5)" },
} as const satisfies Record<string, Statement>;

/** What a visitor typed, folded. */
interface Names {
  readonly officeCode: string;
  readonly username: string;
}

/** A candidate is found by an office code, which does not carry a home. */
export class PasswordCheckStore {
  readonly #database: Database;
  /**
   * The home of each office that was found here before. Code and id of an office never change, so this is never out of date, and
   * codes that no office has do not fill it.
   */
  readonly #homes = new Map<string, number>();

  constructor(database: Database) {
    this.#database = database;
  }

  /**
   * One statement, at a random home where the office is unknown: a code that no office has costs the same as one that has been
   * used before. Only the first use of an office's code in this process takes a second one.
   */
  async find(names: Names, browsers: readonly Buffer[], now: Date): Promise<Candidate> {
    const asked = this.#homes.get(names.officeCode) ?? randomHome();
    const found = await this.#findAt(asked, names, [browsers, now]);
    const home = found.office === null ? asked : homeOf(found.office.id);
    if (home === asked) {
      return found;
    }
    this.#homes.set(names.officeCode, home);
    return this.#findAt(home, names, [browsers, now]);
  }

  async #findAt(
    home: number,
    { officeCode, username }: Names,
    browser: readonly [readonly Buffer[], Date],
  ): Promise<Candidate> {
    const values = [home, officeCode, username, ...browser];
    const [row] = await this.#database.query<Row>(statements.find, values);
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

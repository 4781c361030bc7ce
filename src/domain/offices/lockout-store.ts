import type { Database, Statement } from "../../platform/database/database.ts";

/** How many users of an office could sign in, and how many of them are locked out now. */
export interface Lockout {
  readonly active: number;
  readonly lockedOut: number;
}

const statements = {
  // Those who are locked out are few, whatever the size of the office.
  of: {
    name: "office_lockout",
    text: `
      select (select count(*)::integer from users where home = $home and office_id = $1 and status = 'active') as active,
        (select count(*)::integer from second_factor_guard g
          join users u on u.home = $home and u.id = g.user_id and u.status = 'active'
          where g.home = $home and g.office_id = $1 and (g.blocked_until > now() or g.failed_since_success >= $2)) as "lockedOut"`,
  },
} as const satisfies Record<string, Statement>;

/** Whether users of an office can still sign in, for operators. */
export class LockoutStore {
  readonly #database: Database;
  readonly #frozenFrom: number;

  constructor(database: Database, frozenFrom: number) {
    this.#database = database;
    this.#frozenFrom = frozenFrom;
  }

  async of(officeId: string): Promise<Lockout> {
    const values = [officeId, this.#frozenFrom];
    const [row] = await this.#database.inOffice(officeId, (tx) => tx.query<Lockout>(statements.of, values));
    return row ?? { active: 0, lockedOut: 0 };
  }
}

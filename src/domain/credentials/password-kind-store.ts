import type { Database, Queryable, Statement } from "../../platform/database/database.ts";

/** A kind of imported hashes, by the slowest of them. */
export interface PasswordKind {
  readonly kind: string;
  /** A hash of no password that costs as much. */
  readonly dummy: string;
  readonly milliseconds: number;
}

const statements = {
  slowest: {
    name: "password_kind_slowest",
    text: "select kind, dummy, milliseconds from password_kinds order by milliseconds desc, kind limit 1",
  },
  kinds: { name: "password_kinds", text: "select kind from password_kinds" },
  add: {
    name: "password_kind_add",
    text: `insert into password_kinds as k (kind, dummy, milliseconds, imported_at) values ($1, $2, $3, $4)
           on conflict (kind) do update set imported_at = excluded.imported_at,
             dummy = case when excluded.milliseconds > k.milliseconds then excluded.dummy else k.dummy end,
             milliseconds = greatest(excluded.milliseconds, k.milliseconds)`,
  },
  // Of one office, by an index of imported hashes only.
  inUse: {
    name: "password_kinds_in_use",
    text: `select kind from unnest($2::text[]) kind where exists (
             select from users where home = $home and office_id = $1 and password_hash like 'imported:%'
               and split_part(password_hash, ':', 2) = kind)`,
  },
  // Not what was imported while the users were looked at.
  remove: {
    name: "password_kinds_remove",
    text: "delete from password_kinds where kind = any($1) and imported_at < $2",
  },
} as const satisfies Record<string, Statement>;

/** Which kinds of imported hashes any user of the installation may still have: a row for each kind. */
export class PasswordKindStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Null where no user has an imported hash. */
  async findSlowest(): Promise<PasswordKind | null> {
    const [row] = await this.#database.query<PasswordKind>(statements.slowest, []);
    return row ?? null;
  }

  async list(): Promise<string[]> {
    const rows = await this.#database.query<Pick<PasswordKind, "kind">>(statements.kinds, []);
    return rows.map(({ kind }) => kind);
  }

  /** In the transaction of the import: a kind is known before the first hash of it can be compared. */
  async add(tx: Queryable, { kind, dummy, milliseconds }: PasswordKind, at: Date): Promise<void> {
    await tx.query(statements.add, [kind, dummy, Math.ceil(milliseconds), at]);
  }

  /** Those of `kinds` that some user of the office has. */
  async inUse(officeId: string, kinds: readonly string[]): Promise<string[]> {
    const rows = await this.#database.inOffice(officeId, (tx) =>
      tx.query<Pick<PasswordKind, "kind">>(statements.inUse, [officeId, kinds]),
    );
    return rows.map(({ kind }) => kind);
  }

  async remove(kinds: readonly string[], before: Date): Promise<void> {
    await this.#database.query(statements.remove, [kinds, before]);
  }
}

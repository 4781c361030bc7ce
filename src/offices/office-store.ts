import type { Database, Queryable, Statement } from "../database/database.ts";
import type { NewOffice, Office } from "./office.ts";

interface Row {
  readonly id: string;
  readonly code: string;
  readonly name: string;
  readonly status: "open" | "closed";
  readonly language: string;
  readonly logo_url: string | null;
  readonly accent: string | null;
  readonly session_minutes: number | null;
}

const COLUMNS = "id, code, name, status, language, logo_url, accent, session_minutes";

const statements = {
  findByCode: { name: "office_by_code", text: `select ${COLUMNS} from offices where code = $1` },
  find: { name: "office_by_id", text: `select ${COLUMNS} from offices where id = $1` },
  list: { name: "office_list", text: `select ${COLUMNS} from offices order by code limit $1` },
  add: {
    name: "office_add",
    text: `insert into offices (${COLUMNS}, created_at, changed_at)
           values ($1, $2, $3, 'open', $4, $5, $6, $7, $8, $8) on conflict do nothing returning id`,
  },
  change: {
    name: "office_change",
    text: `update offices set name = $2, status = $3, language = $4, logo_url = $5, accent = $6, session_minutes = $7,
           changed_at = $8 where id = $1`,
  },
} as const satisfies Record<string, Statement>;

export class OfficeStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** `code` is folded already. */
  async findByCode(code: string): Promise<Office | null> {
    return firstOffice(await this.#database.query<Row>(statements.findByCode, [code]));
  }

  async find(id: string): Promise<Office | null> {
    return firstOffice(await this.#database.query<Row>(statements.find, [id]));
  }

  async list(limit: number): Promise<Office[]> {
    return (await this.#database.query<Row>(statements.list, [limit])).map(toOffice);
  }

  /** Answers whether the code was free. The transaction is the new office's own. */
  async add(tx: Queryable, id: string, office: NewOffice, at: Date): Promise<boolean> {
    const { code, name, language, logoUrl, accent, sessionMinutes } = office;
    const rows = await tx.query(statements.add, [
      id,
      code,
      name,
      language,
      logoUrl,
      accent,
      sessionMinutes,
      at,
    ]);
    return rows.length === 1;
  }

  async change(tx: Queryable, office: Office, at: Date): Promise<void> {
    const { id, name, status, language, branding, sessionMinutes } = office;
    await tx.query(statements.change, [
      id,
      name,
      status,
      language,
      branding.logoUrl,
      branding.accent,
      sessionMinutes,
      at,
    ]);
  }
}

const firstOffice = ([row]: readonly Row[]): Office | null => (row === undefined ? null : toOffice(row));

function toOffice(row: Row): Office {
  const { id, code, name, status, language } = row;
  return {
    id,
    code,
    name,
    status,
    language,
    branding: { logoUrl: row.logo_url, accent: row.accent },
    sessionMinutes: row.session_minutes,
  };
}

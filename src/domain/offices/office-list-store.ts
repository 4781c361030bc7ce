import type { Database, Statement } from "../../platform/database/database.ts";
import { hasWords } from "../../platform/database/search-words.ts";
import { PageError } from "../../kernel/errors.ts";
import type { ListCursors } from "../../kernel/list-cursors.ts";
import type { Office } from "./office.ts";

/** One row of the list. */
type ListedOffice = Pick<Office, "id" | "code" | "name" | "status" | "isPurged">;

/** `search`: words of code or name, or parts of them; empty: all. */
export interface OfficeQuery {
  readonly search: string;
  readonly status: Office["status"] | null;
  readonly size: number;
}

interface OfficePage {
  readonly offices: readonly ListedOffice[];
  /** The cursor of the next page; null on the last. */
  readonly next: string | null;
}

const statements = {
  page: {
    name: "office_list_page",
    text: `select id, code, name, status, purged_at is not null as "isPurged" from offices where code > $1
             and ($3 = '' or ${hasWords("search_words", "$3")}) and ($4::text is null or status = $4) order by code limit $2`,
  },
} as const satisfies Record<string, Statement>;

/** A list belongs to one office elsewhere; this one belongs to none. */
const NO_OFFICE = "";

/** The offices by code, a page at a time. */
export class OfficeListStore {
  readonly #database: Database;
  readonly #cursors: ListCursors;

  constructor(database: Database, cursors: ListCursors) {
    this.#database = database;
    this.#cursors = cursors;
  }

  /** `token` begins a later page. Throws PageError "request" for one that was not made for this list. */
  async page({ search, status, size }: OfficeQuery, token: string | null = null): Promise<OfficePage> {
    const scope = { officeId: NO_OFFICE, query: JSON.stringify({ search, status }) };
    const cursor = token === null ? [""] : this.#cursors.open(token, scope);
    if (cursor === null) {
      throw new PageError("request");
    }
    const values = [cursor[0], size + 1, search, status];
    const rows = await this.#database.query<ListedOffice>(statements.page, values);
    const offices = rows.slice(0, size);
    const last = rows.length > size ? offices.at(-1) : undefined;
    return { offices, next: last === undefined ? null : this.#cursors.seal([last.code], scope) };
  }
}

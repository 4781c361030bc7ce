import { limitReads } from "../../platform/database/limited-reads.ts";
import type { Database } from "../../platform/database/database.ts";
import { now } from "../../kernel/clock.ts";
import { PageError } from "../../kernel/errors.ts";
import type { Cursor, ListCursors } from "../../kernel/list-cursors.ts";
import { FEW_CODES, type ListedUser, type UserPage, type UserQuery } from "./user-list.ts";
import { listStatement } from "./user-list-sql.ts";

interface Deps {
  readonly database: Database;
  readonly cursors: ListCursors;
  /** Failures from which a factor is frozen. */
  readonly frozenFrom: number;
}

interface Row extends ListedUser {
  readonly key: string;
}

/** A read model over users and their second factors: the list of an office, a page at a time. */
export class UserListStore {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** `token` begins a later page. Throws PageError "request" for one that was not made for this list. */
  async page(officeId: string, query: UserQuery, token: string | null = null): Promise<UserPage> {
    const { database, cursors } = this.#deps;
    const { size, ...what } = query;
    const scope = { officeId, query: JSON.stringify(what) };
    const cursor = token === null ? [] : cursors.open(token, scope);
    if (cursor === null) {
      throw new PageError("request");
    }
    const at = now();
    const rows = await database.inOffice(officeId, async (tx) => {
      const values = this.#valuesOf({ officeId, query, cursor, now: at });
      // Sent in one round trip: setting the bound costs no extra one.
      const [, found] = await Promise.all([
        limitReads(tx),
        tx.query<Row>(listStatement(query.sort, query.descending), values),
      ]);
      return found;
    });
    const users = rows.slice(0, size);
    const last = rows.length > size ? users.at(-1) : undefined;
    return {
      users: users.map((row) => toListed(row, at)),
      next: last === undefined ? null : cursors.seal([last.key, last.id], scope),
    };
  }

  #valuesOf(asked: {
    readonly officeId: string;
    readonly query: UserQuery;
    readonly cursor: Cursor;
    readonly now: Date;
  }): unknown[] {
    const { officeId, query, cursor, now } = asked;
    const [key = null, id = null] = cursor;
    const { role, status, factor, overdue, blocked, fewCodes, pendingNumber, search, size } = query;
    return [
      ...[officeId, now, this.#deps.frozenFrom, FEW_CODES, key, id, role, status, factor],
      ...[overdue, blocked, fewCodes, pendingNumber, search === "" ? null : search, size + 1],
    ];
  }
}

function toListed({ key: _, ...row }: Row, now: Date): ListedUser {
  const { blockedUntil: until } = row;
  return { ...row, blockedUntil: until !== null && until > now ? until : null };
}

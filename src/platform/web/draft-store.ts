import type { Database, Statement } from "../database/database.ts";
import type { Fields } from "./form.ts";
import { minutesAfter, now } from "../../kernel/clock.ts";
import { homeOf } from "../../kernel/home.ts";
import type { KeyedHash, SecretBox } from "../../kernel/secret.ts";

/** Whose draft it is, and of which page. */
export interface DraftKey {
  /** The uid of the session, or the browser of one that has ended. */
  readonly place: string;
  readonly userId: string;
  readonly path: string;
}

const LIFE_MINUTES = 15;

const statements = {
  put: {
    name: "console_draft_put",
    text: `insert into console_drafts (home, id, sealed, expires_at) values ($1, $2, $3, $4)
           on conflict (home, id) do update set sealed = excluded.sealed, expires_at = excluded.expires_at`,
  },
  find: {
    name: "console_draft_find",
    text: "select sealed from console_drafts where home = $1 and id = $2 and expires_at > $3",
  },
  take: {
    name: "console_draft_take",
    text: "delete from console_drafts where home = $1 and id = $2 and expires_at > $3 returning sealed",
  },
  remove: { name: "console_draft_remove", text: "delete from console_drafts where home = $1 and id = $2" },
  purge: {
    name: "console_draft_purge",
    text: `delete from console_drafts where ctid = any(array(
             select ctid from console_drafts where expires_at <= now() order by expires_at limit $1))`,
  },
} as const satisfies Record<string, Statement>;

interface Deps {
  readonly database: Database;
  readonly hash: KeyedHash;
  readonly box: SecretBox;
}

/**
 * Form values that have to survive a step-up, and the state of a test sign-in that waits for its response. Encrypted,
 * and bound to one session or browser, one user and one page.
 */
export class DraftStore {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  async put(key: DraftKey, fields: Fields): Promise<void> {
    const { database, box } = this.#deps;
    const sealed = box.seal(JSON.stringify(Object.entries(fields)), contextOf(key));
    const expiresAt = minutesAfter(now(), LIFE_MINUTES);
    await database.query(statements.put, [...this.#key(key), sealed, expiresAt]);
  }

  async find(key: DraftKey): Promise<Fields | null> {
    return this.#read(statements.find, key);
  }

  /** Returns the draft and removes it. Of two concurrent requests only one gets it. */
  async take(key: DraftKey): Promise<Fields | null> {
    return this.#read(statements.take, key);
  }

  async remove(key: DraftKey): Promise<void> {
    await this.#deps.database.query(statements.remove, this.#key(key));
  }

  /** Removes at most `limit` expired rows. */
  async purge(limit: number): Promise<void> {
    await this.#deps.database.query(statements.purge, [limit]);
  }

  async #read(statement: Statement, key: DraftKey): Promise<Fields | null> {
    const { database, box } = this.#deps;
    const rows = await database.query<{ sealed: Buffer }>(statement, [...this.#key(key), now()]);
    const [row] = rows;
    return row === undefined ? null : toFields(box.open(row.sealed, contextOf(key)));
  }

  /** The home of the user, and the id. */
  #key(key: DraftKey): [number, Buffer] {
    return [homeOf(key.userId), this.#deps.hash(contextOf(key))];
  }
}

const contextOf = ({ place, userId, path }: DraftKey): string => `form draft ${place} ${userId} ${path}`;

/** The cast is safe: only this class encrypts these texts. */
const toFields = (text: string): Fields => Object.fromEntries(JSON.parse(text) as [string, string][]);

import { sameBytes } from "../../kernel/secret.ts";
import type { Database, Queryable, Statement } from "../../platform/database/database.ts";

/** A token as the console shows it. */
export interface ScimToken {
  readonly madeAt: Date;
  /** Null for the current one. */
  readonly endsAt: Date | null;
  readonly usedAt: Date | null;
}

/** Hours for which the token before a new one is still valid. */
const ROTATION_HOURS = 24;

const VALID = "(ends_at is null or ends_at > now())";

const statements = {
  // Blocks another one that is made at the same moment.
  lock: { name: "scim_token_lock", text: "select from offices where id = $1 for no key update" },
  current: {
    name: "scim_token_current",
    text: `select made_at as "madeAt", hash from scim_tokens where home = $home and office_id = $1 and ends_at is null`,
  },
  retire: {
    name: "scim_token_retire",
    text: `update scim_tokens set ends_at = now() + interval '${String(ROTATION_HOURS)} hours'
           where home = $home and office_id = $1 and ends_at is null returning home`,
  },
  forget: {
    name: "scim_token_forget",
    text: "delete from scim_tokens where home = $home and office_id = $1 and ends_at <= now()",
  },
  add: {
    name: "scim_token_add",
    text: "insert into scim_tokens (home, office_id, hash, made_at) values ($home, $1, $2, now())",
  },
  end: {
    name: "scim_token_end",
    text: `delete from scim_tokens where home = $home and office_id = $1 and (ends_at is not null or not $2)
           returning ${VALID} as "wasValid"`,
  },
  list: {
    name: "scim_token_list",
    text: `select made_at as "madeAt", ends_at as "endsAt", used_at as "usedAt" from scim_tokens
           where home = $home and office_id = $1 and ${VALID} order by made_at desc`,
  },
  find: {
    name: "scim_token_find",
    text: `select used_at is null or used_at < now() - interval '1 minute' as "isOldUse" from scim_tokens
           where home = $home and office_id = $1 and hash = $2 and ${VALID}`,
  },
  use: {
    name: "scim_token_use",
    text: "update scim_tokens set used_at = now() where home = $home and office_id = $1 and hash = $2",
  },
} as const satisfies Record<string, Statement>;

/** The tokens of offices, as hashes. */
export class ScimTokenStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /**
   * In place of the current one, which then ends in a day; `seen`: when that was made, null for none. Returns what was done: nothing
   * where another one is current by now. `there`: it is the current one already.
   */
  async add(
    tx: Queryable,
    officeId: string,
    { hash, seen }: { hash: Buffer; seen: Date | null },
  ): Promise<"made" | "replaced" | "there" | "nothing"> {
    await tx.query(statements.lock, [officeId]);
    type Current = Pick<ScimToken, "madeAt"> & { readonly hash: Buffer };
    const [current] = await tx.query<Current>(statements.current, [officeId]);
    if (current !== undefined && sameBytes(current.hash, hash)) {
      return "there";
    }
    if (current?.madeAt.getTime() !== seen?.getTime()) {
      return "nothing";
    }
    await tx.query(statements.forget, [officeId]);
    await tx.query(statements.retire, [officeId]);
    await tx.query(statements.add, [officeId, hash]);
    return current === undefined ? "made" : "replaced";
  }

  /** Ends all, or those that a newer one has replaced. Returns whether there was any. */
  async end(tx: Queryable, officeId: string, which: "all" | "replaced"): Promise<boolean> {
    const values = [officeId, which === "replaced"];
    const ended = await tx.query<{ wasValid: boolean }>(statements.end, values);
    return ended.some(({ wasValid }) => wasValid);
  }

  /** The valid ones, the newest first. */
  list(officeId: string): Promise<readonly ScimToken[]> {
    return this.#database.inOffice(officeId, (tx) => tx.query<ScimToken>(statements.list, [officeId]));
  }

  /** Whether the token is valid. Its last use is noted once in a minute. */
  isValid(officeId: string, hash: Buffer): Promise<boolean> {
    return this.#database.inOffice(officeId, async (tx) => {
      const values = [officeId, hash];
      const [found] = await tx.query<{ isOldUse: boolean }>(statements.find, values);
      if (found?.isOldUse === true) {
        await tx.query(statements.use, values);
      }
      return found !== undefined;
    });
  }
}

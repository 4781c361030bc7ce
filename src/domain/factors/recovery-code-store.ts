import { bytesOf } from "../../platform/database/json-bytes.ts";
import type { StoredCode } from "./stored-code.ts";
import type { Queryable, Statement } from "../../platform/database/database.ts";
import { sameBytes } from "../../kernel/secret.ts";
import { randomKey } from "../../kernel/random.ts";
import type { UserRef } from "../users/user-ref.ts";
import { newRecoveryCodes } from "./recovery-codes.ts";

/** One slow derivation of a code with its user's salt and a pepper kept outside the database. */
export type DeriveCode = (code: string, salt: Buffer) => Promise<Buffer>;

/** Tells one set of a user's codes from the next; `none` before the first. For a statement of a
 * transaction of the user's office. `user`: an SQL expression for the id.
 */
export const codeSetOf = (user: string): string =>
  `coalesce((select encode(sha256(s.salt), 'hex') from recovery_code_sets s
    where s.home = $home and s.user_id = ${user}), 'none')`;

const statements = {
  set: { name: "recovery_set", text: `select ${codeSetOf("$1")} as set` },
  newSet: {
    name: "recovery_new_set",
    text: `insert into recovery_code_sets (home, office_id, user_id, salt, made_at) values ($home, $1, $2, $3, $4)
           on conflict (home, user_id) do update set salt = excluded.salt, made_at = excluded.made_at`,
  },
  askToSave: {
    name: "recovery_ask_to_save",
    text: `insert into unsaved_recovery_codes (home, office_id, user_id, shown_at) values ($home, $1, $2, $3)
           on conflict (home, user_id) do update set shown_at = excluded.shown_at`,
  },
  saved: {
    name: "recovery_saved",
    text: "delete from unsaved_recovery_codes where home = $home and user_id = $1",
  },
  forget: { name: "recovery_forget", text: "delete from recovery_codes where home = $home and user_id = $1" },
  // The set as well: without it the user has no codes, where an empty one would count as few.
  removeAll: {
    name: "recovery_remove_all",
    text: `with gone as (delete from recovery_codes where home = $home and user_id = $1 returning used_at),
             sets as (delete from recovery_code_sets where home = $home and user_id = $1),
             asked as (delete from unsaved_recovery_codes where home = $home and user_id = $1)
           select count(*) filter (where used_at is null)::integer as unused from gone`,
  },
  add: {
    name: "recovery_add",
    text: "insert into recovery_codes (home, office_id, user_id, hash) select $home, $1, $2, hash from unnest($3::bytea[]) as hash",
  },
} as const satisfies Record<string, Statement>;

type RecoverySet = NonNullable<StoredCode["recovery"]>;

/** Recovery codes: kept as slow hashes under one salt per user, so that a try costs one derivation and not six. */
export class RecoveryCodeStore {
  readonly #derive: DeriveCode;

  constructor(derive: DeriveCode) {
    this.#derive = derive;
  }

  /** The stored hash of a typed code, and whether it was used; null for a code that is not of the set. Does not use it up. */
  async match(set: RecoverySet, typed: string): Promise<{ hash: Buffer; isUsed: boolean } | null> {
    const derived = await this.#derive(typed, bytesOf(set.salt));
    const found = set.codes.find(({ hash }) => sameBytes(bytesOf(hash), derived));
    return found === undefined ? null : { hash: bytesOf(found.hash), isUsed: found.isUsed };
  }

  /** Tells the current set from the next, for a form that makes one; `none` before the first. */
  async currentSet(tx: Queryable, { id }: UserRef): Promise<string> {
    const [row] = await tx.query<{ set: string }>(statements.set, [id]);
    return row?.set ?? "none";
  }

  /** Six new codes, returned here once. `save` replaces the previous ones. */
  async prepare(): Promise<{
    codes: string[];
    save: (tx: Queryable, user: UserRef, at: Date) => Promise<void>;
  }> {
    const codes = newRecoveryCodes();
    const salt = randomKey(16);
    const hashes = await Promise.all(codes.map((code) => this.#derive(code, salt)));
    return {
      codes,
      save: async (tx, { id, officeId }, at) => {
        await Promise.all([
          tx.query(statements.newSet, [officeId, id, salt, at]),
          tx.query(statements.forget, [id]),
          tx.query(statements.add, [officeId, id, hashes]),
        ]);
      },
    };
  }

  /**
   * Asks the user to save their codes, at every sign-in until `markSaved`. `shownAt`: when they were shown; null when they are made
   * on the page that shows them.
   */
  async askToSave(tx: Queryable, { id, officeId }: UserRef, shownAt: Date | null): Promise<void> {
    await tx.query(statements.askToSave, [officeId, id, shownAt]);
  }

  async markSaved(tx: Queryable, { id }: UserRef): Promise<void> {
    await tx.query(statements.saved, [id]);
  }

  /** Returns how many of them could still be used. */
  async removeAll(tx: Queryable, { id }: UserRef): Promise<number> {
    return (await tx.query<{ unused: number }>(statements.removeAll, [id]))[0]?.unused ?? 0;
  }
}

import type { Database, Queryable } from "../../platform/database/database.ts";
import type { ImportRun } from "./user-import-model.ts";
import type { PasskeyClash } from "./user-import-store.ts";
import type { User } from "./user.ts";
import type { Role } from "../access/role.ts";
import { APPLY_STATEMENTS as statements } from "./user-import-apply-statements.ts";

/** The users that a batch added. */
export interface AddedUser {
  readonly id: string;
  readonly role: Role;
  readonly hasNumber: boolean;
  readonly hasApp: boolean;
  readonly hasPasskey: boolean;
  readonly isNumberConfirmed: boolean;
}

type AddedBatch =
  | { readonly type: "added"; readonly users: readonly AddedUser[]; readonly last: number }
  | { readonly type: "taken"; readonly clashes: readonly PasskeyClash[] };

/** The slowest hash of a kind that a run brings. */
interface SlowestHash {
  readonly kind: string;
  readonly hash: string;
  readonly milliseconds: number;
}

interface BatchRow extends AddedUser {
  readonly line: number;
  /** Of the batch as a whole; the passkeys are there only where the users are. */
  readonly areAdded: boolean;
  readonly arePasskeysAdded: boolean;
}

/** Adds users from the rows of a run, and invites them. Transactions belong to the office. */
export class UserImportApplyStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Returns false while another process applies the run. */
  async lock(tx: Queryable, id: string): Promise<boolean> {
    const [row] = await tx.query<{ locked: boolean }>(statements.lock, [id]);
    return row?.locked === true;
  }

  /** Call before the first batch of a transaction. */
  async prepare(tx: Queryable): Promise<void> {
    await tx.query(statements.byIndex);
    await tx.query(statements.forgetPlans);
  }

  /** Adds the rows after a line, at most `limit`. Roll back for the other results: a username, or what it names, is taken by now. */
  async add(
    tx: Queryable,
    run: Pick<ImportRun, "id">,
    batch: { after: number; limit: number; passwordHash: string; areMailsProved: boolean; at: Date },
  ): Promise<AddedBatch> {
    const { after, limit, passwordHash, areMailsProved, at } = batch;
    const values = [run.id, after, limit, passwordHash, at, areMailsProved];
    const rows = await tx.query<BatchRow>(statements.add, values);
    if (!rows.every(({ areAdded }) => areAdded)) {
      return { type: "taken", clashes: [] };
    }
    return rows.every(({ arePasskeysAdded }) => arePasskeysAdded)
      ? { type: "added", users: rows, last: rows.at(-1)?.line ?? after }
      : { type: "taken", clashes: await tx.query<PasskeyClash>(statements.clashes, [run.id, after, limit]) };
  }

  async slowestHashes(tx: Queryable, id: string): Promise<SlowestHash[]> {
    return tx.query<SlowestHash>(statements.slowest, [id]);
  }

  async forgetSecrets(tx: Queryable, id: string): Promise<void> {
    await tx.query(statements.forgetSecrets, [id]);
  }

  async reportProgress(
    { id, officeId }: Pick<ImportRun, "id" | "officeId">,
    added: number,
    at: Date,
  ): Promise<void> {
    await this.#database.inOffice(officeId, (tx) => tx.query(statements.reportProgress, [id, added, at]));
  }

  async spend(
    tx: Queryable,
    id: string,
    { added, invites, at }: { added: number; invites: boolean; at: Date },
  ): Promise<boolean> {
    return (await tx.query(statements.spend, [id, added, invites, at])).length === 1;
  }

  /** Returns false for a turn that is already taken. */
  async takeTurn(tx: Queryable, id: string, { turn, at }: { turn: number; at: Date }): Promise<boolean> {
    return (await tx.query(statements.turn, [id, turn, at])).length === 1;
  }

  /** Marks the next users as invited. `users`: those who still need an invitation; `marked`: how many were marked. */
  async invite(
    tx: Queryable,
    id: string,
    { limit, at }: { limit: number; at: Date },
  ): Promise<{ readonly marked: number; readonly users: readonly User[] }> {
    const rows = await tx.query<User & { isThere: boolean }>(statements.invite, [id, at, limit]);
    return { marked: rows.length, users: rows.filter(({ isThere }) => isThere) };
  }

  /** Whether invitations remain to be sent. */
  async isInviting(tx: Queryable, id: string): Promise<boolean> {
    return (await tx.query(statements.inviting, [id])).length > 0;
  }

  async countInvited(tx: Queryable, id: string, count: number): Promise<void> {
    await tx.query(statements.invited, [id, count]);
  }
}

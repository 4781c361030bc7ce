import type { CsvEncoding } from "../../kernel/csv/csv-encoding.ts";
import type { CsvFault } from "../../kernel/csv/csv-fault.ts";
import type { Database, Queryable } from "../../platform/database/database.ts";
import {
  ROW_FAULTS,
  type BroughtSecrets,
  type ImportRow,
  type ImportRun,
  type RowFault,
} from "./user-import-model.ts";
import type { Role } from "../access/role.ts";
import { IMPORT_STATEMENTS as statements } from "./user-import-statements.ts";

/** A row's line and its fault; null for a good row. */
export interface Verdict {
  readonly line: number;
  readonly username: string;
  readonly faults: readonly RowFault[];
}

/** A row whose passkey, or user handle, another user has. */
export interface PasskeyClash {
  readonly line: number;
  readonly fault: "passkey-taken" | "user-handle-taken";
}

interface VerdictRow {
  readonly line: number;
  readonly username: string;
  readonly faults: readonly string[];
}

/** Imported files and their rows, until they are applied or forgotten. Transactions belong to the office. */
export class UserImportStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async begin(
    tx: Queryable,
    run: Pick<ImportRun, "id" | "officeId" | "actor" | "madeAt"> & { readonly endsAt: Date },
  ): Promise<void> {
    await tx.query(statements.replace, [run.officeId, run.madeAt]);
    await tx.query(statements.begin, [run.id, run.officeId, run.actor, run.madeAt, run.endsAt]);
  }

  /** Returns false when the run is no longer being read: dropped, or replaced by another file. */
  stage(run: Pick<ImportRun, "id" | "officeId">, rows: readonly ImportRow[], at: Date): Promise<boolean> {
    return this.#database.inOffice(run.officeId, async (tx) => {
      if ((await tx.query(statements.move, [run.id, rows.length, at])).length === 0) {
        return false;
      }
      await tx.query(statements.stage, [run.id, run.officeId, JSON.stringify(rows)]);
      return true;
    });
  }

  /**
   * Checks what needs all rows: usernames and passkeys within the file, and those taken in the office. `clashes`: what turned out to be
   * taken when the file was applied. Null: no longer open.
   */
  judge(
    { id, officeId }: Pick<ImportRun, "id" | "officeId">,
    at: Date,
    clashes: readonly PasskeyClash[] = [],
  ): Promise<ImportRun | null> {
    return this.#database.inOffice(officeId, async (tx) => {
      const run = await this.find(tx, id);
      await tx.query(statements.plan);
      if (run?.state === "reading") {
        await tx.query(statements.judgeRepeated, [id]);
        await tx.query(statements.judgeRepeatedPasskeys, [id]);
      }
      await tx.query(statements.judgeTaken, [id]);
      const [lines, faults] = [clashes.map(({ line }) => line), clashes.map(({ fault }) => fault)];
      await tx.query(statements.judgeTakenPasskeys, [id, lines, faults]);
      const [concluded] = await tx.query<ImportRun>(statements.conclude, [id, at]);
      return concluded ?? null;
    });
  }

  /** Keeps how the letters of the file were read. */
  async readAs({ id, officeId }: Pick<ImportRun, "id" | "officeId">, encoding: CsvEncoding): Promise<void> {
    await this.#database.inOffice(officeId, (tx) => tx.query(statements.readAs, [id, encoding]));
  }

  /** The first names with letters beyond ASCII, at most `limit`. */
  async lettered({ id, officeId }: Pick<ImportRun, "id" | "officeId">, limit: number): Promise<string[]> {
    const rows = await this.#database.inOffice(officeId, (tx) =>
      tx.query<{ text: string }>(statements.lettered, [id, limit]),
    );
    return rows.map(({ text }) => text);
  }

  refuse(
    { id, officeId }: Pick<ImportRun, "id" | "officeId">,
    { fault, encoding, at }: { fault: CsvFault; encoding: CsvEncoding; at: Date },
  ) {
    return this.#database.inOffice(officeId, async (tx) => {
      await tx.query(statements.forget, [id]);
      const [run] = await tx.query<ImportRun>(statements.refuse, [id, JSON.stringify(fault), at, encoding]);
      return run ?? null;
    });
  }

  /** Returns false when there is nothing to drop. */
  drop({ id, officeId }: Pick<ImportRun, "id" | "officeId">, at: Date): Promise<boolean> {
    return this.#database.inOffice(officeId, async (tx) => {
      const isDropped = (await tx.query(statements.drop, [id, at])).length === 1;
      if (isDropped) {
        await tx.query(statements.forget, [id]);
      }
      return isDropped;
    });
  }

  /** Deletes the rows, and the run too if it was not applied. */
  async forget(tx: Queryable, id: string, at: Date): Promise<void> {
    await tx.query(statements.drop, [id, at]);
    await tx.query(statements.forget, [id]);
  }

  async find(tx: Queryable, id: string): Promise<ImportRun | null> {
    const [run] = await tx.query<ImportRun>(statements.find, [id]);
    return run ?? null;
  }

  /** The newest run of the office, whatever its state. */
  async findLatest(officeId: string): Promise<ImportRun | null> {
    const [run] = await this.#database.inOffice(officeId, (tx) =>
      tx.query<ImportRun>(statements.latest, [officeId]),
    );
    return run ?? null;
  }

  /** The roles that a run gives, and to how many users. */
  async rolesOf(tx: Queryable, id: string): Promise<ReadonlyMap<Role, number>> {
    const rows = await tx.query<{ role: Role; users: number }>(statements.roles, [id]);
    return new Map(rows.map(({ role, users }) => [role, users]));
  }

  /** How many rows bring what proves their users. */
  async brought(tx: Queryable, id: string): Promise<BroughtSecrets> {
    const [row] = await tx.query<BroughtSecrets>(statements.brought, [id]);
    return row ?? { passwords: 0, apps: 0, confirmedNumbers: 0, passkeys: 0 };
  }

  /** The verdicts after a line, in order. `all`: including good rows. */
  async verdicts(
    { id, officeId }: Pick<ImportRun, "id" | "officeId">,
    { after, limit, all }: { after: number; limit: number; all: boolean },
  ): Promise<Verdict[]> {
    const rows = await this.#database.inOffice(officeId, (tx) =>
      tx.query<VerdictRow>(statements.verdicts, [id, after, all, limit]),
    );
    return rows.map(({ faults, ...row }) => ({ ...row, faults: faults.flatMap(toFault) }));
  }
}

function toFault(stored: string): RowFault[] {
  const [name, about = ""] = stored.split(" ");
  const code = ROW_FAULTS.find((known) => known === name);
  return code === undefined ? [] : [{ code, about }];
}

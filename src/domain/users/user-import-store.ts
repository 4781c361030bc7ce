import type { CsvEncoding } from "../../kernel/csv/csv-encoding.ts";
import type { CsvFault } from "../../kernel/csv/csv-fault.ts";
import type { Database, Queryable, Statement } from "../../platform/database/database.ts";
import { ROW_FAULTS, type ImportRow, type ImportRun, type RowFault } from "./user-import.ts";
import type { Role } from "../access/role.ts";

const RUN = `id, office_id as "officeId", actor, state, fault, encoding, rows, bad, added, invites, invited, made_at as "madeAt",
  moved_at as "movedAt"`;

const statements = {
  begin: {
    name: "import_begin",
    text: `insert into import_runs (home, id, office_id, actor, state, made_at, moved_at, ends_at)
           values ($home, $1, $2, $3, 'reading', $4, $4, $5)`,
  },
  // A new file replaces those that were not applied, so that waiting rows stay bounded.
  replace: {
    name: "import_replace",
    text: `with dropped as (
             update import_runs set state = 'dropped', moved_at = $2
             where home = $home and office_id = $1 and state in ('reading', 'checked') returning id)
           delete from import_rows where home = $home and run_id in (select id from dropped)`,
  },
  move: {
    name: "import_move",
    text: `update import_runs set rows = rows + $2, moved_at = $3 where home = $home and id = $1 and state = 'reading' returning id`,
  },
  stage: {
    name: "import_stage",
    text: `insert into import_rows (home, run_id, office_id, line, id, username, username_key, name, mail, number, role,
             language, faults)
           select $home, $1, $2, r.line, r.id, r.username, r."usernameKey", r.name, r.mail, r.number, r.role, r.language,
             array(select json_array_elements_text(r.faults))
           from json_to_recordset($3) as r (line integer, id uuid, username text, "usernameKey" text, name text, mail text,
             number text, role text, language text, faults json)`,
  },
  // Rows that were stored a moment ago are not analysed. Planned for one row, the statements below would compare every line
  // with every other.
  plan: { name: "import_plan", text: "select set_config('enable_nestloop', 'off', true)" },
  // The first line with a username is valid; the later ones refer to it.
  judgeRepeated: {
    name: "import_judge_repeated",
    text: `update import_rows r set faults = r.faults || ('username-repeated ' || d.first)
           from (select line, min(line) over (partition by username_key) as first from import_rows
                 where home = $home and run_id = $1 and not 'username-invalid' = any(faults)) d
           where r.home = $home and r.run_id = $1 and r.line = d.line and d.line > d.first`,
  },
  judgeTaken: {
    name: "import_judge_taken",
    text: `update import_rows r set faults = r.faults || 'username-taken'::text
           where r.home = $home and r.run_id = $1 and not 'username-taken' = any(r.faults)
             and exists (select from users u where u.home = r.home and u.office_id = r.office_id and u.username_key = r.username_key)`,
  },
  conclude: {
    name: "import_conclude",
    text: `update import_runs set state = 'checked', moved_at = $2, added = 0,
             bad = (select count(*) from import_rows where home = $home and run_id = $1 and faults <> '{}')
           where home = $home and id = $1 and state in ('reading', 'checked') returning ${RUN}`,
  },
  refuse: {
    name: "import_refuse",
    text: `update import_runs set state = 'refused', fault = $2, moved_at = $3, encoding = $4 where home = $home and id = $1 and state = 'reading'
           returning ${RUN}`,
  },
  drop: {
    name: "import_drop",
    text: `update import_runs set state = 'dropped', moved_at = $2
           where home = $home and id = $1 and state in ('reading', 'checked') returning id`,
  },
  forget: { name: "import_forget", text: "delete from import_rows where home = $home and run_id = $1" },
  find: { name: "import_find", text: `select ${RUN} from import_runs where home = $home and id = $1` },
  latest: {
    name: "import_latest",
    text: `select ${RUN} from import_runs where home = $home and office_id = $1 order by made_at desc limit 1`,
  },
  readAs: {
    name: "import_read_as",
    text: "update import_runs set encoding = $2 where home = $home and id = $1",
  },
  // Rows whose letters show whether the file was read rightly; of a bad row only the username is kept.
  lettered: {
    name: "import_lettered",
    text: `select coalesce(nullif(name, ''), username) as text from import_rows
           where home = $home and run_id = $1 and (name ~ '[^ -~]' or username ~ '[^ -~]') order by line limit $2`,
  },
  verdicts: {
    name: "import_verdicts",
    text: `select line, username, faults from import_rows
           where home = $home and run_id = $1 and line > $2 and ($3 or faults <> '{}') order by line limit $4`,
  },
  roles: {
    name: "import_roles",
    text: "select role, count(*)::integer as users from import_rows where home = $home and run_id = $1 group by role",
  },
} as const satisfies Record<string, Statement>;

/** A row's line and its fault; null for a good row. */
export interface Verdict {
  readonly line: number;
  readonly username: string;
  readonly faults: readonly RowFault[];
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

  /** Checks what needs all rows: usernames within the file, and those taken in the office. Null: no longer open. */
  judge({ id, officeId }: Pick<ImportRun, "id" | "officeId">, at: Date): Promise<ImportRun | null> {
    return this.#database.inOffice(officeId, async (tx) => {
      const run = await this.find(tx, id);
      await tx.query(statements.plan);
      if (run?.state === "reading") {
        await tx.query(statements.judgeRepeated, [id]);
      }
      await tx.query(statements.judgeTaken, [id]);
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

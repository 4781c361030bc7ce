import { CSV_BOM, csvLines } from "../../kernel/csv/write-csv.ts";
import type { CsvEncoding } from "../../kernel/csv/csv-encoding.ts";
import { CsvDecoder } from "../../kernel/csv/decode-csv.ts";
import type { CsvFault } from "../../kernel/csv/csv-fault.ts";
import type { Database } from "../../platform/database/database.ts";
import { daysAfter, now } from "../../kernel/clock.ts";
import { PageError } from "../../kernel/errors.ts";
import { homeOf, idAt } from "../../kernel/home.ts";
import type { SecretBox } from "../../kernel/secret.ts";
import type { TaskJobs } from "../../platform/messages/task-jobs.ts";
import { SUPPORT_OFFICE_CODE, type Office } from "../offices/office.ts";
import { denialOf, rolesToGive, rolesToGiveAlone } from "../access/access.ts";
import { aboutOffice, type Actor } from "../access/actor.ts";
import type { UserRankStore } from "../access/user-rank-store.ts";
import { sealTotpSecret } from "../factors/totp-secret.ts";
import type { BroughtSecrets, ImportRow, ImportRun, RowFault } from "./user-import-model.ts";
import { judgedRows, type FileRules } from "./user-import-row.ts";
import type { UserImportStore } from "./user-import-store.ts";

interface Deps {
  readonly database: Database;
  readonly store: UserImportStore;
  readonly jobs: TaskJobs;
  readonly ranks: UserRankStore;
  readonly box: SecretBox;
}

/** Rows stored in one statement, and lines read in one query. */
const BATCH = 500;

const DAY_SECONDS = 24 * 60 * 60;

/** Reads a file into waiting rows, each with its verdict. This is the dry run: no user is changed. */
export class UserImporter {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * Reads to the end of the file, or to a fault that makes it unusable. Progress is stored on the way. `encoding`: how to read its
   * letters; null: recognised. Throws PageError "forbidden" for an actor who may not add users.
   */
  async check(
    office: Office,
    bytes: AsyncIterable<Uint8Array>,
    by: Actor,
    encoding: CsvEncoding | null = null,
  ): Promise<ImportRun> {
    requireMayImport(office, by);
    const rules = { ...(await this.#rulesFor(office, by)), decoder: new CsvDecoder(encoding) };
    const run = await this.#begin(office, by);
    try {
      const checked = await this.#read(run, bytes, rules);
      return checked ?? (await this.#get(run));
    } catch (error) {
      // The upload was interrupted, so its rows are useless.
      await this.drop(run);
      throw error;
    }
  }

  /** Null for a run of another office, as for one that does not exist. */
  find(officeId: string, id: string): Promise<ImportRun | null> {
    const { database, store } = this.#deps;
    return database.inOffice(officeId, (tx) => store.find(tx, id));
  }

  findLatest(officeId: string): Promise<ImportRun | null> {
    return this.#deps.store.findLatest(officeId);
  }

  /** Drops what was read; returns false when it is already applied. */
  drop(run: Pick<ImportRun, "id" | "officeId">): Promise<boolean> {
    return this.#deps.store.drop(run, now());
  }

  /** The verdicts of the bad rows after a line, for a page. */
  faults(run: Pick<ImportRun, "id" | "officeId">, { after, limit }: { after: number; limit: number }) {
    return this.#deps.store.verdicts(run, { after, limit, all: false });
  }

  /** How many of its users bring what proves them. */
  brought({ id, officeId }: Pick<ImportRun, "id" | "officeId">): Promise<BroughtSecrets> {
    const { database, store } = this.#deps;
    return database.inOffice(officeId, (tx) => store.brought(tx, id));
  }

  /** A few names by whose letters a person sees whether the file was read rightly. */
  lettered(run: Pick<ImportRun, "id" | "officeId">, limit: number): Promise<string[]> {
    return this.#deps.store.lettered(run, limit);
  }

  /** Every line with its verdict, as a CSV file. `describe` puts a fault into words; null is a good row. */
  async *result(
    run: Pick<ImportRun, "id" | "officeId">,
    { heading, describe }: { heading: readonly string[]; describe: (fault: RowFault | null) => string },
  ): AsyncGenerator<string, void> {
    yield CSV_BOM + csvLines([heading]);
    for (let after = 0; ;) {
      const verdicts = await this.#deps.store.verdicts(run, { after, limit: BATCH, all: true });
      yield csvLines(
        verdicts.map(({ line, username, faults }) => [
          String(line),
          username,
          faults.length === 0 ? describe(null) : faults.map(describe).join(" "),
        ]),
      );
      if (verdicts.length < BATCH) {
        return;
      }
      after = verdicts.at(-1)?.line ?? after;
    }
  }

  async #rulesFor(office: Office, by: Actor): Promise<Omit<FileRules, "decoder">> {
    const { database, ranks } = this.#deps;
    const hasSuperuser = await database.inOffice(office.id, (tx) => ranks.hasSuperuser(tx, now()));
    const rolesAlone = rolesToGiveAlone(by, office, hasSuperuser);
    const mayBringSecrets = denialOf(by, "users.import-secrets", aboutOffice(office)) === null;
    const sealApp: FileRules["sealApp"] = (user, key) => sealTotpSecret(this.#deps.box, user, key);
    return { office, roles: rolesToGive(by, office), rolesAlone, mayBringSecrets, sealApp };
  }

  async #begin(office: Office, { id: actor }: Actor): Promise<ImportRun> {
    const { database, store, jobs } = this.#deps;
    const [id, officeId, madeAt] = [idAt(homeOf(office.id)), office.id, now()];
    await database.inOffice(officeId, async (tx) => {
      await store.begin(tx, { id, officeId, actor, madeAt, endsAt: daysAfter(madeAt, 1) });
      await jobs.add(tx, { task: "import-forget", id, officeId, turn: 0 }, DAY_SECONDS);
    });
    return this.#get({ id, officeId });
  }

  async #get({ id, officeId }: Pick<ImportRun, "id" | "officeId">): Promise<ImportRun> {
    const run = await this.find(officeId, id);
    if (run === null) {
      throw new Error("The import that was just begun is not there.");
    }
    return run;
  }

  async #read(run: ImportRun, bytes: AsyncIterable<Uint8Array>, rules: FileRules): Promise<ImportRun | null> {
    const { store } = this.#deps;
    const waiting = new Batches((rows) => store.stage(run, rows, now()));
    const refused = (fault: CsvFault) =>
      store.refuse(run, { fault, encoding: rules.decoder.encoding, at: now() });
    for await (const part of judgedRows(bytes, rules)) {
      if (part.type === "fault") {
        return refused(part.fault);
      }
      if (!(await waiting.add(part.row))) {
        return null;
      }
    }
    if (waiting.isEmpty) {
      return refused({ code: "empty", line: null, about: "" });
    }
    if (!(await waiting.end())) {
      return null;
    }
    await store.readAs(run, rules.decoder.encoding);
    return store.judge(run, now());
  }
}

/** At most one batch in memory. Returns false once the run is no longer wanted. */
class Batches {
  readonly #keep: (rows: readonly ImportRow[]) => Promise<boolean>;
  #rows: ImportRow[] = [];
  isEmpty = true;

  constructor(keep: (rows: readonly ImportRow[]) => Promise<boolean>) {
    this.#keep = keep;
  }

  async add(row: ImportRow): Promise<boolean> {
    this.isEmpty = false;
    this.#rows.push(row);
    return this.#rows.length < BATCH || this.end();
  }

  end(): Promise<boolean> {
    const rows = this.#rows;
    this.#rows = [];
    return rows.length === 0 ? Promise.resolve(true) : this.#keep(rows);
  }
}

/** Staff of the platform is never imported: a row can only give a role inside one office. */
function requireMayImport(office: Office, by: Actor): void {
  if (office.code === SUPPORT_OFFICE_CODE || denialOf(by, "users.import", aboutOffice(office)) !== null) {
    throw new PageError("forbidden");
  }
}

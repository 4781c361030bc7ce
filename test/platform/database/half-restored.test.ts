import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { diagnose } from "../../../src/cli/doctor-checks.ts";
import { errorText } from "../../../src/cli/report-error.ts";
import { PROCESS_TERMINAL } from "../../../src/cli/terminal.ts";
import { createLog } from "../../../src/kernel/log.ts";
import { knownMigrations } from "../../../src/platform/database/migration-marks.ts";
import { openDatabase } from "../../../src/platform/database/open-database.ts";
import { readSettings } from "../../../src/server/settings/settings.ts";
import { asOwner, freshDatabase, type FreshDatabase } from "../../support/database.ts";

const AGAIN = "estore the backup again, into an empty database";

interface State {
  readonly what: string;
  /** Makes it of a database that is whole. */
  readonly by: string;
  /** What is said of it, by `start`, `migrate` and `doctor` alike. */
  readonly says: readonly string[];
}

const STATES: readonly State[] = [
  {
    what: "without the list of migrations",
    by: "drop table migrations",
    says: ["no list of the migrations", AGAIN],
  },
  {
    what: "with an empty list of migrations",
    by: "delete from migrations",
    says: ["no list of the migrations", AGAIN],
  },
  {
    what: "without a table",
    by: "drop table trusted_browsers cascade",
    says: ["table trusted_browsers", AGAIN],
  },
  { what: "without the jobs", by: "drop table jobs cascade", says: ["table jobs", AGAIN] },
  {
    what: "without a column",
    by: "alter table users drop column language cascade",
    says: ["column users.language", AGAIN],
  },
  {
    what: "without a function",
    by: "drop function find_account(smallint, uuid)",
    says: ["function find_account(p_home smallint, p_subject uuid) is missing", AGAIN],
  },
  {
    what: "without a policy",
    by: "drop policy users_of_office on users",
    says: ["policy users.users_of_office is missing", AGAIN],
  },
  {
    what: "without an index",
    by: "drop index offices_code",
    says: ["index offices.offices_code is missing", AGAIN],
  },
  {
    what: "without a foreign key",
    by: "alter table users drop constraint users_office_id_fkey",
    says: ["rule users.users_office_id_fkey is missing", AGAIN],
  },
  {
    what: "with row-level security off",
    by: "alter table users disable row level security",
    says: ["nothing keeps offices apart", "alter table users enable row level security;"],
  },
  {
    what: "with row-level security that spares the owner",
    by: "alter table users no force row level security",
    says: ["nothing keeps offices apart", "alter table users force row level security;"],
  },
  {
    what: "of a newer Vestibule",
    by: "insert into migrations (name, batch) values ('999_later.ts', 9)",
    says: ["belongs to a newer Vestibule", "999_later.ts"],
  },
  {
    what: "of an earlier commit, whose migrations were others",
    by: "update migrations set name = '001_offices_and_users.ts' where name like '001%'; delete from migrations where name > '002'",
    says: [
      "made by an earlier commit of Vestibule",
      "delete the directory of the embedded database (data/, or VESTIBULE_DATA_DIR)",
      "set DATABASE_URL to an empty database",
    ],
  },
  {
    what: "that belongs to several roles",
    by: "alter table users owner to vestibule_backup",
    says: ["belong to several roles", "--no-owner"],
  },
  {
    what: "with functions of another role",
    by: "alter function seal_audit_events(smallint, uuid, integer) owner to vestibule_backup",
    says: ["belong to several roles", "--no-owner"],
  },
  {
    what: "in another schema",
    by: "alter schema public rename to elsewhere; create schema public",
    says: ['are in the schema "elsewhere"'],
  },
  {
    what: "without the schema public",
    by: "alter schema public rename to elsewhere",
    says: ['no schema "public"', "create schema public;"],
  },
  {
    what: "without PL/pgSQL",
    by: "drop extension plpgsql cascade",
    says: ["lacks PL/pgSQL", "create extension plpgsql;"],
  },
  {
    what: "whose names are looked up elsewhere",
    by: "do $$ begin create schema elsewhere; execute format('alter database %I set search_path = elsewhere, public', current_database()); end $$",
    says: ['not in the schema "public"', "reset search_path"],
  },
];

describe("a database that was restored in part", () => {
  let directory: string;
  let database: FreshDatabase;

  before(() => {
    directory = mkdtempSync(join(tmpdir(), "vestibule-restored-"));
  });
  after(() => {
    rmSync(directory, { recursive: true, force: true });
  });
  beforeEach(async () => {
    database = await freshDatabase();
  });
  afterEach(() => database.drop());

  const environment = () => ({
    PORT: "1",
    DATABASE_URL: database.url,
    VESTIBULE_DATABASE_OWNER_URL: database.ownerUrl,
    VESTIBULE_DATA_DIR: directory,
    VESTIBULE_DEMO: "no",
  });
  /** What "npx vestibule migrate" says, or a start of the server. */
  const open = async () => {
    try {
      const { migrated, close } = await openDatabase(readSettings(environment()), createLog("silent"));
      await close();
      return migrated;
    } catch (error) {
      return errorText(error, [], PROCESS_TERMINAL);
    }
  };
  const doctor = async () => {
    const findings = await diagnose(environment());
    return findings
      .filter(({ state }) => state === "fail")
      .map(({ says, advice }) => `${says} ${advice ?? ""}`)
      .join("\n");
  };

  for (const { what, by, says } of STATES) {
    it(`${what} is reported in one sentence, by a start and by the doctor`, async () => {
      await asOwner(database, by);
      const printed = await open();
      const looked = await doctor();
      for (const part of says) {
        expect(printed, "start").to.contain(part);
        expect(looked, "doctor").to.contain(part);
      }
      expect(printed).to.not.contain("Unexpected");
      expect(looked.split("\n")).to.have.lengthOf(1);
    });
  }

  it("with a list that names half of its migrations is reported in one sentence by a start", async () => {
    await asOwner(database, "delete from migrations where name > '006'");
    expect(await open())
      .to.contain("The list of migrations does not fit the tables")
      .and.contain(AGAIN);
  });

  it("that is empty is migrated as a new one", async () => {
    await asOwner(database, "drop schema public cascade; create schema public");
    expect(await open()).to.deep.equal(await knownMigrations());
    expect(await open()).to.deep.equal([]);
  });

  it("of an older Vestibule is brought up to date", async () => {
    await asOwner(
      database,
      "alter table webhooks drop column paused_until; delete from migrations where name = '047_webhook_pauses.ts'",
    );
    expect(await open()).to.deep.equal(["047_webhook_pauses.ts"]);
    expect(await open()).to.deep.equal([]);
  });

  it("without the rights of the server gets them at the next start, and the doctor says so before", async () => {
    await asOwner(database, "revoke all on all tables in schema public from vestibule_app");
    expect(await doctor())
      .to.contain("vestibule_app lacks")
      .and.contain("grant delete on table applications to vestibule_app;")
      .and.contain("npx vestibule migrate");
    expect(await open()).to.deep.equal([]);
    expect(await doctor()).to.equal("");
  });

  it("without the policy of a backup gets it at the next start, and the doctor says so before", async () => {
    await asOwner(database, "drop policy backup on users");
    const backup = async () => (await diagnose(environment())).find(({ check }) => check === "Backup role");
    const before = await backup();
    expect([before?.state, before?.advice].join(" ")).to.match(/^warn .*create policy backup on users /);
    expect(await open()).to.deep.equal([]);
    expect((await backup())?.state).to.equal("ok");
  });

  it("or made in an encoding without most names is refused before anything is made in it", async () => {
    const name = `ascii_${String(process.pid)}`;
    await asOwner(database, `create database ${name} template template0 encoding 'SQL_ASCII' locale 'C'`);
    const whole = database;
    const renamed = (url: string) => url.replace(/\/[^/?]*(\?|$)/, `/${name}$1`);
    database = { ...whole, url: renamed(whole.url), ownerUrl: renamed(whole.ownerUrl) };
    const printed = await open();
    const looked = await doctor();
    database = whole;
    await asOwner(database, `drop database ${name}`);
    expect(printed).to.contain(`The database ${name} keeps text as SQL_ASCII`);
    expect(looked).to.contain(`The database ${name} keeps text as SQL_ASCII`);
  });

  it("that answers in a way that nothing foresaw is no bug of Vestibule's", () => {
    const error = Object.assign(new Error("permission denied for table x"), {
      severity: "ERROR",
      code: "0LP01",
    });
    expect(errorText(error, [], PROCESS_TERMINAL))
      .to.contain("The database refused (0LP01): permission denied for table x.")
      .and.contain("npx vestibule doctor");
  });
});

import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect } from "chai";
import { knownMigrations } from "../../../src/platform/database/migration-marks.ts";
import { runProcess, useInstallation } from "../../cli/installation.ts";
import { asOwner } from "../../support/database.ts";
import { copyAsTheImageDoes, PROJECT } from "../../support/project-copy.ts";
import { startServerProgram } from "../../support/server-program.ts";

describe("an older server and a database that is newer", function () {
  this.timeout(60_000);
  let newer: string;
  const here = useInstallation();
  before(() => {
    newer = mkdtempSync(join(tmpdir(), "vestibule-newer-"));
    copyAsTheImageDoes(newer);
    symlinkSync(join(PROJECT, "node_modules"), join(newer, "node_modules"), "junction");
  });
  after(() => {
    rmSync(newer, { recursive: true, force: true });
  });

  const addMigration = (name: string, sql: string, worksWith?: string) => {
    const mark = worksWith === undefined ? "" : `export const worksWith = ${JSON.stringify(worksWith)};\n`;
    const ups = `export async function up(knex) { await knex.raw(${JSON.stringify(sql)}); }\n`;
    writeFileSync(join(newer, "migrations", name), `${mark}${ups}export async function down() {}\n`);
  };
  const migrateWithNewer = async () => {
    const child = spawn(process.execPath, [join(newer, "bin/vestibule.js"), "migrate", "--json"], {
      env: { PATH: process.env["PATH"], ...here.environment },
    });
    const [out, error] = await Promise.all([text(child.stdout), text(child.stderr)]);
    expect(error).to.equal("");
    return JSON.parse(out) as unknown;
  };
  const ready = async () =>
    (await fetch(`http://localhost:${here.environment["PORT"] ?? ""}/health/ready`)).status;

  it("leaves a function as the newer release has changed it, though no migration mentions it", async () => {
    const file = join(newer, "migrations/functions/mail_hash.sql");
    writeFileSync(file, readFileSync(file, "utf8").replace("btrim(p_mail)", "btrim(p_mail, ' ')"));
    const manifest = JSON.parse(readFileSync(join(newer, "package.json"), "utf8")) as object;
    writeFileSync(join(newer, "package.json"), JSON.stringify({ ...manifest, version: "99.0.0" }));
    expect(await migrateWithNewer()).to.deep.equal({ migrated: ["functions/mail_hash.sql"] });
    expect((await here.ask(["migrate"]))["migrated"]).to.deep.equal([]);
    const [made] = await asOwner<{ source: string }>(
      here.database,
      "select prosrc as source from pg_proc where proname = 'mail_hash'",
    );
    expect(made?.source).to.contain("btrim(p_mail, ' ')");
  });

  it("starts again and serves when the newer migrations are marked as ones that it works with", async () => {
    addMigration(
      "900_expand.ts",
      "alter table offices add column later text",
      (await knownMigrations()).at(-1),
    );
    const server = await startServerProgram(here.environment);
    expect(await migrateWithNewer()).to.deep.equal({ migrated: ["900_expand.ts"] });
    expect(await ready(), "beside the migration").to.equal(200);
    await server.stop();
    const again = await startServerProgram(here.environment);
    expect(await ready(), "after a restart").to.equal(200);
    await again.stop();
    expect((await here.ask(["migrate"]))["migrated"]).to.deep.equal([]);
    await here.ask(["office", "add", "NOORD", "--name", "Noord"]);
  });

  it("is named by the doctor, who finds nothing wrong with it", async () => {
    const { code, out } = await here.run(["doctor"]);
    expect(out).to.match(
      /^warn {2}Migrations +of a newer Vestibule, with which this one works: 900_expand\.ts$/m,
    );
    expect(code).to.equal(0);
  });

  it("does not start when the database is two sets newer", async () => {
    addMigration("901_contract.ts", "alter table offices drop column later", "900_expand.ts");
    await migrateWithNewer();
    for (const words of [["start"], ["migrate"], ["office", "list"]]) {
      const { code, error } = await runProcess(here.environment, words);
      expect(code, words.join(" ")).to.equal(1);
      expect(error).to.contain("belongs to a newer Vestibule (it has 901_contract.ts)");
    }
    const { code, out } = await here.run(["doctor"]);
    expect(out).to.match(/^fail {2}Migrations .*901_contract\.ts/m);
    expect(code).to.equal(1);
  });

  it("does not start when the newer migration has no mark", async () => {
    addMigration("902_unmarked.ts", "select 1");
    await migrateWithNewer();
    await asOwner(here.database, "delete from migrations where name = '901_contract.ts'");
    const { code, error } = await runProcess(here.environment, ["start"]);
    expect(code).to.equal(1);
    expect(error).to.contain("(it has 902_unmarked.ts)");
  });
});

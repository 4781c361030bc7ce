import { execFile } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect } from "chai";
import { diagnose } from "../../src/command-line/doctor-checks.ts";
import { inspectSchema } from "../../src/database/inspection.ts";
import { Secret } from "../../src/kernel/secret.ts";
import { start, type Running } from "../../src/main.ts";
import { readSettings } from "../../src/settings.ts";
import { askAs, debianCluster, debianPrograms, embeddedCluster, type Cluster } from "../support/cluster.ts";
import { blockOf, OPERATIONS, settingsIn } from "../support/document.ts";
import { HttpBrowser } from "../support/http-browser.ts";
import { makeApplication, makeUser, type TestApplication, type TestUser } from "../support/people.ts";
import { authorizationRequest, redeem } from "../support/relying-party.ts";
import { giveApp, makeStrictOffice, passPassword, sendForm, type TestApp } from "../support/second-factor.ts";
import { tokensOf } from "../support/tokens.ts";
import { MINUTE, travel } from "../support/time.ts";
import { totpNow } from "../support/totp.ts";
import { freePort } from "../support/vestibule.ts";

const run = promisify(execFile);
const HERE = fileURLToPath(new URL("../..", import.meta.url));
const CHIEF = { user: "chief", password: "CHIEF-PASSWORD" };
const DUMP = { user: "vestibule_dump", password: "DUMP-PASSWORD" };
const COUNTS = `select c.relname as name, (xpath('/row/n/text()', query_to_xml(format('select count(*) as n from %I.%I',
    n.nspname, c.relname), false, true, '')))[1]::text as rows
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where n.nspname in ('public', 'jobs') and c.relkind = 'r' order by n.nspname, c.relname`;

/** What somebody has who follows docs/operations.md: a database server, files, and the commands that stand there. */
class Machine {
  readonly directory = mkdtempSync(join(tmpdir(), "vestibule-machine-"));
  readonly cluster: Cluster;
  readonly #port: string;

  constructor(cluster: Cluster, port: number) {
    this.cluster = cluster;
    this.#port = String(port);
    mkdirSync(join(this.directory, "programs"));
    // In the document npx finds the command in /opt/vestibule; the tests have no folder of their own for it.
    const npx = join(this.directory, "programs", "npx");
    writeFileSync(npx, `#!/bin/sh\nshift\nexec "${process.execPath}" "${HERE}/bin/vestibule.js" "$@"\n`);
    chmodSync(npx, 0o755);
  }

  /** This machine's own place for each place of the document. */
  own(text: string): string {
    const places = {
      "/etc/vestibule-backup.env": join(this.directory, "backup.env"),
      "/etc/vestibule": this.directory,
      "/usr/local/sbin/vestibule-backup": join(this.directory, "vestibule-backup"),
      "/var/backups/vestibule": join(this.directory, "backups"),
      "/opt/vestibule": HERE,
      "127.0.0.1:5432": `127.0.0.1:${String(this.cluster.port)}`,
      "port=5432": `port=${String(this.cluster.port)}`,
      "PGPORT=5432": `PGPORT=${String(this.cluster.port)}`,
      "PORT=3000": `PORT=${this.#port}`,
      // There is no user of the service here.
      "--owner=root --group=vestibule ": "",
      "chown vestibule: ": "chmod 0600 ",
    };
    return Object.entries(places).reduce((done, [theirs, own]) => done.replaceAll(theirs, own), text);
  }

  /** Writes a block to the file that it is for. */
  write(file: string): void {
    writeFileSync(this.own(file), this.own(blockOf(OPERATIONS, file)));
  }

  /** Types a block; `more` is in the environment, such as what a prompt asks for. */
  async type(block: string, more: Readonly<Record<string, string>> = {}): Promise<string> {
    const env = { PATH: `${this.directory}/programs:${process.env["PATH"] ?? ""}`, ...more };
    const script = `set -e\n${this.own(blockOf(OPERATIONS, block))}`;
    return run("sh", ["-c", script], { env, cwd: HERE }).then(
      ({ stdout }) => stdout,
      (error: unknown) => {
        throw new Error(`The block ${block} failed: ${String(error)} ${JSON.stringify(error)}`);
      },
    );
  }

  /** Makes roles and database as an administrator who is no superuser. */
  async makeDatabase(): Promise<void> {
    await this.cluster.sql(
      "postgres",
      `create role ${CHIEF.user} login createrole createdb password '${CHIEF.password}'`,
    );
    const statements = blockOf(OPERATIONS, "roles").split(";\n").filter(Boolean);
    for (const statement of statements) {
      await askAs(this.cluster.url(CHIEF, "postgres"), statement);
    }
  }

  settings(): Record<string, string> {
    return settingsIn(this.own(blockOf(OPERATIONS, "settings")));
  }

  serve(): Promise<Running> {
    return start(readSettings({ ...this.settings(), VESTIBULE_LOG_LEVEL: "silent" }));
  }

  async close(): Promise<void> {
    await this.cluster.close();
    rmSync(this.directory, { recursive: true, force: true });
  }
}

describe("docs/operations.md, followed word for word", function () {
  this.timeout(60_000);
  const programs = debianPrograms();
  let first: Machine;
  let second: Machine;
  let application: TestApplication;
  let user: TestUser;
  let app: TestApp;
  /** Signed in before the dump. */
  let spent: HttpBrowser;
  let dumped: readonly object[];

  before(async function () {
    if (programs === null) {
      console.error("Debian's package postgresql is not installed: these tests are pending.");
      this.skip();
    }
    const port = await freePort();
    first = new Machine(await debianCluster(programs), port);
    second = new Machine(await debianCluster(programs), port);
  });
  after(async () => {
    await first?.close();
    await second?.close();
  });

  async function signIn({ settings }: Running["services"]): Promise<HttpBrowser> {
    const browser = new HttpBrowser(settings.issuer, settings.port);
    const page = await passPassword(browser, application, user);
    const answer = await sendForm(browser, page, { code: totpNow(app.secret) });
    expect(answer.location).to.contain("code=");
    return browser;
  }

  it("makes an installation in an empty cluster, without a superuser", async () => {
    await first.makeDatabase();
    await first.type("secrets");
    first.write("/etc/vestibule/vestibule.env");
    const told = await first.type("first-start", first.settings());
    expect(told).to.contain("ok    Schema").and.contain("members of vestibule_backup may dump every row");
    expect(await first.type("people", first.settings())).to.contain("The office NOORD was added.");
  });

  it("serves, and dumps every row with the real pg_dump", async () => {
    const running = await first.serve();
    const office = await makeStrictOffice(running.services);
    user = await makeUser(running.services, office);
    app = await giveApp(running.services, user);
    application = await makeApplication(running.services);
    spent = await signIn(running.services);
    // As the server does every few seconds.
    await running.services.database.query({ name: "seal_for_dump", text: "select seal_audit_events(1000)" });
    await running.stop();
    first.write("/etc/vestibule-backup.env");
    first.write("/usr/local/sbin/vestibule-backup");
    expect(await first.type("backup")).to.match(/vestibule-\d{4}-\d\d-\d\d-\d{6}\.dump/);
    dumped = await first.cluster.sql("vestibule", COUNTS);
  });

  it("refuses to dump when a table would be without its rows", async () => {
    await first.cluster.sql("vestibule", "alter policy backup on users rename to no_backup");
    const fault = await first.type("backup").catch(String);
    await first.cluster.sql("vestibule", "alter policy no_backup on users rename to backup");
    expect(fault).to.contain("nothing was dumped").and.contain("users");
  });

  it("restores into an empty cluster on another machine, and the counts of all tables are the same", async () => {
    await second.makeDatabase();
    const folder = join(first.directory, "backups");
    const [dump = ""] = readdirSync(folder);
    mkdirSync(join(second.directory, "backups"));
    renameSync(join(folder, dump), join(second.directory, "backups", "vestibule.dump"));
    renameSync(join(first.directory, "secrets.json"), join(second.directory, "secrets.json"));
    await second.type("restore", { PGPASSWORD: "OWNER-PASSWORD" });
    expect(await second.cluster.sql("vestibule", COUNTS)).to.deep.equal(dumped);
  });

  it("proves the audit log there, and ends what the backup takes for unused", async () => {
    const told = await second.type("after-restore", second.settings());
    expect(told)
      .to.contain("sessions, tokens and codes were ended")
      .and.match(new RegExp(`^${user.office.code} +[1-9]\\d* +0 +\\d+ +\\d+:\\S+ +whole$`, "m"))
      .and.contain("ok    Schema");
    expect(told).to.not.match(/^fail/m);
  });

  it("signs in there with the same app's code, and knows no session of before", async () => {
    const running = await second.serve();
    try {
      const { issuer } = running.services.settings;
      const silent = authorizationRequest(issuer, application, { prompt: "none" });
      expect((await spent.get(silent.url)).location).to.contain("error=login_required");
      // A code that was shown before the restore is not taken again.
      travel(2 * MINUTE);
      const browser = await signIn(running.services);
      const request = authorizationRequest(issuer, application);
      const redirect = new URL((await browser.get(request.url)).location);
      expect(tokensOf(await redeem(browser, application, { redirect, request })).id).to.not.equal("");
    } finally {
      await running.stop();
    }
  });

  it("lets nobody but a member of vestibule_backup see every row", async () => {
    const server = second.cluster.url({ user: "vestibule_server", password: "SERVER-PASSWORD" }, "vestibule");
    const dump = second.cluster.url(DUMP, "vestibule");
    const count = "select count(*)::integer as people from users";
    expect(await askAs(server, count)).to.deep.equal([{ people: 0 }]);
    expect(await askAs(dump, count)).to.deep.equal([{ people: 3 }]);
  });

  it("ends whole on PostgreSQL 18 as well, without the roles and with logins of other names", async () => {
    const cluster = await embeddedCluster();
    try {
      await cluster.sql(
        "postgres",
        "create role tables login createrole password 'OWNER-PASSWORD'; create role web login password 'SERVER-PASSWORD'",
      );
      await cluster.sql("postgres", "create database vestibule owner tables");
      const url = (user: string, password: string) => cluster.url({ user, password }, "vestibule");
      const owner = url("tables", "OWNER-PASSWORD");
      const dump = join(second.directory, "backups", "vestibule.dump");
      const errors = await run("pg_restore", [
        "--dbname",
        owner,
        "--no-owner",
        "--no-privileges",
        dump,
      ]).catch((error: unknown) => String(error));
      expect(errors).to.contain('role "vestibule_backup" does not exist');
      const environment = {
        ...second.settings(),
        DATABASE_URL: url("web", "SERVER-PASSWORD"),
        VESTIBULE_DATABASE_OWNER_URL: owner,
      };
      const findings = await diagnose(environment);
      const advice = findings.map((finding) => finding.advice).join("\n");
      expect(advice).to.contain("create role vestibule_app;").and.contain("create role vestibule_backup;");
      await second.type("after-restore", environment);
      expect((await diagnose(environment)).filter(({ state }) => state === "fail")).to.deep.equal([]);
      const { gaps } = await inspectSchema(new Secret(owner), "web");
      expect([gaps.server, gaps.backup]).to.deep.equal([[], []]);
      expect(await cluster.sql("vestibule", "select count(*)::integer as people from users")).to.deep.equal([
        { people: 3 },
      ]);
    } finally {
      await cluster.close();
    }
  });

  it("is not taken for a backup when it was dumped by a role that saw no people", async () => {
    await second.cluster.sql("vestibule", "truncate users cascade");
    const fault = await second.type("after-restore", second.settings()).catch(String);
    expect(fault).to.contain("The backup has accounts and not one person");
  });
});

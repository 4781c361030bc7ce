import { execFile } from "node:child_process";
import { mkdirSync, readdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import { diagnose } from "../../src/cli/doctor-checks.ts";
import { inspectSchema } from "../../src/platform/database/inspection.ts";
import { Secret } from "../../src/kernel/secret.ts";
import type { Running } from "../../src/server/main.ts";
import { askAs, embeddedCluster } from "../support/cluster.ts";
import { HttpBrowser } from "../support/http-browser.ts";
import { makeApplication, makeUser, type TestApplication, type TestUser } from "../support/people.ts";
import { authorizationRequest, redeem } from "../support/relying-party.ts";
import { giveApp, makeStrictOffice, passPassword, sendForm, type TestApp } from "../support/second-factor.ts";
import { tokensOf } from "../support/tokens.ts";
import { MINUTE, travel } from "../support/time.ts";
import { totpNow } from "../support/totp.ts";
import { freePort } from "../support/free-port.ts";
import { debianVersion, makeDebianCluster } from "./debian-cluster.ts";
import { Machine } from "./machine.ts";

const run = promisify(execFile);
const DUMP = { user: "vestibule_dump", password: "DUMP-PASSWORD" };
const COUNTS = `select c.relname as name, (xpath('/row/n/text()', query_to_xml(format('select count(*) as n from %I.%I',
    n.nspname, c.relname), false, true, '')))[1]::text as rows
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where n.nspname = 'public' and c.relkind = 'r' order by n.nspname, c.relname`;

describe("docs/operations.md, followed word for word", function () {
  this.timeout(60_000);
  const version = debianVersion();
  let first: Machine;
  let second: Machine;
  let application: TestApplication;
  let user: TestUser;
  let app: TestApp;
  /** Signed in before the dump. */
  let spent: HttpBrowser;
  let dumped: readonly object[];

  before(async function () {
    if (version === null) {
      console.error("Debian's package postgresql is not installed: these tests are pending.");
      this.skip();
    }
    const port = await freePort();
    const open = async () => {
      const cluster = await makeDebianCluster(version);
      return new Machine(cluster, { "db1.example.com": cluster }, port);
    };
    first = await open();
    second = await open();
  });
  after(async () => {
    for (const machine of [first, second].filter(Boolean)) {
      machine.close();
      await machine.cluster.close();
    }
  });

  async function signIn({ settings }: Running["services"]): Promise<HttpBrowser> {
    const browser = new HttpBrowser(settings.issuer, settings.port);
    const page = await passPassword(browser, application, user);
    const answer = await sendForm(browser, page, { code: totpNow(app.secret) });
    expect(answer.location).to.contain("code=");
    return browser;
  }

  it("makes a database server that lets Vestibule in from its network with TLS alone", async () => {
    await first.encrypt();
    const rules = await first.cluster.sql(
      "postgres",
      "select type, database, address, error from pg_hba_file_rules where type = 'hostssl' or error is not null",
    );
    const rule = { type: "hostssl", address: "samenet", error: null };
    expect(rules).to.deep.equal([
      { ...rule, database: ["vestibule"] },
      { ...rule, database: ["replication"] },
    ]);
  });

  it("makes an installation in an empty cluster, without a superuser", async () => {
    await first.makeDatabase();
    await first.type("secrets");
    await first.type("database-certificate");
    first.write("/etc/vestibule/vestibule.env");
    const printed = await first.type("first-start", first.settings());
    expect(printed).to.contain("ok    Schema").and.contain("members of vestibule_backup may dump every row");
    expect(printed).to.match(
      /^ok {4}Connection +localhost:\d+ takes writes, TLSv1\.3, certificate verified$/m,
    );
    expect(await first.type("people", first.settings())).to.contain("The office NOORD was added.");
  });

  it("serves, and dumps every row with the real pg_dump", async () => {
    const running = await first.serve();
    try {
      const office = await makeStrictOffice(running.services);
      user = await makeUser(running.services, office);
      app = await giveApp(running.services, user);
      application = await makeApplication(running.services);
      spent = await signIn(running.services);
      // As the server does every few seconds.
      await running.services.stores.auditSeals.seal(1_000);
    } finally {
      await running.stop();
    }
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
    await second.encrypt();
    await second.makeDatabase();
    await second.type("database-certificate");
    const folder = join(first.directory, "backups");
    const [dump = ""] = readdirSync(folder);
    mkdirSync(join(second.directory, "backups"));
    renameSync(join(folder, dump), join(second.directory, "backups", "vestibule.dump"));
    renameSync(join(first.directory, "secrets.json"), join(second.directory, "secrets.json"));
    await second.type("restore", { PGPASSWORD: "OWNER-PASSWORD" });
    expect(await second.cluster.sql("vestibule", COUNTS)).to.deep.equal(dumped);
  });

  it("proves the audit log there, and ends what the backup takes for unused", async () => {
    const printed = await second.type("after-restore", second.settings());
    expect(printed)
      .to.contain("sessions, tokens and codes were ended")
      .and.match(new RegExp(`^${user.office.code} +[1-9]\\d* +0 +\\d+ +\\d+:\\S+ +whole$`, "m"))
      .and.contain("ok    Schema");
    expect(printed).to.not.match(/^fail/m);
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
    expect(fault).to.contain("The backup has accounts but not one user");
  });
});

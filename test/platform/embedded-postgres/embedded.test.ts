import { expect } from "chai";
import { readdir, readFile, stat, truncate } from "node:fs/promises";
import { join } from "node:path";
import { makeHome, ordinary, users, useStages } from "./embedded-stage.ts";
import { open, query, serverPid, withOpen } from "./embedded-trial.ts";

useStages();

const modeOf = async (path: string): Promise<string> => ((await stat(path)).mode & 0o777).toString(8);

async function refusal(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => "allowed",
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
}

for (const user of users) {
  describe(`The embedded database of ${user.name}`, function () {
    this.timeout(20_000);
    let dataDir: string;

    before(async () => {
      dataDir = join(await makeHome(user), "data");
    });

    it("keeps what was written, after a stop and another start", async () => {
      await withOpen(dataDir, { user }, ({ ownerUrl }) =>
        query(ownerUrl, "create table kept as select 7 as number"),
      );
      expect(await serverPid(dataDir)).to.equal(null);
      const rows = await withOpen(dataDir, { user }, ({ ownerUrl }) => query(ownerUrl, "select * from kept"));
      expect(rows).to.deep.equal([{ number: 7 }]);
    });

    it("is closed to other users of the machine", async () => {
      expect(await modeOf(dataDir)).to.equal("700");
      expect(await modeOf(join(dataDir, "postgresql"))).to.equal("700");
      expect(await modeOf(join(dataDir, "postgresql-secrets.json"))).to.equal("600");
      expect(await modeOf(join(dataDir, "postgresql.log"))).to.equal("600");
    });

    it("leaves nothing else in the data directory", async () => {
      const names = (await readdir(dataDir)).toSorted();
      expect(names).to.deep.equal(["postgresql", "postgresql-secrets.json", "postgresql.log"]);
    });

    it("is stopped only by the last process that uses it", async () => {
      const first = await open(dataDir, { user });
      const second = await open(dataDir, { user });
      const [one, other] = await Promise.all([first.answer, second.answer]);
      expect(other.ownerUrl).to.equal(one.ownerUrl);
      await first.close();
      expect(await query(other.applicationUrl, "select 1 as one")).to.deep.equal([{ one: 1 }]);
      await second.close();
      expect(await serverPid(dataDir)).to.equal(null);
    });
  });
}

describe("The embedded database", function () {
  this.timeout(20_000);
  let dataDir: string;

  before(async () => {
    dataDir = join(await makeHome(ordinary), "data");
  });

  it("is made once when two processes open a new data directory at the same time", async () => {
    const openers = await Promise.all([open(dataDir), open(dataDir), open(dataDir)]);
    const addresses = await Promise.all(openers.map(async ({ answer }) => (await answer).ownerUrl));
    expect(new Set(addresses).size).to.equal(1);
    expect(addresses[0]).to.match(/^postgresql:/);
    await Promise.all(openers.map(({ close }) => close()));
    expect(await serverPid(dataDir)).to.equal(null);
  });

  it("survives processes that open and close it all the time", async () => {
    const rounds = async (): Promise<void> => {
      for (let round = 0; round < 3; round += 1) {
        const rows = await withOpen(dataDir, {}, ({ ownerUrl }) => query(ownerUrl, "select 1 as one"));
        expect(rows).to.deep.equal([{ one: 1 }]);
      }
    };
    await Promise.all([rounds(), rounds(), rounds()]);
    expect(await serverPid(dataDir)).to.equal(null);
  });

  it("gives the application a role without any power of its own", async () => {
    await withOpen(dataDir, {}, async ({ ownerUrl, applicationUrl }) => {
      const [role] = await query(
        ownerUrl,
        `select rolsuper, rolcreatedb, rolcreaterole, rolbypassrls, rolreplication, rolcanlogin,
                (select count(*)::int from pg_shdepend where refobjid = r.oid and deptype = 'o') as owned
         from pg_roles r where rolname = 'vestibule_app'`,
      );
      expect(role).to.deep.equal({
        rolsuper: false,
        rolcreatedb: false,
        rolcreaterole: false,
        rolbypassrls: false,
        rolreplication: false,
        rolcanlogin: true,
        owned: 0,
      });
      expect(await refusal(query(applicationUrl, "create table x ()"))).to.match(
        /permission denied for schema public/,
      );
      expect(await refusal(query(applicationUrl, "create temporary table x ()"))).to.match(
        /permission denied/,
      );
      const elsewhere = applicationUrl.replace("/vestibule?", "/postgres?");
      expect(await refusal(query(elsewhere, "select 1"))).to.match(/permission denied for database/);
    });
  });

  it("asks for a password, on this machine's own address alone", async () => {
    await withOpen(dataDir, {}, async ({ ownerUrl }) => {
      expect(await refusal(query(ownerUrl.replace(/:[^:@]+@/, ":wrong@"), "select 1"))).to.match(
        /authentication failed/,
      );
      const [settings] = await query(
        ownerUrl,
        `select current_setting('listen_addresses') as addresses, current_setting('unix_socket_directories') as sockets,
                current_setting('password_encryption') as passwords, current_setting('TimeZone') as zone,
                (select string_agg(distinct auth_method, ' ' order by auth_method) from pg_hba_file_rules) as methods`,
      );
      expect(settings).to.deep.equal({
        addresses: "127.0.0.1",
        sockets: "",
        passwords: "scram-sha-256",
        zone: "UTC",
        methods: "reject scram-sha-256",
      });
    });
  });

  it("holds text of all languages", async () => {
    await withOpen(dataDir, {}, async ({ ownerUrl }) => {
      const [database] = await query(
        ownerUrl,
        `select pg_encoding_to_char(encoding) as encoding, datlocale as locale, pg_get_userbyid(datdba) as owner,
                upper('ñé') as upper from pg_database where datname = 'vestibule'`,
      );
      expect(database).to.deep.equal({
        encoding: "UTF8",
        locale: "C.UTF-8",
        owner: "vestibule_owner",
        upper: "ÑÉ",
      });
    });
  });

  it("begins a new log when the old one has grown large", async () => {
    const log = join(dataDir, "postgresql.log");
    await truncate(log, 11 * 1024 * 1024);
    await withOpen(dataDir, {}, () => Promise.resolve());
    expect((await stat(`${log}.1`)).size).to.equal(11 * 1024 * 1024);
    expect((await stat(log)).size).to.be.below(10_000);
  });

  it("never writes a password or a statement into its log", async () => {
    const secrets = await readFile(join(dataDir, "postgresql-secrets.json"), "utf8");
    const passwords = secrets.match(/[\w-]{43}/g) ?? [];
    expect(passwords).to.have.lengthOf(2);
    await withOpen(dataDir, {}, async ({ ownerUrl }) => {
      await query(
        ownerUrl,
        "create table person (mail text primary key); insert into person values ('anna@example.com')",
      );
      await refusal(query(ownerUrl, "insert into person values ('anna@example.com')"));
    });
    const log = await readFile(join(dataDir, "postgresql.log"), "utf8");
    expect(log).to.match(/duplicate key/);
    expect(log).not.to.match(/anna|insert/);
    expect(passwords.some((password) => log.includes(password))).to.equal(false);
  });
});

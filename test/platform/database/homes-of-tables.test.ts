import { expect } from "chai";
import { OF_INSTALLATION, OF_OFFICES, REFERENCE } from "../../../src/cli/shard-tables.ts";
import { shardLines } from "../../../src/cli/shard.ts";
import { asOwner, freshDatabase, type FreshDatabase } from "../../support/database.ts";
import { useResource } from "../../support/suite-resource.ts";

/** Tables whose rows belong to no office: their home is that of their own key, and no check can tell it from a hash. */
const BY_OWN_KEY = ["alarms_untold", "api_requests", "console_drafts", "oidc_models"];

describe("the tables of the schema", () => {
  const database: FreshDatabase = useResource(freshDatabase, (made) => made.drop());
  const names = async (text: string) =>
    (await asOwner<{ name: string }>(database, text)).map(({ name }) => name).sort();
  const ofOffices = OF_OFFICES.map((table) => `'${table}'`).join(", ");

  it("are of an office, on every machine, or of the installation, and none is forgotten", async () => {
    const all = await names(
      "select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'",
    );
    expect([...OF_OFFICES, ...REFERENCE, ...OF_INSTALLATION].sort()).to.deep.equal(all);
  });

  it("of offices have the home as first column of every key, and the others have none", async () => {
    const withHome = await names(`
      select c.relname as name from pg_attribute a join pg_class c on c.oid = a.attrelid
      where a.attname = 'home' and a.attnotnull and a.atttypid = 'smallint'::regtype and c.relkind = 'r'`);
    expect(withHome).to.deep.equal([...OF_OFFICES].sort());
    const unique = await names(`
      select x.indrelid::regclass || ' ' || x.indexrelid::regclass as name from pg_index x
      join pg_attribute a on a.attrelid = x.indrelid and a.attnum = x.indkey[0]
      where x.indisunique and x.indrelid::regclass::text in (${ofOffices}) and a.attname <> 'home'`);
    expect(unique).to.deep.equal([]);
    const keys = await names(`
      select conrelid::regclass::text as name from pg_constraint where contype = 'p' and conrelid::regclass::text in (${ofOffices})`);
    expect(keys).to.deep.equal([...OF_OFFICES].sort());
  });

  it("check it by a function that PostgreSQL does not parse at every write, as it would one in SQL", async () => {
    const languages = await asOwner<{ name: string; language: string }>(
      database,
      `select distinct p.proname as name, l.lanname as language from pg_depend d
       join pg_proc p on p.oid = d.refobjid join pg_language l on l.oid = p.prolang
       where d.classid = 'pg_constraint'::regclass and d.refclassid = 'pg_proc'::regclass
         and p.pronamespace = 'public'::regnamespace`,
    );
    expect(languages).to.deep.equal([{ name: "home_of", language: "plpgsql" }]);
  });

  it("of offices name each other by home, and are named by no others", async () => {
    const between = await asOwner<{ name: string; from: string; text: string }>(
      database,
      `select conname as name, conrelid::regclass::text as from, pg_get_constraintdef(oid) as text
       from pg_constraint where contype = 'f' and confrelid::regclass::text in (${ofOffices})`,
    );
    expect(between).to.have.length.above(10);
    for (const { name, from, text } of between) {
      expect(text, name).to.match(/^FOREIGN KEY \(home, \w+\) REFERENCES \w+\(home, \w+\)/);
      expect(OF_OFFICES, name).to.include(from);
    }
  });

  it("of offices take no row at another home than that of its office", async () => {
    const checked = await names(`
      select conrelid::regclass::text as name from pg_constraint
      where contype = 'c' and pg_get_constraintdef(oid) like '%home = %' group by 1`);
    expect(checked).to.deep.equal(OF_OFFICES.filter((table) => !BY_OWN_KEY.includes(table)).sort());
  });

  it("are all in what `shard --print` prints, as are the functions", async () => {
    const lines = shardLines().join("\n");
    for (const table of [...OF_OFFICES, ...REFERENCE]) {
      expect(lines).to.contain(`_table('${table}'`);
    }
    const functions = await names(`
      select p.oid::regprocedure::text as name from pg_proc p
      where p.pronamespace = 'public'::regnamespace
        and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')`);
    for (const name of functions) {
      expect(lines).to.contain(`create_distributed_function('${name.replaceAll(",", ", ")}'`);
    }
  });
});

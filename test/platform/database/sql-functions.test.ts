import { expect } from "chai";
import type { Client } from "pg";
import { OperatorError } from "../../../src/kernel/errors.ts";
import { Secret } from "../../../src/kernel/secret.ts";
import { PLAIN, withConnection } from "../../../src/platform/database/connection.ts";
import { inspectSchema } from "../../../src/platform/database/inspection.ts";
import { migrate } from "../../../src/platform/database/migrate.ts";
import {
  inOrderOfCalls,
  sqlFunctions,
  type SqlFunction,
} from "../../../src/platform/database/sql-function-files.ts";
import { applyFunctions, waitingFunctions } from "../../../src/platform/database/sql-functions.ts";
import { asOwner, freshDatabase, type FreshDatabase } from "../../support/database.ts";

const functionOf = (name: string, rest: string): SqlFunction => ({
  name,
  text: `create or replace function ${name}${rest};`,
  checksum: `checksum of ${rest}`,
});

describe("the files of SQL functions", () => {
  it("each make the function of their name and no other, and say what it is for", () => {
    for (const { name, text } of sqlFunctions()) {
      expect(text, name).to.match(/^-- \S/);
      const made = [...text.matchAll(/\bcreate\b(?: or replace)? function (\w+)/g)];
      expect(
        made.map(([statement]) => statement),
        name,
      ).to.deep.equal([`create or replace function ${name}`]);
    }
  });

  it("are applied behind those that they call, whatever their names", () => {
    const functions = [
      functionOf("a", "() returns int language sql as $$ select c() $$"),
      functionOf("b", "() returns int language sql as $$ select 1 $$"),
      functionOf("c", "() returns int language sql as $$ select b() $$"),
    ];
    expect(inOrderOfCalls(functions).map(({ name }) => name)).to.deep.equal(["b", "c", "a"]);
  });

  it("see one state of the database where they only read: each of their reads would see another one otherwise", () => {
    const functions = sqlFunctions();
    const writes =
      /\b(insert into|update|delete from|for (no key )?update|pg_notify|pg_\w*advisory\w*lock\w*)\b/;
    const bodyOf = ({ text }: SqlFunction) => text.replace(/^\s*--.*$/gm, "");
    const isWriter = (one: SqlFunction): boolean =>
      writes.test(bodyOf(one)) ||
      functions.some(
        (called) => called !== one && bodyOf(one).includes(`${called.name}(`) && isWriter(called),
      );
    const declared = / language \w+\s+(parallel safe )?(stable|immutable)\b/;
    const readers = functions.filter((one) => !isWriter(one));
    expect(readers.map(({ name }) => name)).to.include.members(["find_account", "find_sign_in"]);
    expect(
      readers.flatMap((one) => (declared.test(bodyOf(one).replace(/\s+/g, " ")) ? [] : [one.name])),
    ).to.deep.equal([]);
  });

  it("fold case without the locale of the database, in which an I may have a small letter of its own", () => {
    for (const { name, text } of sqlFunctions()) {
      const folds = text.replace(/^\s*--.*$/gm, "").match(/\b(lower|upper|initcap)\(|\bilike\b/g) ?? [];
      const inC = text.match(/collate "C"\)/g) ?? [];
      expect(inC.length, name).to.be.at.least(folds.length);
    }
  });

  it("may call each other in a circle, as functions of PL/pgSQL can", () => {
    const functions = [functionOf("a", "() … b() …"), functionOf("b", "() … a() …")];
    expect(inOrderOfCalls(functions)).to.have.members(functions);
  });
});

describe("a function of the database", () => {
  const ours = functionOf("find_account", "() of ours");
  const waits = (row: { checksum: string; release: string }, release: string) =>
    waitingFunctions([{ name: ours.name, ...row }], [ours], release).length > 0;

  it("is applied when it is missing, or has another text of the same or an older release", () => {
    expect(waitingFunctions([], [ours], "1.2.0")).to.deep.equal([ours]);
    for (const release of ["1.2.0", "1.1.9", "0.10.0", "1.2.0-rc.1"]) {
      expect(waits({ checksum: "other", release }, "1.2.0"), release).to.equal(true);
    }
    expect(waits({ checksum: "other", release: "1.2.0-rc.1" }, "1.2.0-rc.2"), "candidates").to.equal(true);
  });

  it("is left alone when it has this text, or one that a newer release has applied", () => {
    expect(waits({ checksum: ours.checksum, release: "1.1.0" }, "1.2.0")).to.equal(false);
    for (const release of ["1.2.1", "1.10.0", "2.0.0", "2.0.0-rc.1"]) {
      expect(waits({ checksum: "other", release }, "1.2.0"), release).to.equal(false);
    }
  });
});

describe("functions in a database", () => {
  let database: FreshDatabase;

  beforeEach(async () => {
    database = await freshDatabase();
  });
  afterEach(() => database.drop());

  const migrateAgain = () =>
    migrate({ owner: new Secret(database.ownerUrl), application: new Secret(database.url) });
  const connected = <Result>(work: (client: Client) => Promise<Result>) =>
    withConnection({ url: new Secret(database.ownerUrl), name: "test", session: PLAIN }, work);
  const answer = async (expression: string) =>
    (await asOwner<{ answer: unknown }>(database, `select ${expression} as answer`))[0]?.answer;
  const faultOf = (functions: readonly SqlFunction[]) =>
    connected((client) => applyFunctions(client, functions)).then(
      () => "no fault",
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
  /** Makes the database one of another release: mail_hash has another text there. */
  const setBack = (release: string) =>
    asOwner(
      database,
      `create or replace function mail_hash(p_mail text) returns bytea language sql immutable as $$ select '\\x00'::bytea $$;
       update sql_functions set checksum = 'another', release = '${release}' where name = 'mail_hash'`,
    );

  it("are those of the files, and their checksums are kept", async () => {
    const kept = await asOwner<{ name: string; checksum: string }>(
      database,
      'select name, checksum from sql_functions order by name collate "C"',
    );
    expect(kept).to.deep.equal(sqlFunctions().map(({ name, checksum }) => ({ name, checksum })));
    const made = await asOwner<{ name: string }>(
      database,
      `select proname as name from pg_proc where pronamespace = 'public'::regnamespace order by proname collate "C"`,
    );
    expect(made).to.deep.equal(kept.map(({ name }) => ({ name })));
  });

  it("are applied again at the next start when their text has changed, once, and the doctor names them before", async () => {
    const right = await answer("mail_hash('a@b.example')");
    await setBack("0.0.1");
    const { migrations } = await inspectSchema(new Secret(database.ownerUrl), "vestibule_app");
    expect(migrations.functions.map(({ name }) => name)).to.deep.equal(["mail_hash"]);
    const both = await Promise.all([migrateAgain(), migrateAgain()]);
    expect(both.flat()).to.deep.equal(["functions/mail_hash.sql"]);
    expect(await answer("mail_hash('a@b.example')")).to.deep.equal(right);
    expect(await migrateAgain()).to.deep.equal([]);
  });

  it("stay as a newer release has made them", async () => {
    await setBack("99.0.0");
    expect(await migrateAgain()).to.deep.equal([]);
    expect(await answer("encode(mail_hash('a@b.example'), 'hex')")).to.equal("00");
  });

  it("stay as they are while the database has a newer migration", async () => {
    await setBack("0.0.1");
    await asOwner(
      database,
      `insert into migrations (name, batch) values ('999_later.ts', 9);
       insert into migration_marks (name, works_with) select '999_later.ts', max(name) from migrations where name < '999'`,
    );
    expect(await migrateAgain()).to.deep.equal([]);
    expect(await answer("encode(mail_hash('a@b.example'), 'hex')")).to.equal("00");
  });

  it("ask for the owner's login when the server's may not apply them", async () => {
    await setBack("0.0.1");
    const application = new Secret(database.url);
    const fault = await migrate({ owner: application, application }).then(
      () => "no fault",
      (error: unknown) => (error instanceof OperatorError ? error.message : `Unexpected: ${String(error)}`),
    );
    expect(fault).to.contain("functions/mail_hash.sql: ").and.contain("VESTIBULE_DATABASE_OWNER_URL");
  });

  it("may answer something else than before, and keep their rights", async () => {
    await connected((client) =>
      applyFunctions(client, [
        functionOf(
          "audit_heads",
          `() returns table (chain uuid) language sql stable as $$ select chain from audit_chains $$;
           revoke execute on function audit_heads() from public; grant execute on function audit_heads() to vestibule_app`,
        ),
      ]),
    );
    expect(await answer("pg_get_function_result('audit_heads()'::regprocedure)")).to.equal(
      "TABLE(chain uuid)",
    );
    expect(await answer("has_function_privilege('vestibule_app', 'audit_heads()', 'execute')")).to.equal(
      true,
    );
    expect(await answer("has_function_privilege('vestibule_backup', 'audit_heads()', 'execute')")).to.equal(
      false,
    );
  });

  it("keep their arguments: others are refused, and nothing is applied", async () => {
    const fault = await faultOf([
      functionOf("audit_part", "(p_value text) returns text language sql as $$ select 'changed' $$"),
      functionOf("mail_hash", "(p_mail text, p_salt text) returns text language sql as $$ select p_salt $$"),
    ]);
    expect(fault)
      .to.contain("The function mail_hash has other arguments")
      .and.contain("migrations/functions/mail_hash.sql");
    expect(await answer("audit_part('one')")).to.equal("3:one");
  });

  it("are named when one cannot be made, and nothing is applied", async () => {
    const fault = await faultOf([
      functionOf("audit_part", "(p_value text) returns text language sql as $$ select 'changed' $$"),
      functionOf("mail_hash", "(p_mail text) returns bytea language sql as $$ selct $$"),
    ]);
    expect(fault).to.match(/^functions\/mail_hash\.sql: syntax error/);
    expect(await answer("audit_part('one')")).to.equal("3:one");
  });
});

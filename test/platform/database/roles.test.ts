import { expect } from "chai";
import { migrate } from "../../../src/platform/database/migrate.ts";
import { knownMigrations } from "../../../src/platform/database/migration-marks.ts";
import { OperatorError } from "../../../src/kernel/errors.ts";
import { Secret } from "../../../src/kernel/secret.ts";
import {
  askAs,
  debianCluster,
  debianPrograms,
  embeddedCluster,
  type Cluster,
} from "../../support/cluster.ts";

const PASSWORD = "plum-teapot-ladder-42";
const login = (user: string) => ({ user, password: PASSWORD });
/** The administrator of a managed PostgreSQL: makes roles and databases, and is no superuser. */
const CHIEF = login("chief");

const programs = debianPrograms();
const CLUSTERS = [
  { name: "the embedded PostgreSQL", open: embeddedCluster },
  { name: "Debian's PostgreSQL", open: programs === null ? null : () => debianCluster(programs) },
];

for (const { name, open } of CLUSTERS) {
  describe(`the roles of a database on ${name}`, function () {
    this.timeout(60_000);
    let cluster: Cluster;
    let made = 0;

    before(async function () {
      if (open === null) {
        console.error("Debian's package postgresql is not installed: these tests are pending.");
        this.skip();
      }
      cluster = await open();
      await cluster.sql(
        "postgres",
        `create role chief login createrole createdb nosuperuser nobypassrls password '${PASSWORD}'`,
      );
    });
    after(() => cluster?.close());

    /** A database of an owner who may make no role, and the login of a server; made by one who is no superuser. */
    async function managed(roles: readonly string[] = ["vestibule_app", "vestibule_backup"]) {
      made += 1;
      const own = (what: string) => `${what}_${String(made)}`;
      const database = own("database");
      const owner = own("owner");
      const server = own("server");
      const dump = own("dump");
      await askAs(
        cluster.url(CHIEF, "postgres"),
        [
          ...roles.map(
            (role) => `do $$ begin create role ${role}; exception when duplicate_object then null; end $$`,
          ),
          ...[owner, server, dump].map((role) => `create role ${role} login password '${PASSWORD}'`),
          ...(roles.includes("vestibule_app") ? [`grant vestibule_app to ${server}`] : []),
          ...(roles.includes("vestibule_backup") ? [`grant vestibule_backup to ${dump}`] : []),
          `grant ${owner} to chief`,
        ].join(";"),
      );
      await askAs(cluster.url(CHIEF, "postgres"), `create database ${database} owner ${owner}`);
      return {
        database,
        owner,
        server,
        urls: {
          owner: new Secret(cluster.url(login(owner), database)),
          application: new Secret(cluster.url(login(server), database)),
          dump: cluster.url(login(dump), database),
        },
      };
    }

    const faultOf = (work: Promise<unknown>) =>
      work.then(
        () => "no fault",
        (error: unknown) => (error instanceof OperatorError ? error.message : `Unexpected: ${String(error)}`),
      );

    it("are named with what to type where there are none and the owner may make none", async () => {
      const { urls, server } = await managed([]);
      expect(await faultOf(migrate(urls)))
        .to.contain("database's administrator: create role vestibule_app;")
        .and.contain(`grant vestibule_app to "${server}";`);
    });

    it("are made by an owner who may make roles", async () => {
      const { urls, database, owner, server } = await managed([]);
      await cluster.sql("postgres", `alter role ${owner} createrole`);
      await migrate(urls);
      const [row] = await cluster.sql(
        "postgres",
        `select pg_has_role('${server}', 'vestibule_app', 'member') as is_member,
           exists (select from pg_roles where rolname = 'vestibule_backup') as has_backup`,
      );
      expect(row).to.deep.equal({ is_member: true, has_backup: true });
      // The others begin where the administrator made them.
      await cluster.sql(database, "drop owned by vestibule_app, vestibule_backup");
      await cluster.sql("postgres", "drop role vestibule_app; drop role vestibule_backup");
    });

    it("are enough for an owner who may make no roles, where the administrator made them", async () => {
      const { urls } = await managed();
      expect(await migrate(urls)).to.deep.equal(await knownMigrations());
      expect(await migrate({ ...urls, owner: urls.application })).to.deep.equal([]);
    });

    it("show every row of every table to a member of vestibule_backup, and let it change none", async () => {
      const { urls, database } = await managed();
      await migrate(urls);
      const office = "00000000-0000-4000-8000-000000000001";
      await askAs(
        urls.owner.reveal(),
        `begin; set local vestibule.office = '${office}';
         insert into offices (id, code, name, created_at, changed_at) values ('${office}', 'NOORD', 'Noord', now(), now());
         insert into audit_events (home, at, office_id, type, outcome, actor) values (home_of('${office}'), now(), '${office}', 'sign-in', 'ok', 'x');
         commit`,
      );
      const tables = await cluster.sql<{ name: string }>(
        database,
        "select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname = 'public'",
      );
      expect(tables).to.have.length.above(40);
      const counting = tables.map(
        ({ name: table }) => `select '${table}' as name, count(*) as rows from ${table}`,
      );
      const all = `${counting.join(" union all ")} order by 1`;
      const seen = await askAs<{ name: string; rows: string }>(urls.dump, `set row_security = on; ${all}`);
      expect(seen).to.deep.equal(await cluster.sql(database, all));
      expect(seen).to.deep.include({ name: "public.audit_events", rows: "1" });
      for (const statement of [
        "insert into subjects values (0, gen_random_uuid(), null)",
        "delete from audit_events",
      ]) {
        expect(await faultOf(askAs(urls.dump, statement))).to.contain("permission denied");
      }
    });

    it("are no more than what the migrations give, after everything was taken", async () => {
      const { urls, database } = await managed();
      await migrate(urls);
      const rights = () =>
        cluster.sql(
          database,
          `select c.relname as name, a.privilege_type as right from pg_class c cross join aclexplode(c.relacl) a
           join pg_roles r on r.oid = a.grantee where r.rolname like 'vestibule_%'
           union all select p.proname, a.privilege_type from pg_proc p
             cross join aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
             left join pg_roles r on r.oid = a.grantee
             where p.prosecdef and (a.grantee = 0 or r.rolname like 'vestibule_%') order by 1, 2`,
        );
      const before = await rights();
      await askAs(
        urls.owner.reveal(),
        `revoke all on all tables in schema public from vestibule_app, vestibule_backup;
         revoke all on all sequences in schema public from vestibule_backup;
         revoke all on schema public from vestibule_app, vestibule_backup;
         revoke all on all functions in schema public from vestibule_app;
         grant execute on function seal_audit_events(smallint, uuid, integer), audit_heads() to public;
         drop policy backup on users`,
      );
      expect(await migrate(urls)).to.deep.equal([]);
      expect(await rights()).to.deep.equal(before);
      expect(
        await cluster.sql(
          database,
          "select from pg_policy where polname = 'backup' and polrelid = 'users'::regclass",
        ),
      ).to.have.lengthOf(1);
    });

    it("are named with what to type where a login of another name lacks them", async () => {
      const { urls, server } = await managed([]);
      expect(await faultOf(migrate(urls)))
        .to.contain("database's administrator")
        .and.contain(`grant vestibule_app to "${server}";`);
    });

    it("are named with what to type where the owner has no password here", async () => {
      const { urls } = await managed();
      await migrate(urls);
      await askAs(urls.owner.reveal(), "revoke select on users, factors from vestibule_app");
      const fault = await faultOf(migrate({ ...urls, owner: urls.application }));
      expect(fault)
        .to.contain("grant select on table factors to vestibule_app;")
        .and.contain("grant select on table users to vestibule_app;")
        .and.contain("npx vestibule migrate");
    });

    it("are asked for where a restore gave the tables to another role", async () => {
      const { urls, database } = await managed();
      const superuser = new Secret(cluster.url(cluster.administrator, database));
      await migrate({ owner: superuser, application: urls.application });
      expect(await faultOf(migrate(urls)))
        .to.contain('may not read the table "migrations", which belongs to postgres')
        .and.contain("VESTIBULE_DATABASE_OWNER_URL");
    });

    it("are asked for where the database belongs to another role", async () => {
      const { urls, database, owner } = await managed();
      await cluster.sql("postgres", `alter database ${database} owner to postgres`);
      expect(await faultOf(migrate(urls)))
        .to.contain(`${owner} may not make tables in the database ${database}`)
        .and.contain(`alter database ${database} owner to ${owner};`);
    });
  });
}

import { randomUUID } from "node:crypto";
import { expect } from "chai";
import { ofAllHomes } from "../../support/homeless-statements.ts";
import { connectDatabase, type Database, type Queryable } from "../../../src/platform/database/database.ts";
import { homeOf, idAt } from "../../../src/kernel/home.ts";
import { createLog } from "../../../src/kernel/log.ts";
import { Secret } from "../../../src/kernel/secret.ts";
import { makeCrowd } from "../../support/crowd.ts";
import { asOwner } from "../../support/database.ts";
import { HttpBrowser } from "../../support/http-browser.ts";
import {
  makeApplication,
  makeOffice,
  makeUser,
  type TestOffice,
  type TestUser,
} from "../../support/people.ts";
import { authorizationRequest, signIn } from "../../support/relying-party.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

/** Tables whose rows belong to an office. */
const OF_OFFICE = [
  "users",
  "familiar_browsers",
  "second_factor_guard",
  "one_time_links",
  "mail_people",
  "last_sign_ins",
  "audit_events",
  "webhooks",
  "webhook_deliveries",
];

const OPERATOR = { id: "command line", officeId: null, role: "operator" } as const;

describe("offices in one database", () => {
  const vestibule = useVestibule();
  let database: Database;
  let north: TestOffice;
  let south: TestOffice;
  let northern: TestUser;
  let southern: TestUser;

  before(async () => {
    // Two connections: an office that stayed behind on one would be met by the next who gets it.
    database = connectDatabase({
      url: new Secret(vestibule.database.url),
      size: 2,
      log: createLog("silent"),
    });
    const { services } = vestibule;
    north = await makeOffice(services, { code: "NOORD" });
    south = await makeOffice(services, { code: "ZUID" });
    northern = await makeUser(services, north, { username: "sanne" });
    southern = await makeUser(services, south, { username: "sanne" });
    await makeCrowd(vestibule, northern, 4);
    const application = await makeApplication(services);
    for (const user of [northern, southern]) {
      const browser = new HttpBrowser(vestibule.issuer, vestibule.settings.port);
      await signIn(browser, authorizationRequest(vestibule.issuer, application), user);
      await asOwner(
        vestibule.database,
        "insert into second_factor_guard (home, office_id, user_id, failed_attempts) values (home_of($1), $1, $2, 1)",
        [user.office.id, user.id],
      );
      const link = {
        purpose: "not-me",
        officeId: user.office.id,
        userId: user.id,
        at: new Date(Date.now()),
      } as const;
      await services.database.inOffice(user.office.id, (tx) => services.stores.links.make(tx, link));
      const hook = { name: "Directory", url: "https://hooks.example/", types: [] };
      const { service } = services.webhooks;
      await service.test((await service.add(user.office.id, hook, OPERATOR)).webhook);
    }
  });
  after(() => database.close());

  let named = 0;
  /** A statement that asks for more than it should: it names no office. */
  const careless = <Row extends object>(queryable: Queryable, text: string, values: unknown[] = []) => {
    named += 1;
    return queryable.query<Row>({ name: `careless_${String(named)}`, text: ofAllHomes(text) }, values);
  };
  const officesIn = async (queryable: Queryable, table: string) => {
    const rows = await careless<{ id: string | null }>(
      queryable,
      `select distinct office_id as id from ${table} where office_id is not null`,
    );
    return rows.map(({ id }) => id);
  };
  const faultOf = (work: Promise<unknown>) =>
    work.then(
      () => "done",
      (error: unknown) => (error instanceof Error ? error.message : "not an error"),
    );

  it("T87 has something of both offices to hide", async () => {
    for (const table of OF_OFFICE) {
      const rows = await asOwner<{ id: string }>(
        vestibule.database,
        `select distinct office_id as id from ${table} where office_id is not null`,
      );
      expect(
        rows.map(({ id }) => id),
        table,
      ).to.have.members([north.id, south.id]);
    }
  });

  it("T87 shows nobody's rows to a query that works for no office", async () => {
    for (const table of OF_OFFICE) {
      expect(await officesIn(database, table), `${table}, alone`).to.be.empty;
      expect(await database.transaction((tx) => officesIn(tx, table)), `${table}, transaction`).to.be.empty;
    }
  });

  it("T87 shows each office its own rows, however its query is written", async () => {
    for (const office of [north, south]) {
      for (const table of OF_OFFICE) {
        expect(await database.inOffice(office.id, (tx) => officesIn(tx, table)), table).to.deep.equal([
          office.id,
        ]);
      }
    }
    const [row] = await database.inOffice(north.id, (tx) =>
      careless<{ count: number }>(tx, "select count(*)::integer as count from users where id = $1", [
        southern.id,
      ]),
    );
    expect(row?.count).to.equal(0);
  });

  it("T87 leaves no office behind on a connection, in a hundred turns and when a turn fails", async () => {
    for (let turn = 0; turn < 100; turn += 1) {
      const office = turn % 2 === 0 ? north : south;
      const seen = await database.inOffice(office.id, (tx) => officesIn(tx, "users"));
      expect(seen, `turn ${String(turn)}`).to.deep.equal([office.id]);
      expect(await officesIn(database, "users"), `after turn ${String(turn)}`).to.be.empty;
    }
    for (let turn = 0; turn < 10; turn += 1) {
      const fails = database.inOffice(north.id, (tx) => careless(tx, "select 1 / 0 as never"));
      expect(await faultOf(fails)).to.contain("division by zero");
      expect(await officesIn(database, "users"), `after failed turn ${String(turn)}`).to.be.empty;
    }
  });

  it("T87 mixes nothing when many offices work at the same moment", async () => {
    const turns = Array.from({ length: 100 }, async (_, turn) => {
      const office = turn % 2 === 0 ? north : south;
      const seen = await database.inOffice(office.id, async (tx) => {
        const [first, second] = await Promise.all([officesIn(tx, "users"), officesIn(tx, "audit_events")]);
        return [...first, ...second];
      });
      expect(seen, `turn ${String(turn)}`).to.deep.equal([office.id, office.id]);
    });
    await Promise.all(turns);
  });

  it("T87 brings the office of an account back to what it was after looking one up", async () => {
    const { users } = vestibule.services;
    expect((await users.findAccount(southern.id))?.office.code).to.equal("ZUID");
    const seen = await database.inOffice(north.id, async (tx) => {
      await careless(tx, "select find_account($1, $2)", [homeOf(southern.id), southern.id]);
      await careless(tx, "select * from find_sign_in_candidate($1, 'ZUID', 'sanne', null, now())", [
        homeOf(south.id),
      ]);
      return officesIn(tx, "users");
    });
    expect(seen).to.deep.equal([north.id]);
    await careless(database, "select find_account($1, $2)", [homeOf(southern.id), southern.id]);
    expect(await officesIn(database, "users")).to.be.empty;
  });

  it("T87 refuses rows of another office, new and moved", async () => {
    const subject = idAt(homeOf(south.id));
    await careless(database, "insert into subjects (home, id, office_id) values (home_of($2), $1, $2)", [
      subject,
      south.id,
    ]);
    const foreign: Readonly<Record<string, [string, unknown[]]>> = {
      "a user": [
        `insert into users (home, id, office_id, username, username_key, name, password_hash, password_changed_at, valid_from,
           created_at, changed_at) values (home_of($2), $1, $2, 'spy', 'spy', 'Spy', 'x', now(), now(), now(), now())`,
        [subject, south.id],
      ],
      "a moved user": ["update users set office_id = $1 where id = $2", [south.id, northern.id]],
      "a familiar browser": [
        "insert into familiar_browsers (home, office_id, user_id, browser, expires_at) values (home_of($1), $1, $2, '\\x01', now())",
        [south.id, southern.id],
      ],
      "an application": [
        `insert into applications (id, office_id, name, type, settings, created_at, changed_at)
         values ('app_spyspyspyspyspyspy', $1, 'Spy', 'web', '{}', now(), now())`,
        [south.id],
      ],
      "an application for all": [
        `insert into applications (id, office_id, name, type, settings, created_at, changed_at)
         values ('app_spyspyspyspyspyspy', null, 'Spy', 'web', '{}', now(), now())`,
        [],
      ],
      "an office": [
        "insert into offices (id, code, name, created_at, changed_at) values ($1, 'SPY', 'Spy', now(), now())",
        [randomUUID()],
      ],
    };
    for (const [what, [text, values]] of Object.entries(foreign)) {
      const fault = await faultOf(database.inOffice(north.id, (tx) => careless(tx, text, values)));
      expect(fault, what).to.contain("row-level security");
    }
  });

  it("T87 adds no event to the log of another office, nor to that of none", async () => {
    const add =
      "select add_audit_events(0::smallint, now(), $1, 'sign-in', 'ok', 'x', array[null], null, null, null, '{}')";
    for (const officeId of [south.id, null]) {
      const fault = await faultOf(database.inOffice(north.id, (tx) => careless(tx, add, [officeId])));
      expect(fault, String(officeId)).to.contain("in a transaction of its office");
    }
    const fault = await faultOf(database.transaction((tx) => careless(tx, add, [south.id])));
    expect(fault).to.contain("in a transaction of its office");
  });

  it("T87 changes and removes nothing of another office, whatever the query leaves out", async () => {
    const changes = [
      "update users set name = 'Changed' where id = $1",
      "update users set password_hash = 'x' where id = $1",
      "delete from familiar_browsers where user_id = $1",
      "update second_factor_guard set failed_attempts = 0 where user_id = $1",
      "delete from users where id = $1",
      "update offices set name = 'Changed' where id = (select office_id from subjects where id = $1)",
    ];
    const before = await rowsOf(southern);
    for (const change of changes) {
      const rows = await database.inOffice(north.id, (tx) =>
        careless(tx, `${change} returning 1`, [southern.id]),
      );
      expect(rows, change).to.be.empty;
    }
    expect(await rowsOf(southern)).to.deep.equal(before);
  });

  it("T87 takes no office that is not one, so that nothing can be smuggled in with it", async () => {
    for (const id of ["", "null", `${north.id}'; set role postgres; --`, "*", north.id.toUpperCase()]) {
      const work = Promise.resolve().then(() => database.inOffice(id, (tx) => officesIn(tx, "users")));
      expect(await faultOf(work), id).to.contain("must be a UUID");
    }
  });

  it("T87 works with a role that owns nothing, makes nothing and cannot pass row-level security", async () => {
    const [role] = await careless<Record<string, unknown>>(
      database,
      `select current_user as name, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb from pg_roles where rolname = current_user`,
    );
    expect(role).to.deep.equal({
      name: "vestibule_app",
      rolsuper: false,
      rolbypassrls: false,
      rolcreaterole: false,
      rolcreatedb: false,
    });
    const owned = await careless(
      database,
      "select relname from pg_class where relowner = (select oid from pg_roles where rolname = current_user)",
    );
    expect(owned).to.be.empty;
    for (const text of [
      "create table mine (id integer)",
      "create function mine() returns integer language sql as 'select 1'",
      "alter table users disable row level security",
      "alter table users no force row level security",
      "drop policy users_of_office on users",
      "drop table users",
      "truncate users",
      "create role mine",
    ]) {
      expect(await faultOf(careless(database, text)), text).to.match(/permission denied|must be owner/);
    }
    const forced = await asOwner<{ name: string }>(
      vestibule.database,
      `select c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'office_id'
       where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace and not (c.relrowsecurity and c.relforcerowsecurity)`,
    );
    // What is looked up before the user's office is known, and what workers find by functions.
    expect(forced.map(({ name }) => name)).to.have.members([
      ...["subjects", "sign_ins", "message_directory", "webhooks"],
    ]);
  });

  const rowsOf = ({ id }: TestUser) =>
    asOwner(
      vestibule.database,
      `select u::text, o::text, f::text, g::text from users u join offices o on o.id = u.office_id
       left join familiar_browsers f on f.user_id = u.id left join second_factor_guard g on g.user_id = u.id
       where u.id = $1`,
      [id],
    );
});

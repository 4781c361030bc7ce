import { expect } from "chai";
import { connectDatabase, type Database, type Queryable } from "../../../src/platform/database/database.ts";
import { homeOf, idAt, tokenAt } from "../../../src/kernel/home.ts";
import { createLog } from "../../../src/kernel/log.ts";
import { Secret } from "../../../src/kernel/secret.ts";
import { asOwner } from "../../support/database.ts";
import { makeOfficeAt } from "../../support/homes.ts";
import { giveNumber, lastCode, personOf, send, tryCode, VISITOR } from "../../support/mobile-numbers.ts";
import { makeUser, type TestUser } from "../../support/people.ts";
import { giveApp } from "../../support/second-factor.ts";
import { useServices } from "../../support/use-vestibule.ts";

const HOME = 4711;

/** Tables whose rows belong to an office, as far as this test fills them. */
const OF_OFFICE = [
  ...["users", "familiar_browsers", "second_factor_guard", "one_time_links", "mail_people", "last_sign_ins"],
  ...["audit_events", "factors", "recovery_codes", "mobile_numbers", "sent_codes", "trusted_browsers"],
];

describe("T87 two offices at one home", function () {
  this.timeout(60_000);
  const { services, database: fresh } = useServices();
  let database: Database;
  let northern: TestUser;
  let southern: TestUser;
  const tokens = new Map<TestUser, { readonly link: string; readonly browser: string }>();

  before(async () => {
    // Two connections: an office that stayed behind on one would be met by the next who gets it.
    database = connectDatabase({ url: new Secret(fresh.url), size: 2, log: createLog("silent") });
    northern = await makeFilled("plum-teapot-ladder-42");
    southern = await makeFilled("copper-anchor-violin-63");
  });
  after(() => database.close());

  /** A user `sanne` of an office of her own, with something in each table. */
  async function makeFilled(password: string): Promise<TestUser> {
    const office = await makeOfficeAt(services, HOME);
    const user = await makeUser(services, office, { username: "sanne", password });
    const person = personOf(user);
    await giveApp(services, user);
    await send(services, user, { number: await giveNumber(services, user) });
    await tryCode(services, user, { type: "totp", code: "000000", binding: "test" });
    const at = new Date(Date.now());
    const browser = tokenAt(HOME);
    const link = await services.database.inOffice(office.id, async (tx) => {
      await services.familiar.remember(tx, person, []);
      const trust = { id: idAt(HOME), token: browser, device: {}, days: 14, at };
      await services.stores.trustedBrowsers.add(tx, person, trust);
      const made = { purpose: "not-me", officeId: office.id, userId: user.id, at } as const;
      return services.stores.links.make(tx, made);
    });
    tokens.set(user, { link: link.reveal(), browser });
    return user;
  }

  const tokensOf = (user: TestUser) => tokens.get(user) ?? { link: "", browser: "" };

  let named = 0;
  /** A statement that asks for more than it should: it names a home and no office. */
  const careless = <Row extends object>(queryable: Queryable, text: string, values: unknown[] = []) => {
    named += 1;
    return queryable.query<Row>({ name: `careless_at_home_${String(named)}`, text }, values);
  };
  const officesIn = async (queryable: Queryable, table: string) => {
    const rows = await careless<{ id: string }>(
      queryable,
      `select distinct office_id as id from ${table} where home = $1`,
      [HOME],
    );
    return rows.map(({ id }) => id);
  };
  const rowsOf = ({ id, office }: TestUser) =>
    Promise.all(
      OF_OFFICE.map((table) =>
        asOwner(fresh, `select t::text from ${table} t where office_id = $1 order by 1`, [office.id]),
      ),
    ).then((tables) => ({ id, tables }));
  const faultOf = (work: Promise<unknown>) =>
    work.then(
      () => "done",
      (error: unknown) => (error instanceof Error ? error.message : "not an error"),
    );

  it("have rows beside each other in every table", async () => {
    expect([homeOf(northern.office.id), homeOf(southern.office.id)]).to.deep.equal([HOME, HOME]);
    expect([homeOf(northern.id), homeOf(southern.id)]).to.deep.equal([HOME, HOME]);
    for (const table of OF_OFFICE) {
      const rows = await asOwner<{ id: string }>(
        fresh,
        `select distinct office_id as id from ${table} where home = $1`,
        [HOME],
      );
      const ids = rows.map(({ id }) => id);
      expect(ids, table).to.have.members([northern.office.id, southern.office.id]);
    }
  });

  it("show nothing to a query that works for no office, and to each office its own rows", async () => {
    for (const table of OF_OFFICE) {
      expect(await officesIn(database, table), `${table}, alone`).to.be.empty;
      expect(await database.transaction((tx) => officesIn(tx, table)), `${table}, transaction`).to.be.empty;
      for (const { office } of [northern, southern]) {
        expect(await database.inOffice(office.id, (tx) => officesIn(tx, table)), table).to.deep.equal([
          office.id,
        ]);
      }
    }
  });

  it("leave none of the two behind on a connection, also when both work at the same moment", async () => {
    const turns = Array.from({ length: 100 }, async (_, turn) => {
      const { office } = turn % 2 === 0 ? northern : southern;
      const seen = await database.inOffice(office.id, (tx) => officesIn(tx, "users"));
      expect(seen, `turn ${String(turn)}`).to.deep.equal([office.id]);
    });
    await Promise.all(turns);
    expect(await officesIn(database, "users")).to.be.empty;
  });

  it("bring the office back to what it was after a look at the other one's", async () => {
    const { office, id } = southern;
    const sanne = [HOME, office.code, "sanne"];
    const candidate = "select * from find_sign_in_candidate($1, $2, $3, null, now())";
    const seen = await database.inOffice(northern.office.id, async (tx) => {
      expect(await careless(tx, "select find_account($1, $2)", [HOME, id])).to.have.length(1);
      expect(await careless(tx, candidate, sanne)).to.have.length(1);
      return officesIn(tx, "users");
    });
    expect(seen).to.deep.equal([northern.office.id]);
  });

  it("take no row of the other one, new or moved", async () => {
    const writes: Readonly<Record<string, string>> = {
      "a familiar browser": `insert into familiar_browsers (home, office_id, user_id, browser, proved_at, expires_at)
        select home_of($1), $1, $2, '\\x01', now(), now()`,
      "a factor": `insert into factors (home, office_id, user_id, kind, confirmed_at)
        select home_of($1), $1, $2, 'totp', now() on conflict (home, user_id, kind) do update set confirmed_at = now()`,
      "a lifted lockout": `insert into second_factor_guard (home, office_id, user_id) values (home_of($1), $1, $2)
        on conflict (home, office_id, user_id) do update set failed_attempts = 0`,
      "a moved user": "update users set office_id = $1 where home = home_of($1) and id <> $2",
    };
    for (const [what, text] of Object.entries(writes)) {
      const values = [southern.office.id, southern.id];
      const work = database.inOffice(northern.office.id, (tx) => careless(tx, text, values));
      expect(await faultOf(work), what).to.contain("row-level security");
    }
  });

  it("change and remove nothing of each other with statements that name the home alone", async () => {
    const before = await rowsOf(southern);
    for (const text of [
      "update users set name = 'Changed' where home = $1",
      "update factors set last_step = 1 where home = $1",
      "update second_factor_guard set failed_attempts = 0, failed_since_success = 0 where home = $1",
      "delete from trusted_browsers where home = $1",
      "delete from one_time_links where home = $1",
      "delete from users where home = $1",
    ]) {
      const undone = database.inOffice(northern.office.id, async (tx) => {
        const rows = await careless<{ id: string }>(tx, `${text} returning office_id as id`, [HOME]);
        expect(new Set(rows.map(({ id }) => id)), text).to.deep.equal(new Set([northern.office.id]));
        throw new Error("undone");
      });
      expect(await faultOf(undone), text).to.equal("undone");
    }
    expect(await rowsOf(southern)).to.deep.equal(before);
  });

  it("let each user in with the password of that user's own office alone", async () => {
    const check = async ({ office, username }: TestUser, password: string) => {
      const browser: string[] = [];
      const typed = { officeCode: office.code, username, password, browser, visitor: VISITOR };
      const result = await services.passwords.check(typed);
      return result.type === "right" ? { officeId: result.officeId, userId: result.userId } : result.type;
    };
    for (const [own, other] of [
      [northern, southern],
      [southern, northern],
    ] as const) {
      const found = { officeId: own.office.id, userId: own.id };
      expect(await check(own, own.password)).to.deep.equal(found);
      expect(await check(own, other.password)).to.equal("wrong");
    }
  });

  it("do not know each other's links, browsers and codes", async () => {
    const [own, other] = [tokensOf(northern), tokensOf(southern)];
    const isTrusted = async (user: TestUser, token: string) => {
      const hashes = services.stores.trustedBrowsers.hashes([token]);
      const text = "select is_browser_trusted($1, $2, $3, now()) as trusted";
      return (await careless<{ trusted: boolean }>(database, text, [HOME, user.id, hashes]))[0]?.trusted;
    };
    await asOwner(
      fresh,
      "update offices set trusted_browser_days = 14, trust_since = now() - interval '1 day' where id = any($1)",
      [[northern.office.id, southern.office.id]],
    );
    expect(await isTrusted(northern, own.browser)).to.equal(true);
    expect(await isTrusted(northern, other.browser)).to.equal(false);

    const link = { purpose: "not-me", token: own.link, now: new Date(Date.now()) } as const;
    const spendIn = (office: string) =>
      services.database.inOffice(office, (tx) => services.stores.links.spend(tx, link));
    expect(await spendIn(southern.office.id)).to.equal(null);
    expect(await spendIn(northern.office.id)).to.deep.include({ userId: northern.id });

    const number = await giveNumber(services, northern);
    const binding = "one sign-in";
    await send(services, northern, { number, binding });
    const attempt = { type: "sms", code: await lastCode(fresh, number), binding } as const;
    expect(await tryCode(services, southern, attempt)).to.equal("wrong");
    expect(await tryCode(services, northern, attempt)).to.equal("accepted");
  });
});

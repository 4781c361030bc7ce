import { expect } from "chai";
import { ofAllHomes } from "../../support/homeless-statements.ts";
import { homeOf } from "../../../src/kernel/home.ts";
import { asOwner } from "../../support/database.ts";
import { makeSmsUser, send } from "../../support/mobile-numbers.ts";
import type { TestUser } from "../../support/people.ts";
import { useServices } from "../../support/use-vestibule.ts";

const TABLES = ["mobile_numbers", "sent_codes"];

describe("the tables of mobile numbers", function () {
  this.timeout(60_000);
  const { services, database } = useServices();
  let northern: TestUser;
  let southern: TestUser;

  before(async () => {
    const north = await makeSmsUser(services);
    const south = await makeSmsUser(services);
    [northern, southern] = [north.user, south.user];
    await send(services, northern, { number: north.number });
    await send(services, southern, { number: south.number });
  });

  let named = 0;
  const careless = (text: string, values: unknown[] = []) => {
    named += 1;
    return { statement: { name: `careless_number_${String(named)}`, text: ofAllHomes(text) }, values };
  };

  it("T87 show an office its own rows, and none to a query that works for no office", async () => {
    for (const table of TABLES) {
      const all = await asOwner(database, `select office_id from ${table}`);
      expect(all, table).to.have.length(2);
      const { statement, values } = careless(`select office_id as id from ${table}`);
      const own = await services.database.inOffice(northern.office.id, (tx) => tx.query(statement, values));
      expect(own, table).to.deep.equal([{ id: northern.office.id }]);
      expect(await services.database.query(statement, values), table).to.deep.equal([]);
    }
  });

  it("T87 change and remove nothing of another office, and take no row of it", async () => {
    for (const text of [
      "update mobile_numbers set number = '+31600000000' where user_id = $1 returning 1",
      "delete from mobile_numbers where user_id = $1 returning 1",
      "update sent_codes set used_at = now() where user_id = $1 returning 1",
      "delete from sent_codes where user_id = $1 returning 1",
    ]) {
      const { statement, values } = careless(text, [southern.id]);
      expect(await services.database.inOffice(northern.office.id, (tx) => tx.query(statement, values)), text)
        .to.be.empty;
    }
    const { statement, values } = careless(
      `insert into mobile_numbers (home, office_id, user_id, number, state, entered_by, changed_at)
       values (home_of($1), $1, $2, '+31600000000', 'confirmed', 'user', now())`,
      [southern.office.id, southern.id],
    );
    const fault = await services.database
      .inOffice(northern.office.id, (tx) => tx.query(statement, values))
      .then(() => "done", String);
    expect(fault).to.contain("row-level security");
  });

  it("T87 keep no number and no address in the counters", async () => {
    const rows = await asOwner<{ row: string }>(database, "select b::text as row from rate_limits b");
    expect(rows.length).to.be.above(10);
    expect(rows.filter(({ row }) => /192\.0\.2|\+31/.test(row))).to.deep.equal([]);
  });

  it("hold no number that is not in E.164, and no pending change beside an unconfirmed one", async () => {
    for (const change of [
      "number = '0612345678'",
      "number = '+31 6 12345678'",
      "state = 'unconfirmed', pending_number = '+31612345678', pending_at = now()",
      "pending_number = '+31612345678'",
      "state = 'pending'",
    ]) {
      const fault = await asOwner(database, `update mobile_numbers set ${change} where user_id = $1`, [
        northern.id,
      ]).then(() => "done", String);
      expect(fault, change).to.contain("violates check constraint");
    }
  });

  it("are read with a sign-in: state, number, a pending change, and by whom it was entered", async () => {
    const insert = `insert into sign_ins (home, id, office_id, user_id, facts, created_at, expires_at)
      values (home_of($2), $1, $2, $3, '[]', now(), now() + interval '1 hour')`;
    await asOwner(database, insert, [Buffer.from("north"), northern.office.id, northern.id]);
    const find = () =>
      services.database.query<{ number: Record<string, unknown> }>(
        { name: "find_sign_in_of_test", text: "select number from find_sign_in($2, $1, now(), '{}')" },
        [Buffer.from("north"), homeOf(northern.office.id)],
      );
    const { number } = (await services.secondFactor.numberService.find({
      id: northern.id,
      officeId: northern.office.id,
    })) ?? {
      number: "",
    };
    expect((await find())[0]?.number).to.deep.equal({
      state: "confirmed",
      number,
      pending: false,
      enteredBy: "user",
    });
    await asOwner(database, "delete from mobile_numbers where user_id = $1", [northern.id]);
    expect((await find())[0]?.number).to.deep.equal({
      state: "none",
      number: null,
      pending: false,
      enteredBy: null,
    });
  });
});

import { expect } from "chai";
import { newUserSchema } from "../../../src/domain/users/user.ts";
import { HOMES, homeOf, idAt } from "../../../src/kernel/home.ts";
import { randomId } from "../../../src/kernel/random.ts";
import { ConsoleStore } from "../../../src/screens/console/console-store.ts";
import { makeActor, OPERATOR, storedOffice } from "../../support/actors.ts";
import { csvFile } from "../../support/csv-file.ts";
import { asOwner } from "../../support/database.ts";
import { storedUser } from "../../support/mobile-numbers.ts";
import { makeOffice, makeUser } from "../../support/people.ts";
import { statementsOf } from "../../support/statements.ts";
import { useResource } from "../../support/suite-resource.ts";
import { twoPeople } from "../../support/two-people.ts";
import { useServices } from "../../support/use-vestibule.ts";

const ROWS = 10_000;
const RESET = { action: "reset" } as const;

const rowsOf = (first: string, count: number): string =>
  Array.from({ length: count }, (_, row) => `${first}${String(row)},Anna ${String(row)}\n`).join("");

/** The same id at the next home. */
const moved = (id: string): string => idAt((homeOf(id) + 1) % HOMES).slice(0, 4) + id.slice(4);

describe("the home of what belongs to users", function () {
  this.timeout(60_000);
  const { services, database } = useServices();
  const { requested } = twoPeople({ services });
  const office = useResource(() => makeOffice(services));
  const south = useResource(() => makeOffice(services));
  const dana = useResource(() => makeActor(services, office, "support"));

  const sql = <Row extends object>(text: string, values: unknown[] = []) =>
    asOwner<Row>(database, text, values);
  const check = async ({ id } = office, content = rowsOf("x", 1)) =>
    services.imports.importer.check(
      await storedOffice(services, { id }),
      csvFile(`username,name\n${content}`),
      OPERATOR,
    );
  const ask = async (of = office) => {
    const superuser = await makeActor(services, of, "superuser");
    const place = { office: of, plain: superuser.user, superusers: [superuser] };
    return requested(place, superuser.user, { asked: RESET, by: dana });
  };
  const expectAtHome = (ids: readonly string[]) => {
    expect(ids).to.not.be.empty;
    expect(ids.filter((id) => homeOf(id) !== homeOf(office.id))).to.deep.equal([]);
  };

  describe("is that of the office", () => {
    it("for a file of ten thousand users, and for each of its rows", async () => {
      const run = await check(office, rowsOf("anna", ROWS));
      const rows = await sql<{ id: string }>("select id from import_rows where run_id = $1", [run.id]);
      expect(rows).to.have.length(ROWS);
      expectAtHome([run.id, ...rows.map(({ id }) => id)]);
    });

    it("for the users that the rows of a file become", async () => {
      const run = await check(office, rowsOf("eva", 100));
      const request = { office, by: OPERATOR, invites: false };
      expect(await services.imports.apply.apply(run.id, request)).to.include({ added: 100 });
      const users = await sql<{ id: string }>("select id from users where office_id = $1", [office.id]);
      expect(users).to.have.length(100);
      expectAtHome(users.map(({ id }) => id));
    });

    it("for a user who is added alone, invited or with a password", async () => {
      const draft = newUserSchema.parse({ username: "ben", name: "Ben" });
      const how = { by: OPERATOR, invite: false };
      const added = await services.administration.users.add(draft, await storedOffice(services, office), how);
      const { id } = await makeUser(services, office);
      expectAtHome([added.type === "added" ? added.id : expect.fail(added.type), id]);
    });

    it("for what waits for a second person", async () => {
      expectAtHome([(await ask()).id, (await ask()).id]);
    });

    it("in every row, which cannot be stored at another one", async () => {
      await check();
      await ask();
      const tables = [
        ...["subjects", "users", "last_sign_ins", "mail_people"],
        ...["approval_requests", "import_runs", "import_rows"],
      ];
      for (const table of tables) {
        const move = `update ${table} set home = (home + 1) % ${String(HOMES)} where office_id = $1`;
        const refused = await sql(move, [office.id]).catch((error: unknown) => error);
        expect(refused, table).to.include({ code: "23514", table });
      }
      const added = await sql(
        `insert into import_runs (home, id, office_id, actor, state, made_at, moved_at, ends_at)
         values ($1, $2, $3, 'x', 'reading', now(), now(), now())`,
        [homeOf(moved(office.id)), randomId(), office.id],
      ).catch((error: unknown) => error);
      expect(added).to.include({ code: "23514", constraint: "import_runs_home" });
    });
  });

  /** Ids that find nothing in the office, made from one of the office and one of another office. */
  const wrongIds = (id: string, elsewhere: string) => ({
    "never given": idAt(homeOf(office.id)),
    "of another office": elsewhere,
    "of another office, moved to this home": id.slice(0, 4) + elsewhere.slice(4),
    "moved to another home": moved(id),
    "with a wrong digit": id.slice(0, -1) + (id.endsWith("0") ? "1" : "0"),
    "from before ids had a home": randomId(),
  });

  /** The answer and the statements of every wrong id; the same for all. */
  async function expectSame(
    [id, elsewhere]: readonly [string, string],
    look: (id: string) => Promise<unknown>,
    expected: { readonly answer: unknown; readonly statement: string },
  ): Promise<void> {
    for (const [kind, wrong] of Object.entries(wrongIds(id, elsewhere))) {
      let answer: unknown;
      const statements = await statementsOf(async () => {
        answer = await look(wrong);
      });
      expect({ answer, statements }, kind).to.deep.equal({
        answer: expected.answer,
        statements: [expected.statement],
      });
    }
  }

  describe("makes a wrong id find nothing, with one answer and one statement", () => {
    it("for a user", async () => {
      const [{ id }, { id: elsewhere }] = [await makeUser(services, office), await makeUser(services, south)];
      const inOffice = (wrong: string) =>
        services.database.inOffice(office.id, (tx) => services.users.find(tx, wrong));
      expect(await inOffice(id)).to.include({ id });
      await expectSame([id, elsewhere], inOffice, { answer: null, statement: "user_by_id" });
      const store = new ConsoleStore(services.database);
      const inConsole = (wrong: string) => store.findUser(office.id, wrong);
      expect(await inConsole(id)).to.include({ id });
      await expectSame([id, elsewhere], inConsole, { answer: null, statement: "console_user" });
    });

    it("for a user who is deleted", async () => {
      const user = await makeUser(services, office);
      const how = { by: OPERATOR, reason: "left" } as const;
      const deleted = await services.administration.users.delete(await storedUser(services, user), how);
      expect(deleted.type).to.equal("deleted");
      const statements = await statementsOf(async () => {
        const find = services.database.inOffice(office.id, (tx) => services.users.find(tx, user.id));
        expect(await find).to.equal(null);
        expect(await services.users.findAccount(user.id)).to.equal(null);
      });
      expect(statements).to.deep.equal(["user_by_id", "account"]);
    });

    it("for the sub of an account, of which only the owner's own names the account", async () => {
      const { id } = await makeUser(services, office);
      expect(await services.users.findAccount(id)).to.include({ id });
      const look = (wrong: string) => services.users.findAccount(wrong);
      await expectSame([id, randomId()], look, { answer: null, statement: "account" });
    });

    it("for what waits for a second person", async () => {
      const { approvals } = services.administration;
      const ids = [(await ask()).id, (await ask(south)).id] as const;
      const emil = await makeActor(services, office, "support");
      const approve = (id: string) => approvals.approve({ id, officeId: office.id }, emil);
      await expectSame(ids, approve, { answer: { type: "gone" }, statement: "approval_find" });
      const cancel = (id: string) => approvals.cancel({ id, officeId: office.id }, emil);
      await expectSame(ids, cancel, { answer: false, statement: "approval_find" });
      expect((await approve(ids[0])).type).to.equal("approved");
    });

    it("for a file of users", async () => {
      const { importer, apply } = services.imports;
      const ids = [(await check()).id, (await check(south)).id] as const;
      const find = (id: string) => importer.find(office.id, id);
      await expectSame(ids, find, { answer: null, statement: "import_find" });
      const drop = (id: string) => importer.drop({ id, officeId: office.id });
      await expectSame(ids, drop, { answer: false, statement: "import_drop" });
      const use = (id: string) => apply.apply(id, { office, by: OPERATOR, invites: false });
      await expectSame(ids, use, { answer: { type: "refused" }, statement: "import_find" });
      expect(await drop(ids[0])).to.equal(true);
    });
  });
});

import { expect } from "chai";
import type { Services } from "../../../src/server/wiring/services.ts";
import type { Statement } from "../../../src/platform/database/database.ts";
import type { OfficeSecondFactor } from "../../../src/domain/offices/office.ts";
import { PolicyDryRun } from "../../../src/domain/offices/policy-dry-run.ts";
import { PolicyDryRunStore } from "../../../src/domain/offices/policy-dry-run-store.ts";
import { forecastSignIn } from "../../../src/screens/sign-in/sign-in-forecast.ts";
import { OPERATOR, storedOffice } from "../../support/actors.ts";
import { asOwner, type FreshDatabase } from "../../support/database.ts";
import { BY_SMS, giveNumber, storedUser } from "../../support/mobile-numbers.ts";
import {
  TESTER,
  makeApplication,
  makeOffice,
  makeUser,
  type TestOffice,
  type TestUser,
} from "../../support/people.ts";
import { changeOffice, giveApp, OFF, passPassword, REQUIRED } from "../../support/second-factor.ts";
import { DAY, SECOND, travel } from "../../support/time.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

describe("the dry run of another policy", function () {
  this.timeout(60_000);
  const vestibule = useVestibule();
  let services: Services;
  let database: FreshDatabase;
  let office: TestOffice;

  before(() => {
    ({ services, database } = vestibule);
  });
  beforeEach(async () => {
    office = await makeOffice(services);
  });

  const run = async (proposed: OfficeSecondFactor, after = "") =>
    services.administration.dryRun.run(await storedOffice(services, office), proposed, { after });
  const seen = async (proposed: OfficeSecondFactor) =>
    Object.fromEntries((await run(proposed)).names.map(({ username, will }) => [username, will]));
  const add = (username: string) => makeUser(services, office, { username });

  it("names users who have nothing yet, and what they will see", async () => {
    await add("none");
    await giveApp(services, await add("app"));
    const result = await run(REQUIRED);
    expect(result).to.deep.include({ people: 2, affected: 1, next: null });
    expect(result.groups).to.deep.equal([{ people: 1, now: [], will: ["enrol", "recovery-codes"] }]);
    expect(result.names.map(({ username }) => username)).to.deep.equal(["none"]);
  });

  it("knows who would have to enrol another kind when a method goes", async () => {
    await changeOffice(services, office, { secondFactor: BY_SMS });
    const sms = await add("sms");
    await giveNumber(services, sms);
    await giveApp(services, await add("app"));
    const both = await add("both");
    await giveNumber(services, both);
    await giveApp(services, both);
    expect(await seen(REQUIRED)).to.deep.equal({ sms: ["challenge", "enrol", "recovery-codes"] });
    expect(await seen(OFF), "less is asked, and who has a factor still proves it").to.deep.equal({});
  });

  it("counts nobody who is disabled, and shows who is blocked or frozen as such", async () => {
    const gone = await add("gone");
    await services.administration.users.disable(await storedUser(services, gone), TESTER);
    const frozen = await add("frozen");
    await asOwner(
      database,
      "insert into second_factor_guard (home, office_id, user_id, failed_attempts, failed_since_success) values (home_of($1), $1, $2, 0, 50)",
      [office.id, frozen.id],
    );
    const result = await run(REQUIRED);
    expect(result).to.include({ people: 1, affected: 0 });
  });

  it("looks at the day from which it is demanded, when the time to enrol has begun anew", async () => {
    const old = await add("old");
    await asOwner(database, "update users set created_at = now() - interval '1 year' where id = $1", [
      old.id,
    ]);
    const from = new Date(Date.now() + 60 * DAY);
    expect(await seen({ ...REQUIRED, from })).to.deep.equal({ old: ["enrol", "recovery-codes"] });
    expect((await run({ ...REQUIRED, from })).at).to.deep.equal(from);
  });

  it("shows who would stand before a closed door, since the time to enrol is over", async () => {
    await changeOffice(services, office, { secondFactor: BY_SMS });
    const sms = await add("late");
    await asOwner(database, "update users set created_at = now() - interval '1 year' where id = $1", [
      sms.id,
    ]);
    travel(20 * DAY);
    const proposed: OfficeSecondFactor = { ...REQUIRED, methods: ["totp"] };
    expect((await run(proposed)).affected, "closed before and after").to.equal(0);
    expect(await seen(OFF)).to.deep.equal({ late: [] });
  });

  it("goes through a long list page by page, and never twice through a name", async () => {
    await asOwner(
      database,
      `with made as (
         insert into subjects (home, id, office_id)
         select home_of($1), (left($1::text, 4) || substr(gen_random_uuid()::text, 5))::uuid, $1 from generate_series(1, 250)
         returning home, id)
       insert into users (home, id, office_id, username, username_key, name, password_hash, password_changed_at, valid_from, created_at, changed_at)
       select home, id, $1, 'u' || id, 'u' || id, 'Name', 'x', now(), now(), now(), now() from made`,
      [office.id],
    );
    const pages = [await run(REQUIRED)];
    for (let next = pages[0]?.next ?? null; next !== null; next = pages.at(-1)?.next ?? null) {
      pages.push(await run(REQUIRED, next));
    }
    expect(pages.map(({ names }) => names.length)).to.deep.equal([100, 100, 50]);
    expect(new Set(pages.flatMap(({ names }) => names.map(({ id }) => id))).size).to.equal(250);
    pages.forEach((page) => {
      expect(page.affected).to.equal(250);
    });
  });

  it("takes two statements, however many situations there are", async () => {
    await giveApp(services, await add("app"));
    await giveNumber(services, await add("sms"));
    await add("none");
    const sent: string[] = [];
    const counting = {
      ...services.database,
      inOffice: ((officeId, work) =>
        services.database.inOffice(officeId, (tx) =>
          work({
            query: (statement: Statement, values) => {
              sent.push(statement.name);
              return tx.query(statement, values);
            },
          }),
        )) satisfies Services["database"]["inOffice"],
    };
    const store = new PolicyDryRunStore(counting);
    await new PolicyDryRun({ store, forecast: forecastSignIn, frozenFrom: 50 }).run(
      await storedOffice(services, office),
      REQUIRED,
    );
    expect(sent).to.have.length(2);
  });

  it("sees nobody of another office", async () => {
    const other = office;
    await add("theirs");
    office = await makeOffice(services);
    expect(await run(REQUIRED)).to.deep.include({ people: 0, affected: 0, names: [] });
    expect(other.id).to.not.equal(office.id);
  });

  it("says of each person the page that then really comes after the password", async () => {
    const application = await makeApplication(services);
    const people: TestUser[] = [await add("none"), await add("app"), await add("sms"), await add("reset")];
    const [, app, sms, reset] = people;
    await giveApp(services, app ?? expect.fail());
    await giveNumber(services, sms ?? expect.fail());
    const found = await storedUser(services, reset ?? expect.fail());
    await services.administration.factors.reset(found, { by: OPERATOR, reason: "called back" });
    travel(SECOND); // Sessions end by the second.
    const will = await seen(REQUIRED);
    await changeOffice(services, office, { secondFactor: REQUIRED });
    for (const user of people) {
      const browser = vestibule.browser();
      const page = await passPassword(browser, application, user);
      const [first = "challenge"] = will[user.username] ?? [];
      const names = { enrol: "enrol-totp", challenge: "challenge-", "enrolment-code": "enrolment-code" };
      expect(page.url, user.username).to.contain(names[first as keyof typeof names]);
    }
  });
});

import { expect } from "chai";
import { userQuerySchema } from "../../../src/domain/users/user-list.ts";
import { asOwner } from "../../support/database.ts";
import { makeOffice, makeUser, type TestOffice } from "../../support/people.ts";
import { useServices } from "../../support/use-vestibule.ts";

const DAY = 86_400_000;

describe("users who are overdue with their second factor", () => {
  const stage = useServices();
  let office: TestOffice;

  const sql = (text: string, values: unknown[] = []) => asOwner(stage.database, text, values);

  before(async function () {
    this.timeout(60_000);
    office = await makeOffice(stage.services);
    for (const username of ["anna", "bram", "chris", "dirk"]) {
      const { id } = await makeUser(stage.services, office, { username });
      if (username === "anna") {
        await sql(
          "insert into factors (home, office_id, user_id, kind, confirmed_at) values (home_of($1), $1, $2, 'sms', now())",
          [...[office.id, id]],
        );
      }
    }
  });

  beforeEach(async () => {
    await sql("delete from enrolment_windows where office_id = $1", [office.id]);
    await sql("update users set created_at = now() - interval '1 year' where office_id = $1", [office.id]);
  });

  const requireFrom = (from: Date, methods = "{sms,totp}") =>
    sql(
      `update offices set second_factor = 'required', second_factor_from = $2, second_factor_since = $2,
       second_factor_methods = $3 where id = $1`,
      [office.id, from, methods],
    );
  const daysAgo = (days: number) => new Date(Date.now() - days * DAY);

  /** An administrator has allowed the set-up again, two weeks ago. */
  const allow = (username: string, ends: Date) =>
    sql(
      `insert into enrolment_windows (home, office_id, user_id, opened_at, ends_at)
       select home_of(office_id), office_id, id, now() - interval '14 days', $3 from users where office_id = $1 and username = $2`,
      [office.id, username, ends],
    );

  async function expectOverdue(usernames: readonly string[], why: string): Promise<void> {
    const { lists } = stage.services;
    const { users } = await lists.users.page(office.id, userQuerySchema.parse({ overdue: true }));
    expect(
      users.map(({ username }) => username),
      why,
    ).to.deep.equal(usernames);
    const { counts } = await lists.overview.find(office.id);
    expect(counts.overdue, `${why}: on the overview`).to.equal(usernames.length);
  }

  it("are those who had fourteen days for what the office requires, and set up nothing", async () => {
    await requireFrom(daysAgo(-1));
    await expectOverdue([], "required from tomorrow on");
    await requireFrom(daysAgo(13));
    await expectOverdue([], "a day is left");
    await requireFrom(daysAgo(15));
    await expectOverdue(["bram", "chris", "dirk"], "the time is over");
  });

  it("are none of those who were added a short while ago", async () => {
    await requireFrom(daysAgo(1000));
    await sql(
      "update users set created_at = now() - interval '13 days' where office_id = $1 and username = 'bram'",
      [office.id],
    );
    await expectOverdue(["chris", "dirk"], "all but the new one");
  });

  it("are none of those who may set up again, until that time is over too", async () => {
    await requireFrom(daysAgo(1000));
    await allow("bram", daysAgo(-1));
    await allow("dirk", daysAgo(1));
    await expectOverdue(["chris", "dirk"], "one has a day left");
  });

  it("are none of those with another method, which they prove before they set up an accepted one", async () => {
    await requireFrom(daysAgo(1000), "{totp}");
    await expectOverdue(["bram", "chris", "dirk"], "without the one who has text messages");
  });
});

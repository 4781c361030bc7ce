import { expect } from "chai";
import { OPERATOR, storedOffice } from "../../support/actors.ts";
import { CHANGES_CHANNEL } from "../../../src/platform/database/announcements.ts";
import { asOwner } from "../../support/database.ts";
import { eventually } from "../../support/eventually.ts";
import { makeOffice, makeUser } from "../../support/people.ts";
import { writersOf } from "../../support/row-writers.ts";
import { changeOffice } from "../../support/second-factor.ts";
import { statementsOf } from "../../support/statements.ts";
import { giveSessions, keptSessions } from "../../support/stored-sessions.ts";
import { useFresh } from "../../support/suite-resource.ts";
import { useServices } from "../../support/use-vestibule.ts";

describe("what follows from a change of an office", function () {
  this.timeout(60_000);
  const { services, database } = useServices();
  const office = useFresh(() => makeOffice(services));

  const now = () => storedOffice(services, office);
  const settings = () => services.administration.settings;
  let heard = 0;
  before(async () => {
    await services.database.listen(CHANGES_CHANNEL, {
      notified: (what) => (heard += what === `office ${office.id}` ? 1 : 0),
      connected: () => undefined,
      disconnected: () => undefined,
    });
  });
  /** How far the version rises; each rise is a statement. Every process hears of the change. */
  async function rise(change: () => Promise<unknown>): Promise<{ by: number; statements: string[] }> {
    const { version } = await now();
    heard = 0;
    const statements = await statementsOf(change);
    await eventually(
      () => Promise.resolve(heard),
      (times) => times > 0,
    );
    return { by: (await now()).version - version, statements };
  }

  it("is another version with each change of its settings", async () => {
    const { by, statements } = await rise(() => changeOffice(services, office, { name: "Zuid" }));
    expect(by).to.equal(1);
    expect(statements).to.include("office_change");
  });

  it("is the end of its sessions, and a version for the day of its deletion, when it is closed", async () => {
    const user = await makeUser(services, office);
    await giveSessions(database, user);
    const closed = await rise(async () => settings().close(await now(), OPERATOR));
    expect(closed.statements).to.include.members([
      "office_change",
      "office_end_sessions",
      "office_purge_schedule",
    ]);
    expect(closed.by).to.equal(2);
    expect(await keptSessions(database, user)).to.deep.equal([]);
    await giveSessions(database, user);
    expect((await rise(async () => settings().open(await now(), OPERATOR))).by).to.equal(1);
    expect(await keptSessions(database, user), "opening ends none").to.deep.equal(["old", "new"]);
  });

  it("is another version when its deletion begins, and when it has ended", async () => {
    await settings().close(await now(), OPERATOR);
    const asDue = "update offices set purge_at = now() - interval '1 second' where id = $1";
    await asOwner(database, asDue, [office.id]);
    const { by, statements } = await rise(() => services.officePurge.run(100));
    expect(statements).to.include.members(["office_purge_begin", "office_purge"]);
    expect(by).to.equal(2);
  });

  it("is judged here for every statement and function that writes offices", () => {
    const judged = ["office_change", "office_purge_begin", "office_purge_schedule", "purge_office"];
    expect(writersOf("offices")).to.deep.equal([...judged, "office_add"].sort());
  });
});

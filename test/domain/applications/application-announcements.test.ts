import { expect } from "chai";
import { CHANGES_CHANNEL } from "../../../src/platform/database/announcements.ts";
import { OPERATOR, storedOffice } from "../../support/actors.ts";
import { asOwner } from "../../support/database.ts";
import { eventually } from "../../support/eventually.ts";
import { makeApplication, makeOffice, type TestApplication } from "../../support/people.ts";
import { writersOf } from "../../support/row-writers.ts";
import { statementsOf } from "../../support/statements.ts";
import { useServices } from "../../support/use-vestibule.ts";

describe("the announcement that an application has changed", function () {
  this.timeout(60_000);
  const { services, database } = useServices();
  const heard = new Set<string>();
  before(async () => {
    await services.database.listen(CHANGES_CHANNEL, {
      notified: (id) => heard.add(id),
      connected: () => undefined,
      disconnected: () => undefined,
    });
  });
  beforeEach(() => {
    heard.clear();
  });

  const stored = async ({ id }: TestApplication) =>
    (await services.applications.findStored(id)) ?? expect.fail();
  const isHeard = async (id: string) =>
    (
      await eventually(
        () => Promise.resolve(heard),
        () => heard.has(id),
      )
    ).has(id);

  /** Makes a change by this statement, of which every process has to hear. */
  async function announced(statement: string, id: string, change: () => Promise<unknown>): Promise<void> {
    heard.clear();
    expect(await statementsOf(change)).to.include(statement);
    expect(await isHeard(id), statement).to.equal(true);
  }

  it("reaches every process, whatever is done to it, and whether it is of an office or of all", async () => {
    for (const officeId of [null, (await makeOffice(services)).id]) {
      const made: TestApplication[] = [];
      const statements = await statementsOf(async () =>
        made.push(await makeApplication(services, {}, officeId)),
      );
      const [one = expect.fail()] = made;
      expect(statements).to.include("application_add");
      expect(await isHeard(one.id), "added").to.equal(true);
      const { applicationService, applicationShutdown } = services;
      await announced("application_change", one.id, async () =>
        applicationService.change(await stored(one), { ...one.application, name: "Other" }, "test"),
      );
      await announced("application_change_secret", one.id, async () =>
        applicationService.rotateSecret(await stored(one), "test"),
      );
      await announced("application_disable", one.id, async () =>
        applicationShutdown.disable(await stored(one), "test"),
      );
      await announced("application_enable", one.id, async () =>
        applicationShutdown.enable(await stored(one), "test"),
      );
      await announced("application_remove", one.id, async () =>
        applicationShutdown.delete(await stored(one), "test"),
      );
    }
  });

  it("comes for the applications of an office that is deleted", async () => {
    const office = await makeOffice(services);
    const one = await makeApplication(services, {}, office.id);
    await services.administration.settings.close(await storedOffice(services, office), OPERATOR);
    const asDue = "update offices set purge_at = now() - interval '1 second' where id = $1";
    await asOwner(database, asDue, [office.id]);
    await announced("office_purge", one.id, () => services.officePurge.run(100));
  });

  it("is judged here for every statement that writes applications", () => {
    const judged = ["add", "change", "change_secret", "disable", "enable", "remove"];
    expect(writersOf("applications")).to.deep.equal(judged.map((name) => `application_${name}`));
  });
});

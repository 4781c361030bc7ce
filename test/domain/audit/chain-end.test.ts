import { expect } from "chai";
import { asOwner } from "../../support/database.ts";
import { makeOffice } from "../../support/people.ts";
import { useServices } from "../../support/use-vestibule.ts";

describe("the end of a chain over the audit log", () => {
  const { services, database } = useServices();

  /** An office with ten sealed events, of which the last three are verified. */
  async function sealedOffice(): Promise<string> {
    const { id } = await makeOffice(services);
    for (let index = 0; index < 9; index += 1) {
      await services.audit.addAlone({ type: "sign-out", outcome: "ok", officeId: id, actor: "test" });
    }
    while ((await services.stores.auditSeals.seal(100)) > 0);
    return id;
  }
  const isWhole = (officeId: string | null) => services.auditLog.verification.verifyEnd(officeId, 3);
  const change = (place: number, officeId: string) =>
    asOwner(
      database,
      `update audit_events set actor = 'another' where id =
         (select id from audit_events where office_id = $1 order by id desc offset $2 limit 1)`,
      [officeId, place],
    );

  it("is whole where nothing was changed, also in a chain that is shorter, or empty", async () => {
    expect(await isWhole(await sealedOffice())).to.equal(true);
    expect(await isWhole((await makeOffice(services)).id)).to.equal(true);
    expect(await isWhole(null)).to.equal(true);
  });

  it("T109 is broken by a change of one of its events, and not by one before them", async () => {
    const [late, early] = [await sealedOffice(), await sealedOffice()];
    await change(2, late);
    await change(3, early);
    expect(await isWhole(late)).to.equal(false);
    expect(await isWhole(early)).to.equal(true);
  });

  it("T109 is broken when its last event is gone", async () => {
    const officeId = await sealedOffice();
    await asOwner(
      database,
      "delete from audit_events where id = (select max(id) from audit_events where office_id = $1)",
      [officeId],
    );
    expect(await isWhole(officeId)).to.equal(false);
  });
});

import { expect } from "chai";
import type { Refusal } from "../../../src/domain/applications/refusal-store.ts";
import { asOwner } from "../../support/database.ts";
import { makeApplication, makeOffice } from "../../support/people.ts";
import { DAY, SECOND } from "../../support/time.ts";
import { useServices } from "../../support/use-vestibule.ts";

const refusal = (description: string): Refusal => ({
  ...{ endpoint: "/token", error: "invalid_grant", description, detail: "" },
});
const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second));

describe("the refused requests that an application's developer sees", () => {
  const vestibule = useServices();
  const refusals = () => vestibule.services.stores.refusals;
  const rows = (id: string) =>
    asOwner(vestibule.database, "select from application_refusals where application_id = $1", [id]);

  it("T145 are the latest ten, each kind once, whatever was sent", async () => {
    const { application } = await makeApplication(vestibule.services);
    for (let second = 0; second < 15; second += 1) {
      await refusals().note(application, refusal(`way ${String(second)}`), at(second));
    }
    await refusals().note(application, refusal("way 7"), at(20));
    const kept = await refusals().list(application, at(20));
    const expected = [7, 14, 13, 12, 11, 10, 9, 8, 6, 5].map((way) => `way ${String(way)}`);
    expect(kept.map(({ description }) => description)).to.deep.equal(expected);
    expect(await rows(application.id)).to.have.lengthOf(10);
  });

  it("are gone after thirty days, because an address in them may tell of a person", async () => {
    const { application } = await makeApplication(vestibule.services);
    await refusals().note(application, refusal("old"), at(0));
    const later = new Date(at(0).getTime() + 30 * DAY + SECOND);
    expect(await refusals().list(application, later)).to.deep.equal([]);
    await refusals().note(application, refusal("new"), later);
    expect(await rows(application.id)).to.have.lengthOf(1);
  });

  it("T145 are cut where a request put a long text into them", async () => {
    const { application } = await makeApplication(vestibule.services);
    await refusals().note(application, refusal(`\0${"x".repeat(100_000)}`), at(0));
    const [kept] = await refusals().list(application, at(20));
    expect(kept?.description.length).to.be.at.most(500);
  });

  it("T87 are those of the office that has the application, and go with it", async () => {
    const [one, two] = await Promise.all([makeOffice(vestibule.services), makeOffice(vestibule.services)]);
    const { application } = await makeApplication(vestibule.services, {}, one.id);
    await refusals().note(application, refusal("x"), at(0));
    expect(await refusals().list(application, at(20))).to.have.lengthOf(1);
    expect(await refusals().list({ id: application.id, officeId: two.id }, at(20))).to.have.lengthOf(0);
    expect(await refusals().list({ id: application.id, officeId: null }, at(20))).to.have.lengthOf(0);
    await asOwner(vestibule.database, "delete from applications where id = $1", [application.id]);
    expect(await rows(application.id)).to.have.lengthOf(0);
  });

  it("are none for an application that is gone", async () => {
    const { application } = await makeApplication(vestibule.services);
    await asOwner(vestibule.database, "delete from applications where id = $1", [application.id]);
    await refusals().note(application, refusal("x"), at(0));
    expect(await rows(application.id)).to.have.lengthOf(0);
  });
});

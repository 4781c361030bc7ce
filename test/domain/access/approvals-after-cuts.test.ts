import { expect } from "chai";
import { makeActor, OPERATOR, type TestActor } from "../../support/actors.ts";
import { asOwner } from "../../support/database.ts";
import { makeOffice } from "../../support/people.ts";
import { useResource } from "../../support/suite-resource.ts";
import { SECOND, travel } from "../../support/time.ts";
import { MAKE, twoPeople } from "../../support/two-people.ts";
import { useServices } from "../../support/use-vestibule.ts";

describe("a request for approval by a member of support whose sessions were ended", () => {
  const { services, database } = useServices();
  const { stored, placeWith, ask, requested, approve } = twoPeople({ services });
  const anyOffice = useResource(() => makeOffice(services));
  const emil = useResource(() => makeActor(services, anyOffice, "support"));

  /** A superuser to be, asked for by a thief with the session of a colleague, who then ends it. */
  async function askedByThief() {
    const dana = await makeActor(services, anyOffice, "support");
    const place = await placeWith("one");
    const key = await requested(place, place.plain, { asked: MAKE, by: dana });
    travel(SECOND);
    await endSessionsOf(dana);
    return { dana, place, key };
  }

  const endSessionsOf = async ({ user }: TestActor) =>
    services.administration.users.endSessions(await stored(user), OPERATOR);

  it("T121 is not approved any more, and changes nothing", async () => {
    const { place, key } = await askedByThief();
    expect(await approve(key, emil)).to.equal("gone");
    expect((await stored(place.plain)).role).to.equal("user");
  });

  it("T121 is in no list, so that it is not taken for one that waits", async () => {
    const { place, key } = await askedByThief();
    const { approvals } = services.administration;
    expect((await approvals.waiting.oldest()).items.map(({ id }) => id)).not.to.include(key.id);
    expect((await approvals.waiting.page(place.office.id, { size: 10 })).items).to.deep.equal([]);
    expect(await approvals.waiting.find({ ...key, officeId: place.office.id })).to.equal(null);
    expect(await approvals.waiting.findFor(await stored(place.plain))).to.equal(null);
  });

  it("T121 gives way to the next request, and the audit log says so", async () => {
    const { dana, place, key } = await askedByThief();
    travel(2 * SECOND);
    const next = await requested(place, place.plain, { asked: MAKE, by: dana });
    expect(await ask(place, place.plain, { asked: MAKE, by: emil })).to.deep.equal({ type: "waiting" });
    const sql = "select type from audit_events where subject = $1 and type like 'user.role-%' order by id";
    const events = await asOwner<{ type: string }>(database, sql, [place.plain.id]);
    expect(events.map(({ type }) => type)).to.deep.equal([
      "user.role-requested",
      "user.role-cancelled",
      "user.role-requested",
    ]);
    expect(await approve(key, emil), "the thief's").to.equal("gone");
    expect(await approve(next, emil), "the colleague's own").to.equal("approved");
  });
});

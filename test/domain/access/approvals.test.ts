import { expect } from "chai";
import { makeActor, OPERATOR } from "../../support/actors.ts";
import { asOwner } from "../../support/database.ts";
import { makeOffice, type TestUser } from "../../support/people.ts";
import { useResource } from "../../support/suite-resource.ts";
import { HOUR, travel } from "../../support/time.ts";
import { MAKE, REASON, twoPeople, UNMAKE } from "../../support/two-people.ts";
import { useServices } from "../../support/use-vestibule.ts";

const DAY = 24 * HOUR;

describe("a change of a superuser that one asks for and another approves", function () {
  this.timeout(60_000);
  const { services, database } = useServices();
  const { stored, placeWith, changeRole, ask, requested, approve } = twoPeople({ services });
  const anyOffice = useResource(() => makeOffice(services));
  const dana = useResource(() => makeActor(services, anyOffice, "support"));
  const emil = useResource(() => makeActor(services, anyOffice, "support"));

  const eventsOf = async ({ id }: TestUser) =>
    (
      await asOwner<{ type: string; actor: string; details: Record<string, unknown> }>(
        database,
        "select type, actor, details from audit_events where subject = $1 and type like 'user.%' order by id",
        [id],
      )
    ).filter(({ type }) => type !== "user.added");

  it("T122 is approved by another member of support: the role is given, and the audit log names both", async () => {
    const place = await placeWith("one");
    const key = await requested(place, place.plain, { asked: MAKE, by: dana });
    expect((await stored(place.plain)).role, "before").to.equal("user");
    expect(await approve(key, dana), "one's own").to.equal("gone");
    const results = await Promise.all(Array.from({ length: 5 }, () => approve(key, emil)));
    expect(results.filter((type) => type === "approved")).to.have.length(1);
    expect((await stored(place.plain)).role).to.equal("superuser");
    expect(await eventsOf(place.plain)).to.deep.equal([
      { type: "user.role-requested", actor: dana.id, details: { role: "superuser", reason: REASON } },
      {
        type: "user.role-changed",
        actor: emil.id,
        details: { before: "user", role: "superuser", requestedBy: dana.id, reason: REASON },
      },
    ]);
  });

  it("T122 is approved by a superuser of the office, for each of the changes", async () => {
    const place = await placeWith("several");
    const [boss = expect.fail(), other = expect.fail()] = place.superusers;
    expect(await approve(await requested(place, place.plain, { asked: MAKE, by: dana }), boss)).to.equal(
      "approved",
    );
    expect(
      await approve(await requested(place, other.user, { asked: { action: "reset" }, by: dana }), boss),
    ).to.equal("approved");
    expect(await approve(await requested(place, other.user, { asked: UNMAKE, by: dana }), boss)).to.equal(
      "approved",
    );
    await asOwner(database, "update users set status = 'disabled' where id = $1", [other.user.id]);
    expect(
      await approve(await requested(place, other.user, { asked: { action: "enable" }, by: dana }), boss),
    ).to.equal("approved");
    expect(await stored(other.user)).to.include({ role: "user", status: "active" });
  });

  it("T122 is approved neither by the user that it is about, nor by a lower role, another office or the operator", async () => {
    const place = await placeWith("several");
    const [boss = expect.fail()] = place.superusers;
    const key = await requested(place, boss.user, { asked: { action: "reset" }, by: dana });
    const accountant = await makeActor(services, place.office, "accountant");
    const stranger = await makeActor(services, await makeOffice(services), "superuser");
    expect(await approve(key, boss)).to.equal("own");
    expect(await approve(key, accountant)).to.equal("higher");
    expect(await approve(key, stranger)).to.equal("elsewhere");
    expect(await approve(key, OPERATOR)).to.equal("not-permitted");
  });

  it("T122 is nothing any more once it was refused, is a day old, or was done by others", async () => {
    const place = await placeWith("several");
    const [boss = expect.fail(), other = expect.fail()] = place.superusers;
    const refused = await requested(place, place.plain, { asked: MAKE, by: dana });
    expect(await services.administration.approvals.cancel(refused, boss)).to.equal(true);
    expect(await approve(refused, emil)).to.equal("gone");
    const late = await requested(place, place.plain, { asked: MAKE, by: dana });
    travel(DAY + HOUR);
    expect(await approve(late, emil)).to.equal("gone");
    const overtaken = await requested(place, other.user, { asked: UNMAKE, by: dana });
    expect(await changeRole(place, other.user, { role: "user", by: boss })).to.equal("changed");
    expect(await approve(overtaken, emil), "done by others").to.equal("gone");
    expect((await stored(place.plain)).role).to.equal("user");
  });

  it("T122 is nothing once the one who asked is not in support any more", async () => {
    const place = await placeWith("one");
    const third = await makeActor(services, place.office, "support");
    const key = await requested(place, place.plain, { asked: MAKE, by: third });
    await services.administration.users.disable(await stored(third.user), OPERATOR);
    expect(await approve(key, emil)).to.equal("gone");
    expect((await stored(place.plain)).role).to.equal("user");
  });

  it("T122 is not asked for where one person is enough, or where nothing would change", async () => {
    const place = await placeWith("one");
    const [boss = expect.fail()] = place.superusers;
    const types = [
      await ask(place, place.plain, { asked: MAKE, by: boss }),
      await ask(place, place.plain, { asked: { action: "role", role: "accountant" }, by: dana }),
      await ask(place, place.plain, { asked: { action: "reset" }, by: dana }),
      await ask(place, boss.user, { asked: { action: "enable" }, by: dana }),
      await ask(place, boss.user, { asked: UNMAKE, by: dana }),
      await ask(place, place.plain, { asked: { action: "role", role: "support" }, by: dana }),
    ].map(({ type }) => type);
    expect(types).to.deep.equal(["unneeded", "unneeded", "unneeded", "unneeded", "last", "unfit-role"]);
  });
});

import { expect } from "chai";
import type { Actor } from "../../../src/domain/access/actor.ts";
import { newUserSchema } from "../../../src/domain/users/user.ts";
import { userEditSchema } from "../../../src/domain/users/user-edit.ts";
import { makeActor, OPERATOR } from "../../support/actors.ts";
import { makeOffice, type TestUser } from "../../support/people.ts";
import { useResource } from "../../support/suite-resource.ts";
import { twoPeople } from "../../support/two-people.ts";
import { useServices } from "../../support/use-vestibule.ts";

describe("the username of a superuser", function () {
  this.timeout(60_000);
  const { services } = useServices();
  const { officeOf, placeWith } = twoPeople({ services });
  const anyOffice = useResource(() => makeOffice(services));
  const dana = useResource(() => makeActor(services, anyOffice, "support"));
  const emil = useResource(() => makeActor(services, anyOffice, "support"));
  let made = 0;

  /** By the id: the username changes here. */
  const stored = async ({ id, office }: TestUser) =>
    (await services.database.inOffice(office.id, (tx) => services.users.find(tx, id))) ?? expect.fail();
  const edit = async (user: TestUser, fields: object, by: Actor) => {
    const now = await stored(user);
    const change = userEditSchema.parse({ version: now.version, ...fields });
    return (await services.administration.users.edit(now, change, by)).type;
  };
  const rename = (user: TestUser, by: Actor) => edit(user, { username: `other${String((made += 1))}` }, by);

  it("T122 is not freed by one member of support, who would give it to a user of their own", async () => {
    const place = await placeWith("one");
    const [boss = expect.fail()] = place.superusers;
    expect(await rename(boss.user, dana)).to.equal("needs-approval");
    const draft = newUserSchema.parse({ username: boss.user.username, name: "New" });
    const adding = services.administration.users.add(draft, await officeOf(place), {
      by: dana,
      invite: false,
    });
    const refusal = await adding.then(
      ({ type }) => type,
      (error: unknown) => String(error),
    );
    expect(refusal).to.contain("taken");
  });

  it("T122 is changed by its owner, another superuser and the operator", async () => {
    const place = await placeWith("several");
    const [boss = expect.fail(), other = expect.fail()] = place.superusers;
    for (const by of [boss, other, OPERATOR]) {
      expect(await rename(boss.user, by)).to.equal("changed");
    }
  });

  it("T122 is a colleague's own in support, too", async () => {
    expect(await rename(emil.user, dana)).to.equal("needs-approval");
    expect(await rename(emil.user, emil)).to.equal("changed");
  });

  it("leaves support the names of other users, and a superuser's display name", async () => {
    const place = await placeWith("one");
    const [boss = expect.fail()] = place.superusers;
    expect(await rename(place.plain, dana)).to.equal("changed");
    expect(await edit(boss.user, { name: "Sanne de Boer" }, dana)).to.equal("changed");
  });
});

import { expect } from "chai";
import type { Actor } from "../../../src/domain/access/actor.ts";
import { userEditSchema } from "../../../src/domain/users/user-edit.ts";
import { makeActor } from "../../support/actors.ts";
import { linkIn } from "../../support/mailbox.ts";
import { VISITOR } from "../../support/mobile-numbers.ts";
import { BY_HAND, settledOutbox } from "../../support/outbox.ts";
import { makeOffice, type TestUser } from "../../support/people.ts";
import { useResource } from "../../support/suite-resource.ts";
import { MAKE, twoPeople } from "../../support/two-people.ts";
import { useServices } from "../../support/use-vestibule.ts";

const THIEF = "dana@thief.example";
const REAL = "real@mail.example";

describe("a mailbox that an account had before its user became a superuser", function () {
  this.timeout(60_000);
  const { services, database } = useServices({ settings: BY_HAND });
  const { stored, placeWith, requested, approve } = twoPeople({ services });
  const anyOffice = useResource(() => makeOffice(services));
  const dana = useResource(() => makeActor(services, anyOffice, "support"));

  const enter = async (user: TestUser, mail: string, by: Actor) => {
    const now = await stored(user);
    const change = userEditSchema.parse({ version: now.version, mail });
    expect((await services.administration.users.edit(now, change, by)).type).to.equal("changed");
  };
  /** Answers the newest "this was not me" in a mailbox. */
  const dispute = async (mail: string) => {
    const mails = (await settledOutbox({ services, database })).filter(({ to }) => to === mail);
    const links = mails.map((one) => linkIn(one, `${services.settings.issuer}/not-me/`));
    const link = links.find((one) => one !== "") ?? expect.fail(`no link to ${mail}`);
    return services.links.disputes.use(link.split("/").at(-1) ?? "", VISITOR);
  };

  it("T122 gets nothing back, or one member of support would enter an own address first", async () => {
    const place = await placeWith("one");
    const [boss = expect.fail()] = place.superusers;
    await enter(place.plain, THIEF, dana);
    await enter(place.plain, REAL, dana);
    expect(await approve(await requested(place, place.plain, { asked: MAKE, by: dana }), boss)).to.equal(
      "approved",
    );
    expect(await dispute(THIEF)).to.equal("too-late");
    const { role, mail } = await stored(place.plain);
    expect([role, mail]).to.deep.equal(["superuser", REAL]);
  });

  it("is still a superuser's own where the change came after the role", async () => {
    const place = await placeWith("several");
    const [boss = expect.fail(), other = expect.fail()] = place.superusers;
    await enter(boss.user, "first@mail.example", other);
    await enter(boss.user, "stranger@mail.example", other);
    expect(await dispute("first@mail.example")).to.equal("cancelled");
    expect((await stored(boss.user)).mail).to.equal("first@mail.example");
  });
});

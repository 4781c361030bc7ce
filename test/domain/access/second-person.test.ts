import { expect } from "chai";
import type { Actor } from "../../../src/domain/access/actor.ts";
import type { Role } from "../../../src/domain/access/role.ts";
import { newUserSchema } from "../../../src/domain/users/user.ts";
import { userEditSchema } from "../../../src/domain/users/user-edit.ts";
import { makeActor, OPERATOR } from "../../support/actors.ts";
import { csvFile } from "../../support/csv-file.ts";
import { asOwner } from "../../support/database.ts";
import { newNumber } from "../../support/mobile-numbers.ts";
import { makeOffice, makeUser, type TestUser } from "../../support/people.ts";
import { useResource } from "../../support/suite-resource.ts";
import { HOUR, travel } from "../../support/time.ts";
import { REASON, STATES, twoPeople, UNMAKE, type Place } from "../../support/two-people.ts";
import { useServices } from "../../support/use-vestibule.ts";

const DAY = 24 * HOUR;

describe("the second person for a superuser", function () {
  this.timeout(60_000);
  const { services, database } = useServices();
  const { stored, officeOf, placeWith, changeRole, requested, approve } = twoPeople({ services });
  const anyOffice = useResource(() => makeOffice(services));
  const dana = useResource(() => makeActor(services, anyOffice, "support"));
  const emil = useResource(() => makeActor(services, anyOffice, "support"));
  let made = 0;

  const why = (by: Actor) => ({ by, reason: REASON });
  const fresh = () => `new${String((made += 1))}`;

  const addOne = async (place: Place, by: Actor, invite: boolean) => {
    const draft = newUserSchema.parse({
      username: fresh(),
      name: "New",
      mail: "new@mail.example",
      role: "superuser",
    });
    return (await services.administration.users.add(draft, await officeOf(place), { by, invite })).type;
  };
  const importOne = async (place: Place, by: Actor) => {
    const { importer, apply } = services.imports;
    const office = await officeOf(place);
    const run = await importer.check(office, csvFile(`username,name,role\n${fresh()},New,superuser\n`), by);
    const [verdict] = await importer.faults(run, { after: 0, limit: 1 });
    return verdict?.faults[0]?.code ?? (await apply.apply(run.id, { office, by, invites: false })).type;
  };
  const editMail = async (user: TestUser, by: Actor) => {
    const now = await stored(user);
    const edit = userEditSchema.parse({ version: now.version, mail: `${fresh()}@thief.example` });
    return (await services.administration.users.edit(now, edit, by)).type;
  };
  const enable = async (user: TestUser, by: Actor) => {
    await asOwner(database, "update users set status = 'disabled' where id = $1", [user.id]);
    return (await services.administration.users.enable(await stored(user), by)).type;
  };

  /** Ways to one more superuser. */
  const MAKING: Readonly<Record<string, (place: Place, by: Actor) => Promise<string>>> = {
    "give the role": (place, by) => changeRole(place, place.plain, { role: "superuser", by }),
    "add a user": (place, by) => addOne(place, by, false),
    "invite a user": (place, by) => addOne(place, by, true),
    "import a file": importOne,
  };
  /** Ways to the account of a superuser, or to take the role. */
  const TAKING: Readonly<Record<string, (place: Place, user: TestUser, by: Actor) => Promise<string>>> = {
    "take the role": (place, user, by) => changeRole(place, user, { role: "user", by }),
    "lower the role": (place, user, by) => changeRole(place, user, { role: "accountant", by }),
    reset: async (_, user, by) =>
      (await services.administration.factors.reset(await stored(user), why(by))).type,
    "enter a number": async (_, user, by) =>
      (await services.administration.factors.enterNumber(await stored(user), newNumber(), why(by))).type,
    "delete the number": async (_, user, by) =>
      (await services.administration.factors.deleteNumber(await stored(user), why(by))).type,
    "approve a number": async (_, user, by) =>
      (await services.administration.factors.approveNumber(await stored(user), why(by))).type,
    "enter a mail address": (_, user, by) => editMail(user, by),
    enable: (_, user, by) => enable(user, by),
  };
  /** What only makes an account safer, or sends something to its owner alone. */
  const HELPING: Readonly<Record<string, (user: TestUser, by: Actor) => Promise<string>>> = {
    "send a link": async (user, by) =>
      (await services.administration.users.sendPasswordLink(await stored(user), "password-reset", by)).type,
    "end the sessions": async (user, by) =>
      (await services.administration.users.endSessions(await stored(user), by)).type,
    "end the trust": async (user, by) =>
      (await services.administration.factors.endTrust(await stored(user), by)).type,
    disable: async (user, by) => (await services.administration.users.disable(await stored(user), by)).type,
  };

  const roles = async ({ office }: Place) =>
    (
      await asOwner<{ role: Role }>(
        database,
        "select role from users where office_id = $1 and role = 'superuser'",
        [office.id],
      )
    ).length;
  /** What whoever takes an account over has to change. */
  const accountOf = (user: TestUser) =>
    asOwner(
      database,
      `select role, mail, password_hash, (select json_agg(f) from factors f where f.user_id = u.id) as factors,
         (select json_agg(n) from mobile_numbers n where n.user_id = u.id) as numbers,
         (select count(*) from enrolment_windows w where w.user_id = u.id) as windows from users u where id = $1`,
      [user.id],
    );

  it("T122 is not needed for the first superuser of an office, who has nobody but support", async () => {
    for (const [way, make] of Object.entries(MAKING)) {
      const place = await placeWith("none");
      expect(await make(place, dana), way).to.be.oneOf(["changed", "added", "applied"]);
      expect(await roles(place), way).to.equal(1);
    }
  });

  for (const state of ["one", "several"] as const) {
    it(`T122 is needed for another superuser by whatever way, where the office has ${state}`, async () => {
      for (const [way, make] of Object.entries(MAKING)) {
        const place = await placeWith(state);
        expect(await make(place, dana), way).to.be.oneOf(["needs-approval", "role-two"]);
        expect(await roles(place), way).to.equal(STATES[state]);
      }
    });

    it(`T122 is needed by support for the account and the role of a superuser, where the office has ${state}`, async () => {
      for (const [way, take] of Object.entries(TAKING)) {
        const place = await placeWith(state);
        const [boss = expect.fail()] = place.superusers;
        const before = await accountOf(boss.user);
        const isLast = state === "one" && way.endsWith("the role");
        expect(await take(place, boss.user, dana), way).to.equal(isLast ? "last" : "needs-approval");
        expect(await accountOf(boss.user), way).to.deep.equal(before);
      }
    });
  }

  it("T122 is not needed for what makes an account safer, or goes to its owner alone", async () => {
    for (const [way, help] of Object.entries(HELPING)) {
      const [boss = expect.fail()] = (await placeWith("several")).superusers;
      expect(await help(boss.user, dana), way).to.be.oneOf(["sent", "ended", "disabled"]);
    }
  });

  it("T122 is not needed by the superusers of the office, nor by the operator", async () => {
    for (const who of ["superuser", "operator"] as const) {
      const place = await placeWith("several");
      const [boss = expect.fail(), other = expect.fail()] = place.superusers;
      const by = who === "operator" ? OPERATOR : boss;
      expect(await changeRole(place, place.plain, { role: "superuser", by }), who).to.equal("changed");
      expect(await TAKING["reset"]?.(place, other.user, by), who).to.equal("reset");
      expect(await changeRole(place, other.user, { role: "user", by }), who).to.equal("changed");
    }
  });

  it("T122 nobody uses it for themselves: a superuser neither resets nor enables the own account", async () => {
    const place = await placeWith("several");
    const [boss = expect.fail()] = place.superusers;
    for (const way of [
      "reset",
      "enter a number",
      "delete the number",
      "approve a number",
      "enter a mail address",
      "enable",
    ]) {
      expect(await TAKING[way]?.(place, boss.user, boss), way).to.equal("own");
    }
  });

  it("T122 role down, reset, role up: no step of it is possible for one member of support", async () => {
    const place = await placeWith("several");
    const [boss = expect.fail()] = place.superusers;
    expect(await changeRole(place, boss.user, { role: "user", by: dana })).to.equal("needs-approval");
    // Though the first step was agreed upon, what was a superuser yesterday is still protected.
    expect(await approve(await requested(place, boss.user, { asked: UNMAKE, by: dana }), emil)).to.equal(
      "approved",
    );
    const before = await accountOf(boss.user);
    for (const way of [
      "reset",
      "enter a number",
      "delete the number",
      "approve a number",
      "enter a mail address",
      "enable",
    ]) {
      expect(await TAKING[way]?.(place, boss.user, dana), way).to.equal("needs-approval");
    }
    expect(await changeRole(place, boss.user, { role: "superuser", by: dana })).to.equal("needs-approval");
    expect(await accountOf(boss.user)).to.deep.equal(before);
    travel(14 * DAY - HOUR);
    expect(await TAKING["reset"]?.(place, boss.user, dana), "within two weeks").to.equal("needs-approval");
    travel(2 * HOUR);
    expect(await TAKING["reset"]?.(place, boss.user, dana), "after them").to.equal("reset");
  });

  it("T122 closing and opening the office changes nothing about it", async () => {
    const place = await placeWith("one");
    const [boss = expect.fail()] = place.superusers;
    const { settings } = services.administration;
    expect((await settings.close(await officeOf(place), dana)).type).to.equal("changed");
    expect(await changeRole(place, place.plain, { role: "superuser", by: dana })).to.equal("needs-approval");
    expect((await settings.open(await officeOf(place), dana)).type).to.equal("changed");
    expect(await TAKING["reset"]?.(place, boss.user, dana)).to.equal("needs-approval");
  });

  it("T122 ten superusers that support makes at the same moment in an office without one: one is made", async () => {
    const place = await placeWith("none");
    const office = await officeOf(place);
    const ten = await Promise.all(Array.from({ length: 10 }, () => makeUser(services, place.office)));
    const users = await Promise.all(ten.map(stored));
    const results = await Promise.all(
      users.map((user) => services.administration.users.changeRole(user, "superuser", { office, by: dana })),
    );
    expect(results.filter(({ type }) => type === "changed")).to.have.length(1);
    expect(await roles(place)).to.equal(1);
  });

  it("T122 a file that was checked before the office had a superuser is judged again", async () => {
    const place = await placeWith("none");
    const { importer, apply } = services.imports;
    const office = await officeOf(place);
    const run = await importer.check(office, csvFile(`username,name,role\n${fresh()},New,superuser\n`), dana);
    await makeActor(services, place.office, "superuser");
    expect(await apply.apply(run.id, { office, by: dana, invites: false })).to.deep.equal({ type: "role" });
    expect(await roles(place)).to.equal(1);
  });
});

import { expect } from "chai";
import type { Actor } from "../../../src/domain/access/actor.ts";
import { newUserSchema, type User } from "../../../src/domain/users/user.ts";
import type { Role } from "../../../src/domain/access/role.ts";
import { makeActor, OPERATOR, storedOffice } from "../../support/actors.ts";
import { asOwner } from "../../support/database.ts";
import { storedUser } from "../../support/mobile-numbers.ts";
import { settledOutbox } from "../../support/outbox.ts";
import { makeOffice, makeUser, type TestUser } from "../../support/people.ts";
import { SECOND, travel } from "../../support/time.ts";
import { useServices } from "../../support/use-vestibule.ts";
import { useFresh } from "../../support/suite-resource.ts";

const ROLES: readonly Role[] = ["user", "accountant", "superuser", "support"];
const rankOf = ({ role }: Actor): number => ROLES.findIndex((one) => one === role);

describe("what one person does about another's place in an office", function () {
  this.timeout(60_000);
  const { services, database } = useServices();
  const office = useFresh(() => makeOffice(services));

  const people = () => services.administration.users;
  const stored = (user: TestUser) => storedUser(services, user);
  const officeNow = (of = office) => storedOffice(services, of);
  const changeRole = async (user: TestUser, role: Role, by: Actor) => {
    const of = await storedOffice(services, user.office);
    return (await people().changeRole(await stored(user), role, { office: of, by })).type;
  };
  const validFrom = async ({ id }: TestUser) =>
    (await asOwner<{ at: Date }>(database, "select valid_from as at from users where id = $1", [id]))[0]?.at;
  const leads = (role: Role, of = office) =>
    asOwner(database, "select id from users where office_id = $1 and role = $2 and status = 'active'", [
      of.id,
      role,
    ]);
  const events = ({ id }: TestUser) =>
    asOwner<{ type: string; actor: string; details: Record<string, unknown> }>(
      database,
      "select type, actor, details from audit_events where subject = $1 order by id",
      [id],
    );

  describe("the last superuser", () => {
    it("T94 stays: cannot be demoted or disabled by anyone, not even at the terminal", async () => {
      const { user, ...self } = await makeActor(services, office, "superuser");
      const support = await makeActor(services, office, "support");
      for (const by of [self, support, OPERATOR]) {
        expect(await changeRole(user, "user", by)).to.equal("last");
        expect((await people().disable(await stored(user), by)).type).to.equal("last");
      }
      expect(await stored(user)).to.include({ role: "superuser", status: "active" });
      expect((await events(user)).map(({ type }) => type)).to.deep.equal(["user.added"]);
    });

    it("T94 is left when ten superusers demote and disable each other in the same moment", async () => {
      const ten = await Promise.all(
        Array.from({ length: 10 }, () => makeActor(services, office, "superuser")),
      );
      const of = await officeNow();
      const users = await Promise.all(ten.map(({ user }) => stored(user)));
      const results = await Promise.all(
        ten.map((by, index) => {
          const victim = users[(index + 1) % users.length] ?? expect.fail();
          return index % 2 === 0
            ? people().changeRole(victim, "user", { office: of, by })
            : people().disable(victim, by);
        }),
      );
      expect(results.filter(({ type }) => type === "last")).to.have.length(1);
      expect(await leads("superuser")).to.have.length(1);
    });

    it("T94 is not the one who is disabled already: that one keeps no office alive", async () => {
      const one = await makeActor(services, office, "superuser");
      const other = await makeActor(services, office, "superuser");
      expect((await people().disable(await stored(other.user), one)).type).to.equal("disabled");
      expect(await changeRole(one.user, "user", OPERATOR)).to.equal("last");
      await people().enable(await stored(other.user), one);
      expect(await changeRole(one.user, "user", OPERATOR)).to.equal("changed");
    });
  });

  it("T94 keeps the last member of support, also when they disable each other at once", async () => {
    const home = await services.officeService.supportOffice("Vestibule", "test");
    await Promise.all([1, 2, 3].map(() => makeActor(services, office, "support")));
    const team = await services.users.list(home.id, 100);
    const disableNext = (user: User, index: number) => {
      const victim = team[(index + 1) % team.length] ?? expect.fail();
      return people().disable(victim, { id: user.id, officeId: home.id, role: "support" });
    };
    await Promise.all(team.map(disableNext));
    expect(await leads("support", home)).to.have.length(1);
    await Promise.all(team.map((user) => people().enable(user, OPERATOR)));
  });

  describe("T88 the role that an administrator gives", () => {
    it("is never above their own, whatever their role and the target", async () => {
      // So that nobody here is the last one.
      await makeActor(services, office, "superuser");
      const actors = await Promise.all(ROLES.map((role) => makeActor(services, office, role)));
      for (const by of actors) {
        const victim = await makeUser(services, office);
        for (const role of ROLES.filter((one) => ROLES.indexOf(one) > rankOf(by))) {
          expect(await changeRole(victim, role, by), `${by.role} gives ${role}`).to.equal("above-own");
          expect(await changeRole(by.user, role, by), `${by.role} to themselves`).to.equal("above-own");
        }
        expect(await stored(victim)).to.include({ role: "user", version: 1 });
        expect(await stored(by.user)).to.include({ role: by.role, version: 1 });
      }
    });

    it("is never taken from a user of a higher role, nor from another office", async () => {
      const above = await makeActor(services, office, "superuser");
      await makeActor(services, office, "superuser");
      const accountant = await makeActor(services, office, "accountant");
      const stranger = await makeActor(services, await makeOffice(services), "superuser");
      expect(await changeRole(above.user, "user", accountant)).to.equal("higher");
      expect(await changeRole(above.user, "user", stranger)).to.equal("elsewhere");
      expect((await people().disable(await stored(above.user), accountant)).type).to.equal("higher");
      expect((await people().disable(await stored(above.user), stranger)).type).to.equal("elsewhere");
      expect(await stored(above.user)).to.include({ role: "superuser", status: "active" });
    });

    it("is support in the platform's own office alone, and nothing else is there", async () => {
      const user = await makeUser(services, office);
      expect(await changeRole(user, "support", OPERATOR)).to.equal("unfit-role");
      const staff = await makeActor(services, office, "support");
      expect(await changeRole(staff.user, "superuser", OPERATOR)).to.equal("unfit-role");
    });

    it("is never above their own in an invitation either, and nobody is added", async () => {
      for (const role of ["user", "accountant", "superuser"] as const) {
        const by = await makeActor(services, office, role);
        for (const wanted of ROLES.filter((other) => ROLES.indexOf(other) > ROLES.indexOf(role))) {
          const username = `wants-${role}-${wanted}`;
          const draft = newUserSchema.parse({ username, name: "New", role: wanted });
          const result = await people().add(draft, await officeNow(), { by, invite: false });
          expect(result.type).to.equal("above-own");
          expect(await services.users.findByUsername(office.id, username)).to.equal(null);
        }
      }
    });

    it("ends every session, and the audit log has both roles", async () => {
      const by = await makeActor(services, office, "superuser");
      const user = await makeUser(services, office);
      const before = await validFrom(user);
      travel(2 * SECOND);
      expect(await changeRole(user, "accountant", by)).to.equal("changed");
      expect(Number(await validFrom(user))).to.be.above(Number(before));
      expect((await events(user)).at(-1)).to.deep.equal({
        type: "user.role-changed",
        actor: by.id,
        details: { before: "user", role: "accountant" },
      });
      expect(await changeRole(user, "accountant", by), "a double click").to.equal("unchanged");
    });
  });

  it("T13 adds a user with a password that no person learns, and the link goes to the mailbox alone", async () => {
    const by = await makeActor(services, office, "superuser");
    const draft = newUserSchema.parse({ username: "nieuw", name: "Nieuw", mail: "nieuw@mail.example" });
    const result = await people().add(draft, await officeNow(), { by, invite: true });
    const [mail] = await settledOutbox({ services, database });
    const link = /\/invitation\/([\w-]+)/.exec(mail?.text ?? "")?.[1] ?? expect.fail("no link");
    expect(mail).to.include({ to: "nieuw@mail.example" });
    expect(result).to.have.all.keys("type", "id", "isInvited").and.include({ isInvited: true });
    const user = (await services.users.findByUsername(office.id, "nieuw")) ?? expect.fail();
    const sent = await people().sendPasswordLink(user, "password-reset", by);
    expect(sent).to.deep.equal({ type: "sent" });
    expect(JSON.stringify([result, user, sent]))
      .to.not.contain(link)
      .and.not.contain("argon2");
  });

  it("T13 answers no link for a user without a mail address, and none for oneself", async () => {
    const by = await makeActor(services, office, "superuser");
    const bare = await stored(await makeUser(services, office));
    const user = { ...bare, mail: null };
    expect(await people().sendPasswordLink(user, "password-reset", by)).to.deep.equal({ type: "no-link" });
    const self = await stored(by.user);
    expect(await people().sendPasswordLink(self, "password-reset", by)).to.deep.equal({ type: "own" });
  });

  it("ends all sessions of a user, who is notified by mail", async () => {
    const by = await makeActor(services, office, "superuser");
    const user = await makeUser(services, office);
    const before = await validFrom(user);
    travel(2 * SECOND);
    expect((await people().endSessions(await stored(user), by)).type).to.equal("ended");
    expect(Number(await validFrom(user))).to.be.above(Number(before));
    expect((await events(user)).at(-1)).to.include({ type: "sessions.ended", actor: by.id });
    const [mail] = await settledOutbox({ services, database });
    expect(mail).to.include({ to: "sanne@mail.example", subject: "Your sessions were ended" });
  });

  it("notifies a user of another role by mail, in their language, with both roles", async () => {
    const by = await makeActor(services, office, "superuser");
    const user = await makeUser(services, office, { mail: "role@mail.example", language: "nl" });
    expect(await changeRole(user, "accountant", by)).to.equal("changed");
    expect(await changeRole(user, "accountant", by)).to.equal("unchanged");
    const mails = (await settledOutbox({ services, database })).filter(
      ({ to }) => to === "role@mail.example",
    );
    expect(mails.map(({ subject }) => subject)).to.deep.equal(["Uw rol is gewijzigd"]);
    expect(mails[0]?.text).to.contain("van Gebruiker in Accountant");
  });

  it("ends the links of a disabled user: none works after the return", async () => {
    const by = await makeActor(services, office, "superuser");
    const user = await makeUser(services, office);
    await people().sendPasswordLink(await stored(user), "password-reset", by);
    await people().disable(await stored(user), by);
    await people().enable(await stored(user), by);
    const links = await asOwner(database, "select from one_time_links where user_id = $1", [user.id]);
    expect(links).to.deep.equal([]);
  });
});

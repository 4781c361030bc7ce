import { expect } from "chai";
import { userEditSchema } from "../../../src/domain/users/user-edit.ts";
import { makeActor, OPERATOR } from "../../support/actors.ts";
import { asOwner } from "../../support/database.ts";
import { storedUser, VISITOR } from "../../support/mobile-numbers.ts";
import { settledOutbox } from "../../support/outbox.ts";
import { makeOffice, makeUser } from "../../support/people.ts";
import { HOUR, MINUTE, travel } from "../../support/time.ts";
import { useServices } from "../../support/use-vestibule.ts";
import { useResource, useFresh } from "../../support/suite-resource.ts";

describe("the edit of a user by an administrator", function () {
  this.timeout(60_000);
  const { services, database, office } = useServices({ office: {} });
  const by = useResource(() => makeActor(services, office, "superuser"));
  const user = useFresh(() => makeUser(services, office, { mail: "old@mail.example" }));

  const found = () => storedUser(services, user);
  const row = async () =>
    (await asOwner<Record<string, unknown>>(database, "select * from users where id = $1", [user.id]))[0] ??
    {};
  const edit = async (fields: Record<string, unknown>, actor = by) => {
    const now =
      (await services.database.inOffice(office.id, (tx) => services.users.find(tx, user.id))) ??
      expect.fail();
    const change = userEditSchema.parse({ version: now.version, ...fields });
    return services.administration.users.edit(now, change, actor);
  };
  const mailsTo = async (mail: string) =>
    (await settledOutbox({ services, database })).filter(({ to }) => to === mail);
  const ask = () =>
    services.links.passwordLinks.ask({
      ...{ officeCode: office.code, username: user.username, applicationId: null },
      visitor: VISITOR,
    });
  const signedInOnce = () =>
    services.audit.addAlone({
      type: "sign-in",
      outcome: "ok",
      officeId: office.id,
      actor: user.id,
      subject: user.id,
    });

  it("changes what is named and leaves the rest", async () => {
    const result = await edit({ name: "Sanne de Boer", language: "nl" });
    expect(result.type).to.equal("changed");
    expect(await found()).to.include({
      name: "Sanne de Boer",
      language: "nl",
      mail: "old@mail.example",
      version: 2,
    });
    const [event] = await asOwner<{ actor: string; details: unknown }>(
      database,
      "select actor, details from audit_events where subject = $1 and type = 'user.changed'",
      [user.id],
    );
    expect(event).to.deep.equal({ actor: by.id, details: { fields: "name language" } });
  });

  it("T89 writes no column but those that it names", async () => {
    const before = await row();
    const hostile = {
      ...{ id: by.id, office_id: by.officeId, officeId: by.officeId, role: "superuser", status: "disabled" },
      ...{
        password_hash: "x",
        valid_from: 0,
        username_key: "x",
        mailbox_hold_until: null,
        links_held_until: null,
      },
    };
    expect((await edit({ ...hostile, name: "Other" })).type).to.equal("changed");
    const after = await row();
    // The time of the change has no milliseconds in this comparison, and need not differ.
    const changed = Object.keys(after).filter(
      (key) => key !== "changed_at" && String(after[key]) !== String(before[key]),
    );
    expect(changed, "and what PostgreSQL derives from the name").to.have.members([
      "name",
      "version",
      "name_key",
      "search_key",
      "search_words",
    ]);
  });

  it("is refused when another administrator was first, with both states and who it was", async () => {
    const now = await found();
    const both = await Promise.all(
      ["Anna", "Berta"].map((name) =>
        services.administration.users.edit(now, userEditSchema.parse({ version: now.version, name }), by),
      ),
    );
    expect(both.map(({ type }) => type).sort()).to.deep.equal(["changed", "conflict"]);
    const conflict = both.find((result) => result.type === "conflict") ?? expect.fail();
    expect(conflict.current).to.deep.equal(await found());
    expect(conflict.last).to.include({ changedBy: by.id, changedByName: "Sanne Bakker" });
    expect(conflict.last?.changedAt).to.be.an.instanceOf(Date);
  });

  it("is refused as well when the role was changed meanwhile, or the user changed the own name", async () => {
    const shown = await found();
    await services.administration.users.changeRole(shown, "accountant", {
      office: (await services.offices.find(office.id)) ?? expect.fail(),
      by: OPERATOR,
    });
    const late = await edit({ version: shown.version, name: "Late" });
    expect(late).to.deep.include({ type: "conflict" });
    expect(late.type === "conflict" && late.last?.changedBy).to.equal("command line");
    expect((await found()).name).to.equal("Sanne Bakker");
  });

  it("is no conflict when the same button is pressed twice", async () => {
    const { version } = await found();
    expect((await edit({ version, name: "Anna" })).type).to.equal("changed");
    expect((await edit({ version, name: "Anna" })).type).to.equal("unchanged");
  });

  it("takes no username that the office has already, in whatever spelling", async () => {
    const other = await makeUser(services, office);
    expect(await edit({ username: other.username.toUpperCase() })).to.deep.equal({ type: "username-taken" });
    const elsewhere = await makeUser(services, await makeOffice(services));
    expect((await edit({ username: elsewhere.username })).type).to.equal("changed");
  });

  it("T88 is not for a user of a higher role, nor of another office", async () => {
    const accountant = await makeActor(services, office, "accountant");
    const stranger = await makeActor(services, await makeOffice(services), "superuser");
    const superuser = by.user;
    const now = await storedUser(services, superuser);
    const change = userEditSchema.parse({ version: now.version, name: "Mine" });
    expect(await services.administration.users.edit(now, change, accountant)).to.deep.equal({
      type: "higher",
    });
    expect(await services.administration.users.edit(now, change, stranger)).to.deep.equal({
      type: "elsewhere",
    });
  });

  describe("T92 of the mail address", () => {
    it("notifies the old and the new address; the old one can take it back", async () => {
      expect((await edit({ mail: "new@mail.example" })).type).to.equal("changed");
      const [former] = await mailsTo("old@mail.example");
      const [next] = await mailsTo("new@mail.example");
      expect(former?.subject).to.equal("Your email address was changed");
      expect(next?.subject).to.equal("This is now the email address of your account");
      expect(former?.text).to.match(/\/not-me\/[\w-]{64}/);
      expect(next?.text).to.not.contain("/not-me/");
    });

    it("holds the links to a new password for 48 hours, no matter who asks for them, and proves nothing about a factor", async () => {
      await signedInOnce();
      await edit({ mail: "thief@mail.example" });
      await ask();
      const { users: people } = services.administration;
      expect((await people.sendPasswordLink(await found(), "password-reset", by)).type).to.equal("no-link");
      expect((await people.sendPasswordLink(await found(), "invitation", by)).type).to.equal("no-link");
      const links = (await mailsTo("thief@mail.example")).filter(({ text }) =>
        /reset-password|invitation/.test(text),
      );
      expect(links).to.deep.equal([]);
      expect(await row())
        .to.have.property("mailbox_hold_until")
        .that.is.an.instanceOf(Date);
      travel(48 * HOUR + MINUTE);
      expect((await people.sendPasswordLink(await found(), "password-reset", by)).type).to.equal("sent");
    });

    it("kills the links that went to the old address", async () => {
      await ask();
      await edit({ mail: "new@mail.example" });
      const left = await asOwner<{ purpose: string }>(
        database,
        "select purpose from one_time_links where user_id = $1",
        [user.id],
      );
      expect(left).to.deep.equal([{ purpose: "not-me" }]);
    });

    it("holds nothing where nobody has ever signed in: a typing error of the invitation is mended at once", async () => {
      await edit({ mail: "right@mail.example" });
      const { users: people } = services.administration;
      expect((await people.sendPasswordLink(await found(), "invitation", by)).type).to.equal("sent");
    });

    it("is not for oneself: the account page proves the address first", async () => {
      const now = await storedUser(services, by.user);
      const change = (fields: object) => userEditSchema.parse({ version: now.version, ...fields });
      const self = services.administration.users;
      expect(await self.edit(now, change({ mail: "mine@mail.example" }), by)).to.deep.equal({ type: "own" });
      expect((await self.edit(now, change({ name: "Sanne B." }), by)).type).to.equal("changed");
    });
  });
});

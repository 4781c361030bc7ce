import { expect } from "chai";
import type { Actor } from "../../../src/domain/access/actor.ts";
import { ROLES } from "../../../src/domain/access/role.ts";
import type { AccountSession } from "../../../src/domain/users/own-account.ts";
import { userEditSchema } from "../../../src/domain/users/user-edit.ts";
import { newUserSchema } from "../../../src/domain/users/user.ts";
import { epochSeconds } from "../../../src/kernel/clock.ts";
import { makeActor, OPERATOR, storedOffice } from "../../support/actors.ts";
import { csvFile } from "../../support/csv-file.ts";
import { asOwner } from "../../support/database.ts";
import { linkIn } from "../../support/mailbox.ts";
import { storedUser, VISITOR } from "../../support/mobile-numbers.ts";
import { BY_HAND, settledOutbox } from "../../support/outbox.ts";
import { makeOffice, makeUser, type TestUser } from "../../support/people.ts";
import { useFresh, useResource } from "../../support/suite-resource.ts";
import { HOUR } from "../../support/time.ts";
import { useServices } from "../../support/use-vestibule.ts";

const NEW_PASSWORD = "orange-window-bicycle-77";
const MAIL = "anna@mail.example";
const OTHER = "other@mail.example";

describe("a mail address that is proved to be its user's", function () {
  this.timeout(60_000);
  const { services, database } = useServices({ settings: BY_HAND });
  const office = useFresh(() => makeOffice(services));
  const superuser = useFresh(() => makeActor(services, office, "superuser"));
  const user = useFresh(() => makeUser(services, office, { username: "anna", mail: MAIL }));

  const isProved = async ({ id }: Pick<TestUser, "id"> = user) =>
    (await services.users.findAccount(id))?.isMailProved ?? expect.fail("no such user");
  const linkTo = async (mail: string, path: string) => {
    const mails = await settledOutbox({ services, database });
    const links = mails
      .filter(({ to }) => to === mail)
      .map((each) => linkIn(each, `${services.settings.issuer}${path}`));
    return (links.find((link) => link !== "") ?? expect.fail(`no link to ${mail}`)).split("/").at(-1) ?? "";
  };
  const edit = async (fields: Record<string, unknown>) => {
    const now = await storedUser(services, user);
    const change = userEditSchema.parse({ version: now.version, ...fields });
    expect((await services.administration.users.edit(now, change, superuser)).type).to.equal("changed");
  };
  const choosePassword = async (purpose: "password-reset" | "invitation", token: string) => {
    const done = await services.links.passwordReset.complete({ purpose, token }, NEW_PASSWORD, VISITOR);
    expect(done.type).to.equal("done");
  };
  const resetByMail = async (mail: string) => {
    await services.links.passwordLinks.send(await storedUser(services, user), "password-reset", "test");
    await choosePassword("password-reset", await linkTo(mail, "/reset-password/"));
  };
  const sayProved = async (by: Actor) =>
    (await services.administration.users.proveMail(await storedUser(services, user), by)).type;
  const dispute = async (mail: string) =>
    services.links.disputes.use(await linkTo(mail, "/not-me/"), VISITOR);

  it("T134 is none that an administrator has typed", async () => {
    expect(await isProved()).to.equal(false);
    expect((await storedUser(services, user)).mailProvedAt).to.equal(null);
  });

  it("T134 is one whose link chose the password, from that moment on", async () => {
    await resetByMail(MAIL);
    expect(await isProved()).to.equal(true);
    const { mailProvedAt } = await storedUser(services, user);
    expect(Date.now() - (mailProvedAt?.getTime() ?? 0)).to.be.within(0, HOUR);
  });

  it("T134 is one whose invitation was accepted", async () => {
    const draft = newUserSchema.parse({ username: "bram", name: "Bram", mail: OTHER });
    const added = await services.administration.users.add(draft, await storedOffice(services, office), {
      by: superuser,
      invite: true,
    });
    const bram = { id: added.type === "added" ? added.id : expect.fail(added.type) };
    expect(await isProved(bram)).to.equal(false);
    await choosePassword("invitation", await linkTo(OTHER, "/invitation/"));
    expect(await isProved(bram)).to.equal(true);
  });

  it("T134 is not one whose link was printed at a terminal and never mailed", async () => {
    const made = await services.administration.users.makeFirstLink(
      await storedUser(services, user),
      OPERATOR,
    );
    const link = made.type === "made" ? made.link.reveal() : expect.fail(made.type);
    await choosePassword("invitation", link.split("/").at(-1) ?? "");
    expect(await isProved()).to.equal(false);
  });

  it("T134 is one that the user asked for and confirmed by its link, and not before", async () => {
    const account = (await services.users.findAccount(user.id)) ?? expect.fail();
    const proof = { at: epochSeconds(new Date(Date.now())), session: null, hasSkippedCode: false };
    const owner: AccountSession = { account, visitor: VISITOR, browser: [], proof, hasProvedFactor: true };
    const { mailChange } = services.ownAccount;
    expect(await mailChange.ask(owner, OTHER)).to.equal("asked");
    expect(await isProved()).to.equal(false);
    expect(await mailChange.confirm(owner, await linkTo(OTHER, "/account/mail/link/"))).to.equal("changed");
    expect([await isProved(), (await storedUser(services, user)).mail]).to.deep.equal([true, OTHER]);
  });

  it("T134 is no longer proved when an administrator types another one, nor when the first one is typed again", async () => {
    await resetByMail(MAIL);
    await edit({ name: "Anna Bos" });
    expect(await isProved(), "the name alone").to.equal(true);
    await edit({ mail: OTHER });
    expect(await isProved()).to.equal(false);
    await edit({ mail: MAIL });
    expect(await isProved()).to.equal(false);
  });

  it("T134 is not one whose owner said 'this was not me' about an account that they do not know", async () => {
    await edit({ mail: OTHER });
    expect(await dispute(MAIL)).to.equal("cancelled");
    expect([await isProved(), (await storedUser(services, user)).mail]).to.deep.equal([false, MAIL]);
  });

  it("T134 is proved again when its owner took it back", async () => {
    await resetByMail(MAIL);
    await edit({ mail: OTHER });
    expect(await dispute(MAIL)).to.equal("cancelled");
    expect(await isProved()).to.equal(true);
  });

  it("T134 is what the operator says, on the record, and no role of an office or of support can say it", async () => {
    const { id } = office;
    for (const role of ROLES) {
      expect(await sayProved({ id: "x", officeId: id, role }), role).to.equal("not-permitted");
    }
    expect(await isProved()).to.equal(false);
    expect(await sayProved(OPERATOR)).to.equal("proved");
    expect(await isProved()).to.equal(true);
    const events = await asOwner(
      database,
      "select type, actor, subject from audit_events where type = 'mail.proved'",
    );
    expect(events).to.deep.equal([{ type: "mail.proved", actor: OPERATOR.id, subject: user.id }]);
  });

  it("T134 is not what the operator says about an address that was replaced meanwhile", async () => {
    const seen = await storedUser(services, user);
    await edit({ mail: OTHER });
    expect((await services.administration.users.proveMail(seen, OPERATOR)).type).to.equal("no-mail");
    expect(await isProved()).to.equal(false);
  });

  describe("of an imported file", () => {
    const imported = useResource(() => makeOffice(services));

    const importFile = async (username: string, how: { by?: Actor; areMailsProved?: boolean }) => {
      const { importer, apply } = services.imports;
      const file = csvFile(`username,name,mail\n${username},Anna,${MAIL}\n${username}2,Anna,\n`);
      const run = await importer.check(await storedOffice(services, imported), file, OPERATOR);
      return apply.apply(run.id, { office: imported, by: OPERATOR, invites: false, ...how });
    };
    const areProved = async (username: string) => {
      const found = await Promise.all(
        [username, `${username}2`].map((each) => services.users.findByUsername(imported.id, each)),
      );
      return found.map((each) => [each?.isMailProved, each?.mailProvedAt !== null]);
    };

    it("T134 is not proved", async () => {
      expect((await importFile("carla", {})).type).to.equal("applied");
      expect(await areProved("carla")).to.deep.equal([
        [false, false],
        [false, false],
      ]);
    });

    it("T134 is proved when the operator says so, where there is one", async () => {
      expect((await importFile("dora", { areMailsProved: true })).type).to.equal("applied");
      expect(await areProved("dora")).to.deep.equal([
        [true, true],
        [false, false],
      ]);
    });

    it("T134 is not proved by what a superuser says", async () => {
      const by: Actor = { id: "x", officeId: imported.id, role: "superuser" };
      expect(await importFile("eva", { by, areMailsProved: true })).to.deep.equal({ type: "role" });
      expect(await services.users.findByUsername(imported.id, "eva")).to.equal(null);
    });
  });
});

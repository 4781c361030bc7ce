import { expect } from "chai";
import { apiClient } from "../../support/api-client.ts";
import { send } from "../../support/account.ts";
import { asOwner } from "../../support/database.ts";
import {
  giveEmailCodes,
  makeEmailOffice,
  makeEmailUser,
  mailedCode,
  mailedCodes,
} from "../../support/email-codes.ts";
import { linkFor, linkIn, mailsTo, openLink } from "../../support/mailbox.ts";
import { storedUser } from "../../support/mobile-numbers.ts";
import { BY_HAND } from "../../support/outbox.ts";
import { TESTER, type TestUser } from "../../support/people.ts";
import { follow } from "../../support/relying-party.ts";
import { scimClient } from "../../support/scim-client.ts";
import {
  changeOffice,
  giveApp,
  guardOf,
  hasCode,
  OFF,
  pageName,
  passPassword,
  resetFactor,
  sendForm,
} from "../../support/second-factor.ts";
import { SECOND, travel } from "../../support/time.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

interface Owner {
  readonly user: TestUser;
  readonly mail: string;
}

describe("an address that changes while a sign-in waits for its code", function () {
  this.timeout(120_000);
  const vestibule = useVestibule({ application: {}, settings: BY_HAND });
  const { services, database, application } = vestibule;
  beforeEach(() => asOwner(database, "delete from rate_limits"));

  const owner = async (): Promise<Owner> => {
    const made = await makeEmailUser(services);
    await giveEmailCodes(services, made.user, made.mail);
    return made;
  };
  /** At the page that asks for a code, which was sent. */
  async function asked({ user, mail }: Owner) {
    const browser = vestibule.browser();
    const page = await passPassword(browser, application, user);
    expect(pageName(page)).to.equal("challenge-email");
    return { browser, page, code: await mailedCode(vestibule, mail) };
  }
  const edit = async ({ user }: Owner, mail: string | null) => {
    const before = await storedUser(services, user);
    const change = { mail, version: before.version };
    expect((await services.administration.users.edit(before, change, TESTER)).type).to.equal("changed");
  };
  const failed = async ({ user }: Owner) => (await guardOf({ database }, user)).failed_attempts;
  const subjectsTo = async (mail: string) => (await mailsTo(vestibule, mail)).map(({ subject }) => subject);
  const factorsOf = async ({ user }: Owner) => (await services.users.findAccount(user.id))?.factors;
  const eventsOf = async ({ user }: Owner) =>
    (
      await asOwner<{ type: string }>(
        database,
        "select type from audit_events where subject = $1 order by id",
        [user.id],
      )
    ).map(({ type }) => type);
  const undo = async (mail: string) => {
    const link = (await mailsTo(vestibule, mail))
      .map((each) => linkIn(each, `${vestibule.issuer}/not-me/`))
      .find((found) => found !== "");
    const browser = vestibule.browser();
    return send(browser, await follow(browser, await browser.get(link ?? "/not-me")));
  };

  /** Every door by which another person, or a directory, replaces an address. */
  const DOORS: Readonly<Record<string, (made: Owner, mail: string) => Promise<unknown>>> = {
    "the console and the command line": edit,
    "the management API": async ({ user }, mail) => {
      const api = await apiClient(vestibule, user.office);
      const { status } = await api.patch(`/offices/${user.office.id}/users/${user.id}`, { mail });
      expect(status).to.equal(200);
    },
    "the directory": async ({ user }, mail) => {
      const directory = await scimClient(vestibule, user.office);
      const value = { emails: [{ value: mail, type: "work", primary: true }] };
      const { status } = await directory.patch(`/Users/${user.id}`, [{ op: "replace", value }]);
      expect(status).to.equal(200);
    },
  };

  for (const [door, change] of Object.entries(DOORS)) {
    it(`T247 by ${door}: the old code opens nothing and costs nothing, and the old mailbox is notified`, async () => {
      const made = await owner();
      const { browser, page, code } = await asked(made);
      travel(2 * SECOND);
      await change(made, `other-${made.mail}`);
      const after = await sendForm(browser, page, { code });
      expect(hasCode(after)).to.equal(false);
      expect(pageName(after)).to.equal("password");
      expect([await failed(made), await factorsOf(made)]).to.deep.equal([0, []]);
      expect(await eventsOf(made)).to.include.members(["mail.changed", "factor.removed"]);
      expect(await subjectsTo(made.mail)).to.include("Your email address was changed");
      const [entered] = await mailsTo(vestibule, `other-${made.mail}`);
      expect(entered?.text).to.contain("Verification codes no longer come by email");
      expect(await mailedCodes(vestibule, `other-${made.mail}`)).to.be.empty;
    });
  }

  it("T247 when it is removed, the code of before opens nothing, and there is no other", async () => {
    const made = await owner();
    const { browser, page, code } = await asked(made);
    travel(2 * SECOND);
    await edit(made, null);
    expect(pageName(await sendForm(browser, page, { code }))).to.equal("password");
    expect([await failed(made), await factorsOf(made)]).to.deep.equal([0, []]);
  });

  it("T247 that differs in case alone is the same mailbox: nothing ends, and the code that was sent works", async () => {
    const made = await owner();
    const { browser, page, code } = await asked(made);
    const directory = await scimClient(vestibule, made.user.office);
    const value = { emails: [{ value: made.mail.toUpperCase(), type: "work", primary: true }] };
    await directory.patch(`/Users/${made.user.id}`, [{ op: "replace", value }]);
    expect((await storedUser(services, made.user)).mail).to.equal(made.mail.toUpperCase());
    expect(hasCode(await sendForm(browser, page, { code }))).to.equal(true);
    const account = await services.users.findAccount(made.user.id);
    expect([account?.factors, account?.isMailProved]).to.deep.equal([["email"], true]);
    expect(await eventsOf(made)).to.not.include("mail.changed");
  });

  it("T247 by the owner's link: the old code opens nothing, and a new one goes to the new mailbox", async () => {
    const made = await owner();
    const { browser, page, code } = await asked(made);
    const other = `own-${made.mail}`;
    await services.database.inOffice(made.user.office.id, async (tx) => {
      await services.users.changeMail(tx, made.user.id, { mail: other, at: new Date(Date.now()) });
      await services.secondFactor.emailCodes.forget(tx, { id: made.user.id, officeId: made.user.office.id });
    });
    const refused = await sendForm(browser, page, { code });
    expect(hasCode(refused)).to.equal(false);
    expect(await failed(made)).to.be.at.most(1);
    expect(hasCode(await sendForm(browser, refused, { code: await mailedCode(vestibule, other) }))).to.equal(
      true,
    );
  });

  it("T247 is not sent to when it is another one by then: the next request reads the new one", async () => {
    const made = await owner();
    await edit(made, `other-${made.mail}`);
    const { user, mail } = made;
    const contact = { id: user.id, officeId: user.office.id, name: "Sanne", mail, language: "en" };
    const visitor = { address: "192.0.2.7", addressGroup: "192.0.2.7", requestId: "test" };
    for (const purpose of ["sign-in", "enrol"] as const) {
      const wish = { user: contact, binding: "x", purpose, to: mail, visitor, isResend: false };
      const result = await services.secondFactor.emailSender.sendCode(wish);
      expect(result).to.deep.equal({ type: "already-sent", sent: null });
    }
    expect(await mailedCodes(vestibule, mail)).to.be.empty;
  });

  it("T248 that is put back by 'this was not me' gives the codes back: no link to a new password goes there", async () => {
    const made = await owner();
    await edit(made, `other-${made.mail}`);
    expect((await undo(made.mail)).status).to.equal(200);
    expect(await factorsOf(made)).to.deep.equal(["email"]);
    expect(await linkFor(vestibule, made.user, made.mail)).to.equal("");
    travel(2 * SECOND);
    const { browser, page, code } = await asked(made);
    expect(hasCode(await sendForm(browser, page, { code }))).to.equal(true);
  });

  it("T248 that is put back after a reset gives back nothing: the administrator has decided", async () => {
    const made = await owner();
    await edit(made, `other-${made.mail}`);
    await resetFactor(services, await storedUser(services, made.user), "lost the mailbox");
    await undo(made.mail);
    expect(await factorsOf(made)).to.deep.equal([]);
  });

  it("T248 that is put back beside another method gives back nothing", async () => {
    const made = await owner();
    await giveApp(services, made.user);
    await edit(made, `other-${made.mail}`);
    await undo(made.mail);
    expect(await factorsOf(made)).to.deep.equal(["totp"]);
  });

  it("T248 that proved nothing, and is put back, takes no method away, gets no code and no link", async () => {
    const office = await makeEmailOffice(services, { secondFactor: { ...OFF, methods: ["totp", "email"] } });
    const made = await makeEmailUser(services, office);
    const other = `own-${made.mail}`;
    const { id } = made.user;
    const account = await services.users.findAccount(id);
    if (account === null) {
      throw new Error("The account is gone.");
    }
    const proof = { at: Math.floor(Date.now() / 1000) + 1, session: null, hasSkippedCode: false };
    const visitor = { address: "192.0.2.7", addressGroup: "192.0.2.7", requestId: "test" };
    const session = { account, proof, hasProvedFactor: true, visitor, browser: [] };
    const { mailChange } = services.ownAccount;
    expect(await mailChange.ask(session, other)).to.equal("asked");
    const [sent] = await mailsTo(vestibule, other);
    const token = linkIn(sent, `${vestibule.issuer}/account/mail/link/`).split("/").at(-1) ?? "";
    expect(await mailChange.confirm(session, token)).to.equal("changed");
    await giveEmailCodes(services, made.user, other);
    await undo(made.mail);
    expect(await factorsOf(made)).to.deep.equal(["email"]);
    expect(await linkFor(vestibule, made.user, made.mail)).to.equal("");
    travel(2 * SECOND);
    const page = await passPassword(vestibule.browser(), application, made.user);
    expect(pageName(page)).to.equal("challenge-email");
    expect(await mailedCodes(vestibule, made.mail)).to.be.empty;
  });

  it("T248 that an administrator typed wrongly, and that is put back, gets no link earlier than before", async () => {
    const made = await owner();
    await changeOffice(services, made.user.office, { secondFactor: { ...OFF, methods: ["totp", "email"] } });
    const browser = vestibule.browser();
    const page = await passPassword(browser, application, made.user);
    await sendForm(browser, page, { code: await mailedCode(vestibule, made.mail) });
    const stranger = `stranger-${made.mail}`;
    await edit(made, stranger);
    await edit(made, `right-${made.mail}`);
    await undo(stranger);
    expect((await storedUser(services, made.user)).mail).to.equal(stranger);
    expect(await linkFor(vestibule, made.user, stranger)).to.equal("");
  });

  it("T238 of a user with codes by email is never enough by a link of before an edit either", async () => {
    const made = await makeEmailUser(services);
    const link = await linkFor(vestibule, made.user, made.mail);
    await giveEmailCodes(services, made.user, made.mail);
    await edit(made, `other-${made.mail}`);
    await undo(made.mail);
    const browser = vestibule.browser();
    expect((await openLink(browser, link)).body).to.contain("This link no longer works");
  });
});

import { expect } from "chai";
import { asOwner } from "../../support/database.ts";
import { giveEmailCodes, makeEmailOffice, makeEmailUser } from "../../support/email-codes.ts";
import { choosePassword, linkFor, mailsTo, openLink } from "../../support/mailbox.ts";
import { storedUser } from "../../support/mobile-numbers.ts";
import { BY_HAND } from "../../support/outbox.ts";
import { TESTER, type TestUser } from "../../support/people.ts";
import { changeOffice, giveApp, passPassword, pageName, resetFactor } from "../../support/second-factor.ts";
import { statementsOf } from "../../support/statements.ts";
import { SECOND, travel } from "../../support/time.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

const NEW = "copper-anchor-violin-63";

describe("a mailbox to which the codes go", function () {
  this.timeout(120_000);
  const vestibule = useVestibule({ application: {}, settings: BY_HAND });
  const { services, database, application } = vestibule;
  beforeEach(() => asOwner(database, "delete from rate_limits"));

  const owner = async () => {
    const made = await makeEmailUser(services);
    await giveEmailCodes(services, made.user, made.mail);
    return made;
  };
  const subjects = async (mail: string) => (await mailsTo(vestibule, mail)).map(({ subject }) => subject);
  const factorsOf = async (user: TestUser) => (await services.users.findAccount(user.id))?.factors;

  it("T238 gets no link to a new password, but why there is none", async () => {
    const { user, mail } = await owner();
    expect(await linkFor(vestibule, user, mail)).to.equal("");
    expect(await subjects(mail)).to.deep.equal(["Your password cannot be replaced by email"]);
  });

  it("T238 costs as much as a mailbox that gets the link", async () => {
    const [withheld, sent] = [await owner(), await makeEmailUser(services)];
    const costOf = ({ user, mail }: typeof sent) => statementsOf(() => linkFor(vestibule, user, mail));
    await costOf(await makeEmailUser(services));
    expect(await costOf(withheld)).to.deep.equal(await costOf(sent));
  });

  it("T238 gets none beside an app either: its reader would choose the mail", async () => {
    const { user, mail } = await owner();
    await giveApp(services, user);
    expect(await linkFor(vestibule, user, mail)).to.equal("");
  });

  it("T238 gets none from an administrator", async () => {
    const { user } = await owner();
    const found = await storedUser(services, user);
    expect(await services.links.passwordLinks.send(found, "password-reset", "test")).to.equal(false);
  });

  it("T238 ends what an older link can do, also one that is open already", async () => {
    const { user, mail } = await makeEmailUser(services);
    const link = await linkFor(vestibule, user, mail);
    const browser = vestibule.browser();
    const page = await openLink(browser, link);
    expect(page.body).to.contain("Choose a new password");
    await giveEmailCodes(services, user, mail);
    const refused = await choosePassword(browser, page, NEW);
    expect(refused.body).to.contain("This link no longer works");
    expect((await openLink(vestibule.browser(), link)).body).to.contain("This link no longer works");
  });

  it("T238 gets the link where the office has said that the mailbox is enough", async () => {
    const { user, mail } = await owner();
    await changeOffice(services, user.office, { isMailboxEnough: true });
    const link = await linkFor(vestibule, user, mail);
    const browser = vestibule.browser();
    const done = await choosePassword(browser, await openLink(browser, link), NEW);
    expect(done.body).to.contain("Your password has been changed");
  });

  it("T238 gets a link again after an administrator has reset the second factor", async () => {
    const { user, mail } = await owner();
    await resetFactor(services, await storedUser(services, user), "lost the password");
    expect(await linkFor(vestibule, user, mail)).to.not.equal("");
  });

  it("T238 is another one by an administrator's hand: the method ends, and the password alone sets up no other", async () => {
    const { user } = await owner();
    const before = await storedUser(services, user);
    const edit = { mail: "other@mail.example", version: before.version };
    const result = await services.administration.users.edit(before, edit, TESTER);
    expect(result.type).to.equal("changed");
    expect(await factorsOf(user)).to.deep.equal([]);
    travel(2 * SECOND);
    const page = await passPassword(vestibule.browser(), application, user);
    expect(pageName(page)).to.equal("enrolment-code");
  });

  it("T238 is never replaced from a session that has not proved the code", async () => {
    const { user } = await owner();
    const account = await services.users.findAccount(user.id);
    if (account === null) {
      throw new Error("The account is gone.");
    }
    const proof = { at: Math.floor(Date.now() / 1000) + 1, session: null, hasSkippedCode: true };
    const visitor = { address: "192.0.2.7", addressGroup: "192.0.2.7", requestId: "test" };
    const session = { account, proof, hasProvedFactor: false, visitor, browser: [] };
    expect(await services.ownAccount.mailChange.ask(session, "thief@mail.example")).to.equal("held");
  });

  it("T238 keeps the other methods of a user when its own ends", async () => {
    const office = await makeEmailOffice(services);
    const { user, mail } = await makeEmailUser(services, office);
    await giveApp(services, user);
    await giveEmailCodes(services, user, mail);
    const before = await storedUser(services, user);
    await services.administration.users.edit(
      before,
      { mail: "b@mail.example", version: before.version },
      TESTER,
    );
    expect(await factorsOf(user)).to.deep.equal(["totp"]);
  });
});

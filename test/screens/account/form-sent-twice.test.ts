import { expect } from "chai";
import { App, openAccount, send } from "../../support/account.ts";
import { asOwner } from "../../support/database.ts";
import { formAt } from "../../support/forms.ts";
import { makeStage } from "../../support/fuzz/stages.ts";
import { linkIn, mailsTo, openLink } from "../../support/mailbox.ts";
import { useOtherProcess } from "../../support/other-process.ts";
import { BY_HAND } from "../../support/outbox.ts";
import { makeUser } from "../../support/people.ts";
import { giveApp, makeStrictOffice } from "../../support/second-factor.ts";
import { eventsFrom, leads, ORDERS, senderOf } from "../../support/sent-twice.ts";
import { MINUTE, SECOND, travel } from "../../support/time.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

const NEW = "copper-anchor-violin-63";

/** What ends something: the page, further fields, where it leads, and the event. */
const ENDS = [
  ["/account/sessions/:id", {}, "/account/sessions", "session.ended"],
  ["/account/trusted/:id", {}, "/account/sessions", "browser.trust-ended"],
  ["/account/applications/:id", {}, "/account/applications", "access.revoked"],
  ["/account/passkeys/:id", { remove: "1" }, "/account", "factor.removed"],
] as const;

describe("a form of the account page that is sent twice", function () {
  this.timeout(90_000);
  const vestibule = useVestibule({ settings: BY_HAND, application: {} });
  const { services } = vestibule;
  const other = useOtherProcess(vestibule);
  const sendTwice = senderOf(vestibule, other);
  let made = 0;

  const signedIn = async (path: string) => {
    made += 1;
    const mail = `own${String(made)}@mail.example`;
    const user = await makeUser(services, await makeStrictOffice(services), {
      mail,
    });
    const app = new App((await giveApp(services, user)).secret);
    const browser = vestibule.browser();
    const page = await openAccount(browser, path, { user, app });
    return { user, app, mail, browser, page, row: { table: "users", id: user.id } };
  };

  const mailsCounted = () =>
    asOwner(vestibule.database, "select used from rate_limits where scope = 'mail-recipient'");
  beforeEach(() => asOwner(vestibule.database, "delete from rate_limits"));

  for (const order of ORDERS) {
    it(`sets one new password, and calls none wrong (${order})`, async () => {
      const { user, browser, page, row } = await signedIn("/account/password");
      const events = await eventsFrom(vestibule);
      const fields = { currentPassword: user.password, newPassword: NEW };
      const answers = leads(await sendTwice({ browser, page, row, fields }, order));
      // The session has ended with the password: after that the sign-in comes next, as it does after the first answer.
      expect(answers).to.include("/account");
      expect(["/account", "/authorize"]).to.include.members(answers);
      expect(await events()).to.deep.equal(["password.changed"]);
    });

    it(`mails one link to a new address, which works when it is confirmed twice (${order})`, async () => {
      const { browser, page, row } = await signedIn("/account/mail");
      const mail = `new${String(made)}@mail.example`;
      const events = await eventsFrom(vestibule);
      expect(leads(await sendTwice({ browser, page, row, fields: { mail } }, order))).to.deep.equal([
        "/account",
        "/account",
      ]);
      const mails = await mailsTo(vestibule, mail);
      expect(mails).to.have.length(1);
      expect(await mailsCounted()).to.deep.equal([{ used: 1 }]);
      const confirm = await openLink(browser, linkIn(mails[0], `${vestibule.issuer}/account/mail/link/`));
      const answers = await sendTwice({ browser, page: confirm, row, fields: {} }, order);
      expect(leads(answers)).to.deep.equal(["/account", "/account"]);
      expect(await events()).to.deep.equal(["mail-change.asked", "mail.changed"]);
    });
  }

  for (const order of ORDERS) {
    it(`ends the other sessions once, and says so in one mail (${order})`, async () => {
      const { browser, page, row, mail } = await signedIn("/account/sessions/others");
      const [events, sent] = [await eventsFrom(vestibule), { browser, page, fields: {}, row }];
      const answers = await sendTwice(sent, order);
      expect(leads(answers)).to.deep.equal(["/account/sessions", "/account/sessions"]);
      expect(await events()).to.deep.equal(["sessions.ended"]);
      expect(await mailsTo(vestibule, mail)).to.have.length(1);
    });
  }

  it("ends the other sessions again, and says so, where one has begun since or a minute has passed", async () => {
    const { browser, page, user, app } = await signedIn("/account/sessions/others");
    const events = await eventsFrom(vestibule);
    await send(browser, page);
    travel(2 * SECOND);
    await openAccount(vestibule.browser(), "/account", { user, app });
    await send(browser, page);
    travel(MINUTE);
    await send(browser, page);
    const ended = (await events()).filter((type) => type === "sessions.ended");
    expect(ended).to.have.length(3);
  });

  for (const order of ["one after the other", "at the same moment"] as const) {
    it(`ends once what it ends, and is not told that there is no such page (${order})`, async () => {
      const stage = await makeStage(vestibule, "user");
      for (const [pattern, further, to, type] of ENDS) {
        const { path, fields } = (await formAt(stage, pattern)) ?? expect.fail(pattern);
        const page = await stage.browser.get(path);
        const events = await eventsFrom(vestibule);
        const sent = { browser: stage.browser, page, fields: { ...fields, ...further } };
        const answers = await sendTwice({ ...sent, row: { table: "users", id: "" } }, order);
        expect(leads(answers), pattern).to.deep.equal([to, to]);
        expect(await events(), pattern).to.deep.equal([type]);
      }
    });
  }

  it("says nothing of what its page has never shown", async () => {
    const { browser, page, user } = await signedIn("/account/mail");
    const [row] = await asOwner<{ uid: string }>(
      vestibule.database,
      "select uid from oidc_models where kind = 1 and account_id <> $1 limit 1",
      [user.id],
    );
    for (const id of [row?.uid ?? "", "unknown"]) {
      const answer = await browser.post(`/account/sessions/${id}`, {
        _csrf: /name="_csrf" value="([^"]*)"/.exec(page.body)?.[1] ?? "",
      });
      expect(answer.status, id).to.equal(403);
    }
  });
});

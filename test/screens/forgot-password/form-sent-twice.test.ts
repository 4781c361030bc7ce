import { expect } from "chai";
import { send } from "../../support/account.ts";
import { asOwner } from "../../support/database.ts";
import type { HttpBrowser } from "../../support/http-browser.ts";
import { linkFor, linkIn, mailsTo, namesOf, openLink } from "../../support/mailbox.ts";
import { storedUser } from "../../support/mobile-numbers.ts";
import { useOtherProcess } from "../../support/other-process.ts";
import { BY_HAND } from "../../support/outbox.ts";
import { makeUser, type TestUser } from "../../support/people.ts";
import { eventsFrom, leads, ORDERS, senderOf } from "../../support/sent-twice.ts";
import { MINUTE, travel } from "../../support/time.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

const NEW = "copper-anchor-violin-63";

describe("a form of a mailed link, or for one, that is sent twice", function () {
  this.timeout(60_000);
  const vestibule = useVestibule({ settings: BY_HAND, office: {}, application: {} });
  const { services, office } = vestibule;
  const other = useOtherProcess(vestibule);
  const sendTwice = senderOf(vestibule, other);
  let user: TestUser;
  let mail: string;
  let made = 0;
  let browser: HttpBrowser;
  beforeEach(async () => {
    await asOwner(vestibule.database, "delete from rate_limits");
    made += 1;
    mail = `twice${String(made)}@mail.example`;
    user = await makeUser(services, office, { mail });
    browser = vestibule.browser();
  });
  const row = () => ({ table: "users", id: user.id });
  /** How many mails have counted for the network, and for the recipient. */
  const counted = async () =>
    (
      await asOwner<{ used: number }>(
        vestibule.database,
        `select sum(used)::integer as used from rate_limits where scope in ('mail-address', 'mail-recipient')
         group by scope order by scope`,
      )
    ).map(({ used }) => used);
  const guard = async () => {
    await asOwner(
      vestibule.database,
      `insert into second_factor_guard (home, office_id, user_id, failed_attempts, failed_since_success, blocked_until)
       values (home_of($1), $1, $2, 3, 3, now() + interval '15 minutes')`,
      [office.id, user.id],
    );
  };
  const invite = async (): Promise<string> => {
    await services.links.passwordLinks.send(await storedUser(services, user), "invitation", "test");
    return linkIn((await mailsTo(vestibule, mail))[0], `${vestibule.issuer}/invitation/`);
  };

  for (const order of ORDERS) {
    it(`sets one new password and says twice that the lockout has ended (${order})`, async () => {
      const page = await openLink(browser, await linkFor(vestibule, user, mail));
      await guard();
      const events = await eventsFrom(vestibule);
      const answers = await sendTwice({ browser, page, fields: { newPassword: NEW }, row: row() }, order);
      expect(leads(answers)).to.deep.equal(["/reset-password/done", "/reset-password/done"]);
      expect(await events()).to.deep.equal(["password.reset"]);
      const kept = answers.map(({ setCookies }) => {
        const line = setCookies.find((one) => one.includes("outcome=")) ?? "";
        const value = decodeURIComponent(/outcome=([^;]*)/.exec(line)?.[1] ?? "");
        return Buffer.from(value.split(".")[0] ?? "", "base64url").toString("utf8");
      });
      expect(new Set(kept).size).to.equal(1);
      expect(kept[0]).to.contain('"lifted"');
      const familiar = answers.filter(({ setCookies }) => setCookies.some((one) => /browser=[^;]/.test(one)));
      expect(
        familiar,
        "the other answer leaves the browser as familiar as this one has made it",
      ).to.have.length(1);
      expect(
        answers.filter(({ setCookies }) => setCookies.some((one) => /browser=/.test(one))),
      ).to.have.length(1);
    });

    it(`accepts one invitation (${order})`, async () => {
      const page = await openLink(browser, await invite());
      const answers = await sendTwice({ browser, page, fields: { newPassword: NEW }, row: row() }, order);
      expect(leads(answers)).to.deep.equal(["/invitation/done", "/invitation/done"]);
    });
  }

  it("asks once for a name that does not exist, too", async () => {
    const page = await browser.get("/forgot-password");
    const events = await eventsFrom(vestibule);
    const fields = { ...namesOf(user), username: "nemo" };
    const answers = await sendTwice({ browser, page, fields, row: row() }, "one after the other");
    expect(leads(answers)).to.deep.equal(["/forgot-password/sent", "/forgot-password/sent"]);
    expect(await events()).to.deep.equal(["password-link.asked"]);
    expect(await counted()).to.deep.equal([1, 1]);
  });

  it("counts what is asked again a minute later, and what another browser asks", async () => {
    const page = await browser.get("/which-office-code");
    const ask = () => sendTwice({ browser, page, fields: { mail }, row: row() }, "one after the other");
    await ask();
    travel(MINUTE);
    await ask();
    const stranger = vestibule.browser();
    const theirs = await stranger.get("/which-office-code");
    await send(stranger, theirs, { mail });
    expect(await mailsTo(vestibule, mail)).to.have.length(3);
    expect(await counted()).to.deep.equal([3, 3]);
  });

  for (const order of ["one after the other", "at the same moment"] as const) {
    it(`mails one link to a new password, which works (${order})`, async () => {
      const page = await browser.get("/forgot-password");
      const events = await eventsFrom(vestibule);
      const answers = await sendTwice({ browser, page, fields: namesOf(user), row: row() }, order);
      expect(leads(answers)).to.deep.equal(["/forgot-password/sent", "/forgot-password/sent"]);
      const mails = await mailsTo(vestibule, mail);
      expect(mails).to.have.length(1);
      expect(await events()).to.deep.equal(["password-link.asked"]);
      const link = linkIn(mails[0], `${vestibule.issuer}/reset-password/`);
      expect((await openLink(vestibule.browser(), link)).status).to.equal(200);
      expect(await counted()).to.deep.equal([1, 1]);
    });

    it(`mails the office codes once (${order})`, async () => {
      const page = await browser.get("/which-office-code");
      const events = await eventsFrom(vestibule);
      const answers = await sendTwice({ browser, page, fields: { mail }, row: row() }, order);
      expect(leads(answers)).to.deep.equal(["/which-office-code/sent", "/which-office-code/sent"]);
      expect(await mailsTo(vestibule, mail)).to.have.length(1);
      expect(await events()).to.deep.equal(["office-code.asked"]);
      expect(await counted()).to.deep.equal([1, 1]);
    });

    it(`cancels once what the user did not do, and says so twice (${order})`, async () => {
      const address = await services.database.inOffice(office.id, (tx) =>
        services.links.disputes.link(tx, { id: user.id, officeId: office.id }, { kind: "number-change" }),
      );
      const page = await openLink(browser, address);
      const events = await eventsFrom(vestibule);
      const answers = await sendTwice({ browser, page, fields: {}, row: row() }, order);
      const [first = "", second] = answers.map(({ status, body }) => `${String(status)} ${titleIn(body)}`);
      expect(first).to.match(/^200 /);
      expect(second).to.equal(first);
      expect(await events()).to.deep.equal(["not-me.used"]);
    });
  }

  it("is no way to try passwords: another password, another browser and the next minute get nothing", async () => {
    const link = await linkFor(vestibule, user, mail);
    const page = await openLink(browser, link);
    const stranger = vestibule.browser();
    const otherPage = await openLink(stranger, link);
    const copy = browser.copy();
    const sent = { browser, page, row: row() };
    await sendTwice({ ...sent, fields: { newPassword: NEW } }, "one after the other");
    const wrong = { browser: copy, page, row: row(), fields: { newPassword: "another-anchor-violin-63" } };
    expect(leads(await sendTwice(wrong, "one after the other"))).to.deep.equal(["400", "400"]);
    const theirs = { browser: stranger, page: otherPage, row: row(), fields: { newPassword: NEW } };
    expect(leads(await sendTwice(theirs, "one after the other"))).to.deep.equal(["400", "400"]);
    await asOwner(vestibule.database, "update one_time_links set spent_at = spent_at - interval '1 minute'");
    expect(
      leads(await sendTwice({ ...sent, fields: { newPassword: NEW } }, "one after the other")),
    ).to.deep.equal(["400", "400"]);
  });
});

const titleIn = (body: string): string => /<h1[^>]*>([^<]*)/.exec(body)?.[1] ?? "";

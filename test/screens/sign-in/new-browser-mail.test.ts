import { expect } from "chai";
import { openMessage } from "../../../src/platform/messages/message-content.ts";
import { asOwner } from "../../support/database.ts";
import { HttpBrowser } from "../../support/http-browser.ts";
import { choosePassword, linkFor, linkIn, mailsTo, openLink } from "../../support/mailbox.ts";
import { BY_HAND } from "../../support/outbox.ts";
import type { TestOffice, TestUser } from "../../support/people.ts";
import { formAction, hiddenField, openSignIn } from "../../support/relying-party.ts";
import { giveApp, givePassword, makeStrictOffice, sendForm } from "../../support/second-factor.ts";
import { DAY, MINUTE, travel } from "../../support/time.ts";
import { aliveAmong } from "../../support/tokens.ts";
import { totpNow } from "../../support/totp.ts";
import { makeTruster, passAgain, tokensOfPage, trustBrowser, trustedOf } from "../../support/trust.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

const FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0";
const SUBJECT = "New sign-in to your Vestibule account";

describe("T183 a sign-in from an unfamiliar browser", () => {
  const vestibule = useVestibule({ settings: BY_HAND, office: { accent: "#7a1f5c" }, application: {} });
  let made = 0;

  const person = async (office: TestOffice = vestibule.office) => {
    made += 1;
    const mail = `owner${String(made)}@mail.example`;
    return { mail, user: await vestibule.makeUser({ mail }, office) };
  };
  const signIn = async (user: TestUser, browser = vestibule.browser()) => {
    await vestibule.signIn(browser, vestibule.request({ prompt: "login" }), user);
    travel(MINUTE);
    return browser;
  };
  const disputeIn = (report: Parameters<typeof linkIn>[0]) => linkIn(report, `${vestibule.issuer}/not-me/`);
  const reportsTo = async (mail: string) =>
    (await mailsTo(vestibule, mail)).filter(({ subject }) => subject === SUBJECT);
  /** As it waits for the worker. */
  const waitingMail = async () => {
    const waiting =
      "select id, sealed_content as sealed from messages where state = 'waiting' and channel = 'mail'";
    const [row] = await asOwner<{ id: string; sealed: Buffer }>(vestibule.database, waiting);
    const message = row === undefined ? null : openMessage(vestibule.services.box, row.id, row.sealed);
    return message?.channel === "mail" ? message.html : undefined;
  };
  const press = async (link: string) => {
    const browser = vestibule.browser();
    const page = await openLink(browser, link);
    return browser.post(formAction(page), { _csrf: hiddenField(page, "_csrf") });
  };

  it("T183 is mailed to the owner: when, which browser, from where, and a way to end it", async () => {
    const { user, mail } = await person();
    await signIn(user);
    await signIn(user, new HttpBrowser(vestibule.issuer, vestibule.settings.port, "", FIREFOX));
    const html = await waitingMail();
    const [report, ...others] = await reportsTo(mail);
    expect(others).to.deep.equal([]);
    expect(report?.text).to.match(/Time: .* \d\d:\d\d UTC/);
    expect(report?.text).to.contain("Browser: Firefox on Windows").and.contain("Network address: 127.0.0.1");
    expect(disputeIn(report)).to.not.equal("");
    expect(html, "the look of the office").to.contain("#7a1f5c").and.contain("Noord &amp; Zonen");
  });

  it("T183 is not mailed where it is the account's first, nor for a browser that its user has signed in with", async () => {
    const { user, mail } = await person();
    const browser = await signIn(user);
    await signIn(user, browser);
    expect(await reportsTo(mail)).to.deep.equal([]);
  });

  it("T183 is not mailed after the owner has chosen a password by a link in that browser", async () => {
    const { user, mail } = await person();
    await signIn(user);
    const browser = vestibule.browser();
    const page = await openLink(browser, await linkFor(vestibule, user, mail));
    await choosePassword(browser, page, "copper-anchor-violin-63");
    travel(MINUTE);
    await signIn({ ...user, password: "copper-anchor-violin-63" }, browser);
    expect(await reportsTo(mail)).to.deep.equal([]);
  });

  it("T183 is mailed when it ends with a code, once, however often the form is sent", async () => {
    const { user, mail } = await person(await makeStrictOffice(vestibule.services));
    const { secret } = await giveApp(vestibule.services, user);
    const pass = async () => {
      travel(MINUTE);
      const browser = vestibule.browser();
      const page = await givePassword(browser, await openSignIn(browser, vestibule.request()), user);
      const code = totpNow(secret);
      await Promise.all([1, 2].map(() => sendForm(browser, page, { code })));
    };
    await pass();
    expect(await reportsTo(mail)).to.deep.equal([]);
    await pass();
    expect(await reportsTo(mail)).to.have.length(1);
  });

  it("T183 is mailed at most five times a day", async () => {
    const { user, mail } = await person();
    for (let times = 0; times < 8; times += 1) {
      await signIn(user);
      if (times === 2) {
        await press(disputeIn((await reportsTo(mail))[0]));
      }
    }
    expect(await reportsTo(mail), "one that was used counts too").to.have.length(5);
    travel(DAY);
    await signIn(user);
    expect(await reportsTo(mail)).to.have.length(6);
  });

  it("T183 needs no email address", async () => {
    const { user } = await person();
    await asOwner(vestibule.database, "update users set mail = null where id = $1", [user.id]);
    await signIn(user);
    await signIn(user);
  });

  it("T183 is ended by its owner with everything else: sessions, tokens, trust and familiar browsers", async () => {
    const owner = await makeTruster(vestibule);
    await asOwner(vestibule.database, "update users set mail = 'truster@mail.example' where id = $1", [
      owner.user.id,
    ]);
    await trustBrowser(vestibule, vestibule.application, owner);
    const thief = await trustBrowser(vestibule, vestibule.application, owner);
    const again = await passAgain(thief, vestibule.application, owner.user);
    const tokens = await tokensOfPage(thief, vestibule.application, again);
    const [report] = await reportsTo("truster@mail.example");
    expect(await trustedOf(vestibule, owner.user)).to.equal(2);

    const done = await press(disputeIn(report));
    expect(done.body).to.contain("Signed out everywhere").and.contain('href="/forgot-password"');
    expect(await aliveAmong(vestibule.browser(), vestibule.application, [tokens])).to.deep.equal([]);
    expect(await trustedOf(vestibule, owner.user)).to.equal(0);
    const { page } = await passAgain(thief, vestibule.application, owner.user);
    expect(page.body, "a code is asked for again").to.contain("Verification code");
    await sendForm(thief, page, { code: totpNow(owner.app.secret) });
    expect(await reportsTo("truster@mail.example"), "the browser is unfamiliar again").to.have.length(2);
    const events = await asOwner<{ type: string; outcome: string; details: unknown }>(
      vestibule.database,
      "select type, outcome, details from audit_events where subject = $1 and type like any($2) order by id",
      [owner.user.id, ["not-me.%", "sessions.%", "browser.trust-ended"]],
    );
    expect(events).to.deep.equal([
      { type: "sessions.ended", outcome: "ok", details: {} },
      { type: "browser.trust-ended", outcome: "ok", details: { browsers: 2 } },
      { type: "not-me.used", outcome: "alarm", details: { kind: "new-browser", outcome: "ended" } },
    ]);
  });
});

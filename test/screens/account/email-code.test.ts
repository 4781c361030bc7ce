import { expect } from "chai";
import { App, expectOn, openAccount, pathOf, send } from "../../support/account.ts";
import { asOwner } from "../../support/database.ts";
import { supportOffice } from "../../support/console.ts";
import { makeEmailUser, mailedCode, mailedCodes } from "../../support/email-codes.ts";
import type { Page } from "../../support/http-browser.ts";
import { mailsTo } from "../../support/mailbox.ts";
import { otherThan } from "../../support/mobile-numbers.ts";
import { BY_HAND } from "../../support/outbox.ts";
import { makeUser } from "../../support/people.ts";
import { follow } from "../../support/relying-party.ts";
import { changeOffice, giveApp, guardOf, REQUIRED } from "../../support/second-factor.ts";
import { SECOND, travel } from "../../support/time.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

const PATH = "/account/email-code";

describe("codes by email on the account page", function () {
  this.timeout(60_000);
  const vestibule = useVestibule({ settings: BY_HAND });
  const { services, database } = vestibule;
  beforeEach(() => asOwner(database, "delete from rate_limits"));

  /** A user with the app, at the page that sets up codes by email. */
  async function atPage() {
    const { user, mail } = await makeEmailUser(services);
    const app = new App((await giveApp(services, user)).secret);
    const browser = vestibule.browser();
    const page = await openAccount(browser, PATH, { user, app });
    travel(2 * SECOND);
    const post = async (shown: Page, fields: Readonly<Record<string, string>>) =>
      follow(browser, await send(browser, shown, fields));
    return { user, mail, browser, page, post };
  }
  const factorsOf = async ({ id }: { readonly id: string }) =>
    (await services.users.findAccount(id))?.factors;

  it("T237 are set up by a code that was asked for, beside the app, and removed again", async () => {
    const { user, mail, browser, page, post } = await atPage();
    expect(await mailedCodes(vestibule, mail), "opening the page sends none").to.be.empty;
    const sent = await post(page, { send: "1" });
    expect(sent.body).to.contain("We have sent a code to r•••@mail.example");
    const code = await mailedCode(vestibule, mail);
    expectOn(await post(sent, { code }), "/account");
    expect(await factorsOf(user)).to.have.members(["totp", "email"]);
    const again = await send(browser, sent, { code });
    expect(again.location, "the same form twice is the same success").to.match(/done=emailCode$/);
    const removal = await browser.get("/account/method/remove/email");
    expectOn(await post(removal, { remove: "yes" }), "/account");
    expect(await factorsOf(user)).to.deep.equal(["totp"]);
    const [removed] = await mailsTo(vestibule, mail);
    expect(removed?.text).to.contain("with codes by email");
  });

  it("T237 are refused by a wrong code, which costs a try, and none is sent again too early", async () => {
    const { user, mail, browser, page, post } = await atPage();
    const sent = await post(page, { send: "1" });
    expect((await send(browser, sent, { resend: "1" })).body).to.contain("too early");
    const code = await mailedCode(vestibule, mail);
    expect((await send(browser, sent, { code: otherThan(code) })).status).to.equal(400);
    expect((await guardOf({ database }, user)).failed_attempts).to.equal(1);
    travel(31 * SECOND);
    await post(sent, { resend: "1" });
    expect(await mailedCodes(vestibule, mail)).to.have.length(2);
    expectOn(await post(sent, { code: await mailedCode(vestibule, mail) }), "/account");
  });

  it("T237 are locked with every other kind, and none is sent meanwhile", async () => {
    const { user, mail, browser, page, post } = await atPage();
    const sent = await post(page, { send: "1" });
    const code = await mailedCode(vestibule, mail);
    for (const by of [1, 2, 3]) {
      await send(browser, sent, { code: otherThan(code, by) });
    }
    expect((await send(browser, sent, { code })).status).to.equal(400);
    travel(31 * SECOND);
    expect((await send(browser, sent, { resend: "1" })).status).to.equal(400);
    expect(await mailedCodes(vestibule, mail)).to.have.length(1);
    expect(await factorsOf(user)).to.deep.equal(["totp"]);
  });

  it("need an address: without one nothing is sent, and a code that is posted costs no try", async () => {
    const { user, mail, browser, page } = await atPage();
    await asOwner(database, "update users set mail = null where id = $1", [user.id]);
    expect((await browser.get(PATH)).body).to.contain("Your account has no email address");
    expect(pathOf(await follow(browser, await send(browser, page, { send: "1" })))).to.equal(PATH);
    expect(pathOf(await follow(browser, await send(browser, page, { code: "123456" })))).to.equal(PATH);
    expect((await guardOf({ database }, user)).failed_attempts).to.equal(0);
    expect(await mailedCodes(vestibule, mail)).to.be.empty;
  });

  it("T237 are not there where the office does not accept them, also for a form of before", async () => {
    const { user, mail, browser, page, post } = await atPage();
    const sent = await post(page, { send: "1" });
    const code = await mailedCode(vestibule, mail);
    await changeOffice(services, user.office, { secondFactor: REQUIRED });
    expect((await browser.get(PATH)).status).to.equal(404);
    for (const fields of [{ code }, { resend: "1" }, { send: "1" }]) {
      expect((await send(browser, sent, fields)).status).to.equal(404);
    }
    expect(await factorsOf(user)).to.deep.equal(["totp"]);
  });

  it("T239 are not there for the platform's staff", async () => {
    const user = await makeUser(services, await supportOffice(services), { role: "support" });
    const app = new App((await giveApp(services, user)).secret);
    const browser = vestibule.browser();
    await openAccount(browser, "/account", { user, app });
    expect((await browser.get(PATH)).status).to.equal(404);
  });
});

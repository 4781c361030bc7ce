import { expect } from "chai";
import type { Client } from "pg";
import { App, expectOn, openAccount, send } from "../../support/account.ts";
import { asOwner } from "../../support/database.ts";
import type { HttpBrowser } from "../../support/http-browser.ts";
import { choosePassword, linkFor, linkIn, mailsTo, openLink } from "../../support/mailbox.ts";
import { BY_HAND } from "../../support/outbox.ts";
import { makeApplication, makeOffice, makeUser, type TestUser } from "../../support/people.ts";
import { follow } from "../../support/relying-party.ts";
import { giveApp } from "../../support/second-factor.ts";
import { whileLocked } from "../../support/sent-twice.ts";
import { HOUR, SECOND, travel } from "../../support/time.ts";
import { tokensFor, userinfo } from "../../support/tokens.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

const NEW = "copper-anchor-violin-63";

describe("another mail address", () => {
  const vestibule = useVestibule({ settings: BY_HAND });
  const { database } = vestibule;
  let people = 0;

  async function signedInUser() {
    people += 1;
    const [old, wanted] = [`old${String(people)}@mail.example`, `new${String(people)}@mail.example`];
    const user = await makeUser(vestibule.services, await makeOffice(vestibule.services), { mail: old });
    const browser = vestibule.browser();
    const page = await openAccount(browser, "/account/mail", { user });
    return { user, browser, old, wanted, page };
  }

  const mailOf = async ({ id }: TestUser) =>
    (await asOwner<{ mail: string }>(database, "select mail from users where id = $1", [id]))[0]?.mail;
  const newest = async (mail: string, path: string) =>
    linkIn((await mailsTo(vestibule, mail))[0], `${vestibule.issuer}${path}`);

  async function confirm(browser: HttpBrowser, link: string, user: TestUser) {
    await browser.get(link);
    const page = await openAccount(browser, "/account/mail/confirm", { user });
    return send(browser, page);
  }

  async function disputes(link: string) {
    const browser = vestibule.browser();
    return send(browser, await follow(browser, await browser.get(link)));
  }

  it("counts when the link at the new address is opened by the user who asked, and not before", async () => {
    const { user, browser, old, wanted, page } = await signedInUser();
    expectOn(await follow(browser, await send(browser, page, { mail: ` ${wanted} ` })), "/account");
    expect(await mailOf(user)).to.equal(old);
    const link = await newest(wanted, "/account/mail/link/");
    expect(link).to.not.equal("");
    await follow(browser, await browser.get(link));
    expect(await mailOf(user), "opening the page changes nothing").to.equal(old);
    expect((await confirm(browser, link, user)).location).to.match(/done=mailChanged$/);
    expect(await mailOf(user)).to.equal(wanted);
    expect((await confirm(browser, link, user)).status, "once").to.equal(400);
    const subjects = (await mailsTo(vestibule, old)).map(({ subject }) => subject);
    expect(subjects).to.deep.equal(["Your email address was changed", "A new email address was requested"]);
  });

  it("notifies the address that the account has by then, also where it has just changed", async () => {
    const { user, browser, old, wanted, page } = await signedInUser();
    const meanwhile = (mail: string) => ({
      waiting: 1,
      change: (holder: Client) => holder.query("update users set mail = $2 where id = $1", [user.id, mail]),
    });
    const row = { table: "users", id: user.id };
    const ask = () => send(browser, page, { mail: wanted });
    await whileLocked(database, row, { work: ask, ...meanwhile(`asked-${old}`) });
    const link = await newest(wanted, "/account/mail/link/");
    await browser.get(link);
    const form = await openAccount(browser, "/account/mail/confirm", { user });
    await whileLocked(database, row, { work: () => send(browser, form), ...meanwhile(`kept-${old}`) });
    expect(await mailOf(user)).to.equal(wanted);
    const received = [old, `asked-${old}`, `kept-${old}`].map((mail) => mailsTo(vestibule, mail));
    expect((await Promise.all(received)).map(({ length }) => length)).to.deep.equal([0, 1, 1]);
    await disputes(await newest(`kept-${old}`, "/not-me/"));
    expect(await mailOf(user)).to.equal(`kept-${old}`);
  });

  it("takes the link from nobody else, and from nobody who is not signed in", async () => {
    const { user, browser, old, wanted, page } = await signedInUser();
    const thief = await signedInUser();
    await send(browser, page, { mail: wanted });
    const link = await newest(wanted, "/account/mail/link/");
    expect((await confirm(thief.browser, link, thief.user)).status).to.equal(400);
    expect([await mailOf(user), await mailOf(thief.user)]).to.deep.equal([old, thief.old]);
    expect((await confirm(browser, link, user)).status, "still good for its owner").to.equal(303);
  });

  it("ends with the newest link, and with anything that is no address", async () => {
    const { user, browser, old, wanted, page } = await signedInUser();
    await send(browser, page, { mail: wanted });
    const first = await newest(wanted, "/account/mail/link/");
    await send(browser, page, { mail: `other-${wanted}` });
    expect((await confirm(browser, first, user)).status).to.equal(400);
    for (const mail of ["", "x", old, `a@b.example\nBcc: c@d.example`, `${"x".repeat(260)}@mail.example`]) {
      expect((await send(browser, page, { mail })).status, mail).to.equal(400);
    }
    expect(await mailOf(user)).to.equal(old);
  });

  it("'this was not me' stops a change that waits", async () => {
    const { user, browser, old, wanted, page } = await signedInUser();
    await send(browser, page, { mail: wanted });
    const link = await newest(wanted, "/account/mail/link/");
    expect((await disputes(await newest(old, "/not-me/"))).status).to.equal(200);
    expect((await confirm(browser, link, user)).status).to.equal(400);
    expect(await mailOf(user)).to.equal(old);
  });

  it("'this was not me' brings the former address back within 48 hours, and ends every session", async () => {
    const { user, browser, old, wanted, page } = await signedInUser();
    await send(browser, page, { mail: wanted });
    await confirm(browser, await newest(wanted, "/account/mail/link/"), user);
    travel(48 * HOUR - 60 * SECOND);
    await disputes(await newest(old, "/not-me/"));
    expect(await mailOf(user)).to.equal(old);
    expect((await browser.get("/account")).status).to.equal(303);
  });

  it("'this was not me' comes too late after 48 hours", async () => {
    const { user, browser, old, wanted, page } = await signedInUser();
    await send(browser, page, { mail: wanted });
    await confirm(browser, await newest(wanted, "/account/mail/link/"), user);
    travel(48 * HOUR + 60 * SECOND);
    await disputes(await newest(old, "/not-me/"));
    expect(await mailOf(user)).to.equal(wanted);
  });

  it("T38 is held for 48 hours after a reset, for a user who has proved nothing but the password", async () => {
    const { services } = vestibule;
    const { user, old, wanted } = await signedInUser();
    const reset = vestibule.browser();
    await choosePassword(reset, await openLink(reset, await linkFor(vestibule, user, old)), NEW);
    travel(2 * SECOND);
    const changed = { ...user, password: NEW };
    const ask = async (app?: App) => {
      const browser = vestibule.browser();
      const page = await openAccount(
        browser,
        "/account/mail",
        app ? { user: changed, app } : { user: changed },
      );
      return send(browser, page, { mail: wanted });
    };
    const held = await ask();
    expect(held.status).to.equal(400);
    expect(held.body).to.contain("in the last 48 hours");
    expect(await mailsTo(vestibule, wanted)).to.deep.equal([]);
    const { secret } = await giveApp(services, user);
    expect((await ask(new App(secret))).status, "with a second factor").to.equal(303);
    await asOwner(database, "delete from factors where user_id = $1", [user.id]);
    travel(48 * HOUR);
    expect((await ask()).status, "after two days").to.equal(303);
  });

  it("T134 goes to applications as verified once it is proved, and not at all when an administrator has typed it", async () => {
    const { user, browser, wanted, page } = await signedInUser();
    const application = await makeApplication(vestibule.services);
    const mailClaims = async () => {
      const tokens = await tokensFor(browser.fresh(), application, user);
      const { body: claims } = await userinfo(browser, tokens.access);
      return [claims["email"], claims["email_verified"]];
    };
    expect(await mailClaims()).to.deep.equal([undefined, undefined]);
    await send(browser, page, { mail: wanted });
    await confirm(browser, await newest(wanted, "/account/mail/link/"), user);
    expect(await mailClaims()).to.deep.equal([wanted, true]);
    await asOwner(database, "update users set mail = 'typed@mail.example' where id = $1", [user.id]);
    expect(await mailClaims()).to.deep.equal([undefined, undefined]);
  });

  it("sends at most five links an hour", async () => {
    const { browser, page } = await signedInUser();
    const statuses: number[] = [];
    for (const number of [1, 2, 3, 4, 5, 6]) {
      statuses.push((await send(browser, page, { mail: `many${String(number)}@mail.example` })).status);
    }
    expect(statuses).to.deep.equal([303, 303, 303, 303, 303, 400]);
  });
});

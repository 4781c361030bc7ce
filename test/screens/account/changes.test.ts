import { expect } from "chai";
import { isRight } from "../../support/codes.ts";
import { App, expectOn, openAccount, send, titleOf } from "../../support/account.ts";
import { asOwner } from "../../support/database.ts";
import { mailsTo } from "../../support/mailbox.ts";
import { BY_HAND } from "../../support/outbox.ts";
import { makeOffice, makeUser, type TestUser } from "../../support/people.ts";
import { follow, hiddenField } from "../../support/relying-party.ts";
import {
  resetFactor,
  clearGuard,
  codesOn,
  giveApp,
  guardOf,
  keyOf,
  makeStrictOffice,
  pageName,
  wrongCode,
} from "../../support/second-factor.ts";
import { SECOND, travel } from "../../support/time.ts";
import { totpNow } from "../../support/totp.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

const NEW_PASSWORD = "quarrel-biscuit-lantern-7";

describe("changes on the account page", () => {
  const vestibule = useVestibule({ settings: BY_HAND });
  let number = 0;

  /** A user with a mailbox of their own, signed in a moment ago; with an app where the office demands one. */
  async function enrolledUser(isStrict = false) {
    const { services } = vestibule;
    number += 1;
    const mail = `person${String(number)}@mail.example`;
    const office = isStrict ? await makeStrictOffice(services) : await makeOffice(services);
    const user = await makeUser(services, office, { mail });
    const given = isStrict ? await giveApp(services, user) : null;
    const app = new App(given?.secret ?? "");
    const person = given === null ? { user } : { user, app };
    const browser = vestibule.browser();
    return {
      user,
      browser,
      codes: given?.codes ?? [],
      secret: app.secret,
      open: (path: string) => openAccount(browser, path, person),
      mails: async () => (await mailsTo(vestibule, mail)).map(({ subject }) => subject),
    };
  }

  const events = (user: TestUser) =>
    asOwner<{ type: string }>(
      vestibule.database,
      "select type from audit_events where subject = $1 and actor = $1 and type <> 'sign-in' order by id",
      [user.id],
    ).then((rows) => rows.map(({ type }) => type));

  const stored = async (user: TestUser) => {
    const [row] = await asOwner<{ name: string; language: string | null; password_hash: string }>(
      vestibule.database,
      "select name, language, password_hash from users where id = $1",
      [user.id],
    );
    return row ?? expect.fail();
  };

  it("changes name and language, writes it down and notifies the owner", async () => {
    const { user, browser, open, mails } = await enrolledUser();
    const page = await open("/account/profile");
    const after = await follow(
      browser,
      await send(browser, page, { name: " Sanne de Wit ", language: "nl" }),
    );
    expectOn(after, "/account");
    expect(titleOf(after)).to.equal("Uw account");
    expect(after.body).to.contain("Sanne de Wit");
    expect(await stored(user)).to.include({ name: "Sanne de Wit", language: "nl" });
    expect(await events(user)).to.deep.equal(["profile.changed"]);
    expect(await mails()).to.deep.equal(["Your name, language or time zone was changed"]);
  });

  it("speaks the language that is kept there in every browser, until another is chosen on a page", async () => {
    const { user, browser, open } = await enrolledUser();
    await asOwner(vestibule.database, "update users set language = 'fr' where id = $1", [user.id]);
    const page = await open("/account");
    expect(titleOf(page)).to.equal("Votre compte");
    expect(titleOf(await browser.get("/account?lang=de"))).to.equal("Ihr Konto");
    expect(titleOf(await browser.get("/account"))).to.equal("Ihr Konto");
  });

  it("takes each of the four languages for a choice", async () => {
    const { user, browser, open } = await enrolledUser();
    const page = await open("/account/profile");
    const [list = ""] = /<select[^>]*name="language".*?<\/select>/s.exec(page.body) ?? [];
    const choices = [...list.matchAll(/<option value="(\w*)"/g)].map(([, value]) => value);
    expect(choices).to.deep.equal(["", "en", "nl", "de", "fr"]);
    await send(browser, page, { name: "Sanne", language: "de" });
    expect(await stored(user)).to.include({ language: "de" });
  });

  it("keeps a name that is none, and a language that nobody has, away", async () => {
    const { user, browser, open } = await enrolledUser();
    const page = await open("/account/profile");
    for (const fields of [
      { name: "  ", language: "en" },
      { name: "Two\nlines", language: "en" },
      { name: "x".repeat(201), language: "en" },
      { name: "Sanne", language: "tlh" },
    ]) {
      expect((await send(browser, page, fields)).status, JSON.stringify(fields)).to.equal(400);
    }
    expect(await stored(user)).to.include({ name: "Sanne Bakker", language: null });
  });

  it("T3 changes the password of a user who knows the current one, and ends every session", async () => {
    const { user, browser, open, mails } = await enrolledUser();
    const page = await open("/account/password");
    const other = browser.copy();
    const answered = await send(browser, page, { currentPassword: user.password, newPassword: NEW_PASSWORD });
    expect(answered.location).to.match(/\/account\?done=password$/);
    for (const one of [browser, other]) {
      expect(pageName(await follow(one, await one.get("/account")))).to.equal("password");
    }
    // Whatever began in the second of the change is dead (docs/decisions/0013).
    travel(2 * SECOND);
    const again = await openAccount(vestibule.browser(), "/account", {
      user: { ...user, password: NEW_PASSWORD },
    });
    expectOn(again, "/account");
    expect(await events(user)).to.deep.equal(["password.changed"]);
    expect(await mails()).to.deep.equal([
      "New sign-in to your Vestibule account",
      "Your password was changed",
    ]);
  });

  it("T3 refuses without the current password, with a wrong one, from elsewhere and for another user", async () => {
    const { user, browser, open } = await enrolledUser();
    const other = await enrolledUser();
    const page = await open("/account/password");
    const before = [await stored(user), await stored(other.user)];
    const wanted = { newPassword: NEW_PASSWORD };
    const right = { currentPassword: user.password, ...wanted };
    const origin = { headers: { origin: "https://evil.test" } };
    const target = page.url;
    const token = /name="_csrf" value="([^"]*)"/.exec(page.body)?.[1] ?? "";
    expect((await send(browser, page, wanted)).status).to.equal(400);
    expect((await send(browser, page, { ...wanted, currentPassword: "not it at all" })).status).to.equal(400);
    expect((await browser.post(target, { ...right, _csrf: token }, origin)).status).to.equal(403);
    expect((await browser.post(target, right)).status).to.equal(403);
    const others = await other.open("/account/password");
    const othersToken = /name="_csrf" value="([^"]*)"/.exec(others.body)?.[1] ?? "";
    expect((await browser.post(target, { ...right, _csrf: othersToken })).status).to.equal(403);
    const posing = { ...right, user: other.user.id, id: other.user.id, username: other.user.username };
    await send(browser, page, { ...posing, currentPassword: other.user.password + "x" });
    expect([await stored(user), await stored(other.user)]).to.deep.equal(before);
  });

  it("T3 counts wrong present passwords in the one guard of passwords", async () => {
    const { user, browser, open } = await enrolledUser();
    const page = await open("/account/password");
    for (let tries = 0; tries < 10; tries += 1) {
      const fields = { currentPassword: `wrong password ${String(tries)}`, newPassword: NEW_PASSWORD };
      expect((await send(browser, page, fields)).status).to.equal(400);
    }
    const right = { currentPassword: user.password, newPassword: NEW_PASSWORD };
    const refused = await send(browser, page, right);
    expect(refused.status).to.equal(400);
    expect(refused.body).to.contain("Too many attempts");
  });

  it("judges the new password as everywhere, before the present one is looked at", async () => {
    const { user, browser, open } = await enrolledUser();
    const page = await open("/account/password");
    for (const newPassword of ["tiny-77", "password1234", `${user.username}${user.username}`]) {
      const answered = await send(browser, page, { currentPassword: user.password, newPassword });
      expect(answered.status, newPassword).to.equal(400);
      expect(answered.body).to.not.contain(newPassword);
    }
  });

  it("T24 sets the app up on another phone: the old one works until the new one is proved", async () => {
    const { user, browser, secret, open, mails } = await enrolledUser(true);
    const page = await open("/account/app");
    const key = keyOf(page);
    expect(key)
      .to.match(/^[A-Z2-7]{32}$/)
      .and.not.equal(secret);
    expect(await sealed(user), "nothing is stored yet").to.have.lengthOf(1);
    const before = await sealed(user);
    expect((await send(browser, page, { code: wrongCode(key) })).status).to.equal(400);
    expect(await sealed(user), "a wrong code leaves the old one").to.deep.equal(before);
    const after = await follow(browser, await send(browser, page, { code: totpNow(key) }));
    expectOn(after, "/account");
    expect(await sealed(user))
      .to.have.lengthOf(1)
      .and.not.deep.equal(before);
    expect(await events(user)).to.deep.equal(["code.wrong", "factor.enrolled"]);
    expect(await mails()).to.deep.equal(["Your authenticator app is set up"]);
  });

  it("T23 shows the key of an app that is in use to nobody again", async () => {
    const { browser, open } = await enrolledUser(true);
    const key = keyOf(await open("/account/app"));
    expect(keyOf(await open("/account/app")), "a reload before shows the same").to.equal(key);
    await send(browser, await open("/account/app"), { code: totpNow(key) });
    const later = await open("/account/app");
    expect(keyOf(later))
      .to.match(/^[A-Z2-7]{32}$/)
      .and.not.equal(key);
    expect(later.body).to.not.contain(key);
  });

  it("T23 takes no key that the browser sends", async () => {
    const { user, browser, open } = await enrolledUser(true);
    const page = await open("/account/app");
    const own = "A".repeat(32);
    const before = await sealed(user);
    expect((await send(browser, page, { code: totpNow(own), secret: own, key: own })).status).to.equal(400);
    expect(await sealed(user)).to.deep.equal(before);
  });

  it("T63 stores nothing when a reset comes between the look at the session and the write", async () => {
    const { user, browser, open } = await enrolledUser(true);
    const page = await open("/account/app");
    const { services } = vestibule;
    const { guard } = services.secondFactor;
    const reserve = guard.reserve.bind(guard);
    const found = await services.users.findByUsername(user.office.id, user.username);
    guard.reserve = async (...parameters) => {
      const state = await reserve(...parameters);
      await resetFactor(services, found ?? expect.fail(), "Stolen");
      return state;
    };
    try {
      const answered = await send(browser, page, { code: totpNow(keyOf(page)) });
      expect(answered.status).to.equal(400);
    } finally {
      guard.reserve = reserve;
    }
    expect(await sealed(user)).to.deep.equal([]);
    const windows = await asOwner(
      vestibule.database,
      "select 1 from enrolment_windows where user_id = $1 and code_hash is not null",
      [user.id],
    );
    expect(windows, "the code of the reset is still asked for").to.have.lengthOf(1);
  });

  it("T48 accepts no code while the account is blocked, not even a right one", async () => {
    const { user, browser, open } = await enrolledUser(true);
    const page = await open("/account/app");
    const key = keyOf(page);
    const before = await sealed(user);
    for (let tries = 0; tries < 3; tries += 1) {
      await send(browser, page, { code: wrongCode(key) });
    }
    const blocked = await guardOf(vestibule, user);
    expect(blocked).to.include({ failed_attempts: 3, failed_since_success: 3 });
    const refused = await send(browser, page, { code: totpNow(key) });
    expect(refused.status).to.equal(400);
    expect(await sealed(user)).to.deep.equal(before);
    expect(await guardOf(vestibule, user), "tries while blocked change nothing").to.deep.equal(blocked);
    expect((await open("/account/app")).body).to.contain("No code is accepted until");
    await clearGuard(vestibule, user);
  });

  it("T24 makes new recovery codes, shows them once, and ends the former ones", async () => {
    const { user, browser, codes, open, mails } = await enrolledUser(true);
    const form = await open("/account/recovery-codes");
    const shown = await send(browser, form, { seen: hiddenField(form, "seen") });
    expect(shown.status).to.equal(200);
    expect(codesOn(shown)).to.have.lengthOf(6);
    expect(codesOn(shown)).to.not.include.members([codes[0]]);
    expect(codesOn(await open("/account/recovery-codes"))).to.deep.equal([]);
    const works = (code = "") =>
      isRight(vestibule.services, user, { type: "recovery", code, binding: "test" });
    expect(await works(codes[0])).to.equal(false);
    expect(await works(codesOn(shown)[0])).to.equal(true);
    expect(await mails()).to.deep.equal(["New recovery codes were created"]);
  });

  it("lets the sign-in set up the first factor, by its own rules", async () => {
    const { browser, open } = await enrolledUser();
    await open("/account");
    const page = await follow(browser, await browser.get("/account/app"));
    expect(pageName(page)).to.equal("password");
    expect(page.url).to.contain("/interaction/");
  });

  it("T25 has no way to switch the second factor off", async () => {
    const { user, browser, open } = await enrolledUser(true);
    const page = await open("/account/app");
    const before = await sealed(user);
    for (const fields of [{ method: "off" }, { off: "1" }, { code: "", remove: "1" }, { kind: "none" }]) {
      await send(browser, page, fields);
      await clearGuard(vestibule, user);
    }
    for (const path of ["/account/off", "/account/factor", "/account/second-factor", "/account/app/off"]) {
      expect((await browser.post(path, { method: "off" })).status, path).to.be.within(403, 405);
    }
    expect((await browser.send("/account/app", { method: "DELETE" })).status).to.be.within(400, 499);
    expect(await sealed(user)).to.deep.equal(before);
  });

  const sealed = (user: TestUser) =>
    asOwner<{ sealed_secret: Buffer }>(
      vestibule.database,
      "select sealed_secret from factors where user_id = $1 and kind = 'totp'",
      [user.id],
    );
});

import { expect } from "chai";
import { asOwner } from "../../support/database.ts";
import type { Page } from "../../support/http-browser.ts";
import { makeUser, type TestOffice, type TestUser } from "../../support/people.ts";
import {
  resetFactor,
  changeOffice,
  codesOn,
  giveApp,
  guardOf,
  hasCode,
  keyOf,
  makeStrictOffice,
  pageName,
  passPassword,
  REQUIRED,
  sendForm,
  sibling,
  type TestApp,
} from "../../support/second-factor.ts";
import { DAY, MINUTE, SECOND, travel } from "../../support/time.ts";
import { totpNow } from "../../support/totp.ts";
import { BY_HAND, settledOutbox } from "../../support/outbox.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

describe("enrolling the authenticator app", () => {
  const vestibule = useVestibule({ settings: BY_HAND, application: {} });
  const { database, services } = vestibule;
  let office: TestOffice;
  let user: TestUser;
  beforeEach(async () => {
    office = await makeStrictOffice(services);
    user = await makeUser(services, office);
  });

  const begin = async () => {
    const browser = vestibule.browser();
    const page = await passPassword(browser, vestibule.application, user);
    const send = (fields: Record<string, string>, to = page) => sendForm(browser, to, fields);
    return { browser, page, send };
  };
  const confirm = async (at: Awaited<ReturnType<typeof begin>>, setUp: Page = at.page) =>
    at.send({ code: totpNow(keyOf(setUp)) }, setUp);
  const secrets = () =>
    asOwner<{ sealed: Buffer }>(database, "select sealed_secret as sealed from factors where user_id = $1", [
      user.id,
    ]);
  const newestMail = async () => (await settledOutbox(vestibule))[0];
  /** What an administrator does, and the code that is handed over. A new second begins: sessions end by the second. */
  const reset = async () => {
    const found = await services.users.findByUsername(office.id, user.username);
    if (found === null) {
      throw new Error("The user is gone.");
    }
    const code = await resetFactor(services, found, "phone lost, called back");
    travel(SECOND);
    return code.reveal();
  };

  it("T22 takes a key of 160 bits that the server has made, and none that a browser sends", async () => {
    const at = await begin();
    const key = keyOf(at.page);
    expect(key).to.match(/^[A-Z2-7]{32}$/);
    const planted = "A".repeat(32);
    const refused = await at.send({ code: totpNow(planted), secret: planted, key: planted });
    expect([refused.status, hasCode(refused)]).to.deep.equal([400, false]);
    expect(await secrets()).to.have.length(0);
    expect(pageName(await confirm(at))).to.equal("recovery-codes");
  });

  it("T22 makes nothing active before a right code, and another key for the next sign-in", async () => {
    const left = await begin();
    const later = await begin();
    expect(await secrets()).to.have.length(0);
    expect(keyOf(later.page)).to.not.equal(keyOf(left.page)).and.not.equal("");
    const reloaded = await left.browser.get(left.page.url);
    expect(keyOf(reloaded), "a reload").to.equal(keyOf(left.page));
    const crossed = await later.send({ code: totpNow(keyOf(left.page)) });
    expect(crossed.status, "the key of the other sign-in").to.equal(400);
  });

  it("T22 leaves one active secret when two sign-ins enrol at the same moment", async () => {
    for (let round = 0; round < 3; round += 1) {
      user = await makeUser(services, office);
      const [one, other] = [await begin(), await begin()];
      const pages = await Promise.all([confirm(one), confirm(other)]);
      expect(pages.map(pageName).sort()).to.deep.equal(["challenge-totp", "recovery-codes"]);
      expect(await secrets()).to.have.length(1);
      const loser = pageName(pages[0]) === "challenge-totp" ? one : other;
      const winner = loser === one ? other : one;
      travel(MINUTE);
      const [refused, accepted] = [
        await loser.send(
          { code: totpNow(keyOf(loser.page)) },
          pages.find((page) => pageName(page) === "challenge-totp"),
        ),
        await (await begin()).send({ code: totpNow(keyOf(winner.page)) }),
      ];
      // The winner's codes are shown and not saved yet.
      expect([hasCode(refused), pageName(accepted)]).to.deep.equal([false, "recovery-codes"]);
    }
  });

  it("T22 draws the QR code itself: the page names no other machine", async () => {
    const { page } = await begin();
    expect(page.body).to.contain('<svg class="qr"');
    const elsewhere = page.body.match(/(?:src|href)="(?:https?:)?\/\/[^"]*"/g) ?? [];
    expect(elsewhere.filter((address) => !address.includes(vestibule.issuer))).to.deep.equal([]);
  });

  it("T22 counts a wrong first code as any other", async () => {
    const at = await begin();
    await at.send({ code: "1" });
    await at.send({ code: "2" });
    expect(pageName(await at.send({ code: "3" }))).to.equal("blocked");
    expect(await guardOf(vestibule, user)).to.include({ failed_attempts: 3 });
  });

  it("is possible for fourteen days from the user's beginning, and then says whom to ask", async () => {
    travel(14 * DAY - MINUTE);
    expect(pageName((await begin()).page)).to.equal("enrol-totp");
    travel(2 * MINUTE);
    const late = await begin();
    expect(pageName(late.page)).to.equal("enrolment-closed");
    const forced = await late.browser.post(sibling(late.page, "enrol-totp"), {
      _csrf: /name="_csrf" value="([^"]*)"/.exec(late.page.body)?.[1] ?? "",
      code: "123456",
    });
    expect(forced.location).to.match(/\/enrolment-closed$/);
  });

  it("is possible for fourteen days from the day that the office has decided it", async () => {
    await changeOffice(services, office, { secondFactor: { ...REQUIRED, demand: "off" } });
    travel(100 * DAY);
    await changeOffice(services, office, { secondFactor: REQUIRED });
    travel(13 * DAY);
    expect(pageName((await begin()).page)).to.equal("enrol-totp");
    travel(2 * DAY);
    expect(pageName((await begin()).page)).to.equal("enrolment-closed");
  });

  it("can be put off until the day from which it is required, and not after", async () => {
    const from = new Date(Date.now() + 3 * DAY);
    await changeOffice(services, office, { secondFactor: { ...REQUIRED, from } });
    const early = await begin();
    expect(early.page.body).to.contain("Later");
    const stale = await begin();
    expect(hasCode(await early.send({ later: "1" }))).to.equal(true);
    // An hour is a sign-in's life: the page of before is still open on the day.
    travel(3 * DAY - 30 * MINUTE);
    const onTheEve = await begin();
    travel(31 * MINUTE);
    expect(hasCode(await onTheEve.send({ later: "1" }))).to.equal(false);
    expect(hasCode(await stale.send({ later: "1" }))).to.equal(false);
    const due = await begin();
    expect(due.page.body).to.not.contain("Later");
    expect(hasCode(await due.send({ later: "1" }))).to.equal(false);
  });

  it("after a reset needs the code that was handed over, besides the password", async () => {
    await giveApp(services, user);
    const code = await reset();
    const at = await begin();
    expect([pageName(at.page), keyOf(at.page)]).to.deep.equal(["enrolment-code", ""]);
    const wrong = await at.send({ enrolmentCode: "not the code" });
    expect([wrong.status, keyOf(wrong)]).to.deep.equal([400, ""]);
    expect(await guardOf(vestibule, user)).to.include({ failed_attempts: 1, failed_since_success: 1 });
    const setUp = await at.send({ enrolmentCode: ` ${code.toUpperCase().replaceAll("-", " ")} ` });
    expect(pageName(setUp)).to.equal("enrol-totp");
    expect(pageName(await confirm(at, setUp))).to.equal("recovery-codes");
    travel(MINUTE);
    expect(pageName((await begin()).page), "next time").to.equal("challenge-totp");
  });

  it("after a reset refuses the code after a day, and a code of an earlier reset", async () => {
    const first = await reset();
    const second = await reset();
    const at = await begin();
    expect((await at.send({ enrolmentCode: first })).status).to.equal(400);
    travel(DAY);
    const late = await begin();
    expect((await late.send({ enrolmentCode: second })).status).to.equal(400);
    expect(pageName(late.page)).to.equal("enrolment-code");
    travel(14 * DAY);
    expect(pageName((await begin()).page)).to.equal("enrolment-closed");
  });

  it("after a reset can still be put off while it is only offered", async () => {
    const from = new Date(Date.now() + 3 * DAY);
    await changeOffice(services, office, { secondFactor: { ...REQUIRED, from } });
    await reset();
    const at = await begin();
    expect(pageName(at.page)).to.equal("enrolment-code");
    expect(hasCode(await at.send({ later: "1" }))).to.equal(true);
  });

  it("is not helped by what a thief had proved before the reset", async () => {
    const app = await giveApp(services, user);
    const [byRecovery, byApp] = [await begin(), await begin()];
    const recovery = await byRecovery.browser.get(sibling(byRecovery.page, "recovery-code"));
    const recovered = await byRecovery.send({ recoveryCode: app.codes[0] ?? "" }, recovery);
    const setUp = await byRecovery.send({ answer: "no" }, recovered);
    expect(pageName(setUp)).to.equal("enrol-totp");
    await reset();
    travel(MINUTE);
    const enrolled = await confirm(byRecovery, setUp);
    expect(pageName(enrolled)).to.equal("password");
    const proved = await byApp.send({ code: totpNow(app.secret) });
    expect([hasCode(proved), pageName(proved)]).to.deep.equal([false, "password"]);
    expect(await secrets()).to.have.length(0);
  });

  it("is earned by a recovery code; then the new app replaces the old, and its codes the former", async () => {
    const app: TestApp = await giveApp(services, user);
    const at = await begin();
    const recovery = await at.browser.get(sibling(at.page, "recovery-code"));
    const recovered = await at.send({ recoveryCode: app.codes[0] ?? "" }, recovery);
    const setUp = await at.send({ answer: "no" }, recovered);
    expect(pageName(setUp)).to.equal("enrol-totp");
    const shown = await confirm(at, setUp);
    expect(codesOn(shown)).to.have.length(6);
    expect(hasCode(await at.send({ saved: "yes" }, shown))).to.equal(true);
    expect(await secrets()).to.have.length(1);
    travel(2 * MINUTE);
    const next = await begin();
    expect(hasCode(await next.send({ code: totpNow(app.secret) })), "the old app").to.equal(false);
    expect(hasCode(await next.send({ code: totpNow(keyOf(setUp)) })), "the new app").to.equal(true);
  });

  it("is reported to its user by mail, in the user's language or else the office's", async () => {
    await settledOutbox(vestibule); // What earlier tests have sent.
    await confirm(await begin());
    expect(await newestMail()).to.include({
      to: "sanne@mail.example",
      subject: "Your authenticator app is set up",
    });
    await changeOffice(services, office, { language: "nl" });
    await reset();
    const dutch = await newestMail();
    expect(dutch?.text).to.match(/^Beste Sanne Bakker,/);
    await asOwner(database, "update users set language = 'en' where id = $1", [user.id]);
    // The second reset has no factor to remove: it opens the set-up once more.
    await reset();
    expect((await newestMail())?.subject).to.equal("You can set up your second factor again");
    await giveApp(services, user);
    await reset();
    expect((await newestMail())?.subject).to.equal("Your second factor was reset");
  });
});

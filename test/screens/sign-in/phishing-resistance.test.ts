import { expect } from "chai";
import type { OfficeResistance } from "../../../src/domain/offices/office.ts";
import type { Role } from "../../../src/domain/access/role.ts";
import { daysAfter, now } from "../../../src/kernel/clock.ts";
import { asOwner } from "../../support/database.ts";
import { giveNumber, sentSms, storedUser } from "../../support/mobile-numbers.ts";
import { passkeyOwner } from "../../support/passkey-owner.ts";
import { makeOn, useOn } from "../../support/passkeys.ts";
import { makeOffice, makeUser, type TestOffice, type TestUser } from "../../support/people.ts";
import { follow, hiddenField } from "../../support/relying-party.ts";
import {
  changeOffice,
  giveApp,
  hasCode,
  newBrowser,
  pageName,
  passPassword,
  resetFactor,
  sendForm,
  sibling,
} from "../../support/second-factor.ts";
import { SoftwareAuthenticator } from "../../support/software-authenticator.ts";
import { DAY, travel } from "../../support/time.ts";
import { refresh } from "../../support/tokens.ts";
import { totpNow } from "../../support/totp.ts";
import { passAgain, tokensOfPage, trustBrowser } from "../../support/trust.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

describe("a sign-in where a factor that resists phishing is demanded", function () {
  this.timeout(60_000);
  const vestibule = useVestibule({ application: {} });
  const { services, application } = vestibule;
  const methods = ["passkey", "totp", "sms"] as const;

  async function officeWith(phishingResistance: OfficeResistance, demand: "off" | "required" = "required") {
    const office = await makeOffice(services);
    const secondFactor = { demand, from: null, methods };
    await changeOffice(services, office, { secondFactor, phishingResistance, trustedBrowserDays: 14 });
    return office;
  }

  const ofSuperusers = { of: "superusers", from: null } as const;

  async function appOwner(office: TestOffice, role: Role) {
    const user = await makeUser(services, office, { role });
    return { user, app: await giveApp(services, user) };
  }

  async function arrive(user: TestUser) {
    const browser = vestibule.browser();
    return { browser, page: await passPassword(browser, application, user) };
  }

  const lastLogin = async ({ id }: TestUser) =>
    (
      await asOwner<{ acr: string; amr: string[] }>(
        vestibule.database,
        `select login ->> 'acr' as acr, login -> 'amr' as amr from sign_ins
         where user_id = $1 and login is not null order by finished_at desc limit 1`,
        [id],
      )
    )[0];

  it("T210 leads a user who has only an app to a passkey, in the sign-in that proves the app, and ends with no less", async () => {
    const office = await officeWith(ofSuperusers);
    const { user, app } = await appOwner(office, "superuser");
    const { browser, page } = await arrive(user);
    const enrol = await sendForm(browser, page, { code: totpNow(app.secret) });
    expect(pageName(enrol)).to.equal("enrol-passkey");
    expect(enrol.body, "without a script")
      .to.contain("A passkey needs JavaScript")
      .and.not.contain("enrol-totp");
    const elsewhere = await follow(browser, await browser.get(sibling(enrol, "enrol-totp")));
    expect(pageName(elsewhere), "no other method").to.equal("enrol-passkey");
    expect(await lastLogin(user)).to.equal(undefined);
    const device = new SoftwareAuthenticator({ origin: vestibule.issuer });
    const codes = await makeOn(browser, elsewhere, device);
    expect(hasCode(await sendForm(browser, codes, { saved: "yes" }))).to.equal(true);
    expect((await lastLogin(user))?.acr).to.equal("urn:vestibule:acr:3");
    const again = await arrive(user);
    expect(pageName(again.page)).to.equal("challenge-passkey");
    expect(hasCode(await useOn(again.browser, again.page, device))).to.equal(true);
  });

  it("T210 asks users of other roles for nothing more, and all of them for it where it is for all", async () => {
    for (const [of, role, isAsked] of [
      ["superusers", "accountant", false],
      ["accountants", "accountant", true],
      ["accountants", "user", false],
      ["all", "user", true],
      ["none", "superuser", false],
    ] as const) {
      const { user, app } = await appOwner(await officeWith({ of, from: null }), role);
      const { browser, page } = await arrive(user);
      const next = await sendForm(browser, page, { code: totpNow(app.secret) });
      expect(hasCode(next), `${of}, ${role}`).to.equal(!isAsked);
    }
  });

  it("T210 begins on its day, also where no factor was demanded before", async () => {
    const office = await officeWith({ of: "superusers", from: daysAfter(now(), 2) }, "off");
    const user = await makeUser(services, office, { role: "superuser" });
    const browser = vestibule.browser();
    expect(hasCode(await passPassword(browser, application, user))).to.equal(true);
    travel(3 * DAY);
    const { page } = await passAgain(browser, application, user);
    expect(pageName(page)).to.equal("enrol-passkey");
  });

  it("T210 takes no text message in place of a passkey that the user has, whatever is opened or sent", async () => {
    const office = await officeWith({ of: "none", from: null });
    const { arrive: come, user } = await passkeyOwner(
      vestibule,
      {},
      await makeUser(services, office, { role: "superuser" }),
    );
    const number = await giveNumber(services, user);
    await changeOffice(services, office, { phishingResistance: ofSuperusers });
    const { browser, page } = await come();
    expect(pageName(page)).to.equal("challenge-passkey");
    expect(page.body).to.not.contain("challenge-sms");
    for (const name of ["challenge-sms", "lost-number", "new-number"]) {
      const other = await follow(browser, await browser.get(sibling(page, name)));
      expect(pageName(other), name).to.equal("challenge-passkey");
    }
    expect(await sentSms(vestibule.database, number), "no message is paid for").to.deep.equal([]);
    const sent = await browser.post(sibling(page, "challenge-sms"), {
      _csrf: hiddenField(page, "_csrf"),
      code: "123456",
    });
    expect(pageName(await follow(browser, sent))).to.equal("challenge-passkey");
  });

  it("T211 a recovery code stands in for no passkey: the sign-in that it opens ends with a new one", async () => {
    const office = await officeWith(ofSuperusers);
    const { user, app } = await appOwner(office, "superuser");
    const { browser, page } = await arrive(user);
    const form = await browser.get(sibling(page, "recovery-code"));
    const next = await sendForm(browser, form, { recoveryCode: app.codes[0] ?? "" });
    expect(pageName(next)).to.equal("enrol-passkey");
    expect(await lastLogin(user)).to.equal(undefined);
    const left = await arrive(user);
    expect(pageName(left.page), "another sign-in begins anew").to.equal("challenge-totp");
  });

  it("T212 no session, refresh token or trusted browser of before is enough", async () => {
    const office = await officeWith({ of: "none", from: null });
    const { user, app } = await appOwner(office, "superuser");
    const browser = await trustBrowser(vestibule, application, { user, app }, newBrowser(vestibule));
    const { page, request } = await passAgain(browser, application, user);
    expect(hasCode(page), "trusted").to.equal(true);
    const tokens = await tokensOfPage(browser, application, { page, request });
    await changeOffice(services, office, { phishingResistance: ofSuperusers });
    expect((await refresh(browser, application, tokens.refresh)).status).to.equal(400);
    const again = await passAgain(browser, application, user);
    expect(pageName(again.page)).to.equal("challenge-totp");
  });

  it("T213 a lost passkey is set up anew with the code of a reset, by the password and nothing less", async () => {
    const office = await officeWith(ofSuperusers);
    const user = await makeUser(services, office, { role: "superuser" });
    await passkeyOwner(vestibule, {}, user);
    const code = await resetFactor(services, await storedUser(services, user), "lost");
    travel(DAY / 24);
    const { browser, page } = await arrive(user);
    expect(pageName(page)).to.equal("enrolment-code");
    const enrol = await sendForm(browser, page, { enrolmentCode: code.reveal() });
    expect(pageName(enrol)).to.equal("enrol-passkey");
    const device = new SoftwareAuthenticator({ origin: vestibule.issuer });
    expect(pageName(await makeOn(browser, enrol, device))).to.equal("recovery-codes");
  });
});

import { expect } from "chai";
import { asOwner } from "../../support/database.ts";
import type { HttpBrowser } from "../../support/http-browser.ts";
import { giveNumber, BY_SMS, personOf, storedUser } from "../../support/mobile-numbers.ts";
import { BY_HAND, settledOutbox } from "../../support/outbox.ts";
import { follow } from "../../support/relying-party.ts";
import {
  changeOffice,
  giveApp,
  givePassword,
  hasCode,
  pageName,
  REQUIRED,
  sendForm,
  sibling,
  wrongCode,
  makeStrictUser,
} from "../../support/second-factor.ts";
import { DAY, travel } from "../../support/time.ts";
import { refresh } from "../../support/tokens.ts";
import { totpNow } from "../../support/totp.ts";
import { makeTruster, passAgain, tokensOfPage, trustBrowser, trustedOf } from "../../support/trust.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

/** Pages of the account that ask for the proof before they are shown, because what is on them cannot be kept. */
const BEFORE_SHOWN = ["password", "app", "sessions/others", "trusted/all"];

const BOX = 'name="trust"';

describe("T28 a trusted browser", () => {
  const vestibule = useVestibule({ settings: BY_HAND, application: {} });
  const { application, database } = vestibule;

  const pass = (browser: HttpBrowser, who: { user: Parameters<typeof passAgain>[2] }, changes = {}) =>
    passAgain(browser, application, who.user, changes);
  const trust = (who: Parameters<typeof trustBrowser>[2], browser?: HttpBrowser) =>
    trustBrowser(vestibule, application, who, browser);
  const isSpared = async (browser: HttpBrowser, who: Parameters<typeof pass>[1]) =>
    hasCode((await pass(browser, who)).page);

  it("T28 is no choice where the office has not allowed it, whatever the form says", async () => {
    const user = await makeStrictUser(vestibule.services);
    const app = await giveApp(vestibule.services, user);
    const browser = vestibule.browser();
    const { page } = await pass(browser, { user });
    expect(page.body).to.not.contain(BOX);
    expect(hasCode(await sendForm(browser, page, { code: totpNow(app.secret), trust: "yes" }))).to.equal(
      true,
    );
    expect(browser.cookieNames().some((name) => name.includes("trust"))).to.equal(false);
    expect(await isSpared(browser, { user })).to.equal(false);
  });

  it("T28 is asked for with its days, and is not ticked by us", async () => {
    const who = await makeTruster(vestibule, 30);
    const browser = vestibule.browser();
    const { page } = await pass(browser, who);
    expect(page.body).to.contain("Trust this browser for 30 days");
    expect(page.body).to.not.match(/name="trust"[^>]*checked/);
    await sendForm(browser, page, { code: totpNow(who.app.secret) });
    expect([await trustedOf(vestibule, who.user), await isSpared(browser, who)]).to.deep.equal([0, false]);
  });

  it("T28 spares the code until its days are over, and notifies its owner", async () => {
    const who = await makeTruster(vestibule);
    const browser = await trust(who);
    const [mail] = await settledOutbox(vestibule);
    expect(mail?.text).to.contain("For 14 days, your password alone is enough there.");
    expect(await isSpared(browser, who)).to.equal(true);
    expect(await isSpared(vestibule.browser(), who), "another browser").to.equal(false);
    travel(13 * DAY);
    expect(await isSpared(browser, who), "on the last day").to.equal(true);
    travel(DAY);
    expect(pageName((await pass(browser, who)).page)).to.equal("challenge-totp");
  });

  it("T28 is known by a long random token that is new each time, of which only a hash is stored", async () => {
    const who = await makeTruster(vestibule);
    const browser = vestibule.browser();
    browser.plant("vestibule-trust", "A".repeat(43));
    await trust(who, browser);
    const [token = ""] = /vestibule-trust=([\w-]{43})(?=;|$)/.exec(browser.cookiesFor("/"))?.slice(1) ?? [];
    expect(token).to.have.length(43);
    await trust(who, browser);
    expect(browser.cookiesFor("/")).to.match(/vestibule-trust=[\w-]{43}\.[\w-]{43}/);
    const rows = await asOwner<{ row: string }>(database, "select t::text as row from trusted_browsers t");
    const stored = rows.map(({ row }) => row).join();
    expect(stored).to.not.contain(token);
    expect(stored).to.not.contain(Buffer.from(token, "base64url").toString("hex"));
  });

  it("T28 is not made by an attacker who writes a cookie", async () => {
    const who = await makeTruster(vestibule);
    const trusted = await trust(who);
    const [, value = ""] = /vestibule-trust=([^;]*)/.exec(trusted.cookiesFor("/")) ?? [];
    const forged = vestibule.browser();
    forged.plant("vestibule-trust", value);
    expect(await isSpared(forged, who), "without its signature").to.equal(false);
    for (const made of ["A".repeat(43), who.user.id, "eyJhbGciOiJub25lIn0.e30."]) {
      const other = trusted.copy();
      other.plant("vestibule-trust", made);
      expect(await isSpared(other, who), made).to.equal(false);
    }
  });

  it("T28 is not given before the code is right, nor for a recovery code", async () => {
    const who = await makeTruster(vestibule);
    const browser = vestibule.browser();
    const { page } = await pass(browser, who);
    await sendForm(browser, page, { code: wrongCode(who.app.secret), trust: "yes" });
    expect(await trustedOf(vestibule, who.user)).to.equal(0);
    const recovery = await browser.get(sibling(page, "recovery-code"));
    expect(recovery.body).to.not.contain(BOX);
    const fields = { recoveryCode: who.app.codes[0] ?? "", trust: "yes" };
    const recovered = await sendForm(browser, recovery, fields);
    expect(recovered.body).to.not.contain(BOX);
    expect(hasCode(await sendForm(browser, recovered, { answer: "yes", trust: "yes" }))).to.equal(true);
    expect(await trustedOf(vestibule, who.user)).to.equal(0);
  });

  it("T28 T85 is one person's: the same username in another office is asked, and both can share it", async () => {
    const one = await makeTruster(vestibule, 14, "same.name");
    const other = await makeTruster(vestibule, 14, "same.name");
    const browser = await trust(one);
    expect(await isSpared(browser, other)).to.equal(false);
    await trust(other, browser);
    expect([await isSpared(browser, one), await isSpared(browser, other)]).to.deep.equal([true, true]);
    await changeOffice(vestibule.services, other.user.office, { trustedBrowserDays: null });
    expect([await isSpared(browser, one), await isSpared(browser, other)]).to.deep.equal([true, false]);
  });

  it("T28 says in the tokens what was proved, and counts for what the office demands", async () => {
    const who = await makeTruster(vestibule);
    const browser = await trust(who);
    const tokens = await tokensOfPage(browser, application, await pass(browser, who));
    expect(tokens.claims).to.deep.include({ amr: ["pwd"], acr: "urn:vestibule:acr:1:trusted-browser" });
    expect((await refresh(browser, application, tokens.refresh)).status).to.equal(200);
    expect((await browser.get("/account")).status).to.equal(200);
  });

  it("T28 is not enough where an application or a change asks for more", async () => {
    const who = await makeTruster(vestibule);
    const browser = await trust(who);
    const asked = {
      "acr 2": { acr_values: "urn:vestibule:acr:2" },
      "an essential acr": {
        claims: JSON.stringify({ id_token: { acr: { essential: true, value: "urn:vestibule:acr:2" } } }),
      },
      "prompt=login": { prompt: "login" },
      max_age: { max_age: "3600" },
    };
    for (const [what, changes] of Object.entries(asked)) {
      const { page } = await pass(browser, who, changes);
      expect(pageName(page), what).to.equal("challenge-totp");
    }
    const silent = { acr_values: "urn:vestibule:acr:2", prompt: "none" };
    await pass(browser, who);
    const { page } = await passSilently(browser, silent);
    expect(page.location).to.contain("error=login_required");
  });

  it("T28 is never enough for a change of the account", async () => {
    const who = await makeTruster(vestibule);
    const browser = await trust(who);
    await pass(browser, who);
    const before = await storedUser(vestibule.services, who.user);
    for (const path of [
      "profile",
      "password",
      "app",
      "recovery-codes",
      "mail",
      "sessions/others",
      "trusted/all",
    ]) {
      const shown = await follow(browser, await browser.get(`/account/${path}`));
      // A form may be looked at; sending it asks. Pages that show or take a secret ask before they are shown.
      const isForm = new URL(shown.url).pathname === `/account/${path}`;
      expect(isForm, path).to.equal(!BEFORE_SHOWN.includes(path));
      const page = isForm ? await sendForm(browser, shown, { name: "Eve", mail: "eve@mail.example" }) : shown;
      expect(pageName(page), path).to.equal("password");
      expect(pageName(await givePassword(browser, page, who.user)), path).to.equal("challenge-totp");
    }
    const { name, mail } = await storedUser(vestibule.services, who.user);
    expect({ name, mail }).to.deep.equal({ name: before.name, mail: before.mail });
    expect(await trustedOf(vestibule, who.user)).to.equal(1);
  });

  it("T28 is never enough to enrol another method or to choose another password", async () => {
    const { services } = vestibule;
    const who = await makeTruster(vestibule);
    const browser = await trust(who);
    await asOwner(database, "update users set password_expired = true where id = $1", [who.user.id]);
    expect(pageName((await pass(browser, who)).page), "an expired password").to.equal("challenge-totp");
    await asOwner(database, "update users set password_expired = false where id = $1", [who.user.id]);
    expect(await isSpared(browser, who)).to.equal(true);
    await changeOffice(services, who.user.office, { secondFactor: { ...REQUIRED, methods: ["sms"] } });
    expect(pageName((await pass(browser, who)).page), "another method").to.equal("challenge-totp");
  });

  it("T28 ends with the session by it when the office allows fewer days, other methods, or none", async () => {
    const { services } = vestibule;
    const changes = {
      none: { trustedBrowserDays: null },
      methods: { secondFactor: { ...REQUIRED, methods: ["totp", "sms"] as const } },
    };
    for (const [what, change] of Object.entries(changes)) {
      const who = await makeTruster(vestibule);
      const browser = await trust(who);
      const tokens = await tokensOfPage(browser, application, await pass(browser, who));
      travel(2_000);
      await changeOffice(services, who.user.office, change);
      expect((await browser.get("/account")).status, what).to.equal(303);
      expect((await refresh(browser, application, tokens.refresh)).status, what).to.equal(400);
      expect(await isSpared(browser, who), what).to.equal(false);
      await changeOffice(services, who.user.office, { trustedBrowserDays: 14, secondFactor: REQUIRED });
      expect(await isSpared(browser, who), `${what}, and allowed again`).to.equal(false);
    }
    const who = await makeTruster(vestibule);
    const browser = await trust(who);
    travel(3 * DAY);
    await changeOffice(services, who.user.office, { trustedBrowserDays: 2 });
    expect(await isSpared(browser, who)).to.equal(false);
    await changeOffice(services, who.user.office, { trustedBrowserDays: 30 });
    travel(12 * DAY);
    expect(await isSpared(browser, who), "more days are for those to come").to.equal(false);
  });

  it("T28 works with text messages as with the app", async () => {
    const { services } = vestibule;
    const who = await makeTruster(vestibule);
    await changeOffice(services, who.user.office, { secondFactor: BY_SMS });
    await services.database.inOffice(who.user.office.id, (tx) =>
      services.secondFactor.factors.remove(tx, personOf(who.user), "totp"),
    );
    await giveNumber(services, who.user);
    const browser = vestibule.browser();
    const { page } = await pass(browser, who);
    expect(page.body).to.contain(BOX);
    const codes = (await settledOutbox(vestibule)).map(({ text }) => /^\d{6}(?= is your)/.exec(text)?.[0]);
    const code = codes.find((digits) => digits !== undefined) ?? "";
    expect(hasCode(await sendForm(browser, page, { code, trust: "yes" }))).to.equal(true);
    expect(await isSpared(browser, who)).to.equal(true);
  });

  async function passSilently(browser: HttpBrowser, changes: Record<string, string>) {
    const request = vestibule.request(changes);
    return { page: await follow(browser, await browser.get(request.url)) };
  }
});

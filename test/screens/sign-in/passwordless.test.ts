import { expect } from "chai";
import { minutesAfter, now } from "../../../src/kernel/clock.ts";
import { asOwner } from "../../support/database.ts";
import type { HttpBrowser, Page } from "../../support/http-browser.ts";
import { BY_HAND } from "../../support/outbox.ts";
import { passkeyOwner, type PasskeyOwner } from "../../support/passkey-owner.ts";
import { ceremonyOn, useOn } from "../../support/passkeys.ts";
import { follow, formAction, hiddenField, openSignIn } from "../../support/relying-party.ts";
import { changeOffice, giveApp, guardOf, hasCode, pageName, sendForm } from "../../support/second-factor.ts";
import type { Otherwise } from "../../support/software-authenticator.ts";
import { statementsOf } from "../../support/statements.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

const WRONG = "That passkey could not sign you in.";

describe("a sign-in with a passkey alone", function () {
  this.timeout(60_000);
  const vestibule = useVestibule({ application: {}, settings: BY_HAND });
  const { services } = vestibule;

  /** All of them come from one address. */
  const forgetTries = () =>
    asOwner(vestibule.database, "delete from rate_limits where scope like 'passkey-address%'");
  beforeEach(forgetTries);

  /** The owner of a passkey, in an office where it replaces the password. */
  async function owner(more: Parameters<typeof passkeyOwner>[1] = {}): Promise<PasskeyOwner> {
    const made = await passkeyOwner(vestibule, more);
    await changeOffice(services, made.user.office, { isPasswordless: true });
    return made;
  }

  /** The password page in a new browser that has opened the office's link. */
  async function arrive({ user }: Pick<PasskeyOwner, "user">): Promise<{ browser: HttpBrowser; page: Page }> {
    const browser = vestibule.browser();
    await browser.get(`/o/${user.office.code}`);
    return { browser, page: await openSignIn(browser, vestibule.request()) };
  }

  const eventsOf = ({ user }: PasskeyOwner, type: string) =>
    asOwner<{ outcome: string; details: Readonly<Record<string, unknown>> }>(
      vestibule.database,
      "select outcome, details from audit_events where office_id = $1 and type = $2 order by at, id",
      [user.office.id, type],
    );

  async function expectRefused(page: Page, from: PasskeyOwner, fault: string) {
    expect([page.status, page.body.includes(WRONG)], fault).to.deep.equal([400, true]);
    const { outcome, details } = (await eventsOf(from, "code.wrong")).at(-1) ?? {};
    expect([outcome, details?.["fault"]]).to.deep.equal(["refused", fault]);
    expect((await guardOf(vestibule, from.user)).failed_attempts, "a stranger can send one").to.equal(0);
  }

  async function expectUseless(from: PasskeyOwner, otherwise: Otherwise, fault: string) {
    const { browser, page } = await arrive(from);
    await expectRefused(await useOn(browser, page, from.device, otherwise), from, fault);
  }

  it("T200 is complete with one answer, as two factors that resist phishing", async () => {
    const from = await owner();
    const { browser, page } = await arrive(from);
    const { allowCredentials, userVerification } = ceremonyOn(page);
    expect([allowCredentials, userVerification]).to.deep.equal([[], "required"]);
    expect(hasCode(await useOn(browser, page, from.device))).to.equal(true);
    const [login] = await asOwner<{ amr: string[]; acr: string }>(
      vestibule.database,
      `select login -> 'amr' as amr, login ->> 'acr' as acr from sign_ins
       where user_id = $1 and login is not null order by finished_at desc limit 1`,
      [from.user.id],
    );
    expect(login).to.deep.equal({ amr: ["hwk", "user", "mfa"], acr: "urn:vestibule:acr:2" });
  });

  it("T200 is offered only where the office is known, allows it and accepts passkeys", async () => {
    const from = await owner();
    const stranger = vestibule.browser();
    expect((await openSignIn(stranger, vestibule.request())).body).not.to.contain("data-passkey");
    await changeOffice(services, from.user.office, { isPasswordless: false });
    expect((await arrive(from)).page.body).not.to.contain("data-passkey");
    const secondFactor = { demand: "required", from: null, methods: ["totp"] } as const;
    await changeOffice(services, from.user.office, { isPasswordless: true, secondFactor });
    expect((await arrive(from)).page.body).not.to.contain("data-passkey");
  });

  it("T200 is refused once the office has taken it back, also to a page that is open", async () => {
    const from = await owner();
    const { browser, page } = await arrive(from);
    await changeOffice(services, from.user.office, { isPasswordless: false });
    const answer = await useOn(browser, page, from.device);
    expect([answer.status, answer.body.includes(WRONG)]).to.deep.equal([400, true]);
  });

  it("T200 does not ask for another password that was not used", async () => {
    const from = await owner();
    await asOwner(vestibule.database, "update users set password_expired = true where id = $1", [
      from.user.id,
    ]);
    const { browser, page } = await arrive(from);
    expect(hasCode(await useOn(browser, page, from.device))).to.equal(true);
  });

  it("T201 an answer is good once, in its own sign-in and office, for its minutes", async () => {
    const from = await owner({ countsUp: false });
    const first = await arrive(from);
    const credential = from.device.use(ceremonyOn(first.page));
    expect(hasCode(await sendForm(first.browser, first.page, { credential }))).to.equal(true);
    const second = await arrive(from);
    await expectRefused(await sendForm(second.browser, second.page, { credential }), from, "challenge");
    const other = await owner();
    const elsewhere = await arrive(other);
    const theirs = from.device.use(ceremonyOn(elsewhere.page));
    const page = await sendForm(elsewhere.browser, elsewhere.page, { credential: theirs });
    await expectRefused(page, other, "unknown-passkey");
  });

  it("T201 the same answer of a key that counts goes on like the first, whose response was lost or is under way", async () => {
    const from = await owner();
    const signIns = async () => (await eventsOf(from, "sign-in")).length;
    const before = await signIns();
    const lost = await arrive(from);
    const credential = from.device.use(ceremonyOn(lost.page));
    const fields = { _csrf: hiddenField(lost.page, "_csrf"), credential };
    await lost.browser.copy().post(formAction(lost.page), fields);
    expect(hasCode(await sendForm(lost.browser, lost.page, { credential }))).to.equal(true);
    expect(await signIns()).to.equal(before + 1);
    const double = await arrive(from);
    const same = from.device.use(ceremonyOn(double.page));
    const sent = { _csrf: hiddenField(double.page, "_csrf"), credential: same };
    const answers = await Promise.all(
      [0, 1, 2].map(() => double.browser.copy().post(formAction(double.page), sent)),
    );
    expect(answers.map(({ status }) => status)).to.deep.equal([303, 303, 303]);
    expect(await signIns()).to.equal(before + 2);
    expect([await eventsOf(from, "code.wrong"), await eventsOf(from, "passkey.cloned")]).to.deep.equal([
      [],
      [],
    ]);
  });

  it("T201 two answers to one challenge at the same moment are one sign-in", async () => {
    const from = await owner({ countsUp: false });
    const { browser, page } = await arrive(from);
    const credential = from.device.use(ceremonyOn(page));
    const before = (await eventsOf(from, "sign-in")).length;
    const answers = await Promise.all([0, 1].map(() => sendForm(browser.copy(), page, { credential })));
    expect(answers.every(({ status }) => status < 500)).to.equal(true);
    expect((await eventsOf(from, "sign-in")).length - before).to.equal(1);
  });

  it("T201 a challenge that we did not make, or that was changed, is none", async () => {
    const from = await owner();
    const { page } = await arrive(from);
    const { challenge } = ceremonyOn(page);
    const changed = Buffer.from(challenge, "base64url");
    changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1;
    for (const made of ["", "AAAA", "A".repeat(86), changed.toString("base64url")]) {
      await expectUseless(from, { challenge: made }, "challenge");
    }
  });

  it("T202 the authenticator has to verify its user, and to know whose passkey it is", async () => {
    const from = await owner();
    await expectUseless(from, { isUserVerified: false }, "not-verified");
    await expectUseless(from, { userHandle: null }, "user-handle");
    await expectUseless(from, { userHandle: Buffer.alloc(64).toString("base64url") }, "user-handle");
  });

  it("T202 whatever an answer of the second factor is refused for, this one is too", async () => {
    const from = await owner();
    const other = await owner();
    await expectUseless(from, { origin: "https://login.example" }, "origin");
    await expectUseless(from, { rpId: "login.example" }, "relying-party");
    await expectUseless(from, { type: "webauthn.create" }, "purpose");
    await expectUseless(from, { key: other.device.privateKey }, "signature");
    await expectUseless(from, { credentialId: other.device.id }, "unknown-passkey");
    const { browser, page } = await arrive(from);
    expect(hasCode(await useOn(browser, page, from.device, { counter: 90 }))).to.equal(true);
    await expectUseless(from, { counter: 90 }, "counter");
    expect((await eventsOf(from, "passkey.cloned")).map(({ outcome }) => outcome)).to.deep.equal(["alarm"]);
    for (const credential of ["{}", "[]", "x", JSON.stringify({ id: "A" }), "9".repeat(8_000)]) {
      const again = await arrive(from);
      await expectRefused(await sendForm(again.browser, again.page, { credential }), from, "malformed");
    }
  });

  it("T203 a disabled user is refused, and a blocked one meets the block", async () => {
    const from = await owner();
    await asOwner(vestibule.database, "update users set status = 'disabled' where id = $1", [from.user.id]);
    await expectUseless(from, {}, "not-active");
    await asOwner(vestibule.database, "update users set status = 'active' where id = $1", [from.user.id]);
    await asOwner(
      vestibule.database,
      `insert into second_factor_guard (home, office_id, user_id, failed_attempts, failed_since_success, blocked_until)
       select home, office_id, id, 3, 3, now() + interval '10 minutes' from users where id = $1
       on conflict (home, office_id, user_id) do update set failed_attempts = 3, failed_since_success = 3, blocked_until = excluded.blocked_until`,
      [from.user.id],
    );
    const { browser, page } = await arrive(from);
    expect(pageName(await useOn(browser, page, from.device))).to.equal("blocked");
  });

  const wrongCodes = ({ user }: PasskeyOwner, failedSinceSuccess: number, until: Date | null) =>
    asOwner(
      vestibule.database,
      `insert into second_factor_guard (home, office_id, user_id, failed_attempts, failed_since_success, blocked_until)
       select home, office_id, id, 2, $2, $3 from users where id = $1
       on conflict (home, office_id, user_id) do update set failed_attempts = 2, failed_since_success = $2, blocked_until = $3`,
      [user.id, failedSinceSuccess, until],
    );

  it("T203 a right answer clears incorrect codes, as every other right factor does, and ends no block", async () => {
    const from = await owner();
    await wrongCodes(from, 12, minutesAfter(now(), -1));
    const { browser, page } = await arrive(from);
    expect(hasCode(await useOn(browser, page, from.device))).to.equal(true);
    expect(await guardOf(vestibule, from.user)).to.deep.equal({
      failed_attempts: 0,
      failed_since_success: 0,
      blocked_until: null,
    });
    const until = minutesAfter(now(), 60);
    await wrongCodes(from, 12, until);
    const blocked = await arrive(from);
    expect(pageName(await useOn(blocked.browser, blocked.page, from.device))).to.equal("blocked");
    const kept = { failed_attempts: 2, failed_since_success: 12, blocked_until: until };
    expect(await guardOf(vestibule, from.user)).to.deep.equal(kept);
    await wrongCodes(from, vestibule.services.settings.secondFactorGuard.frozenFrom, null);
    const frozen = await arrive(from);
    expect(pageName(await useOn(frozen.browser, frozen.page, from.device))).to.equal("blocked");
    expect((await guardOf(vestibule, from.user)).failed_attempts).to.equal(2);
  });

  it("is begun by one statement also where another factor was used last", async () => {
    const from = await owner();
    await giveApp(services, from.user);
    await asOwner(
      vestibule.database,
      "update factors set used_at = now() - interval '1 hour' * (1 + (kind = 'passkey')::int) where user_id = $1",
      [from.user.id],
    );
    const { browser, page } = await arrive(from);
    const statements = await statementsOf(() => useOn(browser, page, from.device));
    expect(statements).to.include("sign_in_begin_with_passkey");
    expect(statements).not.to.include("passkey_use_alone");
  });

  it("T204 incorrect answers are limited for each network, and take nothing from the owner elsewhere", async () => {
    const from = await owner();
    const { browser, page } = await arrive(from);
    let answer = page;
    for (let tries = 0; tries < 30; tries += 1) {
      answer = await sendForm(browser, page, { credential: "{}" });
    }
    expect(answer.body).to.contain(WRONG);
    answer = await sendForm(browser, page, { credential: "{}" });
    expect(answer.body).to.contain("Too many attempts.");
    const cloned = await arrive(from);
    await useOn(cloned.browser, cloned.page, from.device, { counter: 1 });
    expect(await eventsOf(from, "passkey.cloned"), "an alarm that junk does not hide").to.have.length(1);
    await forgetTries();
    const own = await arrive(from);
    expect(hasCode(await useOn(own.browser, own.page, from.device))).to.equal(true);
  });

  it("T183 is reported by mail from a browser that the account has not seen", async () => {
    const from = await owner();
    await asOwner(vestibule.database, "update users set mail = 'alone@mail.example' where id = $1", [
      from.user.id,
    ]);
    const { browser, page } = await arrive(from);
    await useOn(browser, page, from.device);
    const facts = await asOwner<{ facts: { type: string; isBrowserNew?: boolean }[] }>(
      vestibule.database,
      "select facts from sign_ins where user_id = $1 order by finished_at desc limit 1",
      [from.user.id],
    );
    expect(facts[0]?.facts.find(({ type }) => type === "passkey-verified")?.isBrowserNew).to.equal(true);
  });

  it("goes on to a second sign-in of the same browser from its session", async () => {
    const from = await owner();
    const { browser, page } = await arrive(from);
    await useOn(browser, page, from.device);
    const again = await follow(browser, await browser.get(vestibule.request().url));
    expect(hasCode(again)).to.equal(true);
  });
});

import { expect } from "chai";
import { Secret } from "../../../src/kernel/secret.ts";
import { asOwner } from "../../support/database.ts";
import { choosePassword, linkFor, mailsTo, openLink } from "../../support/mailbox.ts";
import { BY_HAND } from "../../support/outbox.ts";
import { TESTER, makeOffice, makeUser, type TestUser } from "../../support/people.ts";
import { follow, hiddenField, openSignIn } from "../../support/relying-party.ts";
import { giveApp, givePassword, makeStrictOffice, pageName } from "../../support/second-factor.ts";
import { HOUR, SECOND, travel } from "../../support/time.ts";
import { aliveAmong, tokensFor } from "../../support/tokens.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

const NEW = "copper-anchor-violin-63";

describe("a new password", () => {
  const vestibule = useVestibule({ settings: BY_HAND, office: {}, application: {} });
  let user: TestUser;
  let mail: string;
  let made = 0;
  beforeEach(async () => {
    await asOwner(vestibule.database, "delete from rate_limits");
    made += 1;
    mail = `person${String(made)}@mail.example`;
    user = await makeUser(vestibule.services, vestibule.office, { mail });
  });

  const link = () => linkFor(vestibule, user, mail);
  const hashOf = async ({ id } = user) => {
    const text = "select password_hash as hash from users where id = $1";
    return (await asOwner<{ hash: string }>(vestibule.database, text, [id]))[0]?.hash;
  };
  const reset = async () => {
    const browser = vestibule.browser();
    return choosePassword(browser, await openLink(browser, await link()), NEW);
  };

  it("T63 T11 ends every session, token and open sign-in at once", async () => {
    const browser = vestibule.browser();
    const tokens = await tokensFor(browser, vestibule.application, user);
    const open = vestibule.browser();
    const request = vestibule.request();
    const waiting = await openSignIn(open, request);
    expect(await aliveAmong(vestibule.browser(), vestibule.application, [tokens])).to.have.length(4);
    // A refresh token of the same second would outlive the change only if the second itself did.
    const again = await tokensFor(browser.copy(), vestibule.application, user, { prompt: "login" });
    await reset();
    expect(await aliveAmong(vestibule.browser(), vestibule.application, [again])).to.deep.equal([]);
    const silent = vestibule.request({ prompt: "none" });
    expect((await browser.get(silent.url)).location).to.contain("error=login_required");
    expect((await givePassword(open, waiting, user)).status, "the old password").to.equal(400);
  });

  it("T11 ends every other link of the person, but not what only cancels", async () => {
    const { services } = vestibule;
    const { links: store } = services.stores;
    const purposes = ["invitation", "mail-change", "not-me"] as const;
    const made = new Map<string, string>();
    for (const purpose of purposes) {
      const draft = {
        purpose,
        officeId: vestibule.office.id,
        userId: user.id,
        at: new Date(Date.now()),
        data: { mail },
      };
      const token = await services.database.inOffice(vestibule.office.id, (tx) => store.make(tx, draft));
      made.set(purpose, token.reveal());
    }
    await reset();
    const now = new Date(Date.now());
    for (const purpose of purposes) {
      const found = await store.find({ purpose, token: made.get(purpose) ?? "", now });
      expect(found !== null, purpose).to.equal(purpose === "not-me");
    }
  });

  it("T63 given by an administrator ends the links of the mailbox too", async () => {
    const address = await link();
    const { services } = vestibule;
    const found = await services.users.findByUsername(vestibule.office.id, user.username);
    if (found === null) {
      throw new Error("The user is gone.");
    }
    const access = { password: new Secret(NEW), by: TESTER, office: vestibule.office };
    await services.administration.users.changePassword(found, access);
    expect((await openLink(vestibule.browser(), address)).status).to.equal(400);
  });

  it("T10 is not followed by another one from the same page", async () => {
    const browser = vestibule.browser();
    const address = await link();
    const page = await openLink(browser, address);
    await choosePassword(browser, page, NEW);
    const after = await hashOf();
    expect((await browser.get("/reset-password")).status).to.equal(400);
    expect((await choosePassword(browser, page, `${NEW}-again`)).status).to.be.within(400, 499);
    expect(await hashOf()).to.equal(after);
  });

  it("T85 touches nobody of the same name in another office", async () => {
    const south = await makeOffice(vestibule.services);
    const twin = await makeUser(vestibule.services, south, { username: user.username, mail });
    const before = await hashOf(twin);
    const address = await link();
    expect(await mailsTo(vestibule, mail)).to.have.length(1);
    const browser = vestibule.browser();
    await choosePassword(browser, await openLink(browser, address), NEW);
    expect(await hashOf(twin)).to.equal(before);
  });

  it("T11 signs nobody in, and the second factor is asked for as always", async () => {
    const strict = await makeStrictOffice(vestibule.services);
    user = await makeUser(vestibule.services, strict, { mail });
    await giveApp(vestibule.services, user);
    const browser = vestibule.browser();
    const done = await choosePassword(browser, await openLink(browser, await link()), NEW);
    expect(done.body).to.contain("Your password has been changed");
    expect(browser.cookieNames().filter((name) => /session/.test(name))).to.deep.equal([]);
    const silent = vestibule.request({ prompt: "none" });
    expect((await browser.get(silent.url)).location).to.contain("error=login_required");
    travel(2 * SECOND);
    const page = await openSignIn(browser, vestibule.request());
    expect(pageName(await givePassword(browser, page, { ...user, password: NEW }))).to.equal(
      "challenge-totp",
    );
  });

  it("T11 is reported by mail, without a secret, and in the audit log", async () => {
    const browser = vestibule.browser();
    await choosePassword(browser, await openLink(browser, await link()), NEW);
    const [notice] = await mailsTo(vestibule, mail);
    expect(notice?.subject).to.equal("Your password was changed");
    expect(notice?.text).to.not.match(/https?:|copper/);
    const events = await asOwner<{ type: string; details: unknown; actor: string }>(
      vestibule.database,
      "select type, details, actor from audit_events where subject = $1 order by id desc limit 2",
      [user.id],
    );
    expect(events).to.deep.equal([
      { type: "password.reset", details: { by: "password-reset", guard: "free" }, actor: user.id },
      { type: "password-link.asked", details: {}, actor: "visitor" },
    ]);
  });

  it("T38 holds what the mailbox alone could prove for two days", async () => {
    const browser = vestibule.browser();
    await choosePassword(browser, await openLink(browser, await link()), NEW);
    const [row] = await asOwner<{ until: Date }>(
      vestibule.database,
      "select mailbox_hold_until as until from users where id = $1",
      [user.id],
    );
    expect(((row?.until.getTime() ?? 0) - Date.now()) / HOUR).to.be.within(47.9, 48);
  });

  it("T80 leads back into the sign-in that was left, else to the application, and nowhere else", async () => {
    const browser = vestibule.browser();
    const page = await openSignIn(browser, vestibule.request());
    const [, uid = ""] = /interaction\/([^/]+)/.exec(page.url) ?? [];
    const asked = await follow(browser, await browser.get(`/interaction/${uid}/help/forgot-password`));
    const names = { officeCode: vestibule.office.code, username: user.username };
    await browser.post("/forgot-password", { _csrf: hiddenField(asked, "_csrf"), ...names });
    const [sent] = await mailsTo(vestibule, mail);
    const address = sent?.text.split(/\s/).find((word) => word.includes("/reset-password/")) ?? "";
    const done = await choosePassword(browser, await openLink(browser, address), NEW);
    expect(done.body).to.contain(`href="/interaction/${uid}"`).and.contain("Sign in to Ledger");
    const elsewhere = browser.copy();
    elsewhere.forget("vestibule-from");
    expect((await elsewhere.get("/reset-password/done")).body).to.contain('href="https://app.test/"');
    const stranger = vestibule.browser();
    const without = await choosePassword(stranger, await openLink(stranger, await link()), `${NEW}-2`);
    expect(without.body).to.contain(`href="/o/${vestibule.office.code}"`);
    expect(
      (await vestibule.browser().get("/reset-password/done")).status,
      "for a user who has changed nothing",
    ).to.equal(404);
  });
});

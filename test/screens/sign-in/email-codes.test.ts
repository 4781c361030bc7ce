import { expect } from "chai";
import { asOwner } from "../../support/database.ts";
import {
  giveEmailCodes,
  makeEmailOffice,
  makeEmailUser,
  mailedCode,
  mailedCodes,
} from "../../support/email-codes.ts";
import type { HttpBrowser, Page } from "../../support/http-browser.ts";
import { mailsTo } from "../../support/mailbox.ts";
import { otherThan } from "../../support/mobile-numbers.ts";
import { BY_HAND } from "../../support/outbox.ts";
import type { TestUser } from "../../support/people.ts";
import {
  changeOffice,
  codesOn,
  giveApp,
  guardOf,
  hasCode,
  pageName,
  passPassword,
  REQUIRED,
  sendForm,
  sibling,
} from "../../support/second-factor.ts";
import { MINUTE, SECOND, travel } from "../../support/time.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

describe("a code by email", function () {
  this.timeout(120_000);
  const vestibule = useVestibule({ application: {}, settings: BY_HAND });
  const { services, database, application } = vestibule;
  beforeEach(() => asOwner(database, "delete from rate_limits"));

  const arrive = async (user: TestUser): Promise<{ browser: HttpBrowser; page: Page }> => {
    const browser = vestibule.browser();
    return { browser, page: await passPassword(browser, application, user) };
  };
  /** A user who has codes by email, at the page that asks for one. */
  const asked = async (more: { user: TestUser; mail: string } | null = null) => {
    const { user, mail } = more ?? (await makeEmailUser(services));
    if (more === null) {
      await giveEmailCodes(services, user, mail);
    }
    return { user, mail, ...(await arrive(user)) };
  };
  const failed = async (user: TestUser) => (await guardOf({ database }, user)).failed_attempts;

  it("T237 is set up at the first sign-in, and proves the address", async () => {
    const { user, mail } = await makeEmailUser(services);
    const { browser, page } = await arrive(user);
    const set = await sendForm(browser, page, { method: "email" });
    expect(pageName(set)).to.equal("enrol-email");
    expect(set.body).to.contain("r•••@mail.example").and.not.contain(mail);
    const saved = await sendForm(browser, set, { code: await mailedCode(vestibule, mail) });
    expect(codesOn(saved)).to.have.length(6);
    expect(hasCode(await sendForm(browser, saved, { saved: "yes" }))).to.equal(true);
    const account = await services.users.findAccount(user.id);
    expect(account?.factors).to.deep.equal(["email"]);
    expect(account?.isMailProved).to.equal(true);
  });

  it("T237 signs in once", async () => {
    const { user, mail, browser, page } = await asked();
    expect(pageName(page)).to.equal("challenge-email");
    const code = await mailedCode(vestibule, mail);
    expect(hasCode(await sendForm(browser, page, { code }))).to.equal(true);
    const again = await arrive(user);
    const refused = await sendForm(again.browser, again.page, { code });
    expect(hasCode(refused)).to.equal(false);
    expect(refused.body).to.contain("already been used");
  });

  it("T237 is sent once, however often the page is loaded, and again after the wait, when the older one dies", async () => {
    const { user, mail, browser, page } = await asked();
    await browser.get(page.url);
    await browser.get(page.url);
    const [first = ""] = await mailedCodes(vestibule, mail);
    expect(await mailedCodes(vestibule, mail)).to.have.length(1);
    const early = await sendForm(browser, page, { resend: "1" });
    expect(early.body).to.contain("Please wait");
    travel(31 * SECOND);
    const resent = await sendForm(browser, page, { resend: "1" });
    const [second = ""] = await mailedCodes(vestibule, mail);
    expect(resent.body).to.contain("New code sent");
    if (first !== second) {
      expect(hasCode(await sendForm(browser, resent, { code: first }))).to.equal(false);
      expect(await failed(user)).to.equal(1);
    }
    expect(hasCode(await sendForm(browser, resent, { code: second }))).to.equal(true);
  });

  it("T237 is late after five minutes", async () => {
    const { mail, browser, page } = await asked();
    const code = await mailedCode(vestibule, mail);
    travel(5 * MINUTE + SECOND);
    const late = await sendForm(browser, page, { code });
    expect(hasCode(late)).to.equal(false);
    expect(late.body).to.contain("expired");
  });

  it("T237 blocks for fifteen minutes after three wrong ones, and none is sent meanwhile", async () => {
    const { user, mail, browser, page } = await asked();
    const code = await mailedCode(vestibule, mail);
    for (const by of [1, 2]) {
      expect((await sendForm(browser, page, { code: otherThan(code, by) })).status).to.equal(400);
    }
    const blocked = await sendForm(browser, page, { code: otherThan(code, 3) });
    expect(blocked.body).to.contain("You are blocked for 15 minutes");
    expect(hasCode(await sendForm(browser, page, { code }))).to.equal(false);
    await arrive(user);
    expect(await mailedCodes(vestibule, mail)).to.have.length(1);
  });

  it("T237 of forty parallel tries, three are looked at", async () => {
    const { user, mail, browser, page } = await asked();
    const code = await mailedCode(vestibule, mail);
    const tries = Array.from({ length: 40 }, (_, index) => otherThan(code, index + 1));
    await Promise.all(tries.map((typed) => sendForm(browser, page, { code: typed })));
    expect(hasCode(await sendForm(browser, page, { code }))).to.equal(false);
    const events = await asOwner(
      database,
      "select 1 from audit_events where subject = $1 and type = 'code.wrong'",
      [user.id],
    );
    expect(events).to.have.length(3);
  });

  it("T237 of two equal forms at the same moment, both go on, and the code is used once", async () => {
    const { mail, browser, page } = await asked();
    const code = await mailedCode(vestibule, mail);
    const both = await Promise.all([1, 2].map(() => sendForm(browser, page, { code })));
    expect(both.some(hasCode)).to.equal(true);
    const used = await asOwner<{ count: number }>(
      database,
      "select count(*)::integer as count from sent_codes where sent_to = $1 and used_at is not null",
      [mail],
    );
    expect(used[0]?.count).to.equal(1);
  });

  it("T237 of another user, or another sign-in, opens nothing", async () => {
    const first = await asked();
    const second = await asked();
    const elsewhere = await asked(first);
    const [ofElsewhere = "", ofFirst = ""] = await mailedCodes(vestibule, first.mail);
    const ofSecond = await mailedCode(vestibule, second.mail);
    if (ofSecond !== ofElsewhere) {
      expect(hasCode(await sendForm(elsewhere.browser, elsewhere.page, { code: ofSecond }))).to.equal(false);
    }
    if (ofFirst !== ofElsewhere) {
      expect(hasCode(await sendForm(elsewhere.browser, elsewhere.page, { code: ofFirst }))).to.equal(false);
    }
    expect(hasCode(await sendForm(elsewhere.browser, elsewhere.page, { code: ofElsewhere }))).to.equal(true);
  });

  it("T237 sent to set the method up does not sign in", async () => {
    const { user, mail, browser, page } = await asked();
    const right = await mailedCode(vestibule, mail);
    const uid = /interaction\/([^/]+)/.exec(page.url)?.[1] ?? "";
    const contact = { id: user.id, officeId: user.office.id, name: "Sanne", mail, language: "en" };
    const visitor = { address: "192.0.2.7", addressGroup: "192.0.2.7", requestId: "test" };
    const wish = { user: contact, binding: uid, purpose: "enrol", to: mail, visitor } as const;
    await services.secondFactor.emailSender.sendCode({ ...wish, isResend: false, replaces: true });
    const ofOther = await mailedCode(vestibule, mail);
    if (ofOther !== right) {
      expect(hasCode(await sendForm(browser, page, { code: ofOther }))).to.equal(false);
    }
    expect(hasCode(await sendForm(browser, page, { code: right }))).to.equal(true);
  });

  it("T237 is in the database as a keyed hash alone", async () => {
    const { user, mail } = await asked();
    const code = await mailedCode(vestibule, mail);
    const [row] = await asOwner<{ row: string }>(
      database,
      "select c::text as row from sent_codes c where user_id = $1",
      [user.id],
    );
    expect(row?.row).to.not.contain(code);
  });

  it("T237 is sent five times an hour to one address, for all who ask in its office together", async () => {
    const { user, mail } = await asked();
    for (let more = 0; more < 4; more += 1) {
      await arrive(user);
    }
    expect(await mailedCodes(vestibule, mail)).to.have.length(5);
    const { page } = await arrive(user);
    expect(page.body).to.contain("Too many codes were sent to this address");
    expect(await mailedCodes(vestibule, mail)).to.have.length(5);
  });

  it("T237 comes in a short mail without a link, in the language of its reader", async () => {
    const { mail } = await asked();
    const found = (await mailsTo(vestibule, mail)).find(({ subject }) => /code$/.test(subject ?? ""));
    expect(found?.subject?.length).to.be.below(60);
    expect(found?.text)
      .to.contain("It is valid for 5 minutes")
      .and.not.match(/https?:\/\/\S*(interaction|reset)/);
  });

  it("T237 tells applications that a mailbox was proved, and no more than the second step", async () => {
    const { mail, browser, page } = await asked();
    await sendForm(browser, page, { code: await mailedCode(vestibule, mail) });
    const [session] = await asOwner<{ payload: { amr: string[]; acr: string } }>(
      database,
      "select payload from oidc_models where kind = 1 order by saved_at desc limit 1",
    );
    expect(session?.payload.amr).to.have.members(["pwd", "mfa", "urn:vestibule:amr:email"]);
    expect(session?.payload.acr).to.equal("urn:vestibule:acr:2");
  });

  it("T237 is not offered by an office that has not decided for it, and not to be got by its address", async () => {
    const office = await makeEmailOffice(services, {
      secondFactor: { ...REQUIRED, methods: ["totp", "sms"] },
    });
    const { user, mail } = await makeEmailUser(services, office);
    const { browser, page } = await arrive(user);
    expect(page.body).to.not.contain("Code by email");
    const tried = await browser.get(sibling(page, "enrol-email"));
    expect(tried.status).to.equal(303);
    expect(await mailedCodes(vestibule, mail)).to.be.empty;
  });

  it("T237 no longer signs in once the office has ended it: another method is set up", async () => {
    const { user, mail, browser, page } = await asked();
    await changeOffice(services, user.office, { secondFactor: REQUIRED });
    const next = await sendForm(browser, page, { code: await mailedCode(vestibule, mail) });
    expect(hasCode(next)).to.equal(false);
    expect(pageName(next)).to.equal("enrol-totp");
  });

  it("T237 is one of several methods: the app is a link away", async () => {
    const { user, mail } = await makeEmailUser(services);
    await giveApp(services, user);
    await giveEmailCodes(services, user, mail);
    const { page } = await arrive(user);
    expect(pageName(page)).to.equal("challenge-totp");
    expect(page.body).to.contain("Get a code by email to r•••@mail.example");
    expect(await mailedCodes(vestibule, mail)).to.be.empty;
  });

  it("T237 leaves a user without an address the other methods", async () => {
    const { user } = await makeEmailUser(services);
    await asOwner(database, "update users set mail = null where id = $1", [user.id]);
    const { browser, page } = await arrive(user);
    const none = await sendForm(browser, page, { method: "email" });
    expect(none.body).to.contain("Your account has no email address").and.contain("Use an app instead");
  });

  it("T239 the platform's staff have none: their office cannot accept it, and none is sent", async () => {
    const staff = await services.officeService.supportOffice("Vestibule", "test");
    const change = services.officeService.change(
      { ...staff, secondFactor: { ...staff.secondFactor, methods: ["totp", "email"] } },
      "test",
    );
    const fault = await change.then(
      () => "changed",
      (error: unknown) => (error instanceof Error ? error.message : ""),
    );
    expect(fault).to.contain("no codes by email");
    const contact = {
      id: "00000000-0000-4000-8000-000000000001",
      ...{ officeId: staff.id, name: "Dana", mail: "dana@mail.example", language: "en" },
    };
    const visitor = { address: "192.0.2.7", addressGroup: "192.0.2.7", requestId: "test" };
    for (const purpose of ["sign-in", "enrol"] as const) {
      const wish = { user: contact, binding: "x", purpose, to: contact.mail, visitor, isResend: false };
      expect(await services.secondFactor.emailSender.sendCode(wish)).to.deep.equal({
        type: "stopped",
        by: "off",
      });
    }
  });
});

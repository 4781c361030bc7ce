import { expect } from "chai";
import { COUNTERS } from "../../support/counters.ts";
import { asOwner } from "../../support/database.ts";
import { eventually } from "../../support/eventually.ts";
import { fillDisk } from "../../support/full-disk.ts";
import type { HttpBrowser, Page } from "../../support/http-browser.ts";
import { giveNumber, lastCode, makeSmsOffice } from "../../support/mobile-numbers.ts";
import { BY_HAND } from "../../support/outbox.ts";
import { makeUser, type TestUser } from "../../support/people.ts";
import {
  giveApp,
  guardOf,
  hasCode,
  keyOf,
  makeStrictOffice,
  pageName,
  passPassword,
  sendForm,
  sibling,
  wrongCode,
} from "../../support/second-factor.ts";
import { openSignIn, sendPassword } from "../../support/relying-party.ts";
import { SECOND, travel } from "../../support/time.ts";
import { totpNow } from "../../support/totp.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

const CLEAN = { failed_attempts: 0, failed_since_success: 0, blocked_until: null };

describe("a right code that the database does not record", () => {
  const vestibule = useVestibule({ settings: BY_HAND, application: {} });

  const events = async ({ id }: TestUser) =>
    (
      await asOwner<{ type: string }>(
        vestibule.database,
        "select type from audit_events where subject = $1 and type like 'code.%' order by id",
        [id],
      )
    ).map(({ type }) => type);
  const strict = async () => {
    const user = await makeUser(vestibule.services, await makeStrictOffice(vestibule.services));
    return { user, app: await giveApp(vestibule.services, user) };
  };
  const free = (user: TestUser) =>
    eventually(
      () => guardOf(vestibule, user),
      ({ failed_attempts: count }) => count === 0,
    );
  /** Sends a right form four times while nothing can be recorded, and once when it can. */
  const sendInVain = async (
    user: TestUser,
    at: { browser: HttpBrowser; page: Page },
    fields: () => Record<string, string>,
  ): Promise<Page> => {
    const disk = await fillDisk(vestibule.database, "sign_ins");
    try {
      for (let tries = 0; tries < 4; tries += 1) {
        const sent = await sendForm(at.browser, at.page, fields());
        expect(sent.status).to.equal(503);
      }
    } finally {
      await disk.mend();
    }
    expect(await free(user)).to.deep.equal(CLEAN);
    return sendForm(at.browser, at.page, fields());
  };

  it("T46 of the app is no failed attempt, and signs in as soon as there is room again", async () => {
    const { user, app } = await strict();
    const browser = vestibule.browser();
    const page = await passPassword(browser, vestibule.application, user);
    const code = totpNow(app.secret);
    expect(hasCode(await sendInVain(user, { browser, page }, () => ({ code })))).to.equal(true);
    expect(await events(user)).to.deep.equal([]);
  });

  it("T46 of the recovery sheet is no failed attempt, and is not used up", async () => {
    const { user, app } = await strict();
    const browser = vestibule.browser();
    const challenge = await passPassword(browser, vestibule.application, user);
    const page = await browser.get(sibling(challenge, "recovery-code"));
    const recoveryCode = app.codes[0] ?? "";
    const sent = await sendInVain(user, { browser, page }, () => ({ recoveryCode }));
    expect(pageName(sent)).to.equal("recovered");
    expect(await events(user)).to.deep.equal([]);
  });

  it("T46 of a text message is no failed attempt, and is not used up", async () => {
    const user = await makeUser(vestibule.services, await makeSmsOffice(vestibule.services));
    const number = await giveNumber(vestibule.services, user);
    const browser = vestibule.browser();
    const page = await passPassword(browser, vestibule.application, user);
    const code = await lastCode(vestibule.database, number);
    expect(hasCode(await sendInVain(user, { browser, page }, () => ({ code })))).to.equal(true);
    expect(await events(user)).to.deep.equal([]);
  });

  it("T46 of a new app is no failed attempt", async () => {
    const user = await makeUser(vestibule.services, await makeStrictOffice(vestibule.services));
    const browser = vestibule.browser();
    const page = await passPassword(browser, vestibule.application, user);
    const code = totpNow(keyOf(page));
    const sent = await sendInVain(user, { browser, page }, () => ({ code }));
    expect(pageName(sent)).to.equal("recovery-codes");
    expect(await events(user)).to.deep.equal([]);
  });

  it("T46 leaves the two wrong ones before it where they were: the next wrong one blocks, and says so", async () => {
    const { user, app } = await strict();
    const browser = vestibule.browser();
    const page = await passPassword(browser, vestibule.application, user);
    await sendForm(browser, page, { code: wrongCode(app.secret) });
    await sendForm(browser, page, { code: wrongCode(app.secret) });
    const disk = await fillDisk(vestibule.database, "sign_ins");
    await sendForm(browser, page, { code: totpNow(app.secret) });
    await disk.mend();
    await eventually(
      () => guardOf(vestibule, user),
      ({ failed_attempts: count, blocked_until: until }) => count === 2 && until === null,
    );
    expect(await events(user)).to.deep.equal(["code.wrong", "code.wrong"]);
    expect(pageName(await sendForm(browser, page, { code: wrongCode(app.secret) }))).to.equal("blocked");
    expect(await events(user)).to.deep.equal(["code.wrong", "code.wrong", "code.wrong", "code.blocked"]);
  });

  it("T46 is given back once the database takes it, when it did not even take that", async () => {
    const { user, app } = await strict();
    const browser = vestibule.browser();
    const page = await passPassword(browser, vestibule.application, user);
    const disk = await fillDisk(vestibule.database, "sign_ins");
    // Only a reservation gets through: the same table that counts cannot be written for the way back.
    const guard = await fillDisk(
      vestibule.database,
      "second_factor_guard",
      "new.failed_attempts = 0 and new.in_hand_at is not null",
    );
    await sendForm(browser, page, { code: totpNow(app.secret) });
    await disk.mend();
    expect(await guardOf(vestibule, user)).to.include({ failed_attempts: 1, failed_since_success: 1 });
    await guard.mend();
    expect(await free(user)).to.deep.equal(CLEAN);
  });

  it("T46 does not make a wrong one free: its failed attempt stays when its event cannot be written, which comes later", async () => {
    const { user, app } = await strict();
    const browser = vestibule.browser();
    const page = await passPassword(browser, vestibule.application, user);
    const disk = await fillDisk(vestibule.database, "audit_events", "new.type like 'code.%'");
    const wrong = wrongCode(app.secret);
    // Blanks make no other code of it, but another form.
    for (const code of [wrong, ` ${wrong}`, `${wrong} `, ` ${wrong} `]) {
      const sent = await sendForm(browser, page, { code });
      expect(hasCode(sent)).to.equal(false);
    }
    expect(await guardOf(vestibule, user)).to.include({ failed_attempts: 3, failed_since_success: 3 });
    await disk.mend();
    const recorded = await eventually(
      () => events(user),
      (types) => types.length === 4,
    );
    expect(recorded.sort()).to.deep.equal(["code.blocked", "code.wrong", "code.wrong", "code.wrong"]);
  });

  it("T46 costs nothing either where the code could not be looked at", async () => {
    const { user, app } = await strict();
    const browser = vestibule.browser();
    const page = await passPassword(browser, vestibule.application, user);
    await asOwner(vestibule.database, "alter table factors rename to factors_away");
    const sent = await sendForm(browser, page, { code: wrongCode(app.secret) }).finally(() =>
      asOwner(vestibule.database, "alter table factors_away rename to factors"),
    );
    expect(sent.status).to.equal(500);
    expect(await guardOf(vestibule, user)).to.deep.equal(CLEAN);
    expect(hasCode(await sendForm(browser, page, { code: totpNow(app.secret) }))).to.equal(true);
  });
});

describe("a code that was used already", () => {
  const vestibule = useVestibule({ settings: BY_HAND, application: {} });

  /** Five browsers in a row send what one has used. */
  const replay = async (user: TestUser, fields: Record<string, string>, name?: string) => {
    for (let tries = 0; tries < 5; tries += 1) {
      const browser = vestibule.browser();
      const challenge = await passPassword(browser, vestibule.application, user);
      const page = name === undefined ? challenge : await browser.get(sibling(challenge, name));
      const sent = await sendForm(browser, page, fields);
      expect([sent.status, hasCode(sent)]).to.deep.equal([400, false]);
      expect(sent.body).to.contain("already been used").and.contain("3 tries left");
    }
    expect(await guardOf(vestibule, user)).to.deep.equal(CLEAN);
  };

  it("T17 of the app opens nothing and costs nothing, however often and however late it comes", async () => {
    const user = await makeUser(vestibule.services, await makeStrictOffice(vestibule.services));
    const app = await giveApp(vestibule.services, user);
    const browser = vestibule.browser();
    const code = totpNow(app.secret);
    const page = await passPassword(browser, vestibule.application, user);
    expect(hasCode(await sendForm(browser, page, { code }))).to.equal(true);
    await replay(user, { code });
    travel(180 * SECOND);
    await replay(user, { code });
  });

  it("T17 of the app is the only one that costs nothing: an older one is a failed attempt", async () => {
    const user = await makeUser(vestibule.services, await makeStrictOffice(vestibule.services));
    const app = await giveApp(vestibule.services, user);
    const older = totpNow(app.secret);
    travel(30 * SECOND);
    const browser = vestibule.browser();
    const page = await passPassword(browser, vestibule.application, user);
    expect(hasCode(await sendForm(browser, page, { code: totpNow(app.secret) }))).to.equal(true);
    const other = vestibule.browser();
    const sent = await sendForm(other, await passPassword(other, vestibule.application, user), {
      code: older,
    });
    expect([sent.status, hasCode(sent)]).to.deep.equal([400, false]);
    expect(await guardOf(vestibule, user)).to.include({ failed_attempts: 1, failed_since_success: 1 });
  });

  it("T41 of the recovery sheet opens nothing and costs nothing", async () => {
    const user = await makeUser(vestibule.services, await makeStrictOffice(vestibule.services));
    const app = await giveApp(vestibule.services, user);
    const browser = vestibule.browser();
    const challenge = await passPassword(browser, vestibule.application, user);
    const recoveryCode = app.codes[0] ?? "";
    const sent = await sendForm(browser, await browser.get(sibling(challenge, "recovery-code")), {
      recoveryCode,
    });
    expect(pageName(sent)).to.equal("recovered");
    await replay(user, { recoveryCode }, "recovery-code");
  });

  it("T41 of a text message opens nothing and costs nothing", async () => {
    const user = await makeUser(vestibule.services, await makeSmsOffice(vestibule.services));
    const number = await giveNumber(vestibule.services, user);
    const browser = vestibule.browser();
    const page = await passPassword(browser, vestibule.application, user);
    const code = await lastCode(vestibule.database, number);
    expect(hasCode(await sendForm(browser, page, { code }))).to.equal(true);
    for (let tries = 0; tries < 2; tries += 1) {
      const other = vestibule.browser();
      const sent = await sendForm(other, await passPassword(other, vestibule.application, user), { code });
      expect([sent.status, hasCode(sent)]).to.deep.equal([400, false]);
      expect(sent.body).to.contain("already been used");
    }
    expect(await guardOf(vestibule, user)).to.deep.equal(CLEAN);
  });

  it("is written down, so that an auditor sees who came too late with it", async () => {
    const user = await makeUser(vestibule.services, await makeStrictOffice(vestibule.services));
    const app = await giveApp(vestibule.services, user);
    const code = totpNow(app.secret);
    for (let times = 0; times < 2; times += 1) {
      const browser = vestibule.browser();
      await sendForm(browser, await passPassword(browser, vestibule.application, user), { code });
    }
    const rows = await asOwner<{ details: object }>(
      vestibule.database,
      "select details from audit_events where subject = $1 and type = 'code.wrong'",
      [user.id],
    );
    expect(rows).to.deep.equal([
      { details: { kind: "totp", failedAttempts: 0, failedSinceSuccess: 0, used: true } },
    ]);
  });
});

describe("a right password that the database does not record", () => {
  const vestibule = useVestibule({ application: {} });

  it("T51 is no wrong try, however often, and nothing stays pending", async () => {
    const user = await makeUser(vestibule.services, await makeStrictOffice(vestibule.services));
    const { office, username, password } = user;
    const browser = vestibule.browser();
    const page = await openSignIn(browser, vestibule.request());
    const entries = { officeCode: office.code, username, password };
    const disk = await fillDisk(vestibule.database, "sign_ins");
    for (let tries = 0; tries < 12; tries += 1) {
      expect((await sendPassword(browser, page, entries)).status).to.equal(503);
    }
    await disk.mend();
    await eventually(
      () =>
        asOwner(
          vestibule.database,
          `select 1 from ${COUNTERS} where scope like 'password-%' and (used > 0 or pending > 0)`,
        ),
      (rows) => rows.length === 0,
    );
    expect((await sendPassword(browser, page, entries)).status).to.equal(303);
  });
});

import { expect } from "chai";
import { asOwner } from "../../support/database.ts";
import { nextSecond } from "../../support/factor-pages.ts";
import type { HttpBrowser, Page } from "../../support/http-browser.ts";
import { startLoggedProcess, type LoggedProcess } from "../../support/logged-process.ts";
import { settleOutbox } from "../../support/outbox.ts";
import { makeUser, type TestUser } from "../../support/people.ts";
import {
  resetFactor,
  codesOn,
  keyOf,
  makeStrictOffice,
  pageName,
  passPassword,
  sayLost,
  sendForm,
  sibling,
  wrongCode,
} from "../../support/second-factor.ts";
import { totpAt, totpNow } from "../../support/totp.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

interface Event {
  readonly at: Date;
  readonly type: string;
  readonly outcome: string;
  readonly office_id: string | null;
  readonly actor: string;
  readonly subject: string | null;
  readonly address: string | null;
  readonly request_id: string | null;
  readonly details: Readonly<Record<string, unknown>>;
}

const TABLES = [
  "factors",
  "recovery_codes",
  "recovery_code_sets",
  "second_factor_guard",
  "enrolment_windows",
];

describe("what is written down of a second factor", function () {
  this.timeout(60_000);
  const vestibule = useVestibule({ application: {} });
  let server: LoggedProcess;
  let user: TestUser;
  /** What nobody may find later, by what it is. */
  const secrets = new Map<string, string>();
  const errorPages: string[] = [];

  before(async () => {
    server = await startLoggedProcess(vestibule, { VESTIBULE_LOG_LEVEL: "trace" });
    user = await makeUser(vestibule.services, await makeStrictOffice(vestibule.services));
    await everything();
    // What is still on its way when the outbox breaks comes much later, after the mails of the others.
    await settleOutbox(vestibule.database);
    const whole = user;
    for (const table of [...TABLES, "audit_events", "outbox_messages"]) {
      await brokenBy(table);
    }
    user = whole;
    await server.stop();
  });

  const note = (what: string, value: string) => {
    if (value !== "") {
      secrets.set(`${what} ${String(secrets.size)}`, value);
    }
  };
  const keep = (page: Page): Page => {
    if (page.status >= 400) {
      errorPages.push(page.body.replaceAll(/value="[^"]*"/g, ""));
    }
    return page;
  };
  const open = async (browser: HttpBrowser) => keep(await passPassword(browser, vestibule.application, user));
  const start = () => vestibule.browser(server.port);

  /** Enrols, signs in, uses a recovery code and enrols again, types wrong codes until the block, and is reset. */
  async function everything(): Promise<void> {
    const browser = start();
    const setUp = await open(browser);
    const key = keyOf(setUp);
    note("key", key);
    // The app's code of this moment is used by the enrolment, that of the next one by the sign-in.
    const codes = [totpNow(key), totpAt(key, Date.now() / 1000 + 30)];
    codes.forEach((code) => note("app's code", code));
    const shown = keep(await sendForm(browser, setUp, { code: codes[0] ?? "" }));
    const recoveryCodes = codesOn(shown);
    recoveryCodes.forEach((code) => note("recovery code", code));
    keep(await sendForm(browser, shown, { saved: "yes" }));
    const again = start();
    keep(await sendForm(again, await open(again), { code: codes[1] ?? "" }));
    await recover(recoveryCodes[0] ?? "");
    // What is proved in the second of the change ends with the previous app.
    await nextSecond();
    const thief = start();
    const challenge = await open(thief);
    for (let tries = 0; tries < 4; tries += 1) {
      const code = wrongCode(key);
      note("wrong code", code);
      keep(await sendForm(thief, challenge, { code }));
    }
    await reset();
  }

  async function recover(code: string): Promise<void> {
    const browser = start();
    const challenge = await open(browser);
    const page = keep(await browser.get(sibling(challenge, "recovery-code")));
    const recovered = keep(await sendForm(browser, page, { recoveryCode: code }));
    const setUp = pageName(recovered) === "recovered" ? keep(await sayLost(browser, recovered)) : recovered;
    if (pageName(setUp) !== "enrol-totp") {
      return;
    }
    const key = keyOf(setUp);
    note("second key", key);
    const shown = keep(await sendForm(browser, setUp, { code: totpNow(key) }));
    codesOn(shown).forEach((one) => note("second recovery code", one));
  }

  async function reset(): Promise<void> {
    const found = await vestibule.services.users.findByUsername(user.office.id, user.username);
    if (found !== null) {
      const code = await resetFactor(vestibule.services, found, "called back");
      note("enrolment code", code.reveal());
    }
  }

  /** Everything once more with a new user, while a table is away: what fails, fails in silence. */
  async function brokenBy(table: string): Promise<void> {
    user = await makeUser(vestibule.services, user.office);
    await asOwner(vestibule.database, `alter table ${table} rename to ${table}_away`);
    try {
      await everything().catch(() => undefined);
    } finally {
      await asOwner(vestibule.database, `alter table ${table}_away rename to ${table}`);
    }
  }

  /** Six digits are somewhere in any long log; they are searched as a word, keys and codes of ten and more anywhere. */
  function foundIn(text: string): string[] {
    const isIn = (secret: string) =>
      secret.length < 10
        ? new RegExp(`(?<![\\w.-])${secret}(?![\\w.-])`).test(text)
        : [secret, Buffer.from(secret).toString("base64url"), Buffer.from(secret).toString("hex")].some(
            (writing) => text.includes(writing),
          );
    return [...secrets].filter(([, secret]) => isIn(secret)).map(([what]) => what);
  }

  it("T108 was much enough to find something", () => {
    const kinds = new Set([...secrets.keys()].map((what) => what.replace(/ \d+$/, "")));
    expect([...kinds]).to.include.members([
      "key",
      "app's code",
      "recovery code",
      "second key",
      "second recovery code",
      "wrong code",
      "enrolment code",
    ]);
    expect(server.log(), "an exception was forced").to.contain("42P01");
    expect(errorPages).to.have.length.above(5);
  });

  it("T108 holds no key, no code and no recovery code: not in the log at its most talkative", () => {
    expect(foundIn(server.log())).to.deep.equal([]);
  });

  it("T108 holds none in the audit log and in no mail, subject or text", async () => {
    const rows = await asOwner<{ row: string }>(
      vestibule.database,
      `select concat_ws(' ', e.type, e.actor, e.subject, e.details) as row from audit_events e
       union all select concat_ws(' ', m.recipient, m.subject, m.body) from outbox_messages m`,
    );
    expect(rows).to.have.length.above(15);
    expect(foundIn(rows.map(({ row }) => row).join("\n"))).to.deep.equal([]);
  });

  it("T108 shows none in an error page", () => {
    const pages = errorPages.join("\n");
    // The set-up page comes back with its key after a wrong code: that is what it is for.
    expect(foundIn(pages).filter((what) => !/key/.test(what))).to.deep.equal([]);
  });

  it("T109 is one event each, with time, actor, office, address and outcome", async () => {
    const events = await asOwner<Event>(
      vestibule.database,
      `select at, type, outcome, office_id, actor, subject, host(address) as address, request_id, details
       from audit_events where subject = $1 order by id`,
      [user.id],
    );
    const recorded = events.filter(({ type }) => !["user.added"].includes(type));
    expect(recorded.map(({ type, outcome }) => `${type} ${outcome}`)).to.deep.equal([
      "factor.enrolled ok",
      "recovery-codes.made ok",
      "sign-in ok",
      "sign-in ok",
      "recovery-code.used ok",
      "factor.enrolled ok",
      "recovery-codes.made ok",
      "code.wrong refused",
      "code.wrong refused",
      "code.wrong refused",
      "code.blocked alarm",
      "factor.reset ok",
    ]);
    for (const event of recorded) {
      expect(event.at.getTime(), event.type).to.be.within(Date.now() - 120_000, Date.now() + 1_000);
      expect(event.office_id, event.type).to.equal(user.office.id);
      expect(event.actor, event.type).to.equal(event.type === "factor.reset" ? "test" : user.id);
      if (event.type !== "factor.reset") {
        expect(event.address, event.type).to.match(/^(127\.0\.0\.1|::1|::ffff:127\.0\.0\.1)$/);
        expect(event.request_id, event.type).to.be.a("string").and.not.equal("");
      }
    }
    expect(
      recorded.filter(({ type }) => type === "code.wrong").map(({ details }) => details["failedAttempts"]),
    ).to.deep.equal([1, 2, 3]);
  });

  it("T109 is reported to its user in one mail each", async () => {
    // Of the first user, before anything was broken; a mail whose outbox was away is sent again much later.
    const whole = (await vestibule.services.outbox.list()).slice(-6);
    // Those that were made within a moment arrive in any order.
    expect(whole.map(({ subject }) => subject)).to.have.members([
      "Your authenticator app is set up",
      "A recovery code was used",
      "New sign-in to your Vestibule account",
      "Your authenticator app is set up",
      "Sign-in blocked after incorrect codes",
      "Your second factor was reset",
    ]);
  });

  it("T109 cannot be changed or removed by the server's own role", async () => {
    for (const statement of ["update audit_events set type = 'x'", "delete from audit_events"]) {
      const name = statement.slice(0, 6);
      const attempt = vestibule.services.database.inOffice(user.office.id, (tx) =>
        tx.query({ name: `forbidden_${name}`, text: statement }),
      );
      const refused = await attempt.then(
        () => "done",
        (error: unknown) => String(error),
      );
      expect(refused).to.contain("permission denied");
    }
  });
});

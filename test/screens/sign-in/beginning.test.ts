import { expect } from "chai";
import { asOwner } from "../../support/database.ts";
import type { HttpBrowser, Page } from "../../support/http-browser.ts";
import { storedUser } from "../../support/mobile-numbers.ts";
import { PASSWORD, TESTER, type TestUser } from "../../support/people.ts";
import { follow, openSignIn, sendPassword } from "../../support/relying-party.ts";
import { changeOffice, giveApp, hasCode, pageName, REQUIRED } from "../../support/second-factor.ts";
import { statementsOf } from "../../support/statements.ts";
import { useFresh } from "../../support/suite-resource.ts";
import { aroundMethod } from "../../support/around-method.ts";
import { PasswordHasher } from "../../../src/domain/credentials/password.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

describe("the password that begins a sign-in", () => {
  const vestibule = useVestibule({ application: {} });
  const { services, database } = vestibule;
  const user = useFresh(async () => vestibule.makeUser({}, await vestibule.makeOffice()));

  /** Runs `work` while the next right password has been compared and is not recorded yet. */
  function whileRecorded(work: () => Promise<unknown>): void {
    const restore = aroundMethod(PasswordHasher, "verify", async (verify) => {
      restore();
      const isRight = await verify();
      await work();
      return isRight;
    });
  }

  const send = (browser: HttpBrowser, page: Page, of: TestUser = user) =>
    sendPassword(browser, page, { officeCode: of.office.code, username: of.username, password: of.password });
  const open = async () => {
    const browser = vestibule.browser();
    return { browser, page: await openSignIn(browser, vestibule.request()) };
  };
  const begin = async () => {
    const { browser, page } = await open();
    return follow(browser, await send(browser, page));
  };
  const tries = async () =>
    (
      await asOwner<{ used: number; pending: number }>(database, "select used, pending from rate_limits")
    ).filter(({ used, pending }) => used + pending > 0);
  const finished = async () =>
    (
      await asOwner(database, "select id from sign_ins where user_id = $1 and finished_at is not null", [
        user.id,
      ])
    ).length;

  beforeEach(async () => {
    await asOwner(database, "delete from rate_limits");
  });

  it("is recorded by one statement, with the end where nothing else is due", async () => {
    await begin();
    const { browser, page } = await open();
    const answers: Page[] = [];
    const statements = await statementsOf(async () => answers.push(await send(browser, page)));
    expect(statements).to.deep.equal(["oidc_find", "password_try", "sign_in_begin_with_password"]);
    expect(hasCode(await follow(browser, answers[0] ?? page))).to.equal(true);
    expect(await tries()).to.be.empty;
  });

  it("T25 is not the end where the office demands a factor since it was compared", async () => {
    whileRecorded(() => changeOffice(services, user.office, { secondFactor: REQUIRED }));
    const page = await begin();
    expect([hasCode(page), pageName(page)]).to.deep.equal([false, "enrol-totp"]);
    expect(await finished()).to.equal(0);
    expect(await tries()).to.be.empty;
  });

  it("T15 is not the end where the user has a factor since it was compared", async () => {
    whileRecorded(() => giveApp(services, user));
    const page = await begin();
    expect([hasCode(page), pageName(page)]).to.deep.equal([false, "challenge-totp"]);
    expect(await finished()).to.equal(0);
  });

  it("T45 is not the end where the user was locked out since it was compared", async () => {
    whileRecorded(() =>
      asOwner(
        database,
        `insert into second_factor_guard (home, office_id, user_id, failed_attempts, failed_since_success, blocked_until)
         values (home_of($1), $1, $2, 3, 3, now() + interval '15 minutes')
         on conflict (home, office_id, user_id) do update set blocked_until = excluded.blocked_until`,
        [user.office.id, user.id],
      ),
    );
    const page = await begin();
    expect([hasCode(page), new URL(page.url).pathname.split("/").at(-1)]).to.deep.equal([false, "blocked"]);
  });

  for (const [what, change] of Object.entries<() => Promise<unknown>>({
    disabled: () => asOwner(database, "update users set status = 'disabled' where id = $1", [user.id]),
    "in a closed office": () =>
      asOwner(database, "update offices set status = 'closed' where id = $1", [user.office.id]),
    "signed out everywhere": async () =>
      services.administration.users.endSessions(await storedUser(services, user), TESTER),
  })) {
    it(`T121 counts for nothing where the user is ${what} since it was compared`, async () => {
      whileRecorded(change);
      const page = await begin();
      expect([hasCode(page), pageName(page)]).to.deep.equal([false, "password"]);
      expect(await finished()).to.equal(0);
      expect(await tries()).to.be.empty;
    });
  }

  it("leads two tabs that send it at the same moment to one end, and costs neither a try", async () => {
    const { browser, page } = await open();
    const tab = browser.copy();
    const [one, two] = await Promise.all([send(browser, page), send(tab, page)]);
    expect(one.location).to.contain("/authorize/").and.equal(two.location);
    expect(await finished()).to.equal(1);
    expect(await tries()).to.be.empty;
    const events = await asOwner(
      database,
      "select id from audit_events where type = 'sign-in' and subject = $1",
      [user.id],
    );
    expect(events).to.have.length(1);
    expect(hasCode(await follow(browser, one))).to.equal(true);
  });

  it("does not take over a sign-in that another user has begun meanwhile", async () => {
    const other = await vestibule.makeUser({}, user.office);
    const { browser, page } = await open();
    const tab = browser.copy();
    whileRecorded(() => send(tab, page, other));
    await follow(browser, await send(browser, page));
    const rows = await asOwner<{ user_id: string }>(
      database,
      "select user_id from sign_ins where office_id = $1 and finished_at is not null",
      [user.office.id],
    );
    expect(rows).to.deep.equal([{ user_id: other.id }]);
    expect(await tries()).to.be.empty;
  });

  it("gives its try back where the database does not take it", async () => {
    const { browser, page } = await open();
    whileRecorded(() => asOwner(database, "alter table sign_ins rename to sign_ins_gone"));
    const failed = await send(browser, page);
    await asOwner(database, "alter table sign_ins_gone rename to sign_ins");
    expect(failed.status).to.be.within(500, 503);
    expect(await tries()).to.be.empty;
    expect(hasCode(await follow(browser, await send(browser, page)))).to.equal(true);
  });

  it("says nothing of what was read for a wrong one", async () => {
    const { browser, page } = await open();
    const { username, office } = user;
    const wrong = await sendPassword(browser, page, {
      officeCode: office.code,
      username,
      password: `${PASSWORD}!`,
    });
    expect(wrong.status).to.equal(400);
    expect(wrong.body).to.not.contain(user.id).and.not.contain("Sanne");
    expect(await asOwner(database, "select id from sign_ins where user_id = $1", [user.id])).to.be.empty;
  });
});

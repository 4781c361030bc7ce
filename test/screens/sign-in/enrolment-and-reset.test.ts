import { expect } from "chai";
import { Client } from "pg";
import { asOwner } from "../../support/database.ts";
import { eventually } from "../../support/eventually.ts";
import type { Page } from "../../support/http-browser.ts";
import { BY_SMS, lastCode, newNumber, personOf, storedUser } from "../../support/mobile-numbers.ts";
import { makeOffice, makeUser, type TestUser } from "../../support/people.ts";
import { formAction, hiddenField } from "../../support/relying-party.ts";
import {
  changeOffice,
  giveApp,
  hasCode,
  keyOf,
  pageName,
  passPassword,
  resetFactor,
  sendForm,
} from "../../support/second-factor.ts";
import { totpNow } from "../../support/totp.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

describe("a code at the moment of an administrator's reset", function () {
  this.timeout(20_000);
  const vestibule = useVestibule({ application: {} });
  const { application, services, database } = vestibule;
  let user: TestUser;

  beforeEach(async () => {
    const office = await makeOffice(services);
    await changeOffice(services, office, { secondFactor: BY_SMS });
    user = await makeUser(services, office);
  });

  const waiting = async () => {
    const sql =
      "select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
    return (await asOwner(database, sql)).length;
  };
  const whenWaiting = (count: number) => eventually(waiting, (now) => now === count);

  /** Runs `first` until it waits to write into the table, then `second` until it waits as well, and lets both go on. */
  async function together<One, Other>(
    table: string,
    first: () => Promise<One>,
    second: () => Promise<Other>,
  ): Promise<[One, Other]> {
    const holder = new Client({ connectionString: database.ownerUrl });
    await holder.connect();
    try {
      await holder.query(`begin; lock table ${table} in share mode`);
      const one = first();
      await whenWaiting(1);
      const other = second();
      await whenWaiting(2);
      await holder.query("rollback");
      return await Promise.all([one, other]);
    } finally {
      await holder.end();
    }
  }

  const reset = async () => resetFactor(services, await storedUser(services, user), "phone lost");
  const kinds = async () => (await services.secondFactor.factorStatus.find(personOf(user))).kinds;

  /** The form that would enrol the factor, filled in. */
  async function atApp(): Promise<() => Promise<Page>> {
    const browser = vestibule.browser();
    const choice = await passPassword(browser, application, user);
    const setUp = await sendForm(browser, choice, { method: "totp" });
    return () => sendForm(browser, setUp, { code: totpNow(keyOf(setUp)) });
  }

  async function atNumber(): Promise<() => Promise<Page>> {
    const browser = vestibule.browser();
    const choice = await passPassword(browser, application, user);
    const entry = await sendForm(browser, choice, { method: "sms" });
    const number = newNumber();
    const sent = await sendForm(browser, entry, { number });
    const code = await lastCode(database, number);
    return () => sendForm(browser, sent, { code });
  }

  for (const [name, at] of [
    ["an app", atApp],
    ["a number", atNumber],
  ] as const) {
    it(`T147 does not leave ${name} behind that was set up a moment before the reset`, async () => {
      const enrol = await at();
      await together("enrolment_windows", enrol, reset);
      expect(await kinds()).to.deep.equal([]);
    });

    it(`T147 does not set ${name} up that comes a moment after the reset`, async () => {
      const enrol = await at();
      const [, page] = await together("recovery_codes", reset, enrol);
      expect([page.status, hasCode(page), pageName(page)]).to.deep.equal([200, false, "password"]);
      expect(await kinds()).to.deep.equal([]);
    });
  }

  it("T147 signs nobody in with the app that the reset removes", async () => {
    const { secret } = await giveApp(services, user);
    const browser = vestibule.browser();
    const challenge = await passPassword(browser, application, user);
    const [, page] = await together("recovery_codes", reset, () =>
      sendForm(browser, challenge, { code: totpNow(secret) }),
    );
    expect([page.status, hasCode(page), pageName(page)]).to.deep.equal([200, false, "password"]);
  });

  it("T147 does not leave recovery codes behind that were made a moment before the reset", async () => {
    const browser = vestibule.browser();
    const choice = await passPassword(browser, application, user);
    const setUp = await sendForm(browser, choice, { method: "totp" });
    const { location } = await browser.post(formAction(setUp), {
      _csrf: hiddenField(setUp, "_csrf"),
      code: totpNow(keyOf(setUp)),
    });
    const [codes] = await together("recovery_code_sets", () => browser.get(location), reset);
    expect(pageName(codes)).to.equal("recovery-codes");
    const left = "select hash from recovery_codes where user_id = $1";
    expect(await asOwner(database, left, [user.id])).to.deep.equal([]);
  });
});

import { expect } from "chai";
import { App, expectOn, openAccount } from "../../support/account.ts";
import { asOwner } from "../../support/database.ts";
import { BY_SMS } from "../../support/mobile-numbers.ts";
import { changeOffice, giveApp } from "../../support/second-factor.ts";
import { statementsOf } from "../../support/statements.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

import { makeOffice, makeUser } from "../../support/people.ts";

import { startServices } from "../../support/vestibule.ts";

const PAGES = [
  "",
  "/sessions",
  "/applications",
  "/sign-ins",
  "/profile",
  "/password",
  "/mail",
  "/method",
].concat(["/app", "/number", "/recovery-codes", "/sessions/others", "/trusted/all"]);
const EVENTS = 200_000;

describe("what the account page asks of the database", function () {
  this.timeout(60_000);
  const vestibule = useVestibule({ settings: { VESTIBULE_MESSAGE_WORKERS: "no" }, office: {}, user: {} });
  let app: App;

  before(async () => {
    const { services } = vestibule;
    await changeOffice(services, vestibule.office, { secondFactor: BY_SMS, trustedBrowserDays: 14 });
    app = new App((await giveApp(services, vestibule.user)).secret);
  });

  it("is four statements for a page at most", async () => {
    const browser = vestibule.browser();
    await openAccount(browser, "/account/profile", { user: vestibule.user, app });
    for (const page of PAGES) {
      const path = `/account${page}`;
      const statements = await statementsOf(async () => {
        expectOn(await browser.get(path), path);
      });
      expect(statements.length, `${path}: ${statements.join(", ")}`).to.be.within(1, 4);
    }
  });

  it("is found by an index in a history of 200,000 events, and not sorted", async () => {
    // No server runs here, which would seal all these events.
    const { services, database, stop } = await startServices();
    try {
      const { id, office } = await makeUser(services, await makeOffice(services));
      await asOwner(
        database,
        `insert into audit_events (home, at, office_id, type, outcome, actor, subject, details)
         select home_of($1), now(), $1, case when n % 10 = 0 then 'sign-in' else 'profile.changed' end, 'ok', $2::text, $2::text, '{}'
         from generate_series(1, ${String(EVENTS)}) n`,
        [office.id, id],
      );
      await asOwner(database, "analyze audit_events");
      const plan = await asOwner<{ "QUERY PLAN": string }>(
        database,
        `explain select * from audit_events e where e.home = home_of('${id}') and e.subject = '${id}'
           and e.type in ('sign-in', 'password.wrong', 'password.throttled', 'code.wrong', 'code.blocked')
           and e.id < 9223372036854775807 order by e.id desc limit 21`,
      );
      const text = plan.map((row) => row["QUERY PLAN"]).join("\n");
      expect(text)
        .to.contain("audit_events_history")
        .and.not.match(/Sort|Seq Scan/);
    } finally {
      await stop();
    }
  });
});

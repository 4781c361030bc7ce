import { expect } from "chai";
import { ofAllHomes } from "../../support/homeless-statements.ts";
import { atConsole, makeStaff, supportOffice } from "../../support/console.ts";
import { withSeals } from "../../support/audit-rows.ts";
import { asOwner } from "../../support/database.ts";
import { makeOffice, makeUser } from "../../support/people.ts";
import { givePassword, giveApp } from "../../support/second-factor.ts";
import { openSignIn, signIn } from "../../support/relying-party.ts";
import { useFresh } from "../../support/suite-resource.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

describe("the overview", function () {
  this.timeout(60_000);
  const vestibule = useVestibule({ application: {} });
  const { services } = vestibule;
  const office = useFresh(() => makeOffice(services, { name: "Noord & Zonen" }));
  const staff = useFresh(() => makeStaff(services, office, { role: "superuser" }));
  const sql = (text: string, values: unknown[] = []) => asOwner(vestibule.database, text, values);
  const seal = () => services.stores.auditSeals.seal(10_000);

  /** Events of a kind, so many days ago. */
  const happened = (
    type: string,
    outcome: string,
    [times, daysAgo]: readonly [number, number],
    id = office.id,
  ) =>
    sql(
      withSeals(`insert into audit_events (home, at, office_id, type, outcome, actor)
        select home_of($1::uuid), now() - make_interval(days => $5), $1::uuid, $2, $3, 'x' from generate_series(1, $4)`),
      [id, type, outcome, times, daysAgo],
    );
  /** Signs in, and answers what the page says each time it is opened. */
  async function atOverview(): Promise<() => Promise<string>> {
    const { browser } = await atConsole(vestibule, staff);
    return async () => (await browser.get(`/console/o/${office.code}`)).body;
  }

  it("of an office counts sign-ins, refusals and text messages by day, each event once", async () => {
    await happened("sign-in", "ok", [5, 2]);
    await happened("sign-in", "ok", [4, 40]);
    await happened("password.wrong", "refused", [2, 2]);
    await happened("code.wrong", "refused", [1, 0]);
    await happened("sms.sent", "ok", [3, 1]);
    await seal();
    await happened("sms.sent", "ok", [2, 1]);
    await seal();
    await seal();
    const { days } = await services.stores.overviewDays.ofOffice(office.id);
    expect(days).to.have.length(30);
    expect(days.at(-3)).to.include({ signIns: 5, refused: 2, messages: 0 });
    expect(days.at(-2)).to.include({ signIns: 0, messages: 5 });
    expect(days.at(-1)).to.include({ refused: 1 });
    expect(
      days.reduce((sum, { signIns }) => sum + signIns, 0),
      "not those of forty days ago",
    ).to.equal(5);
  });

  it("T87 of an office knows nothing of another one, nor does its query", async () => {
    const other = await makeOffice(services);
    await happened("sign-in", "ok", [7, 1], other.id);
    await seal();
    const { days } = await services.stores.overviewDays.ofOffice(office.id);
    expect(days.every(({ signIns }) => signIns === 0)).to.equal(true);
    const careless = { name: "careless_days", text: ofAllHomes("select distinct chain from audit_days") };
    const seen = await services.database.inOffice(office.id, (tx) => tx.query<{ chain: string }>(careless));
    expect(seen.map(({ chain }) => chain)).to.not.include(other.id);
    const forged = { name: "forged_days", text: "update audit_days set events = 1" };
    const answer = await services.database.transaction((tx) => tx.query(forged)).catch(String);
    expect(answer).to.contain("permission denied");
  });

  it("counts a real sign-in and a wrong password", async () => {
    const user = await makeUser(services, office, { username: "gina" });
    const browser = vestibule.browser();
    const page = await openSignIn(browser, vestibule.request());
    await givePassword(browser, page, { ...user, password: "wrong" });
    await signIn(vestibule.browser(), vestibule.request(), user);
    await seal();
    const { days } = await services.stores.overviewDays.ofOffice(office.id);
    expect(days.at(-1)).to.include({ signIns: 1, refused: 1 });
  });

  it("draws its charts with a title, a description and the numbers in a table", async () => {
    await makeUser(services, office);
    await happened("sign-in", "ok", [1_234, 2]);
    await happened("code.wrong", "refused", [3, 2]);
    await seal();
    const body = await (await atOverview())();
    expect(body).to.match(
      /<svg class="chart"[^>]* role="img" aria-labelledby="sign-ins-title sign-ins-desc"/,
    );
    expect(body).to.contain('<title id="sign-ins-title">Sign-ins</title>');
    expect(body).to.match(
      /<desc id="sign-ins-desc">1,23\d sign-ins and 3 incorrect passwords or codes in 30 days\.<\/desc>/,
    );
    expect(body).to.match(
      /data-column="Signed in">1,234<\/td>\s*<td role="cell" data-column="Incorrect password or code">3</,
    );
    expect(body).to.contain("1 of 2 users today.");
    expect(body, "no empty chart").to.contain("No text message was sent in the last 30 days.");
    expect(body.match(/<svg class="chart"/g)).to.have.length(2);
  });

  it("says first what needs attention, with the way to it", async () => {
    const user = await makeUser(services, office);
    const look = await atOverview();
    expect(await look()).to.contain("Nothing needs your attention.");
    await giveApp(services, user);
    await sql(
      "insert into second_factor_guard (home, office_id, user_id, failed_attempts, blocked_until) values (home_of($1), $1, $2, 3, now() + interval '1 hour')",
      [office.id, user.id],
    );
    await happened("token.reused", "alarm", [2, 1]);
    await happened("token.reused", "alarm", [1, 20]);
    await seal();
    const body = await look();
    expect(body)
      .to.contain("2 alarms in the last 7 days")
      .and.contain("1 user is blocked after incorrect codes");
    expect(body).to.contain(`href="/console/o/${office.code}/users?show=blocked"`);
    expect(body.indexOf("2 alarms")).to.be.lessThan(body.indexOf('<ul class="counts">'));
  });

  it("of the platform adds all offices together, and names those with alarms", async () => {
    const other = await makeOffice(services, { name: "Zuid" });
    await happened("sign-in", "ok", [40, 3], other.id);
    await happened("sign-in", "ok", [2, 3]);
    await happened("token.reused", "alarm", [3, 1], other.id);
    await seal();
    const { days, alarming } = await services.stores.overviewDays.ofPlatform();
    expect(days.at(-4)?.signIns).to.be.at.least(42);
    expect(alarming).to.deep.include({ code: other.code, name: "Zuid", alarms: 3 });
    const desk = await makeStaff(services, await supportOffice(services), { role: "support" });
    const page = await (await atConsole(vestibule, desk)).browser.get("/console/overview");
    expect(page.body).to.contain("Zuid: 3 alarms in the last 7 days");
    const { browser } = await atConsole(vestibule, staff);
    expect((await browser.get("/console/overview")).status, "a superuser").to.be.oneOf([403, 404]);
  });
});

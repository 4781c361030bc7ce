import { expect } from "chai";
import { send } from "../../support/account.ts";
import { atConsole, makeStaff, supportOffice } from "../../support/console.ts";
import { asOwner } from "../../support/database.ts";
import type { HttpBrowser } from "../../support/http-browser.ts";
import { BY_SMS, giveNumber, personOf, storedUser } from "../../support/mobile-numbers.ts";
import { makeOffice, makeUser, type TestOffice, type TestUser } from "../../support/people.ts";
import { hiddenField } from "../../support/relying-party.ts";
import { changeOffice, giveApp, pageName, passPassword, resetFactor } from "../../support/second-factor.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

const REASON = "Called back on a known number.";
const OVER = "cannot sign in: the deadline to set up a second factor has passed.";

describe("T147 the console's help with a second factor", () => {
  const vestibule = useVestibule({ application: {} });
  const { services } = vestibule;
  let office: TestOffice;
  let browser: HttpBrowser;

  beforeEach(async () => {
    office = await makeOffice(services);
    await changeOffice(services, office, { secondFactor: BY_SMS });
    ({ browser } = await atConsole(vestibule, await makeStaff(services, office, { role: "superuser" })));
  });

  const open = async ({ id }: TestUser, path = "") =>
    browser.get(`/console/o/${office.code}/users/${id}${path}`);
  const bodyOf = async (user: TestUser, path = "") => (await open(user, path)).body;
  const giveCodes = async (user: TestUser) => {
    const { save } = await services.secondFactor.recoveryCodes.prepare();
    await services.database.inOffice(office.id, (tx) => save(tx, personOf(user), new Date(Date.now())));
  };
  /** Added so long ago that the time to set up a method is over. */
  async function overdue(): Promise<TestUser> {
    const user = await makeUser(services, office);
    await asOwner(
      vestibule.database,
      "update users set created_at = now() - interval '1 year' where id = $1",
      [user.id],
    );
    await asOwner(
      vestibule.database,
      "update offices set second_factor_since = now() - interval '1 year' where id = $1",
      [office.id],
    );
    return user;
  }

  it("begins with a banner for a person who came too late", async () => {
    const user = await overdue();
    const page = await bodyOf(user);
    expect(page).to.contain(OVER).and.contain('/reset-authenticator">Allow set-up again</a>');
    expect(page, "no method, nothing to reset").to.not.contain(">Reset");
    const question = await open(user, "/reset-authenticator");
    expect(question.body)
      .to.contain("Allow set-up again")
      .and.contain("You see a one-time enrolment code once");
    expect(question.body, "of nothing that the person does not have").to.not.match(
      /app no longer works|number is removed|recovery codes|Reset the/,
    );
    const done = await send(browser, question, {
      ...{ decision: "reset", reason: REASON },
      seen: hiddenField(question, "seen"),
    });
    const code = /data-copy="([^"]+)"/.exec(done.body)?.[1] ?? "";
    const next = await passPassword(vestibule.browser(), vestibule.application, user);
    expect([pageName(next), code.length > 0]).to.deep.equal(["enrolment-code", true]);
    expect(await bodyOf(user))
      .to.contain("Make a new enrolment code")
      .and.not.contain(OVER);
  });

  it("has no banner and no reset for a person who can set a method up without help", async () => {
    const user = await makeUser(services, office);
    const page = await bodyOf(user);
    expect(page).to.not.contain(OVER).and.not.contain("reset-authenticator");
    expect(await bodyOf(user, "/reset-authenticator")).to.contain("There is nothing to reset");
  });

  it("names what a reset takes away, and nothing else", async () => {
    const [app, number] = [await makeUser(services, office), await makeUser(services, office)];
    await giveApp(services, app);
    await giveNumber(services, number);
    const ofApp = await bodyOf(app, "/reset-authenticator");
    expect(ofApp)
      .to.contain("The authenticator app no longer works")
      .and.contain("The 6 recovery codes that are left");
    expect(ofApp).to.not.contain("The mobile number is removed");
    const ofNumber = await bodyOf(number, "/reset-authenticator");
    expect(ofNumber).to.contain("The mobile number is removed").and.not.contain("authenticator app");
    expect(ofNumber).to.not.contain("recovery codes");
  });

  it("says that recovery codes end with the last factor, before a number is entered or deleted", async () => {
    const user = await makeUser(services, office);
    await giveNumber(services, user);
    await giveCodes(user);
    for (const path of ["/number", "/number/delete"]) {
      expect(await bodyOf(user, path), path).to.contain("The 6 recovery codes that are left stop working.");
    }
  });

  it("says that they stay beside another method", async () => {
    const user = await makeUser(services, office);
    await giveApp(services, user);
    await giveNumber(services, user);
    for (const path of ["/number", "/number/delete"]) {
      const page = await bodyOf(user, path);
      expect(page, path).to.contain("The user’s other methods and the recovery codes still work.");
      expect(page, path).to.not.contain("stop working").and.not.contain("enrolment code");
    }
  });

  it("promises no question that the sign-in does not ask", async () => {
    const user = await makeUser(services, office);
    await giveApp(services, user);
    expect(await bodyOf(user, "/number")).to.contain("can confirm the number on the account page");
    await giveNumber(services, user, { state: "unconfirmed" });
    expect(await bodyOf(user, "/number/delete")).to.contain("the number was never confirmed");
  });

  it("speaks to a second person of what the first one wants to take away", async () => {
    const superuser = await makeUser(services, office, { role: "superuser" });
    await giveApp(services, superuser);
    const support = await makeStaff(services, await supportOffice(services), { role: "support" });
    const { browser: theirs } = await atConsole(vestibule, support);
    const path = `/console/o/${office.code}/users/${superuser.id}`;
    await send(theirs, await theirs.get(`${path}/reset-authenticator`), {
      decision: "reset",
      reason: REASON,
    });
    expect(await bodyOf(superuser, "/approval"))
      .to.contain("The authenticator app no longer works")
      .and.not.contain("The mobile number is removed");
  });

  it("knows a frozen person without a method, whom only this page can help", async () => {
    const user = await makeUser(services, office);
    await asOwner(
      vestibule.database,
      "insert into second_factor_guard (home, office_id, user_id, failed_attempts, failed_since_success) values (home_of($1), $1, $2, 0, 50)",
      [office.id, user.id],
    );
    expect(await bodyOf(user)).to.contain("too many incorrect codes");
    expect(await bodyOf(user, "/reset-authenticator")).to.contain("Allow set-up again");
    await resetFactor(services, await storedUser(services, user), REASON);
    expect(await bodyOf(user)).to.not.contain("too many incorrect codes");
  });
});

import { expect } from "chai";
import { readableNumber } from "../../../src/domain/factors/mobile-number.ts";
import { send, titleOf } from "../../support/account.ts";
import { atConsole, makeStaff, supportOffice } from "../../support/console.ts";
import { asOwner } from "../../support/database.ts";
import type { HttpBrowser } from "../../support/http-browser.ts";
import { numberDesk } from "../../support/number-desk.ts";
import { makeOffice, makeUser, type TestUser } from "../../support/people.ts";
import { follow, hiddenField } from "../../support/relying-party.ts";
import { giveApp } from "../../support/second-factor.ts";
import { useVestibule } from "../../support/use-vestibule.ts";
import { useFresh } from "../../support/suite-resource.ts";

const REASON = "Called back on the number of the office";
const NEW_NUMBER = "+31612345678";

describe("the users of an office, in the console", function () {
  this.timeout(60_000);
  const vestibule = useVestibule();
  const { database, services } = vestibule;
  const office = useFresh(() => makeOffice(services, { name: "Noord & Zonen" }));
  const superuser = useFresh(() => makeStaff(services, office, { role: "superuser", name: "Chris Smit" }));

  it("are found by a part of the name, and by how they stand", async () => {
    const { browser } = await atConsole(vestibule, superuser);
    await makeUser(services, office, { name: "Wilhelmina Koster" });
    const found = await browser.get(`${list()}?q=helmina`);
    expect(found.body).to.contain("Wilhelmina Koster").and.not.contain('Edit <span class="unseen">Chris');
    const withApp = await browser.get(`${list()}?show=totp`);
    expect(withApp.body).to.not.contain("Wilhelmina Koster");
    expect((await browser.get(`${list()}?show=everything`)).status).to.equal(400);
  });

  it("are added with a mail that lets them choose a password, once however often the button is pressed", async () => {
    const { browser } = await atConsole(vestibule, superuser);
    const form = await browser.get(`${list()}/add`);
    const person = {
      name: "Nora Bos",
      username: "nora",
      mail: "nora@mail.example",
      role: "user",
      language: "nl",
    };
    const answers = [
      await send(browser, form, { ...person, invite: "yes" }),
      await send(browser, form, { ...person, invite: "yes" }),
    ];
    expect(answers.map(({ status }) => status)).to.deep.equal([303, 303]);
    const sent = await asOwner(
      database,
      "select from audit_events where type = 'password-link.sent' and office_id = $1",
      [office.id],
    );
    expect(sent.length).to.equal(1);
  });

  it("T89 are added and edited by the fields of the form alone", async () => {
    const { browser } = await atConsole(vestibule, superuser);
    const user = await makeUser(services, office);
    const before = await rowOf(user);
    const form = await browser.get(at(user, "/edit"));
    const answer = await send(browser, form, {
      ...{ name: "Another Name", username: user.username, mail: "sanne@mail.example", language: "" },
      seen: hiddenField(form, "seen"),
      ...{ id: superuser.user.id, office_id: "x", role: "superuser", is_admin: "true", status: "disabled" },
      ...{
        password_hash: "x",
        failed_attempts: "0",
        failed_since_success: "0",
        blocked_until: "",
        phone_confirmed_at: "now",
      },
    });
    expect(answer.status).to.equal(303);
    const { name, version, changed_at: at1, ...rest } = await rowOf(user);
    expect([name, version, at1 === undefined]).to.deep.equal([
      "Another Name",
      Number(before["version"]) + 1,
      false,
    ]);
    for (const [column, value] of Object.entries(rest)) {
      const isDerived = ["name_key", "search_key", "search_words"].includes(column);
      expect(isDerived || same(value, before[column]), column).to.equal(true);
    }
  });

  it("T88 get no role from a form that their role does not allow, and never the platform's", async () => {
    const { browser } = await atConsole(vestibule, superuser);
    const user = await makeUser(services, office);
    const form = await browser.get(at(user, "/role"));
    for (const role of ["support", "operator", "", "superuser "]) {
      const answer = await send(browser, form, { role, seen: hiddenField(form, "seen") });
      expect(answer.status, role).to.equal(400);
    }
    expect((await rowOf(user))["role"]).to.equal("user");
    const accountant = await makeStaff(services, office, { role: "accountant" });
    const { browser: other } = await atConsole(vestibule, accountant);
    expect((await other.get(at(user, "/role"))).status).to.equal(403);
  });

  it("keep a superuser: the last one can neither give the role away nor be disabled", async () => {
    const { browser } = await atConsole(vestibule, superuser);
    const own = superuser.user;
    const form = await browser.get(at(own, "/role"));
    const role = await send(browser, form, { role: "user", seen: hiddenField(form, "seen") });
    const status = await send(browser, await browser.get(at(own, "/status")), { decision: "disabled" });
    expect([role.status, status.status]).to.deep.equal([400, 400]);
    expect(await rowOf(own)).to.include({ role: "superuser", status: "active" });
  });

  it("T13 reset: the code to set up a factor again is shown once, and every session ends", async () => {
    const { browser } = await atConsole(vestibule, superuser);
    const user = await makeUser(services, office);
    await giveApp(services, user);
    const form = await browser.get(at(user, "/reset-authenticator"));
    expect((await send(browser, form, { reason: "no" })).status).to.equal(400);
    const seen = hiddenField(form, "seen");
    const page = await send(browser, form, { reason: REASON, decision: "reset", seen });
    expect([page.status, titleOf(page)]).to.deep.equal([200, "Hand over this enrolment code"]);
    const code = /<span class="code">([^<]+)</.exec(page.body)?.[1] ?? "";
    expect(code.length).to.be.greaterThan(7);
    expect((await browser.get(at(user))).body).to.not.contain(code);
    expect(await desk().kinds(user)).to.deep.equal([]);
    const [event] = await asOwner<{ actor: string; details: { reason: string } }>(
      database,
      "select actor, details from audit_events where type = 'factor.reset' and subject = $1",
      [user.id],
    );
    expect([event?.actor, event?.details.reason]).to.deep.equal([superuser.user.id, REASON]);
  });

  it("T91 are helped by nobody of their own: the own factor is led to the account page", async () => {
    const { browser } = await atConsole(vestibule, superuser);
    for (const path of ["/reset-authenticator", "/number", "/number/delete", "/number/change", "/unlock"]) {
      expect((await browser.get(at(superuser.user, path))).status, path).to.equal(403);
    }
    expect((await browser.get(at(superuser.user))).body)
      .to.contain('href="/account/method"')
      .and.contain('href="/account/number"');
  });

  it("T91 have their number entered and deleted by an accountant, but never one of a higher role", async () => {
    const accountant = await makeStaff(services, office, { role: "accountant" });
    const { browser } = await atConsole(vestibule, accountant);
    const user = await makeUser(services, office);
    const form = await browser.get(at(user, "/number"));
    expect((await send(browser, form, { number: "12", reason: REASON })).status).to.equal(400);
    const entered = await send(browser, form, { number: NEW_NUMBER, reason: REASON });
    const { body } = await follow(browser, entered);
    expect(body, "to be checked").to.contain(readableNumber(NEW_NUMBER)).and.not.contain("•••");
    expect(await desk().stored(user)).to.include({ number: NEW_NUMBER, state: "unconfirmed" });
    const question = await browser.get(at(user, "/number/delete"));
    await send(browser, question, { reason: REASON, decision: "delete" });
    expect(await desk().stored(user)).to.equal(null);
    expect((await browser.get(at(superuser.user, "/number"))).status).to.equal(403);
    expect((await browser.get(at(user, "/reset-authenticator"))).status).to.equal(403);
  });

  it("T92 notify the old and the new address of a change by an administrator, and get no link for two days", async () => {
    const { browser } = await atConsole(vestibule, superuser);
    const user = await makeUser(services, office, { mail: "before@mail.example" });
    await asOwner(database, "update users set password_changed_at = now() + interval '1 s' where id = $1", [
      user.id,
    ]);
    const form = await browser.get(at(user, "/edit"));
    const typed = { name: "Sanne Bakker", username: user.username, mail: "after@mail.example", language: "" };
    await send(browser, form, { ...typed, seen: hiddenField(form, "seen") });
    const mails = await desk().mails();
    expect(mails).to.include.members([
      "Your email address was changed",
      "This is now the email address of your account",
    ]);
    const page = await browser.get(at(user, "/password-link"));
    expect(page.body).to.contain("no link is sent there before").and.not.contain('value="send"');
    expect((await send(browser, page, { decision: "send" })).status).to.equal(400);
  });

  it("show both values when two superusers edit at once, and take one's own at the second press", async () => {
    const second = await makeStaff(services, office, { role: "superuser", name: "Wim Vos" });
    const user = await makeUser(services, office);
    const [{ browser: one }, { browser: two }] = [
      await atConsole(vestibule, superuser),
      await atConsole(vestibule, second),
    ];
    const [first, later] = [await one.get(at(user, "/edit")), await two.get(at(user, "/edit"))];
    const typed = (name: string) => ({
      name,
      username: user.username,
      mail: "sanne@mail.example",
      language: "",
    });
    await send(one, first, { ...typed("First Name"), seen: hiddenField(first, "seen") });
    const page = await send(two, later, { ...typed("Second Name"), seen: hiddenField(later, "seen") });
    expect(page.status).to.equal(400);
    expect(page.body)
      .to.contain("Changed by Chris Smit in the meantime")
      .and.contain("<strong>First Name</strong>")
      .and.contain("<strong>Second Name</strong>");
    await send(two, page, { ...typed("Second Name"), seen: hiddenField(page, "seen") });
    expect((await rowOf(user))["name"]).to.equal("Second Name");
  });

  it("T63 are safe from a superuser whose role was taken away with a form open", async () => {
    const second = await makeStaff(services, office, { role: "superuser" });
    const { browser } = await atConsole(vestibule, second);
    const user = await makeUser(services, office);
    await giveApp(services, user);
    const form = await browser.get(at(user, "/reset-authenticator"));
    await asOwner(database, "update users set role = 'accountant' where id = $1", [second.user.id]);
    expect((await send(browser, form, { reason: REASON, decision: "reset" })).status).to.equal(403);
    expect(await desk().kinds(user)).to.deep.equal(["totp"]);
  });

  it("T13 take two members of support where a superuser is reset: one asks, another approves", async () => {
    const platform = await supportOffice(services);
    const [dana, emil] = [
      await makeStaff(services, platform, { role: "support", name: "Dana Mol" }),
      await makeStaff(services, platform, { role: "support" }),
    ];
    const { browser: asking } = await atConsole(vestibule, dana);
    const form = await asking.get(at(superuser.user, "/reset-authenticator"));
    expect((await send(asking, form, { reason: REASON, decision: "reset" })).status).to.equal(303);
    expect(await desk().kinds(superuser.user)).to.deep.equal(["totp"]);
    const own = await asking.get(at(superuser.user, "/approval"));
    expect(own.body).to.not.contain('value="approve"');
    const refused = await send(asking, own, { decision: "approve", seen: hiddenField(own, "seen") });
    expect(refused.status).to.equal(400);
    const { browser: approving } = await atConsole(vestibule, emil);
    expect((await approving.get("/console/approvals")).body).to.contain(at(superuser.user, "/approval"));
    const page = await approving.get(at(superuser.user, "/approval"));
    expect(page.body).to.contain("Dana Mol").and.contain(REASON);
    const done = await send(approving, page, { decision: "approve", seen: hiddenField(page, "seen") });
    expect(titleOf(done)).to.equal("Hand over this enrolment code");
    expect(await desk().kinds(superuser.user)).to.deep.equal([]);
  });

  it("have their events listed in plain words", async () => {
    const { browser } = await atConsole(vestibule, superuser);
    const user = await makeUser(services, office);
    await endSessions(browser, user);
    const page = await browser.get(at(user, "/events"));
    expect(page.body).to.contain("User added").and.contain("Chris Smit");
  });

  const endSessions = async (browser: HttpBrowser, user: TestUser) =>
    send(browser, await browser.get(at(user, "/end-sessions")), { decision: "end" });
  const desk = () => numberDesk(vestibule);
  const list = () => `/console/o/${office.code}/users`;
  const at = ({ id }: TestUser, path = "") => `${list()}/${id}${path}`;
  const rowOf = async ({ id }: TestUser) =>
    (await asOwner<Record<string, unknown>>(database, "select * from users where id = $1", [id]))[0] ??
    expect.fail();
});

const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

import { expect } from "chai";
import { App, expectOn, openAccount, prove, send, titleOf } from "../../support/account.ts";
import { atConsole, makeStaff, type Staff } from "../../support/console.ts";
import { asOwner } from "../../support/database.ts";
import { makeOffice, type TestOffice } from "../../support/people.ts";
import { follow, hiddenField } from "../../support/relying-party.ts";
import { changeOffice, pageName } from "../../support/second-factor.ts";
import { MINUTE, travel } from "../../support/time.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

describe("a change in the console", function () {
  this.timeout(60_000);
  const vestibule = useVestibule();
  let office: TestOffice;
  let staff: Staff;
  let path: string;
  beforeEach(async () => {
    const { services } = vestibule;
    office = await makeOffice(services, { name: "Noord & Zonen" });
    staff = await makeStaff(services, office, { role: "superuser", name: "Chris Smit" });
    path = `/console/o/${office.code}/settings/general`;
  });

  it("is saved, says so once on the page that follows, and stands in the log under who made it", async () => {
    const { browser } = await atConsole(vestibule, staff);
    const answer = await send(browser, await browser.get(path), await typed("Zuid & Zonen"));
    expect(answer.status).to.equal(303);
    const page = await follow(browser, answer);
    expectOn(page, `/console/o/${office.code}/settings`);
    expect(page.body).to.contain("Saved.");
    expect(await nameOf()).to.equal("Zuid & Zonen");
    const [event] = await asOwner<{ actor: string }>(
      vestibule.database,
      "select actor from audit_events where subject = $1 and type = 'office.changed' order by id desc limit 1",
      [office.id],
    );
    expect(event?.actor).to.equal(staff.user.id);

    async function typed(name: string) {
      return { name, language: "en", seen: hiddenField(await browser.get(path), "seen") };
    }
  });

  it("cannot be claimed by a link that an attacker has made up", async () => {
    const { browser } = await atConsole(vestibule, staff);
    const page = await browser.get(`/console/o/${office.code}/settings?done=settings-general`);
    expect([page.status, page.body.includes("Saved.")]).to.deep.equal([200, false]);
  });

  it("comes back with what was typed when it is not right, and points at the field", async () => {
    const { browser } = await atConsole(vestibule, staff);
    const page = await send(browser, await browser.get(path), { name: " ", language: "nl" });
    expect([page.status, /<title>Error: /.test(page.body)]).to.deep.equal([400, true]);
    expect(page.body).to.contain('id="name-error"').and.contain('value="nl" selected');
  });

  it("T90 asks for password and factor after thirty minutes, says why, and loses nothing of what was typed", async () => {
    const { browser, app } = await atConsole(vestibule, staff);
    const form = await browser.get(path);
    const seen = hiddenField(form, "seen");
    travel(30 * MINUTE);
    const interrupted = await send(browser, form, { name: "Typed <b>before</b>", language: "nl", seen });
    const asked = await follow(browser, interrupted);
    expect(pageName(asked)).to.equal("password");
    expect(asked.body).to.contain("your last confirmation was more than 30 minutes ago");
    expect(await nameOf(), "nothing happens without another press").to.equal("Noord & Zonen");
    const page = await prove(browser, asked, { user: staff.user, app });
    expectOn(page, path);
    expect(page.body)
      .to.contain('value="Typed &lt;b&gt;before&lt;/b&gt;"')
      .and.contain('value="nl" selected');
    expect(page.body).to.contain("Your input is still here.");
    expect(await nameOf()).to.equal("Noord & Zonen");
    const done = await send(browser, page, { name: "Typed before", language: "nl", seen });
    expect([done.status, await nameOf()]).to.deep.equal([303, "Typed before"]);
    const later = await browser.get(path);
    expect(later.body, "the draft is gone with the change").to.not.contain("Your input");
  });

  it("T90 keeps what was typed sealed, for this session alone, and for a quarter of an hour", async () => {
    const { browser, app } = await atConsole(vestibule, staff);
    const form = await browser.get(path);
    travel(30 * MINUTE);
    const fields = { name: "A name to find", language: "en", seen: "", password: "not kept" };
    const asked = await follow(browser, await send(browser, form, fields));
    const rows = await asOwner<{ sealed: Buffer }>(vestibule.database, "select sealed from console_drafts");
    expect(rows.length).to.be.greaterThan(0);
    expect(rows.some(({ sealed }) => /A name to find|not kept/.test(sealed.toString("latin1")))).to.equal(
      false,
    );
    const { browser: other } = await atConsole(vestibule, staff, app);
    expect((await other.get(path)).body).to.not.contain("A name to find");
    travel(15 * MINUTE);
    const page = await prove(browser, asked, { user: staff.user, app: new App(app.secret) });
    expectOn(page, path);
    expect(page.body).to.not.contain("A name to find");
  });

  it("T60 is not made by a form of another session", async () => {
    const { browser } = await atConsole(vestibule, staff);
    const form = await browser.get(path);
    const second = await makeStaff(vestibule.services, office, { role: "superuser" });
    const { browser: swapped } = await atConsole(vestibule, second);
    const answer = await send(swapped, form, { name: "Swapped", language: "en" });
    expect([answer.status, await nameOf()]).to.deep.equal([403, "Noord & Zonen"]);
  });

  it("T64 is not made after signing out, in whichever tab the form stands", async () => {
    const { browser } = await atConsole(vestibule, staff);
    const form = await browser.get(path);
    const copy = browser.copy();
    const question = await browser.get("/sign-out");
    await follow(
      browser,
      await browser.post("/sign-out/confirm", { xsrf: hiddenField(question, "xsrf"), logout: "yes" }),
    );
    for (const tab of [browser, copy]) {
      const answer = await send(tab, form, { name: "After", language: "en" });
      expect(answer.location).to.contain("/authorize?");
    }
    expect(await nameOf()).to.equal("Noord & Zonen");
  });

  it("shows both values when another administrator was faster, and takes one's own at the second press", async () => {
    const { browser } = await atConsole(vestibule, staff);
    const [first, second] = [await browser.get(path), await browser.get(path)];
    await send(browser, first, { name: "First tab", language: "en", seen: hiddenField(first, "seen") });
    const page = await send(browser, second, {
      name: "Second tab",
      language: "en",
      seen: hiddenField(second, "seen"),
    });
    expect(page.status).to.equal(400);
    expect(page.body).to.contain("Changed by Chris Smit in the meantime");
    expect(page.body).to.contain("<strong>First tab</strong>").and.contain("<strong>Second tab</strong>");
    expect(await nameOf()).to.equal("First tab");
    await send(browser, page, { name: "Second tab", language: "en", seen: hiddenField(page, "seen") });
    expect(await nameOf()).to.equal("Second tab");
  });

  it("T63 is refused when the office is closed meanwhile", async () => {
    const { browser } = await atConsole(vestibule, staff);
    const form = await browser.get(path);
    await changeOffice(vestibule.services, office, { status: "closed" });
    const answer = await send(browser, form, { name: "Closed", language: "en" });
    expect([answer.status, await nameOf()]).to.deep.equal([303, "Noord & Zonen"]);
    expect(answer.location).to.contain("/authorize?");
  });

  it("the console's sign-in is good for the account page, and its history calls it by its name", async () => {
    const { browser } = await atConsole(vestibule, staff);
    const page = await openAccount(browser, "/account/sign-ins", { user: staff.user });
    expect([page.status, titleOf(page)]).to.deep.equal([200, "Your sign-ins"]);
    expect(page.body).to.contain("Console");
  });

  const nameOf = async () => (await vestibule.services.offices.find(office.id))?.name;
});

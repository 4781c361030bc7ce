import { expect } from "chai";
import { send } from "../../support/account.ts";
import { atConsole, makeStaff, supportOffice } from "../../support/console.ts";
import { asOwner } from "../../support/database.ts";
import type { HttpBrowser, Page } from "../../support/http-browser.ts";
import { BY_SMS, personOf, storedUser } from "../../support/mobile-numbers.ts";
import { makeOffice, PASSWORD, type TestOffice } from "../../support/people.ts";
import { changeOffice, REQUIRED } from "../../support/second-factor.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

const FIELDS = { name: "Anna Vos", username: "anna", mail: "anna@noord.example", role: "user", language: "" };

describe("a mobile number, where a user is added in the console", () => {
  const vestibule = useVestibule();
  const { services, database } = vestibule;
  let office: TestOffice;
  let browser: HttpBrowser;

  beforeEach(async () => {
    office = await makeOffice(services);
    await changeOffice(services, office, { secondFactor: BY_SMS });
    ({ browser } = await atConsole(vestibule, await makeStaff(services, office, { role: "superuser" })));
  });

  const add = async (changes: Record<string, string>): Promise<Page> =>
    send(browser, await browser.get(`/console/o/${office.code}/users/add`), { ...FIELDS, ...changes });
  const anna = () => ({ id: "", office, username: "anna", password: PASSWORD });
  async function numberOfAnna() {
    const { id } = await storedUser(services, anna());
    return services.secondFactor.numberService.find(personOf({ ...anna(), id }));
  }
  const countUsers = async () =>
    (await asOwner(database, "select id from users where office_id = $1", [office.id])).length;

  it("is entered unconfirmed, in any notation of the office's country", async () => {
    expect((await add({ mobile: "06-1234 5678" })).status).to.equal(303);
    expect(await numberOfAnna()).to.include({
      ...{ number: "+31612345678", state: "unconfirmed", enteredBy: "administrator" },
    });
    const events = await asOwner<{ type: string }>(
      database,
      "select type from audit_events where office_id = $1 and type in ('user.added', 'number.entered') order by id",
      [office.id],
    );
    expect(events.map(({ type }) => type).slice(-2)).to.have.members(["user.added", "number.entered"]);
  });

  it("may be left out", async () => {
    expect((await add({ mobile: " " })).status).to.equal(303);
    expect(await numberOfAnna()).to.equal(null);
  });

  it("is refused at its field, is kept as it was typed, and adds no user", async () => {
    const before = await countUsers();
    for (const [mobile, message] of [
      ["12", "Enter a mobile number"],
      ["+1 415 555 2671", "The office sends no text messages to that country."],
      ["020 1234567", "This number cannot receive text messages."],
    ] as const) {
      const page = await add({ mobile });
      expect(page.status, mobile).to.equal(400);
      expect(page.body).to.contain('id="mobile-error"').and.contain(message);
      expect(page.body).to.contain(`value="${mobile}"`).and.contain('value="Anna Vos"');
    }
    expect(await countUsers()).to.equal(before);
  });

  it("leaves no user behind without the number, nor a second one after a double click", async () => {
    const form = await browser.get(`/console/o/${office.code}/users/add`);
    const typed = { ...FIELDS, mobile: "0612345678" };
    const [one, other] = [await send(browser, form, typed), await send(browser, form, typed)];
    expect([one.status, other.status, other.location]).to.deep.equal([
      303,
      303,
      one.location.replace(/\?.*$/, ""),
    ]);
    expect(await numberOfAnna()).to.include({ number: "+31612345678" });
  });

  it("is not asked for where the office accepts no text messages", async () => {
    await changeOffice(services, office, { secondFactor: REQUIRED });
    const { body } = await browser.get(`/console/o/${office.code}/users/add`);
    expect(body).to.not.contain('name="mobile"');
    expect((await add({ mobile: "0612345678" })).status).to.equal(303);
    expect(await numberOfAnna()).to.equal(null);
  });

  it("comes with the first superuser, whom support adds", async () => {
    const fresh = await makeOffice(services);
    const staff = await makeStaff(services, await supportOffice(services), { role: "support" });
    const { browser: theirs } = await atConsole(vestibule, staff);
    const form = await theirs.get(`/console/o/${fresh.code}/users/add`);
    await send(theirs, form, { ...FIELDS, role: "superuser", mobile: "0612345678" });
    office = fresh;
    expect(await numberOfAnna()).to.include({ number: "+31612345678", state: "unconfirmed" });
  });
});

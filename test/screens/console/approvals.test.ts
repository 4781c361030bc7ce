import { expect } from "chai";
import { atConsole, makeStaff, supportOffice, type Staff } from "../../support/console.ts";
import { asOwner } from "../../support/database.ts";
import type { HttpBrowser, Page } from "../../support/http-browser.ts";
import { makeOffice, makeUser, type TestOffice, type TestUser } from "../../support/people.ts";
import { follow, formAction, hiddenField } from "../../support/relying-party.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

const REASON = "asked for in writing";

describe("requests for a second person in the console", function () {
  this.timeout(60_000);
  const vestibule = useVestibule();
  const { services, database } = vestibule;
  let office: TestOffice;
  let superuser: Staff;
  let plain: TestUser;
  let asking: HttpBrowser;
  let deciding: HttpBrowser;

  before(async () => {
    office = await makeOffice(services, { code: "NOORD" });
    superuser = await makeStaff(services, office, { role: "superuser", name: "Chris Smit" });
    const platform = await supportOffice(services);
    ({ browser: asking } = await atConsole(
      vestibule,
      await makeStaff(services, platform, { role: "support", name: "Dana Mol" }),
    ));
    ({ browser: deciding } = await atConsole(vestibule, superuser));
  });
  beforeEach(async () => {
    plain = await makeUser(services, office);
  });

  const at = ({ id }: TestUser, path = "") => `/console/o/NOORD/users/${id}${path}`;
  const send = async (browser: HttpBrowser, page: Page, fields: Readonly<Record<string, string>>) => {
    const kept = { _csrf: hiddenField(page, "_csrf"), seen: hiddenField(page, "seen") };
    return browser.post(formAction(page), { ...kept, ...fields });
  };
  const roleOf = async ({ id }: TestUser) =>
    (
      await asOwner<{ role: string; status: string }>(
        database,
        "select role, status from users where id = $1",
        [id],
      )
    )[0];
  const ask = async (fields: Readonly<Record<string, string>> = { role: "superuser", reason: REASON }) =>
    send(asking, await asking.get(at(plain, "/role")), fields);

  it("T122 support asks for the role of superuser, with a reason for the second person", async () => {
    const form = await asking.get(at(plain, "/role"));
    expect(form.body).to.contain("takes two people");
    expect((await ask({ role: "superuser", reason: "" })).status, "without a reason").to.equal(400);
    const sent = await ask();
    const own = await follow(asking, sent);
    expect([sent.status, own.body.includes('value="approve"')]).to.deep.equal([303, false]);
    expect(own.body).to.contain("Change the role to Superuser").and.contain(REASON);
    expect((await send(asking, own, { decision: "approve" })).status, "approved alone").to.equal(400);
    expect(await roleOf(plain)).to.include({ role: "user" });
  });

  it("T122 a superuser of the office finds the request, and approves it", async () => {
    await ask();
    expect((await deciding.get("/console/o/NOORD/approvals")).body).to.contain(at(plain, "/approval"));
    expect((await deciding.get(at(plain))).body).to.contain(at(plain, "/approval"));
    const page = await deciding.get(at(plain, "/approval"));
    expect(page.body)
      .to.contain("Change the role to Superuser")
      .and.contain(REASON)
      .and.not.contain("Dana Mol");
    const done = await send(deciding, page, { decision: "approve" });
    expect(done.status).to.equal(303);
    expect((await follow(deciding, done)).body).to.contain("Your decision was saved.");
    expect(await roleOf(plain)).to.include({ role: "superuser" });
    await asOwner(database, "update users set role = 'user' where id = $1", [plain.id]);
  });

  it("T122 a superuser of the office refuses it, and nothing has changed", async () => {
    await ask();
    const page = await deciding.get(at(plain, "/approval"));
    expect((await send(deciding, page, { decision: "refuse" })).status).to.equal(303);
    const list = await deciding.get("/console/o/NOORD/approvals");
    expect(list.body).to.not.contain(at(plain, "/approval"));
    expect(await roleOf(plain)).to.include({ role: "user" });
  });

  it("T122 nobody approves a user whose mail address has changed since the page was shown", async () => {
    await ask();
    const page = await deciding.get(at(plain, "/approval"));
    await asOwner(database, "update users set mail = 'thief@mail.example' where id = $1", [plain.id]);
    expect((await send(deciding, page, { decision: "approve" })).status).to.equal(400);
    expect(await roleOf(plain)).to.include({ role: "user" });
  });

  it("T122 support asks before a superuser is let in again", async () => {
    const second = await makeUser(services, office, { role: "superuser" });
    await asOwner(database, "update users set status = 'disabled' where id = $1", [second.id]);
    const form = await asking.get(at(second, "/status"));
    expect(form.body).to.contain("takes two people");
    expect((await send(asking, form, { decision: "active" })).status, "without a reason").to.equal(400);
    const own = await follow(asking, await send(asking, form, { decision: "active", reason: REASON }));
    expect(own.body).to.contain("Enable the user again");
    expect(await roleOf(second)).to.include({ status: "disabled" });
    await send(deciding, await deciding.get(at(second, "/approval")), { decision: "approve" });
    expect(await roleOf(second)).to.include({ status: "active" });
  });

  it("T122 support is not offered what takes two where a user is added or edited", async () => {
    const add = await asking.get("/console/o/NOORD/users/add");
    expect(add.body).to.contain("another one takes two people").and.not.contain('value="superuser"');
    const fields = {
      name: "New",
      username: "new",
      mail: "new@mail.example",
      role: "superuser",
      language: "",
    };
    expect((await send(asking, add, fields)).status).to.equal(400);
    expect(await services.users.findByUsername(office.id, "new")).to.equal(null);
    const edit = await asking.get(at(superuser.user, "/edit"));
    expect(edit.body)
      .to.contain("cannot change the username or email address")
      .and.not.contain('name="mail"');
    const own = await deciding.get("/console/o/NOORD/users/add");
    expect(own.body, "a superuser").to.contain('value="superuser"');
  });
});

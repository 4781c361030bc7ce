import { expect } from "chai";
import { atConsole, makeStaff, openConsole, supportOffice } from "../../support/console.ts";
import { asOwner } from "../../support/database.ts";
import type { HttpBrowser, Page } from "../../support/http-browser.ts";
import { makeApplication, makeOffice } from "../../support/people.ts";
import { hiddenField } from "../../support/relying-party.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

const MACHINE = { type: "machine", redirectUris: [], homeUrl: null };

describe("what support does for the platform", function () {
  this.timeout(60_000);
  const vestibule = useVestibule();
  const { services } = vestibule;
  let browser: HttpBrowser;

  before(async () => {
    const staff = await makeStaff(services, await supportOffice(services), { role: "support" });
    ({ browser } = await atConsole(vestibule, staff));
  });

  it("finds an office by a part of its code or name, in any case", async () => {
    await makeOffice(services, { code: "BRUG-7", name: "Brug & Partners" });
    for (const typed of ["brug-7", "PARTNERS", "ug-"]) {
      const { body } = await browser.get(`/console/offices?q=${encodeURIComponent(typed)}`);
      expect(body, typed).to.contain("BRUG-7").and.not.contain(">SUPPORT<");
    }
    expect((await browser.get("/console/offices?q=%25_nothing")).body).to.contain(
      "No office has “%_nothing”",
    );
  });

  it("sees the applications that belong to no office, and what the machines among them may do", async () => {
    const office = await makeOffice(services);
    const machine = { ...MACHINE, name: "Provisioning", apiScopes: ["offices:read", "users:write"] };
    const { id } = await makeApplication(services, machine);
    await makeApplication(services, { ...machine, name: "Of the office" }, office.id);
    await makeApplication(services, { name: "Payroll" });
    const { body } = await browser.get("/console/applications");
    expect(body).to.contain("Provisioning").and.contain(id).and.contain("offices:read, users:write");
    expect(body).to.contain("Payroll").and.not.contain("Of the office").and.not.contain("/applications/add");
    const found = (await browser.get("/console/applications?q=provis")).body;
    expect(found).to.contain("Provisioning").and.not.contain("Payroll");
  });

  it("adds an office, folds its code, and leads to its own pages", async () => {
    const done = await fill("/console/offices/add", {
      code: " nieuw-1 ",
      name: "Nieuw & Co",
      language: "nl",
    });
    expect(new URL(done.url).pathname).to.equal("/console/o/NIEUW-1");
    expect(done.body).to.contain("The office was added.").and.contain("Nieuw &amp; Co");
  });

  it("says at its field what is wrong with a new office, and keeps what was typed", async () => {
    await makeOffice(services, { code: "OUD" });
    for (const [code, says] of [
      ["x", "Enter a code of 3 to 32"],
      ["a/b", "Enter a code of 3 to 32"],
      ["oud", "This code is already taken."],
      ["support", "This code is reserved"],
    ] as const) {
      const page = await fill("/console/offices/add", { code, name: "Kept <name>", language: "fr" });
      expect([page.status, page.body.includes('id="code-error"')], code).to.deep.equal([400, true]);
      expect(page.body).to.contain(says).and.contain("Kept &lt;name&gt;").and.contain('value="fr" selected');
    }
    const both = await fill("/console/offices/add", { code: "", name: " ", language: "xx" });
    expect(both.body).to.contain("#code").and.contain("#name").and.contain("#language");
  });

  it("T89 writes no column that the form does not have", async () => {
    const fields = {
      code: "MASS",
      name: "M",
      language: "en",
      status: "closed",
      second_factor: "off",
      id: "x",
    };
    await fill("/console/offices/add", { ...fields, session_minutes: "9999" });
    const [row] = await asOwner(
      vestibule.database,
      "select status, session_minutes from offices where code = 'MASS'",
    );
    expect(row).to.deep.equal({ status: "open", session_minutes: null });
  });

  it("closes an office after its code was typed, ends its sessions for good, and opens it again", async () => {
    const office = await makeOffice(services, { code: "DICHT", name: "Dicht" });
    const superuser = await makeStaff(services, office, { role: "superuser" });
    const { browser: theirs, app } = await atConsole(vestibule, superuser);
    const path = "/console/o/DICHT/close";
    const question = await browser.get(path);
    expect(question.body).to.contain("Its one user can no longer sign in.").and.contain("Dicht (DICHT)");
    const wrong = await fill(path, { decision: "close", code: "OTHER" });
    expect([wrong.status, wrong.body.includes('id="code-error"')]).to.deep.equal([400, true]);
    expect((await theirs.get("/console/o/DICHT")).status).to.equal(200);
    const closed = await fill(path, { decision: "close", code: "dicht" });
    expect(closed.body).to.contain("This office is closed");
    expect((await theirs.get("/console/o/DICHT")).location).to.contain("/authorize?");
    expect((await fill(path, { decision: "close", code: "dicht" })).status).to.equal(200);
    const open = await fill(path, { decision: "open" });
    expect(open.body).to.not.contain("This office is closed");
    expect((await theirs.get("/console/o/DICHT")).location).to.contain("/authorize?");
    const again = await openConsole(vestibule.browser(), "/console/o/DICHT", superuser, app);
    expect(again.status).to.equal(200);
  });

  it("lists the signing keys, and makes new ones once, however often the button is pressed", async () => {
    const before = await services.signingKeys.list();
    const form = await browser.get("/console/signing-keys/rotate");
    const fields = { _csrf: hiddenField(form, "_csrf"), seen: hiddenField(form, "seen"), moment: "urgent" };
    const answers = await Promise.all(
      Array.from({ length: 3 }, () => browser.post("/console/signing-keys/rotate", fields)),
    );
    expect(answers.map(({ status }) => status)).to.deep.equal([303, 303, 303]);
    expect(answers.filter(({ location }) => location.includes("done="))).to.have.length(1);
    const keys = await services.signingKeys.list();
    expect(keys.filter(({ state }) => state === "next").length).to.equal(before.length);
    const { body } = await browser.get("/console/signing-keys");
    expect(body).to.contain("Published, waits").and.contain("Signs now");
    expect(body).to.not.match(/"d":|private|PRIVATE/);
  });

  it("asks when new keys shall sign instead of guessing it", async () => {
    const page = await fill("/console/signing-keys/rotate", { seen: "", moment: "5" });
    expect([page.status, page.body.includes('id="moment-error"')]).to.deep.equal([400, true]);
  });

  /** Sends the page's form; answers the page that comes in the end. */
  async function fill(path: string, fields: Readonly<Record<string, string>>): Promise<Page> {
    const form = await browser.get(path);
    const answer = await browser.post(path, { _csrf: hiddenField(form, "_csrf"), ...fields });
    return answer.status === 303 ? browser.get(answer.location) : answer;
  }
});

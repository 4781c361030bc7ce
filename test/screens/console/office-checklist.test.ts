import { expect } from "chai";
import { ofAllHomes } from "../../support/homeless-statements.ts";
import { send } from "../../support/account.ts";
import { atConsole, makeStaff, supportOffice, type Staff } from "../../support/console.ts";
import { asOwner } from "../../support/database.ts";
import type { HttpBrowser } from "../../support/http-browser.ts";
import { makeApplication, makeOffice, makeUser } from "../../support/people.ts";
import { useFresh } from "../../support/suite-resource.ts";
import { DAY, travel } from "../../support/time.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

const COUNTS = '<ul class="counts">';
const CHARTS = "chart-cards";

describe("the first steps of an office", function () {
  this.timeout(60_000);
  const vestibule = useVestibule();
  const { services } = vestibule;
  const office = useFresh(() => makeOffice(services, { name: "Noord & Zonen" }));
  const at = (path = "") => `/console/o/${office.code}${path}`;
  const enter = async (staff: Staff) => (await atConsole(vestibule, staff)).browser;
  const asSupport = async () =>
    enter(await makeStaff(services, await supportOffice(services), { role: "support" }));
  const asSuperuser = async (name = "Chris Smit") =>
    enter(await makeStaff(services, office, { role: "superuser", name }));
  const requireFactor = async (demand: "off" | "required", from: Date | null = null) => {
    const stored = (await services.offices.find(office.id)) ?? expect.fail();
    const secondFactor = { ...stored.secondFactor, demand, from };
    const { type } = await services.officeService.change({ ...stored, secondFactor }, "test");
    expect(type).to.equal("changed");
  };
  const dismiss = async (browser: HttpBrowser) => send(browser, await browser.get(at("/first-steps")));

  it("are all that support sees of a brand-new one: its superuser is the next, and the rest is theirs", async () => {
    const browser = await asSupport();
    const { body } = await browser.get(at());
    expect(stepsOf(body)).to.deep.equal([
      ["To do", "First superuser", ["Add the first superuser"]],
      ["To do", "Users", []],
      ["To do", "Second factor", []],
      ["To do", "First application", []],
    ]);
    expect(body).to.contain(`class="button primary" href="${at("/users/add")}"`);
    expect(body).to.contain("0 of 4 done").and.contain("The superuser does this.");
    expect(body).to.not.contain(COUNTS).and.not.contain(CHARTS);
    expect(body, "nothing that is not there").to.not.match(/Nothing needs|Nothing of importance/);
    const users = await browser.get(at("/users"));
    expect(users.body).to.contain("The first one is its superuser.").and.contain("Add the first superuser");
  });

  it("wait for the first sign-in of the superuser, whose page has the invitation", async () => {
    const { id } = await makeUser(services, office, { role: "superuser", name: "Chris Smit" });
    const { body } = await (await asSupport()).get(at());
    expect(stepsOf(body)[0]).to.deep.equal(["To do", "First superuser", ["Open the page of Chris Smit"]]);
    expect(body).to.contain("Chris Smit has been added, but has not signed in yet.");
    expect(body).to.contain(`href="${at(`/users/${id}`)}"`);
    expect(body).to.not.contain(COUNTS);
  });

  it("go on with the superuser, one by one, and are gone after the last", async () => {
    const browser = await asSuperuser();
    const page = async () => (await browser.get(at())).body;
    const open = async () =>
      stepsOf(await page()).flatMap(([state, title]) => (state === "To do" ? [title] : []));
    const alone = await page();
    expect(stepsOf(alone)).to.deep.equal([
      ["Done", "First superuser", []],
      ["To do", "Users", ["Import users", "Add a user"]],
      ["To do", "Second factor", ["Change the second factor"]],
      ["To do", "First application", ["Add an application"]],
    ]);
    expect(alone).to.not.contain(COUNTS).and.not.contain(CHARTS);
    for (const [, href = ""] of alone.matchAll(/<p class="step-links">[^]*?href="([^"]+)"/g)) {
      expect((await browser.get(href)).status, href).to.equal(200);
    }
    await makeUser(services, office);
    expect(await open()).to.deep.equal(["Second factor", "First application"]);
    expect(await page(), "now there is something to count")
      .to.contain(COUNTS)
      .and.contain(CHARTS)
      .and.contain("2 users");
    await requireFactor("required", new Date("2027-03-01T00:00:00Z"));
    expect(await page()).to.match(/Required from 1 March 2027|Required from March 1, 2027/);
    expect(await open()).to.deep.equal(["First application"]);
    await requireFactor("off");
    expect(await open()).to.deep.equal(["Second factor", "First application"]);
    await makeApplication(services, { name: "Ledger" }, office.id);
    expect(await open()).to.deep.equal(["Second factor"]);
    await requireFactor("required");
    const after = await page();
    expect(stepsOf(after)).to.deep.equal([]);
    expect(after).to.contain(COUNTS).and.not.contain("First steps");
  });

  it("know that the superuser has signed in, when support looks again", async () => {
    await asSuperuser();
    const { body } = await (await asSupport()).get(at());
    expect(stepsOf(body)[0]).to.deep.equal(["Done", "First superuser", []]);
    expect(body).to.contain("Chris Smit has signed in.").and.contain("1 of 4 done");
  });

  it("need no application of the office's own where all offices share one", async () => {
    const shared = await makeApplication(services, { name: "Shared Ledger" });
    const { body } = await (await asSuperuser()).get(at());
    await asOwner(vestibule.database, "delete from applications where id = $1", [shared.id]);
    expect(stepsOf(body)[3]).to.deep.equal(["Done", "First application", []]);
    expect(body).to.contain("Shared Ledger");
  });

  it("are dismissed by a superuser, for all readers and for good, while zeros stay away", async () => {
    const browser = await asSuperuser();
    expect((await browser.get(at())).body).to.contain(`href="${at("/first-steps")}"`);
    await browser.get(at("/first-steps"));
    expect(stepsOf((await browser.get(at())).body), "not by looking").to.have.length(4);
    const answer = await dismiss(browser);
    expect(answer.location).to.contain(at("?done="));
    expect((await browser.get(answer.location)).body).to.contain("The first steps are hidden.");
    expect((await dismiss(browser)).status, "once more").to.equal(303);
    for (const reader of [browser, await asSupport()]) {
      const { body } = await reader.get(at());
      expect(body).to.not.contain("First steps").and.not.contain(COUNTS);
      expect(body).to.contain("Nothing needs your attention.");
    }
  });

  it("are dismissed by support too, and neither without a token nor by an accountant", async () => {
    const support = await asSupport();
    const accountant = await enter(await makeStaff(services, office, { role: "accountant" }));
    expect((await support.post(at("/first-steps"), {})).status).to.equal(403);
    expect((await accountant.get(at("/first-steps"))).status).to.equal(403);
    expect((await accountant.post(at("/first-steps"), {})).status).to.equal(403);
    expect(stepsOf((await support.get(at())).body)).to.have.length(4);
    await dismiss(support);
    expect(stepsOf((await support.get(at())).body)).to.deep.equal([]);
  });

  it("T87 of one office are not put away from another, nor seen there", async () => {
    const other = await makeOffice(services);
    await dismiss(await asSupport());
    const { checklists } = services.stores;
    expect((await checklists.find(office.id)).isDismissed).to.equal(true);
    expect((await checklists.find(other.id)).isDismissed).to.equal(false);
    const careless = {
      name: "careless_checklists",
      text: ofAllHomes("select office_id from office_checklists"),
    };
    expect(await services.database.inOffice(other.id, (tx) => tx.query(careless))).to.deep.equal([]);
    const forged = {
      name: "forged_checklist",
      text: "insert into office_checklists (home, office_id, dismissed_at, dismissed_by) values (home_of($1), $1, now(), 'x')",
    };
    const answer = await services.database
      .inOffice(office.id, (tx) => tx.query(forged, [other.id]))
      .catch(String);
    expect(answer).to.contain("row-level security");
  });

  it("never come to an office that has long been at work, nor to the office of support", async () => {
    const { user, secret } = await makeStaff(services, office, { role: "superuser" });
    await makeUser(services, office);
    travel(29 * DAY);
    expect(stepsOf((await (await enter({ user, secret })).get(at())).body)).to.have.length(4);
    travel(2 * DAY);
    const old = (await (await enter({ user, secret })).get(at())).body;
    expect(stepsOf(old)).to.deep.equal([]);
    expect(old).to.contain(COUNTS).and.contain(CHARTS);
    const own = (await (await asSupport()).get("/console/o/SUPPORT")).body;
    expect(own).to.contain(COUNTS).and.not.contain("First steps");
  });

  it("are not shown of a closed office", async () => {
    const stored = (await services.offices.find(office.id)) ?? expect.fail();
    await services.officeService.change({ ...stored, status: "closed" }, "test");
    const { body } = await (await asSupport()).get(at());
    expect(body).to.contain("This office is closed").and.not.contain("First steps").and.not.contain(COUNTS);
  });
});

/** Each line of the list: its state, what it is about, and the texts of its links. */
const stepsOf = (body: string): [state: string, title: string, links: string[]][] =>
  Array.from(
    body.matchAll(/<span class="unseen">(Done|To do):<\/span> ([^<]+)<\/strong>([^]*?)<\/li>/g),
    (found) => {
      const [, state = "", title = "", rest = ""] = found;
      return [state, title, Array.from(rest.matchAll(/<a[^>]*>([^<]+)<\/a>/g), ([, text = ""]) => text)];
    },
  );

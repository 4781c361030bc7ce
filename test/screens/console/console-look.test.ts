import { expect } from "chai";
import { atConsole, makeStaff, supportOffice } from "../../support/console.ts";
import { asOwner } from "../../support/database.ts";
import type { HttpBrowser } from "../../support/http-browser.ts";
import { makeApplication, makeOffice, makeUser } from "../../support/people.ts";
import { giveApp } from "../../support/second-factor.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

describe("what every page of the console has around it", function () {
  this.timeout(60_000);
  const vestibule = useVestibule({
    office: { name: "Noord & Zonen" },
    user: { name: "Ines Meijer", username: "ines" },
  });
  const { database, office, user } = vestibule;
  let superuser: HttpBrowser;

  before(async () => {
    const { services } = vestibule;
    await giveApp(services, user);
    ({ browser: superuser } = await atConsole(
      vestibule,
      await makeStaff(services, office, { role: "superuser" }),
    ));
  });

  const at = async (path: string, browser = superuser) =>
    (await browser.get(`/console/o/${office.code}${path}`)).body;
  const person = (below = "") => `/users/${user.id}${below}`;
  const textOf = (html = "") =>
    html
      .replaceAll(/<[^>]*>/g, " ")
      .replaceAll(/\s+/g, " ")
      .trim();
  const trailOf = (body: string) =>
    [...(/<nav class="trail"[\s\S]*?<\/nav>/.exec(body)?.[0] ?? "").matchAll(/<li[\s\S]*?<\/li>/g)].map(
      ([step]) => textOf(step),
    );
  const buttonsOf = (body: string) =>
    [
      ...body.matchAll(
        /<(?:a|button) class="button( primary)?( dangerous)?[^>]*>([\s\S]*?)<\/(?:a|button)>/g,
      ),
    ].map(([, primary = "", dangerous = "", text]) => `${textOf(text)}${primary}${dangerous}`);

  it("names the person in the trail, with the way back to them", async () => {
    expect(trailOf(await at(person()))).to.deep.equal(["Settings", "Users", "Ines Meijer"]);
    const role = await at(person("/role"));
    expect(trailOf(role)).to.deep.equal(["Settings", "Users", "Ines Meijer", "Change the role"]);
    expect(role).to.contain(`<a href="/console/o/${office.code}${person()}">Ines Meijer</a>`);
    expect(trailOf(await at(person("/events"))).slice(2)).to.deep.equal(["Ines Meijer", "Events"]);
    expect(trailOf(await at(person("/sessions"))).slice(2)).to.deep.equal(["Ines Meijer", "Sessions"]);
  });

  it("names the application in the trail", async () => {
    const { id } = await makeApplication(vestibule.services, { name: "Salary slips" }, office.id);
    expect(trailOf(await at(`/applications/${id}`))).to.deep.equal(["Applications", "Salary slips"]);
    for (const [below, here] of [
      ["secret", "New secret"],
      ["edit", "Edit Salary slips"],
    ] as const) {
      expect(trailOf(await at(`/applications/${id}/${below}`))).to.deep.equal([
        "Applications",
        "Salary slips",
        here,
      ]);
    }
  });

  it("says in the title whom a button disables or enables", async () => {
    expect(await at(person("/status"))).to.contain("<h1>Disable Ines Meijer (ines)</h1>");
    await asOwner(database, "update users set status = 'disabled' where id = $1", [user.id]);
    const disabled = await at(person("/status"));
    await asOwner(database, "update users set status = 'active' where id = $1", [user.id]);
    expect(disabled).to.contain("<h1>Enable Ines Meijer (ines) again</h1>");
    expect(buttonsOf(disabled)).to.include("Enable primary");
  });

  it("sets the buttons apart that take something away", async () => {
    for (const [below, button] of [
      ["/status", "Disable"],
      ["/end-sessions", "End all sessions"],
      ["/reset-authenticator", "Reset"],
    ] as const) {
      expect(buttonsOf(await at(person(below))), below).to.include(`${button} primary dangerous`);
    }
    expect(buttonsOf(await at(person("/password-link")))).to.include("Send a link primary");
  });

  it("has at most one first button on a page", async () => {
    const pages = ["", "/users", "/users/add", "/users/import", "/users/export", "/settings/branding"];
    for (const path of [
      ...pages,
      "/applications",
      "/applications/add",
      "/audit",
      "/audit/export",
      "/audit/pack",
    ]) {
      const first = buttonsOf(await at(path)).filter((button) => button.includes(" primary"));
      expect(first, path).to.have.length.at.most(1);
    }
    expect(buttonsOf(await at("/users"))).to.include.members(["Add a user primary", "Import users"]);
  });

  it("says in words that no text message was sent", async () => {
    const empty = await at("");
    expect(empty)
      .to.contain("No text message was sent in the last 30 days.")
      .and.not.contain('aria-labelledby="messages-title');
    await vestibule.services.audit.addAlone({
      type: "sms.sent",
      outcome: "ok",
      officeId: office.id,
      actor: "x",
    });
    await vestibule.services.stores.auditSeals.seal(10_000);
    expect(await at(""))
      .to.contain('aria-labelledby="messages-title')
      .and.not.contain("No text message was sent");
  });

  it("keeps the platform's pages and the office's apart for support", async () => {
    const staff = await makeStaff(vestibule.services, await supportOffice(vestibule.services), {
      role: "support",
    });
    const { browser } = await atConsole(vestibule, staff);
    const rows = [
      ...(await at("/users", browser)).matchAll(
        /<nav class="app-nav" aria-label="([^"]*)">[\s\S]*?<ul>([\s\S]*?)<\/ul>/g,
      ),
    ];
    expect(rows.map(([, name]) => name)).to.deep.equal(["Console", "Noord &amp; Zonen"]);
    expect(textOf(rows[0]?.[2])).to.equal(
      "Offices Overview Requests Signing keys Platform applications Platform webhooks Platform log",
    );
    expect(textOf(rows[1]?.[2])).to.match(/^Overview Users Settings/);
  });

  it("leads support, who has added an office, to its first superuser", async () => {
    const staff = await makeStaff(vestibule.services, await supportOffice(vestibule.services), {
      role: "support",
    });
    const { browser } = await atConsole(vestibule, staff);
    const added = await makeOffice(vestibule.services);
    const { code } = added;
    const { body } = await browser.get(`/console/o/${code}`);
    expect(body).to.contain(`<a class="button primary" href="/console/o/${code}/users/add">`);
    await makeUser(vestibule.services, added, { role: "superuser" });
    expect((await browser.get(`/console/o/${code}`)).body).to.not.contain("/users/add");
  });
});

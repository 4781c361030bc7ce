import { expect } from "chai";
import { send } from "../../support/account.ts";
import { atConsole, makeStaff, supportOffice } from "../../support/console.ts";
import { asOwner } from "../../support/database.ts";
import { giveEmailCodes } from "../../support/email-codes.ts";
import { BY_HAND } from "../../support/outbox.ts";
import { makeOffice, makeUser } from "../../support/people.ts";
import { follow, hiddenField } from "../../support/relying-party.ts";
import { giveApp, newBrowser } from "../../support/second-factor.ts";
import { useFresh } from "../../support/suite-resource.ts";
import { tokensFor } from "../../support/tokens.ts";
import { giveManySessions } from "../../support/stored-sessions.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

describe("the page of a person in the console", function () {
  this.timeout(60_000);
  const vestibule = useVestibule({ settings: BY_HAND, application: {} });
  const { application, services, database } = vestibule;
  const office = useFresh(() => makeOffice(services));
  const hugo = useFresh(() => makeUser(services, office, { name: "Hugo de Wit", username: "hugo" }));
  const superuser = useFresh(() => makeStaff(services, office, { role: "superuser" }));
  const at = (below = "", id = hugo.id) => `/console/o/${office.code}/users/${id}${below}`;

  it("tells who it is, since when the method is set up, how many sessions are open, and what happened", async () => {
    await tokensFor(newBrowser(vestibule), application, hugo);
    await giveApp(services, hugo);
    const { browser } = await atConsole(vestibule, superuser);
    const { body } = await browser.get(at());
    expect(body).to.contain("HW").and.contain("1 session").and.contain("Recent events");
    expect(body).to.match(/Authenticator app <span class="small soft more">Since [A-Z]\w+ \d+, \d{4}/);
    expect(body).to.contain("Danger zone").and.contain(at("/delete"));
  });

  it("says before an address is changed that the codes go to it", async () => {
    const text = "With another address, codes by email end";
    const { browser } = await atConsole(vestibule, superuser);
    expect((await browser.get(at("/edit"))).body).to.not.contain(text);
    await giveEmailCodes(services, hugo, "hugo@mail.example");
    expect((await browser.get(at("/edit"))).body).to.contain(text);
  });

  it("counts every session, also of a user with very many", async () => {
    await giveManySessions(database, hugo, { count: 120, applicationId: application.id });
    const { browser } = await atConsole(vestibule, superuser);
    const { body } = await browser.get(at());
    expect(body).to.contain("120 sessions").and.contain("And 115 more.");
    expect(body).to.contain(`"${at("/sessions")}"`);
  });

  it("T228 leads to all sessions, page by page, each once", async () => {
    await giveManySessions(database, hugo, { count: 120, applicationId: application.id });
    await asOwner(
      database,
      `update oidc_models set payload = jsonb_set(payload::jsonb, '{device}',
         jsonb_build_object('browser', uid, 'system', null, 'network', null))::json where account_id = $1 and kind = 1`,
      [hugo.id],
    );
    const { browser } = await atConsole(vestibule, superuser);
    const pages: string[][] = [];
    for (let path: string | undefined = at("/sessions"); path !== undefined;) {
      const { body } = await browser.get(path);
      expect(body).to.contain("120 sessions").and.contain(at("/end-sessions"));
      pages.push([...body.matchAll(/<p>(many-\d+)/g)].map(([, name = ""]) => name));
      path = /href="([^"]+)" rel="next"/.exec(body)?.[1];
    }
    expect(pages.map(({ length }) => length)).to.deep.equal([50, 50, 20]);
    expect(new Set(pages.flat()).size).to.equal(120);
  });

  it("has no link to all sessions where all of them are shown", async () => {
    await giveManySessions(database, hugo, { count: 5, applicationId: application.id });
    const { browser } = await atConsole(vestibule, superuser);
    const { body } = await browser.get(at());
    expect(body)
      .to.contain("5 sessions")
      .and.not.contain(`"${at("/sessions")}"`);
  });

  it("begins with the one thing that waits for a decision", async () => {
    await asOwner(
      database,
      `insert into mobile_numbers (home, office_id, user_id, number, state, entered_by, changed_at, pending_number, pending_at)
       values (home_of($1), $1, $2, '+31612345678', 'confirmed', 'user', now(), '+31612345679', now())`,
      [office.id, hugo.id],
    );
    const { browser } = await atConsole(vestibule, superuser);
    const { body } = await browser.get(at());
    expect(body).to.contain("Hugo de Wit asked for a new mobile number.").and.contain(at("/number/change"));
  });

  it("T152 shows an accountant no session, no event and nothing dangerous", async () => {
    await tokensFor(newBrowser(vestibule), application, hugo);
    const accountant = await makeStaff(services, office, { role: "accountant" });
    const { browser } = await atConsole(vestibule, accountant);
    const { body } = await browser.get(at());
    expect(body)
      .to.contain("Hugo de Wit")
      .and.not.contain("1 session")
      .and.not.contain("Recent events")
      .and.not.contain("Danger zone");
    for (const below of ["/delete", "/data", "/status"]) {
      expect((await browser.get(at(below))).status, below).to.equal(403);
    }
  });

  it("T152 deletes for a reason, after which the person is unknown; not oneself, and not elsewhere", async () => {
    const { browser } = await atConsole(vestibule, superuser);
    const asked = await browser.get(at("/delete"));
    const wrong = await send(browser, asked, {});
    expect(wrong.status).to.equal(400);
    expect(wrong.body).to.contain("Choose why the user is deleted.");
    const done = await follow(browser, await send(browser, asked, { reason: "left" }));
    expect(done.body).to.contain("The user was deleted.").and.not.contain("Hugo de Wit");
    expect((await browser.get(at())).status).to.equal(404);
    expect((await browser.get(at("/delete", superuser.user.id))).status).to.equal(403);
    const elsewhere = await makeUser(services, await makeOffice(services));
    expect((await browser.get(at("/delete", elsewhere.id))).status).to.equal(404);
  });

  it("T152 gives the person's data as JSON, and the log says who took it", async () => {
    const { browser } = await atConsole(vestibule, superuser);
    const file = await send(browser, await browser.get(at("/data")), {});
    const data = JSON.parse(file.body) as { account: object; events: { type: string }[] };
    expect(data.account).to.include({ name: "Hugo de Wit", id: hugo.id });
    const events = await asOwner(
      database,
      "select actor from audit_events where type = 'user.data-exported' and subject = $1",
      [hugo.id],
    );
    expect(events).to.deep.equal([{ actor: superuser.user.id }]);
  });

  it("T152 makes support ask a second person before a superuser goes", async () => {
    const second = await makeStaff(services, office, { role: "superuser", name: "Chris Smit" });
    const dana = await makeStaff(services, await supportOffice(services), { role: "support" });
    const { browser } = await atConsole(vestibule, dana);
    const asked = await browser.get(at("/delete", second.user.id));
    expect(asked.body).to.contain("takes two people");
    const request = await follow(browser, await send(browser, asked, { reason: "mistake" }));
    expect(request.body).to.contain("Delete the user").and.contain("Was added by mistake");
    const { browser: other } = await atConsole(vestibule, superuser);
    const decide = await other.get(at("/approval", second.user.id));
    await send(other, decide, { decision: "approve", seen: hiddenField(decide, "seen") });
    expect((await other.get(at("", second.user.id))).status).to.equal(404);
  });
});

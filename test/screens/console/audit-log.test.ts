import { expect } from "chai";
import { AUDIT_TYPES } from "../../../src/domain/audit/audit-groups.ts";
import type { ListedEvent } from "../../../src/domain/audit/audit-list-store.ts";
import { LANGUAGE_CODES } from "../../../src/kernel/languages.ts";
import { Texts } from "../../../src/platform/web/texts.ts";
import { eventSentence } from "../../../src/screens/console/event-sentence.ts";
import { atConsole, makeStaff } from "../../support/console.ts";
import type { HttpBrowser } from "../../support/http-browser.ts";
import { makeUser, type TestUser } from "../../support/people.ts";
import { hiddenField } from "../../support/relying-party.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

const texts = new Texts(new URL("../../../views/locales/", import.meta.url));

const SANNE = "0190a7e0-0000-7000-8000-000000000001";
const INES = "0190a7e0-0000-7000-8000-000000000002";

const event = (changes: Partial<ListedEvent>): ListedEvent => ({
  ...{ id: "1", at: 0, type: "sign-in", outcome: "ok", address: null, requestId: null, details: {} },
  ...{ actor: SANNE, actorUsername: "sanne", actorName: "Sanne" },
  ...{ subject: INES, subjectKind: "user", subjectUsername: "ines", subjectName: "Ines" },
  ...{ applicationId: null, applicationName: null },
  ...changes,
});

const said = (language: string, changes: Partial<ListedEvent>): string =>
  eventSentence(event(changes), { t: texts.in(language), language });

describe("an event in one sentence", () => {
  it("is said as people say it, in each language", () => {
    const reset = { type: "factor.reset" } as const;
    expect(LANGUAGE_CODES.map((language) => said(language, reset))).to.deep.equal([
      "Sanne reset Ines’s second factor",
      "Sanne heeft de tweede factor van Ines gereset",
      "Sanne hat den zweiten Faktor von Ines zurückgesetzt",
      "Sanne a réinitialisé le second facteur d’Ines",
    ]);
    expect(said("fr", { ...reset, subjectName: "Gina" })).to.match(/ de Gina$/);
  });

  it("names the user whose code or password it was", () => {
    const own = { actor: INES, actorName: "Ines" };
    expect(said("en", { type: "code.wrong", ...own })).to.equal("Ines · wrong code");
    const stranger = { actor: "visitor", actorName: null };
    expect(said("en", { type: "password.wrong", ...stranger })).to.equal("Ines · wrong password");
    const unknown = { ...stranger, subject: null, subjectKind: null, subjectName: null };
    expect(said("en", { type: "password.wrong", ...unknown })).to.equal("Visitor · wrong password");
  });

  it("is there for every kind of event, about oneself and about another, with and without an application", () => {
    const variants = [{}, { actor: INES }, { applicationName: "Ledger" }, { subject: null }];
    const events = AUDIT_TYPES.flatMap((type) => variants.map((changes) => ({ type, ...changes })));
    for (const language of LANGUAGE_CODES) {
      for (const changes of events) {
        expect(said(language, changes), `${language} ${changes.type}`)
          .to.match(/^[^{}]{8,120}$/)
          .and.not.match(/ {2}|^\s|\s$/);
      }
    }
  });

  it("is the type itself where a newer server wrote it", () => {
    // No type of this release has that name, which the compiler knows.
    const newer = { type: "moon.landed" } as unknown as Partial<ListedEvent>;
    expect(said("en", newer)).to.equal("Sanne · moon.landed");
  });

  it("T154 takes a name for text, whatever is in it", () => {
    const name = "{who} <b> '{' {self, select, other {x}}";
    expect(said("en", { type: "user.added", subjectName: name })).to.equal(`Sanne added ${name}`);
  });
});

describe("the page of the audit log", () => {
  const vestibule = useVestibule({ office: {} });
  const { services } = vestibule;
  let browser: HttpBrowser;
  let path: string;
  let ines: TestUser;

  before(async () => {
    const staff = await makeStaff(services, vestibule.office, { role: "superuser", name: "Sanne Bakker" });
    ({ browser } = await atConsole(vestibule, staff));
    path = `/console/o/${vestibule.office.code}/audit`;
    ines = await makeUser(services, vestibule.office, { name: "Ines <i>", username: "ines" });
    await services.audit.addAlone({
      ...{ type: "factor.reset", outcome: "ok", officeId: vestibule.office.id },
      ...{ actor: staff.user.id, subject: ines.id, details: { reason: '<script>"' } },
    });
  });

  it("T154 opens an event to its details without a script, as text", async () => {
    const { body } = await browser.get(`${path}?subject=ines`);
    expect(body).to.match(/<details>\s*<summary>.*reset Ines &lt;i&gt;’s second factor.*<\/summary>\s*<dl>/s);
    expect(body).to.contain("&lt;script&gt;").and.not.contain("<i>").and.not.contain("<script>&quot;");
  });

  it("keeps its filters in the address, in the form and as chips, each of which takes one away", async () => {
    const { body } = await browser.get(`${path}?group=second-factor&subject=ines&from=2026-01-31`);
    expect(body).to.contain('<option value="second-factor" selected>').and.contain('value="2026-01-31"');
    const chips = [...body.matchAll(/<li><a href="([^"]*)"><span class="unseen">Remove/g)].map(
      ([, to = ""]) => to.replaceAll("&amp;", "&"),
    );
    expect(chips).to.deep.equal([
      `${path}?subject=ines&from=2026-01-31`,
      `${path}?group=second-factor&from=2026-01-31`,
      `${path}?group=second-factor&subject=ines`,
    ]);
    expect(body).to.contain("January 31, 2026");
  });

  it("says in which zone its times are, and takes its days there", async () => {
    const headers = { cookie: `${browser.cookiesFor("/console")}; vestibule-zone=Pacific/Kiritimati` };
    const today = new Intl.DateTimeFormat("sv", { timeZone: "Pacific/Kiritimati" }).format(Date.now());
    const { body } = await browser.get(`${path}?subject=ines&from=${today}&to=${today}`, { headers });
    expect(body).to.contain("Times in Pacific/Kiritimati").and.contain("second factor");
  });

  it("T154 is exported with a head that is no formula, and with times of the reader", async () => {
    const office = await vestibule.makeOffice({ name: "=HYPERLINK(1)" });
    const chief = await makeStaff(services, office, { role: "superuser" });
    const desk = (await atConsole(vestibule, chief)).browser;
    const to = `/console/o/${office.code}/audit/export`;
    const _csrf = hiddenField(await desk.get(to), "_csrf");
    const cookie = `${desk.cookiesFor("/console")}; vestibule-zone=Asia/Tokyo`;
    const fields = { _csrf, group: "", outcome: "", from: "", to: "" };
    const table = await desk.post(to, { ...fields, format: "csv" }, { headers: { cookie } });
    expect(table.body).to.contain(`"'=HYPERLINK(1) (${office.code})"`).and.contain('"Time (Asia/Tokyo)"');
  });

  it("T154 is printed as text: one sentence for each event, and a head that explains the copy", async () => {
    const to = `${path}/export`;
    const _csrf = hiddenField(await browser.get(to), "_csrf");
    const fields = { _csrf, group: "second-factor", outcome: "", from: "", to: "", format: "print" };
    const { status, body } = await browser.post(to, fields);
    expect(status).to.equal(200);
    expect(body).to.contain("Sanne Bakker reset Ines &lt;i&gt;’s second factor").and.not.contain("<i>");
    expect(body)
      .to.match(/<dt>Number of events<\/dt><dd translate="no">\d+</)
      .and.match(/\d+:[0-9a-f]{64}</);
    expect(body).to.contain("data-print").and.contain("Second factor");
  });

  it("passes its filters on to the export", async () => {
    const { body } = await browser.get(`${path}?group=keys&from=2026-01-31`);
    const to = /href="([^"]*\/audit\/export\?[^"]*)"/.exec(body)?.[1]?.replaceAll("&amp;", "&") ?? "";
    const form = (await browser.get(to)).body;
    expect(form).to.contain('<option value="keys" selected>').and.contain('value="2026-01-31"');
  });

  it("offers to verify its integrity", async () => {
    expect((await browser.get(path)).body).to.match(/href="[^"]*\/audit\/chain">Verify integrity</);
  });
});

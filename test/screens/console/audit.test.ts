import { expect } from "chai";
import { atConsole, makeStaff, supportOffice, type Staff } from "../../support/console.ts";
import { withSeals } from "../../support/audit-rows.ts";
import { asOwner } from "../../support/database.ts";
import { sendFile } from "../../support/files.ts";
import type { HttpBrowser } from "../../support/http-browser.ts";
import { makeOffice, makeUser } from "../../support/people.ts";
import { hiddenField } from "../../support/relying-party.ts";
import { changeOffice } from "../../support/second-factor.ts";
import { unzip } from "../../support/unzip.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

describe("the audit log in the console", function () {
  this.timeout(60_000);
  const vestibule = useVestibule({ office: {} });
  const { services } = vestibule;
  let staff: Staff;
  let browser: HttpBrowser;
  let path: string;

  before(async () => {
    staff = await makeStaff(services, vestibule.office, { role: "superuser", name: "Chris Smit" });
    ({ browser } = await atConsole(vestibule, staff));
    path = `/console/o/${vestibule.office.code}/audit`;
    const sanne = await makeUser(services, vestibule.office, { name: "Sanne Bakker", username: "sanne" });
    const at = new Date("2026-03-01T12:00:00Z").getTime();
    await asOwner(
      vestibule.database,
      withSeals(`insert into audit_events (home, at, office_id, type, outcome, actor, subject, details)
       select home_of($2), to_timestamp($1::float8 / 1000 + n), $2, 'password.wrong', 'refused', 'visitor', $3, '{"n":"=1+1"}'
       from generate_series(1, 60) n`),
      [at, vestibule.office.id, sanne.id],
    );
    await services.audit.addAlone({
      type: "user.role-changed",
      outcome: "ok",
      officeId: vestibule.office.id,
      actor: staff.user.id,
      subject: sanne.id,
      details: { before: "user", role: "accountant" },
    });
  });

  const rowsOf = (body: string) => (body.match(/<li class="event">/g) ?? []).length;

  it("says in plain words who did what to whom", async () => {
    const { body, status } = await browser.get(`${path}?group=administration`);
    expect(status).to.equal(200);
    const row = body.split('<li class="event">').find((part) => part.includes("role</span>")) ?? "";
    expect(row).to.contain("Chris Smit changed Sanne Bakker’s role");
    expect(row).to.contain("Chris Smit (").and.contain("Sanne Bakker (sanne)");
    expect(row).to.contain("<dt>before</dt><dd>user</dd>").and.contain("<dt>role</dt><dd>accountant</dd>");
  });

  it("T117 shows fifty events, then the next ones by their place, with the filter kept", async () => {
    const first = await browser.get(`${path}?group=password&from=2026-03-01&to=2026-03-01&subject=SANNE`);
    expect(rowsOf(first.body)).to.equal(50);
    const next = /href="([^"]*before=[^"]*)"/.exec(first.body)?.[1]?.replaceAll("&amp;", "&") ?? "";
    const second = await browser.get(next);
    expect([second.status, rowsOf(second.body)]).to.deep.equal([200, 10]);
    expect(second.body).to.contain('value="2026-03-01"').and.contain("First page");
  });

  it("says who is looked for and not there, and takes nonsense in the address for nothing", async () => {
    expect((await browser.get(`${path}?subject=nobody`)).body).to.contain(
      "No user of this office has the username nobody.",
    );
    for (const query of [
      "group=x&outcome=1&from=tomorrow&before=1",
      "group=a&group=b",
      "before='--",
      "from=9999-12-31&to=0000-01-01",
    ]) {
      expect((await browser.get(`${path}?${query}`)).status, query).to.equal(200);
    }
  });

  it("T82 never shows an event of another office, no matter who is looked for", async () => {
    const other = await makeOffice(services);
    const stranger = await makeUser(services, other, { name: "Not Ours" });
    await services.audit.addAlone({
      type: "user.disabled",
      outcome: "ok",
      officeId: other.id,
      actor: stranger.id,
      subject: stranger.id,
    });
    for (const query of [`subject=${stranger.id}`, `actor=${stranger.id}`, "group=administration"]) {
      expect((await browser.get(`${path}?${query}`)).body, query).to.not.contain("Not Ours");
    }
  });

  it("says whether the log was changed afterwards", async () => {
    expect((await browser.get(`${path}/chain`)).body).to.contain("Intact: ");
  });

  it("gives the days that were asked for as lines or as a table without formulas, and writes down that it did", async () => {
    const form = await browser.get(`${path}/export`);
    const fields = {
      _csrf: hiddenField(form, "_csrf"),
      group: "password",
      from: "2026-03-01",
      to: "2026-03-01",
    };
    const lines = await sendFile(
      browser,
      `${path}/export`,
      new URLSearchParams({ ...fields, format: "jsonl" }),
    );
    expect(lines.headers.get("content-disposition")).to.match(/^attachment; filename="audit-[\w-]+\.jsonl"$/);
    const events = lines.bytes.toString().trim().split("\n");
    expect(events).to.have.length(60);
    expect(JSON.parse(events[0] ?? "")).to.include({ type: "password.wrong", officeId: vestibule.office.id });
    const table = await sendFile(
      browser,
      `${path}/export`,
      new URLSearchParams({ ...fields, format: "csv" }),
    );
    const rows = table.bytes.toString().split("\r\n");
    expect(rows.slice(0, 4)).to.deep.equal([
      `\u{feff}"Office","${vestibule.office.name} (${vestibule.office.code})"`,
      '"Period","March 1, 2026 – March 1, 2026"',
      '"Time zone","UTC"',
      '"Topic","Passwords"',
    ]);
    expect(rows[5]).to.equal('"Number of events","60"');
    expect(rows[6]).to.match(/^"Last seal","\d+:[0-9a-f]{64}"$/);
    const columns = rows.findIndex((row) => row.startsWith('"Time (UTC)","id","at"'));
    expect(rows.length - columns).to.equal(62);
    expect(rows[columns + 1])
      .to.match(/^"2026-03-01 12:00:01"/)
      .to.contain('"password.wrong"')
      .and.not.match(/(,|^)"=/);
    const [row] = await asOwner<{ count: number }>(
      vestibule.database,
      "select count(*)::integer as count from audit_events where type = 'audit.exported' and actor = $1",
      [staff.user.id],
    );
    expect(row?.count).to.equal(2);
  });

  it("asks once more where the days make no sense, at the field", async () => {
    const _csrf = hiddenField(await browser.get(`${path}/export`), "_csrf");
    const ask = (fields: Record<string, string>) =>
      browser.post(`${path}/export`, { _csrf, group: "", format: "csv", from: "", to: "", ...fields });
    const wrong = await ask({ from: "31-01-2026" });
    expect([wrong.status, wrong.body.includes('id="from-error"')]).to.deep.equal([400, true]);
    const order = await ask({ from: "2026-03-02", to: "2026-03-01" });
    expect([order.status, order.body.includes('id="to-error"')]).to.deep.equal([400, true]);
    expect(order.body).to.contain('value="2026-03-02"');
  });

  it("packs what an auditor asks for into one file", async () => {
    await changeOffice(services, vestibule.office, {
      secondFactor: { demand: "off", from: null, methods: ["totp", "passkey"] },
      phishingResistance: { of: "accountants", from: new Date("2027-01-31T12:00:00Z") },
      trustedBrowserDays: 14,
    });
    const _csrf = hiddenField(await browser.get(`${path}/pack`), "_csrf");
    const { bytes, headers } = await sendFile(browser, `${path}/pack`, new URLSearchParams({ _csrf }));
    expect(headers.get("content-type")).to.equal("application/zip");
    const files = unzip(bytes);
    expect([...files.keys()].sort()).to.deep.equal(["changes.csv", "people.csv", "report.html"]);
    expect(files.get("people.csv")).to.contain("Sanne Bakker");
    const policy = (files.get("report.html") ?? "").replaceAll(/<[^>]+>/g, " ").replaceAll(/\s+/g, " ");
    expect(policy)
      .to.contain("Passkey required For accountants and superusers (from 2027-01-31)")
      .and.contain("Passkey instead of the password Off: the password comes first")
      .and.contain("Trusted browsers 14 days without a code");
  });

  it("shows support what belongs to no office apart from the offices' own", async () => {
    const support = await makeStaff(services, await supportOffice(services), {
      role: "support",
      name: "Robin",
    });
    const { browser: desk } = await atConsole(vestibule, support);
    await services.audit.addAlone({
      type: "signing-key.rotated",
      outcome: "ok",
      officeId: null,
      actor: "command line",
    });
    const { body } = await desk.get("/console/audit");
    expect(body).to.contain("Operator (command line) rotated the signing keys");
    expect(body).to.not.contain("Sanne Bakker");
    expect((await desk.get("/console/audit/chain")).status).to.equal(200);
    const _csrf = hiddenField(await desk.get("/console/audit/export"), "_csrf");
    const fields = new URLSearchParams({ _csrf, group: "keys", from: "", to: "", format: "jsonl" });
    const { bytes } = await sendFile(desk, "/console/audit/export", fields);
    expect(bytes.toString()).to.contain("signing-key.rotated").and.not.contain(vestibule.office.id);
  });
});

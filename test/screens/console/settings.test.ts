import { expect } from "chai";
import { send } from "../../support/account.ts";
import { atConsole, makeStaff } from "../../support/console.ts";
import { asOwner } from "../../support/database.ts";
import { makeOffice, makeUser } from "../../support/people.ts";
import { hiddenField } from "../../support/relying-party.ts";
import { useVestibule } from "../../support/use-vestibule.ts";
import { useFresh } from "../../support/suite-resource.ts";

describe("the settings of an office", function () {
  this.timeout(60_000);
  const vestibule = useVestibule();
  const { services } = vestibule;
  const office = useFresh(() => makeOffice(services, { name: "Noord & Zonen" }));
  const staff = useFresh(() => makeStaff(services, office, { role: "superuser", name: "Chris Smit" }));

  it("demand a second factor only after a look at whom it touches and what they will see", async () => {
    await makeUser(services, office, { name: "Femke de Wit" });
    const { browser } = await atConsole(vestibule, staff);
    const form = await browser.get(pathOf("second-factor"));
    const typed = { demand: "required", from: "", methods: "totp sms", seen: hiddenField(form, "seen") };
    const look = await send(browser, form, { ...typed, looked: "yes" });
    expect(look.status).to.equal(200);
    expect(look.body).to.contain("1 of 2 users is affected.").and.contain("Femke de Wit");
    expect(look.body).to.contain("set up a method and save recovery codes");
    expect(await demandOf(), "nothing is saved by looking").to.equal("off");
    const looked = hiddenField(look, "looked");
    const other = await send(browser, look, { ...typed, methods: "totp", looked });
    expect([other.status, await demandOf()], "the look was at another change").to.deep.equal([200, "off"]);
    const done = await send(browser, look, { ...typed, looked });
    expect([done.status, await demandOf()]).to.deep.equal([303, "required"]);
    const again = await send(browser, look, { ...typed, looked });
    expect([again.status, again.location], "a second click").to.deep.equal([303, done.location]);
  });

  it("T25 are not made stricter by a superuser whom they would shut out", async () => {
    const { browser } = await atConsole(vestibule, staff);
    const form = await browser.get(pathOf("second-factor"));
    const typed = { demand: "required", from: "", methods: "sms", seen: hiddenField(form, "seen") };
    const look = await send(browser, form, typed);
    const answer = await send(browser, look, { ...typed, looked: hiddenField(look, "looked") });
    expect([answer.status, await demandOf()]).to.deep.equal([400, "off"]);
    expect(answer.body).to.contain("First set up a method that the office will accept");
  });

  it("show both values to the slower administrator, and take theirs at the second press", async () => {
    const { browser } = await atConsole(vestibule, staff);
    const path = pathOf("text-messages");
    const [first, second] = [await browser.get(path), await browser.get(path)];
    const typed = (smsDailyBudget: string, seen: string) => ({
      ...{ country: "NL", "country-NL": "yes", "country-BE": "yes", smsDailyBudget, seen },
    });
    await send(browser, first, typed("70", hiddenField(first, "seen")));
    const page = await send(browser, second, typed("80", hiddenField(second, "seen")));
    expect(page.status).to.equal(400);
    expect(page.body).to.contain("Changed by Chris Smit in the meantime");
    expect(page.body).to.contain("<strong>70</strong>").and.contain("<strong>80</strong>");
    expect((await officeNow())?.smsDailyBudget).to.equal(70);
    await send(browser, page, typed("80", hiddenField(page, "seen")));
    expect((await officeNow())?.smsDailyBudget).to.equal(80);
  });

  it("name countries in the order of the reader's alphabet", async () => {
    const { browser } = await atConsole(vestibule, staff);
    const page = await browser.get(pathOf("text-messages"));
    const ticked = { "country-ES": "yes", "country-DE": "yes", "country-AT": "yes" };
    await send(browser, page, {
      country: "NL",
      ...ticked,
      smsDailyBudget: "70",
      seen: hiddenField(page, "seen"),
    });
    const summary = await browser.get(`/console/o/${office.code}/settings`);
    expect(summary.body).to.contain("Austria, Germany, and Spain");
  });

  it("report every fault at its field and keep what was typed", async () => {
    const { browser } = await atConsole(vestibule, staff);
    const form = await browser.get(pathOf("text-messages"));
    const page = await send(browser, form, { country: "X", smsDailyBudget: "some" });
    expect(page.status).to.equal(400);
    for (const field of ["country", "countries", "smsDailyBudget"]) {
      expect(page.body).to.contain(`id="${field}-error"`);
    }
    expect(page.body).to.contain('value="some"');
  });

  it("let people trust a browser for 1 to 30 days, and 0 is off", async () => {
    const { browser } = await atConsole(vestibule, staff);
    const form = await browser.get(pathOf("sign-in"));
    expect(form.body).to.contain('value="0"');
    const typed = (trustedBrowserDays: string, seen: string) => ({
      ...{ sessionMinutes: "", trustedBrowserDays, seen },
    });
    for (const days of ["31", "-1", "1.5", "two weeks"]) {
      const page = await send(browser, form, typed(days, hiddenField(form, "seen")));
      expect([page.status, (await officeNow())?.trustedBrowserDays], days).to.deep.equal([400, null]);
      expect(page.body)
        .to.contain('id="trustedBrowserDays-error"')
        .and.contain(`value="${days}"`)
        .and.contain("Enter a whole number of days from 1 to 30, or 0 for off.");
    }
    const seen = hiddenField(form, "seen");
    expect((await send(browser, form, typed("14", seen))).status).to.equal(303);
    expect((await officeNow())?.trustedBrowserDays).to.equal(14);
    expect((await browser.get(`/console/o/${office.code}/settings`)).body).to.contain("14 days");
    const late = await send(browser, form, typed("30", seen));
    expect(
      [late.status, (await officeNow())?.trustedBrowserDays],
      "another administrator was faster",
    ).to.deep.equal([400, 14]);
    expect(late.body).to.contain("<strong>14</strong>").and.contain("<strong>30</strong>");
    await send(browser, late, typed("0", hiddenField(late, "seen")));
    expect((await officeNow())?.trustedBrowserDays).to.equal(null);
    expect((await browser.get(`/console/o/${office.code}/settings`)).body).to.contain(
      "Off: a code at every sign-in",
    );
  });

  it("show a colour before it is saved, and say when it can hardly be seen", async () => {
    const { browser } = await atConsole(vestibule, staff);
    const form = await browser.get(pathOf("branding"));
    const seen = hiddenField(form, "seen");
    const page = await send(browser, form, { accent: "#F2E94E", seen, preview: "1" });
    expect(page.status).to.equal(200);
    expect(page.body).to.contain("--office-accent: #f2e94e; --office-accent-text: #000000");
    expect(page.body).to.match(/<div data-hard-on="light">[^]*This colour is hard to see on light pages/);
    expect(page.body).to.contain('<div data-hard-on="dark" hidden>');
    expect((await officeNow())?.branding.accent).to.equal(null);
    await send(browser, page, { accent: "#F2E94E", seen });
    expect((await officeNow())?.branding.accent).to.equal("#f2e94e");
  });

  it("T89 write the columns of their form alone, whatever else is sent", async () => {
    const { browser } = await atConsole(vestibule, staff);
    const extra = {
      id: staff.user.id,
      code: "STOLEN",
      status: "closed",
      office_id: staff.user.id,
      role: "support",
      logoUrl: "https://evil.test/logo.png",
      logo_url: "/logos/stolen",
    };
    const forms = {
      general: { name: "New name", language: "nl" },
      "sign-in": { sessionMinutes: "30", trustedBrowserDays: "14" },
      branding: { accent: "#0b6e4f" },
      texts: { "welcome-en": "Hello", termsUrl: "https://noord.test/terms" },
      "text-messages": { country: "NL", "country-NL": "yes", smsDailyBudget: "9" },
    };
    const all = Object.assign({}, ...Object.values(forms)) as Record<string, string>;
    const columns: Record<string, readonly string[]> = {
      general: ["changed_at", "language", "name", "search_words", "version"],
      "sign-in": ["changed_at", "session_minutes", "trust_since", "trusted_browser_days", "version"],
      branding: ["accent", "changed_at", "version"],
      texts: ["changed_at", "legal", "version", "welcome"],
      "text-messages": ["changed_at", "countries", "sms_daily_budget", "version"],
    };
    for (const name of Object.keys(forms)) {
      const before = await rowOf();
      const form = await browser.get(pathOf(name));
      const fields = { ...all, ...extra, version: "99", seen: hiddenField(form, "seen") };
      const answer = await send(browser, form, fields);
      expect(answer.status, name).to.equal(303);
      const now = await rowOf();
      const changed = Object.keys(now).filter(
        (key) => JSON.stringify(now[key]) !== JSON.stringify(before[key]),
      );
      expect(changed.sort(), name).to.deep.equal(columns[name]);
    }
  });

  const pathOf = (name: string) => `/console/o/${office.code}/settings/${name}`;
  const officeNow = () => services.offices.find(office.id);
  const demandOf = async () => (await officeNow())?.secondFactor.demand;
  const rowOf = async () => {
    const [row] = await asOwner<Record<string, unknown>>(
      vestibule.database,
      "select * from offices where id = $1",
      [office.id],
    );
    return row ?? {};
  };
});

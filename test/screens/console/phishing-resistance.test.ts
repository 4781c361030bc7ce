import { randomUUID } from "node:crypto";
import { expect } from "chai";
import { storedOffice } from "../../support/actors.ts";
import { send } from "../../support/account.ts";
import { atConsole, makeStaff } from "../../support/console.ts";
import type { HttpBrowser } from "../../support/http-browser.ts";
import { givePasskey } from "../../support/passkeys.ts";
import { makeOffice, makeUser } from "../../support/people.ts";
import { hiddenField } from "../../support/relying-party.ts";
import { changeOffice, giveApp } from "../../support/second-factor.ts";
import { useFresh } from "../../support/suite-resource.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

const DAY = "2099-01-31";

describe("T214 a passkey that is demanded of some roles, at the console", () => {
  const vestibule = useVestibule();
  const { services } = vestibule;
  const office = useFresh(() => makeOffice(services));
  const staff = useFresh(() => makeStaff(services, office, { role: "superuser" }));

  async function submit(browser: HttpBrowser, typed: Record<string, string>) {
    const form = await browser.get(`/console/o/${office.code}/settings/second-factor`);
    const fields = { demand: "off", from: "", methods: "passkey totp", resistantUsers: "none" };
    const sent = { ...fields, resistantFrom: "", seen: hiddenField(form, "seen"), ...typed };
    return { sent, page: await send(browser, form, sent) };
  }

  it("takes the ticked methods, and none of them is no choice", async () => {
    const { browser } = await atConsole(vestibule, staff);
    const ticked = { methods: "", "method-passkey": "yes", "method-sms": "yes" };
    const { page } = await submit(browser, ticked);
    expect(page.body).to.contain("Passkey and text message");
    expect((await submit(browser, { methods: "" })).page.body).to.contain("Choose at least one method.");
  });

  const stored = async () => (await storedOffice(services, office)).phishingResistance;

  it("is saved after a look at whom it affects, and not before", async () => {
    await givePasskey(services, staff.user, randomUUID());
    await giveApp(services, await makeUser(services, office, { name: "Only App", role: "superuser" }));
    const { browser } = await atConsole(vestibule, staff);
    const { sent, page } = await submit(browser, { resistantUsers: "superusers", resistantFrom: DAY });
    expect(page.body).to.contain("For superusers").and.contain("January 31, 2099").and.contain("Only App");
    expect(page.body).to.contain("Reminders by mail: a passkey");
    expect((await stored()).of).to.equal("none");
    await send(browser, page, { ...sent, looked: hiddenField(page, "looked") });
    expect((await stored()).of).to.equal("superusers");
  });

  it("is refused with a date that there is not, without passkeys, and to one who has none", async () => {
    const { browser } = await atConsole(vestibule, staff);
    const wrong = await submit(browser, { resistantUsers: "all", resistantFrom: "2099-02-31" });
    expect(wrong.page.status).to.equal(400);
    expect(wrong.page.body).to.contain("Enter a date such as 2027-01-31, or leave it empty.");
    for (const [methods, text] of [
      ["totp", "Only a passkey resists phishing. Accept passkeys first."],
      ["passkey totp", "First set up a method that the office will accept"],
    ] as const) {
      const { sent, page } = await submit(browser, { methods, resistantUsers: "all" });
      const saved = await send(browser, page, { ...sent, looked: hiddenField(page, "looked") });
      expect(saved.body, methods).to.contain(text);
    }
    expect((await stored()).of).to.equal("none");
  });

  it("stays as it is by a form that was opened before the field was there", async () => {
    const secondFactor = { demand: "off", from: null, methods: ["passkey", "totp"] } as const;
    await changeOffice(services, office, {
      secondFactor,
      phishingResistance: { of: "all", from: new Date("2099-01-31") },
    });
    const { browser } = await atConsole(vestibule, staff);
    const old = { methods: "passkey", resistantUsers: "" };
    const { sent, page } = await submit(browser, old);
    await send(browser, page, { ...sent, looked: hiddenField(page, "looked") });
    expect((await stored()).of).to.equal("all");
  });
});

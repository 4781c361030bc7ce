import { expect } from "chai";
import { send } from "../../support/account.ts";
import { atConsole, makeStaff } from "../../support/console.ts";
import { makeOffice } from "../../support/people.ts";
import { hiddenField } from "../../support/relying-party.ts";
import { useFresh } from "../../support/suite-resource.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

describe("the support contact in the settings of an office", function () {
  this.timeout(30_000);
  const vestibule = useVestibule();
  const { services } = vestibule;
  const office = useFresh(() => makeOffice(services));
  const staff = useFresh(() => makeStaff(services, office, { role: "superuser" }));
  const supportNow = async () => (await services.offices.find(office.id))?.support;

  it("is entered by a superuser, shown among the settings, and removed by emptying the form", async () => {
    const { browser } = await atConsole(vestibule, staff);
    const address = `/console/o/${office.code}/settings/support`;
    const form = await browser.get(address);
    const typed = {
      supportPhone: " +31 20 123 45 67 ",
      supportMail: "help@noord.example",
      supportUrl: "",
      supportHours: "Mon-Fri 9-17",
    };
    const saved = await send(browser, form, { ...typed, seen: hiddenField(form, "seen") });
    expect(saved.status).to.equal(303);
    const contact = {
      mail: "help@noord.example",
      phone: "+31 20 123 45 67",
      url: null,
      hours: "Mon-Fri 9-17",
    };
    expect(await supportNow()).to.deep.equal(contact);
    const settings = await browser.get(`/console/o/${office.code}/settings`);
    expect(settings.body).to.contain("Support contact").and.contain("+31 20 123 45 67");
    const again = await browser.get(address);
    const same = await send(browser, again, { ...typed, seen: hiddenField(again, "seen") });
    expect([same.status, same.location], "the same once more is no conflict").to.deep.equal([
      303,
      saved.location,
    ]);
    const empty = { supportPhone: "", supportMail: "", supportUrl: "", supportHours: "" };
    await send(browser, again, { ...empty, seen: hiddenField(again, "seen") });
    expect(await supportNow()).to.equal(null);
  });

  it("reports each fault at its field and keeps what was typed", async () => {
    const { browser } = await atConsole(vestibule, staff);
    const form = await browser.get(`/console/o/${office.code}/settings/support`);
    const page = await send(browser, form, {
      ...{
        supportPhone: "call us",
        supportMail: "nobody",
        supportUrl: "http://help.example",
        supportHours: "x".repeat(101),
      },
      seen: hiddenField(form, "seen"),
    });
    expect(page.status).to.equal(400);
    for (const field of ["supportPhone", "supportMail", "supportUrl", "supportHours"]) {
      expect(page.body).to.contain(`<a href="#${field}">`);
    }
    expect(page.body).to.contain('value="call us"');
    expect(await supportNow()).to.equal(null);
  });
});

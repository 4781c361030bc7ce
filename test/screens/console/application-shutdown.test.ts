import { expect } from "chai";
import { send } from "../../support/account.ts";
import { atConsole, makeStaff } from "../../support/console.ts";
import { BY_HAND } from "../../support/outbox.ts";
import { makeApplication, makeOffice } from "../../support/people.ts";
import { follow } from "../../support/relying-party.ts";
import { useFresh } from "../../support/suite-resource.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

describe("an application that is taken out of service in the console", function () {
  this.timeout(60_000);
  const vestibule = useVestibule({ settings: BY_HAND });
  const { services } = vestibule;
  const office = useFresh(() => makeOffice(services));
  const superuser = useFresh(() => makeStaff(services, office, { role: "superuser" }));
  const application = useFresh(() => makeApplication(services, {}, office.id));
  const at = (below = "") => `/console/o/${office.code}/applications/${application.id}${below}`;
  const isDisabled = async () => (await services.applications.findStored(application.id))?.isDisabled;

  it("T152 is disabled and enabled again, and says so; a double click changes nothing", async () => {
    const { browser } = await atConsole(vestibule, superuser);
    const asked = await browser.get(at("/status"));
    expect(asked.body).to.contain("JWT access token").and.contain("Users stay signed in");
    const done = await follow(browser, await send(browser, asked, { decision: "disabled" }));
    expect(done.body).to.contain("The status was changed.").and.contain("Disabled");
    await send(browser, asked, { decision: "disabled" });
    expect(await isDisabled()).to.equal(true);
    await send(browser, await browser.get(at("/status")), { decision: "enabled" });
    expect(await isDisabled()).to.equal(false);
  });

  it("T152 is deleted after its name was typed, and then unknown", async () => {
    const { browser } = await atConsole(vestibule, superuser);
    const asked = await browser.get(at("/delete"));
    const wrong = await send(browser, asked, { typed: "Other", decision: "delete" });
    expect(wrong.status).to.equal(400);
    expect(wrong.body).to.contain("Type the name Ledger");
    const done = await follow(browser, await send(browser, asked, { typed: "ledger", decision: "delete" }));
    expect(done.body).to.contain("The application was deleted.");
    expect((await browser.get(at())).status).to.equal(404);
  });

  it("T152 is out of reach for another office", async () => {
    const stranger = await makeStaff(services, await makeOffice(services), { role: "superuser" });
    const { browser } = await atConsole(vestibule, stranger);
    for (const below of ["/status", "/delete"]) {
      expect((await browser.get(at(below))).status).to.equal(404);
    }
    expect(await isDisabled()).to.equal(false);
  });
});

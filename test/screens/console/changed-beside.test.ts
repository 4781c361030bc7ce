import { expect } from "chai";
import { send } from "../../support/account.ts";
import { OPERATOR } from "../../support/actors.ts";
import { atConsole, makeStaff } from "../../support/console.ts";
import { asOwner } from "../../support/database.ts";
import { meeting } from "../../support/meeting.ts";
import { makeApplication, makeOffice } from "../../support/people.ts";
import { leads, untouched } from "../../support/sent-twice.ts";
import { useFresh } from "../../support/suite-resource.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

describe("a form of the console, while something is changed that it does not have", function () {
  this.timeout(60_000);
  const vestibule = useVestibule();
  const { services, database } = vestibule;
  const office = useFresh(() => makeOffice(services));
  const superuser = useFresh(() => makeStaff(services, office, { role: "superuser" }));

  it("is saved: a webhook that is switched off at the same moment", async () => {
    const draft = { name: "Directory", url: "https://hooks.example/events", types: ["users.imported"] };
    const { id } = (await services.webhooks.service.add(office.id, draft, OPERATOR)).webhook;
    const { browser } = await atConsole(vestibule, superuser);
    const page = await browser.get(`/console/o/${office.code}/webhooks/${id}/edit`);
    const off = {
      id,
      ends: "commit",
      first: "select from webhooks where id = $1 for update",
      then: "update webhooks set state = 'off' where id = $1",
    } as const;
    const fields = { ...untouched(page), name: "Other", url: draft.url, "event-users.imported": "yes" };
    const { answer, other } = await meeting(database, off, () => send(browser, page, fields));
    expect(other).to.equal(null);
    expect(typeof answer === "string" ? answer : leads([answer])).to.deep.equal([
      `/console/o/${office.code}/webhooks/${id}`,
    ]);
    expect(await asOwner(database, "select name, state from webhooks where id = $1", [id])).to.deep.equal([
      { name: "Other", state: "off" },
    ]);
  });

  it("is saved: an application that is disabled at the same moment", async () => {
    const { id, application } = await makeApplication(services, {}, office.id);
    const { browser } = await atConsole(vestibule, superuser);
    const page = await browser.get(`/console/o/${office.code}/applications/${id}/edit`);
    const disabled = {
      id,
      ends: "commit",
      first: "select from applications where id = $1 for update",
      then: "update applications set disabled_at = now() where id = $1",
    } as const;
    const redirectUris = application.redirectUris.join("\n");
    const fields = { ...untouched(page), name: "Other", redirectUris };
    const { answer, other } = await meeting(database, disabled, () => send(browser, page, fields));
    expect(other).to.equal(null);
    expect(typeof answer === "string" ? answer : leads([answer])).to.deep.equal([
      `/console/o/${office.code}/applications/${id}`,
    ]);
    const text = 'select name, disabled_at is not null as "isDisabled" from applications where id = $1';
    expect(await asOwner(database, text, [id])).to.deep.equal([{ name: "Other", isDisabled: true }]);
  });
});

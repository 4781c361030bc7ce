import { expect } from "chai";
import { send } from "../../support/account.ts";
import { atConsole, makeStaff } from "../../support/console.ts";
import { asOwner } from "../../support/database.ts";
import { catalogueOf } from "../../support/catalogue.ts";
import { eventually } from "../../support/eventually.ts";
import { makeApplication, makeOffice, makeUser } from "../../support/people.ts";
import { hiddenField } from "../../support/relying-party.ts";
import { useFresh } from "../../support/suite-resource.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

const LEDGER = {
  ...{ type: "web", name: "Ledger", redirectUris: "https://app.test/cb", consent: "never" },
  ...{ idTokenAlgorithm: "RS256", homeUrl: "https://app.test/" },
};

const en = (key: string) => catalogueOf("en")[key] ?? expect.fail(`no text ${key}`);

describe("what the console says about how an application knows its users", function () {
  this.timeout(60_000);
  const vestibule = useVestibule();
  const { services } = vestibule;
  const office = useFresh(() => makeOffice(services));
  const staff = useFresh(() => makeStaff(services, office, { role: "superuser" }));

  it("T134 warns where usernames and addresses are chosen, and on the page with the snippets", async () => {
    const { id } = await makeApplication(services, {}, office.id);
    const list = `/console/o/${office.code}/applications`;
    const { browser } = await atConsole(vestibule, staff);
    const form = (await browser.get(`${list}/${id}/edit`)).body;
    expect(form).to.contain(en("console.application.addressesHint"));
    expect(form).to.contain(en("console.application.usernamesHint"));
    const page = (await browser.get(`${list}/${id}`)).body;
    expect(page).to.contain(en("console.application.identity"));
    expect(page).to.contain(en("console.application.addresses.proved"));
  });

  it("T134 takes both choices, with what they were in the audit log, and takes them back", async () => {
    const { id } = await makeApplication(services, {}, office.id);
    const { browser } = await atConsole(vestibule, staff);
    const address = `/console/o/${office.code}/applications/${id}/edit`;
    const choose = async (choice: Record<string, string>) => {
      const edit = await browser.get(address);
      const sent = await send(browser, edit, { ...LEDGER, ...choice, seen: hiddenField(edit, "seen") });
      expect(sent.status).to.equal(303);
    };
    // Servers keep copies of applications, and learn of a change a moment later.
    const expectChosen = (isChosen: boolean) =>
      eventually(
        () => services.applications.find(id),
        (found) => found?.unverifiedEmail === isChosen && found.bareUsername === isChosen,
      );
    await choose({ usernames: "bare", addresses: "all" });
    await expectChosen(true);
    const [event] = await asOwner<{ details: Record<string, unknown> }>(
      vestibule.database,
      "select details from audit_events where type = 'application.changed' and subject = $1",
      [id],
    );
    expect(event?.details).to.include({
      unverifiedEmail: "false → true",
      bareUsername: "false → true",
    });
    await choose({ usernames: "office", addresses: "proved" });
    await expectChosen(false);
  });

  it("T134 marks an address that is not proved on the user's page", async () => {
    const typed = await makeUser(services, office, { mail: "typed@mail.example" });
    const proved = await makeUser(services, office, { mail: "own@mail.example", isMailProved: true });
    const { browser } = await atConsole(vestibule, staff);
    const pageOf = async (id: string) => (await browser.get(`/console/o/${office.code}/users/${id}`)).body;
    expect(await pageOf(typed.id)).to.contain(en("console.user.mailUnproved"));
    expect(await pageOf(proved.id))
      .to.contain("own@mail.example")
      .and.not.contain(en("console.user.mailUnproved"));
  });
});

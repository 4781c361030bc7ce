import { expect } from "chai";
import { catalogueOf } from "../../support/catalogue.ts";
import { atConsole, makeStaff } from "../../support/console.ts";
import { eventually } from "../../support/eventually.ts";
import { makeApplication, makeOffice } from "../../support/people.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

const en = (key: string) => catalogueOf("en")[key] ?? expect.fail(`no text ${key}`);

describe("the console's page of an application", () => {
  const vestibule = useVestibule();

  it("shows the last refused requests with what to send instead, and says that strangers can cause them", async () => {
    const office = await makeOffice(vestibule.services);
    const staff = await makeStaff(vestibule.services, office, { role: "superuser" });
    const application = await makeApplication(vestibule.services, {}, office.id);
    const { browser } = await atConsole(vestibule, staff);
    const address = `/console/o/${office.code}/applications/${application.id}`;
    expect((await browser.get(address)).body).to.not.contain(en("console.application.refusals"));
    const request = vestibule.request({ code_challenge: null, code_challenge_method: null }, application);
    await vestibule.browser().get(request.url);
    const { body } = await eventually(
      () => browser.get(address),
      (page) => page.body.includes(en("console.application.refusals")),
    );
    for (const part of ["/authorize", "invalid_request", "code_challenge_method=S256", "--without-pkce"]) {
      expect(body).to.contain(part);
    }
    expect(body).to.contain(en("console.application.refusalsHint"));
  });
});

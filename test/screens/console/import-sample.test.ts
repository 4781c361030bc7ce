import { expect } from "chai";
import { send } from "../../support/account.ts";
import { atConsole, makeStaff } from "../../support/console.ts";
import { eventually } from "../../support/eventually.ts";
import { sendFile } from "../../support/files.ts";
import { makeOffice } from "../../support/people.ts";
import { hiddenField } from "../../support/relying-party.ts";
import { useFresh } from "../../support/suite-resource.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

describe("the sample file of the import page", function () {
  this.timeout(30_000);
  const vestibule = useVestibule();
  const { services } = vestibule;
  const office = useFresh(() => makeOffice(services));
  const staff = useFresh(() => makeStaff(services, office, { role: "superuser", username: "chris" }));

  it("has the right columns, and passes the check as it is", async () => {
    const { browser } = await atConsole(vestibule, staff);
    const path = `/console/o/${office.code}/users/import`;
    const page = await browser.get(path);
    expect(page.body).to.contain("Download a sample file");
    const sample = await send(browser, page, { decision: "sample" });
    expect(sample.headers["content-disposition"]).to.contain("users.csv");
    expect(sample.body.replace("\u{feff}", "")).to.match(
      /^"username","name","mail","mobile number","language","role"\r\n/,
    );
    const again = await browser.get(path);
    const form = new FormData();
    form.set("_csrf", hiddenField(again, "_csrf"));
    form.set("letters", "");
    form.set("file", new Blob([sample.body]), "users.csv");
    await sendFile(browser, path, form);
    const checked = await eventually(
      () => browser.get(path),
      ({ body }) => !body.includes("data-look-again"),
    );
    expect(checked.body).to.contain("All 2 lines are correct");
  });
});

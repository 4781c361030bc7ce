import { expect } from "chai";
import { atConsole, makeStaff, supportOffice } from "../../support/console.ts";
import { sendFile } from "../../support/files.ts";
import type { HttpBrowser } from "../../support/http-browser.ts";
import { IMPORTED_PASSWORD, KNOWN_HASHES } from "../../support/imported-hashes.ts";
import { jsonLines } from "../../support/importing.ts";
import { makeOffice } from "../../support/people.ts";
import { hiddenField } from "../../support/relying-party.ts";
import { stranger } from "../../support/flood.ts";
import { SoftwareAuthenticator } from "../../support/software-authenticator.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

const HASH = KNOWN_HASHES.find(({ form }) => form === "bcrypt $2a$")?.hash ?? "";
const SECRETS = { "password hash": HASH, "totp secret": "JBSWY3DPEHPK3PXP" };

describe("a file of another system's users in the console", () => {
  const vestibule = useVestibule();
  const { services } = vestibule;

  async function upload(browser: HttpBrowser, path: string) {
    const passkeys = [new SoftwareAuthenticator({ origin: vestibule.issuer }).exported()];
    const anna = { username: "anna", name: "Anna", ...SECRETS, passkeys };
    const file = jsonLines([anna, { username: "ben", name: "Ben" }]);
    const form = new FormData();
    form.set("_csrf", hiddenField(await browser.get(path), "_csrf"));
    form.set("file", new Blob([file]), "people.jsonl");
    const { status, location } = await sendFile(browser, path, form);
    expect(status).to.equal(303);
    return browser.get(location);
  }

  it("says to support what its users bring, and is applied with it", async () => {
    const office = await makeOffice(services);
    const staff = await makeStaff(services, await supportOffice(services), { role: "support" });
    const { browser } = await atConsole(vestibule, staff);
    const path = `/console/o/${office.code}/users/import`;
    expect((await browser.get(path)).body).to.contain("password hash,totp secret");
    const page = await upload(browser, path);
    expect(page.body).to.contain("1 password, 1 authenticator app, 1 passkey and 0 confirmed numbers");
    expect(page.body).to.not.contain(HASH).and.to.not.contain("They have no password yet");
    expect(page.body).to.contain("Invite those who bring no password").and.to.not.contain("Invite them all");
    const fields = { _csrf: hiddenField(page, "_csrf"), run: hiddenField(page, "run"), decision: "apply" };
    expect((await browser.post(path, fields)).status).to.equal(303);
    const typed = { officeCode: office.code, username: "anna", password: IMPORTED_PASSWORD };
    const result = await services.passwords.check({ ...typed, browser: [], visitor: stranger() });
    expect(result.type).to.equal("right");
  });

  it("T13 is refused to a superuser, line by line", async () => {
    const office = await makeOffice(services);
    const staff = await makeStaff(services, office, { role: "superuser" });
    const { browser } = await atConsole(vestibule, staff);
    const path = `/console/o/${office.code}/users/import`;
    expect((await browser.get(path)).body).to.not.contain("password hash");
    const page = await upload(browser, path);
    expect(page.body).to.contain("1 of 2 lines contains an error");
    expect(page.body).to.contain("Only platform staff can import passwords");
  });
});

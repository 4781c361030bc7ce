import { expect } from "chai";
import { eventually } from "../../support/eventually.ts";
import { useOtherProcess } from "../../support/other-process.ts";
import { passkeyOwner } from "../../support/passkey-owner.ts";
import { useOn } from "../../support/passkeys.ts";
import { openSignIn } from "../../support/relying-party.ts";
import { changeOffice } from "../../support/second-factor.ts";
import { statementsOf } from "../../support/statements.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

describe("the office of a sign-in, before the password", function () {
  this.timeout(60_000);
  const vestibule = useVestibule({ application: {}, office: { name: "Noord" }, user: {} });
  const { services, office } = vestibule;
  const other = useOtherProcess(vestibule);

  const knowing = async (code: string) => {
    const browser = vestibule.browser();
    await browser.get(`/o/${code}`);
    return browser;
  };

  it("is shown without a question to the database", async () => {
    const browser = await knowing(office.code);
    const open = () => openSignIn(browser, vestibule.request());
    await open();
    await open();
    const statements = await statementsOf(async () => {
      expect((await open()).body).to.contain("Noord");
    });
    expect(statements).to.not.include.members(["office_by_code"]).and.not.include.members(["office_by_id"]);
  });

  it("has its new look at once where it was changed, and soon in every other process", async () => {
    const browser = await knowing(office.code);
    const elsewhere = () => openSignIn(browser.copy(other.port), vestibule.request());
    await elsewhere();
    expect((await elsewhere()).body).to.contain("Noord");
    for (const name of ["Zuid", "West"]) {
      await changeOffice(services, office, { name });
      expect((await openSignIn(browser, vestibule.request())).body).to.contain(name);
      await eventually(elsewhere, ({ body }) => body.includes(name));
    }
  });

  it("T200 decides nothing: a passkey that may not replace the password any longer signs in at no process", async () => {
    const { user, device } = await passkeyOwner(vestibule);
    await changeOffice(services, user.office, { isPasswordless: true });
    const browser = await knowing(user.office.code);
    const page = await openSignIn(browser, vestibule.request());
    await changeOffice(services, user.office, { isPasswordless: false });
    for (const at of [browser, browser.copy(other.port)]) {
      const { status, location } = await useOn(at, page, device);
      expect([status, location]).to.deep.equal([400, ""]);
    }
  });
});

import { expect } from "chai";
import { asOwner } from "../../support/database.ts";
import { stranger } from "../../support/flood.ts";
import { useVestibule } from "../../support/use-vestibule.ts";
import { formAction, hiddenField } from "../../support/relying-party.ts";
import type { Page } from "../../support/http-browser.ts";

/** A fifth of what all addresses together may try, as for the passwords of an office. */
const MARK = 400;

describe("the guard of user codes, when strangers guess from many addresses", () => {
  const vestibule = useVestibule({ settings: { VESTIBULE_DEVICE_FLOW: "yes" } });

  const alarms = () =>
    asOwner<{ office_id: string | null; actor: string; details: object; address: string | null }>(
      vestibule.database,
      `select office_id, actor, details, host(address) as address from audit_events
       where type = 'user-code.throttled' and outcome = 'alarm'`,
    );

  beforeEach(async () => {
    await asOwner(vestibule.database, "delete from rate_limits");
    await vestibule.services.userCodes.reserve(stranger());
  });
  const setUsed = (used: number) =>
    asOwner(vestibule.database, "update rate_limits set used = $1 where scope = 'user-code'", [used]);

  async function type(code: string): Promise<Page> {
    const browser = vestibule.browser();
    const page = await browser.get("/device");
    return browser.post(formAction(page), { xsrf: hiddenField(page, "xsrf"), user_code: code });
  }

  it("T125 raises one alarm about the whole installation, by the wrong code that reaches a fifth of the limit", async () => {
    await setUsed(MARK - 2);
    await type("BBBB-BBBB");
    expect(await alarms()).to.deep.equal([]);
    await type("BBBB-BBBC");
    await type("BBBB-BBBD");
    expect(await alarms()).to.deep.equal([
      {
        office_id: null,
        actor: "visitor",
        details: { alarm: "installation-under-attack" },
        address: "127.0.0.1",
      },
    ]);
  });

  it("T125 raises none by a try that is given back", async () => {
    const before = (await alarms()).length;
    await setUsed(MARK - 1);
    const { userCodes } = vestibule.services;
    await userCodes.giveBack((await userCodes.reserve(stranger())) ?? expect.fail());
    expect(await alarms()).to.have.length(before);
  });
});

import { expect } from "chai";
import { openAccount, send } from "../../support/account.ts";
import { MINUTE, travel } from "../../support/time.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

describe("a forged form of the account page", () => {
  const vestibule = useVestibule({ user: {} });

  it("is refused before anything else is asked, also when the sign-in is too old for a change", async () => {
    const browser = vestibule.browser();
    const page = await openAccount(browser, "/account/profile", { user: vestibule.user });
    travel(30 * MINUTE);
    const forged = await send(browser, page, { _csrf: "forged", name: "Changed", language: "" });
    expect([forged.status, forged.location]).to.deep.equal([403, ""]);
    const own = await send(browser, page, { name: "Changed", language: "" });
    expect(own.status).to.equal(303);
    expect(own.location).to.match(/\/authorize\?/);
  });
});

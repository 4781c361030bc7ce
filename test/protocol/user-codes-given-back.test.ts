import { expect } from "chai";
import { asOwner } from "../support/database.ts";
import { formAction, hiddenField } from "../support/relying-party.ts";
import { useVestibule } from "../support/use-vestibule.ts";

const PEOPLE = 25;

describe("user codes of many devices behind one network address", () => {
  const vestibule = useVestibule({
    settings: { VESTIBULE_DEVICE_FLOW: "yes" },
    application: {
      ...{ type: "native", redirectUris: [], deviceFlow: true, name: "Television" },
    },
  });

  const ask = async () => {
    const { body } = await vestibule.browser().send("/device/authorize", {
      method: "POST",
      headers: { accept: "application/json", "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams({ client_id: vestibule.application.id, scope: "openid" }).toString(),
    });
    return (JSON.parse(body) as { user_code: string }).user_code;
  };
  const type = async (code: string) => {
    const browser = vestibule.browser();
    const page = await browser.get("/device");
    return browser.post(formAction(page), { xsrf: hiddenField(page, "xsrf"), user_code: code });
  };

  it("T48 are no guesses when they are right, and a wrong one is", async () => {
    for (let person = 0; person < PEOPLE; person += 1) {
      expect((await type(await ask())).body, `person ${String(person)}`).to.contain("Television");
    }
    await type("BBBB-BBBB");
    const rows = await asOwner<{ tries: number }>(
      vestibule.database,
      "select used as tries from rate_limits where scope = 'user-code-address'",
    );
    expect(rows).to.deep.equal([{ tries: 1 }]);
  });
});

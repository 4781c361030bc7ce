import { expect } from "chai";
import type { HttpBrowser, Page } from "../../support/http-browser.ts";
import { makeApplication } from "../../support/people.ts";
import { follow, formAction, hiddenField } from "../../support/relying-party.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

describe("the page on which a device's code is typed, in two tabs", () => {
  const vestibule = useVestibule({ settings: { VESTIBULE_DEVICE_FLOW: "yes" } });

  const newCode = async () => {
    const { id } = await makeApplication(vestibule.services, {
      type: "native",
      redirectUris: [],
      deviceFlow: true,
    });
    const asked = await vestibule.browser().send("/device/authorize", {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams({ client_id: id, scope: "openid" }).toString(),
    });
    return (JSON.parse(asked.body) as { user_code: string }).user_code;
  };
  const send = async (browser: HttpBrowser, page: Page, fields: Record<string, string>) =>
    follow(browser, await browser.post(formAction(page), { xsrf: hiddenField(page, "xsrf"), ...fields }));

  it("asks again in the older one, and finds no fault with the code", async () => {
    const browser = vestibule.browser();
    const code = await newCode();
    const older = await browser.get("/device");
    await browser.get("/device");
    const again = await send(browser, older, { user_code: code });
    expect([
      again.status,
      again.body.includes("Enter the code shown by your device"),
      again.body.includes('class="wrong"'),
    ]).to.deep.equal([400, true, false]);
    expect((await send(browser, again, { user_code: code })).body).to.contain(code);
  });

  it("asks again where the older one asks whether the code is right", async () => {
    const browser = vestibule.browser();
    const code = await newCode();
    const older = await send(browser, await browser.get("/device"), { user_code: code });
    await browser.get("/device");
    const again = await send(browser, older, { user_code: code, confirm: "yes" });
    expect([again.status, again.body.includes('class="wrong"')]).to.deep.equal([400, false]);
    const confirm = await send(browser, again, { user_code: code });
    expect((await send(browser, confirm, { user_code: code, confirm: "yes" })).body).to.contain(
      'name="password"',
    );
  });
});

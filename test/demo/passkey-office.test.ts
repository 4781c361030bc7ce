import { DEMO_PASSWORD, PASSKEY_OFFICE } from "../../demo/demo-office.ts";
import { useDemo } from "../support/demo.ts";
import { button, onPage, sendIn } from "../support/pages.ts";
import { withDevice } from "../support/virtual-authenticator.ts";
import { useBrowser } from "../support/visitors.ts";

describe("the demo's office with passkeys", function () {
  this.timeout(60_000);
  const demo = useDemo();
  const open = useBrowser();

  it("lets anna choose one at her first sign-in, and needs no password afterwards", async () => {
    const { page } = await open();
    await withDevice(page);
    const account = `${demo.vestibule.issuer}/account`;
    await page.goto(account);
    await sendIn(page, { officeCode: PASSKEY_OFFICE.code, username: "anna", password: DEMO_PASSWORD });
    await page.locator("input[value=passkey]").check();
    await page.locator("button.primary").click();
    await button(page, "Create a passkey").click();
    await page.getByLabel("I have saved these codes").check();
    await page.locator("button.primary").click();
    await onPage(page, "Your account");
    await page.context().clearCookies({ name: /session/ });
    await page.goto(account);
    await onPage(page, "Your account");
  });
});

import { expect } from "chai";
import type { Page } from "playwright-core";
import { expectGood } from "../support/accessibility.ts";
import { button, entriesOf, link, onPage, sendIn } from "../support/pages.ts";
import { makePasskeyUser } from "../support/passkeys.ts";
import type { TestUser } from "../support/people.ts";
import { changeOffice } from "../support/second-factor.ts";
import { withDevice } from "../support/virtual-authenticator.ts";
import { useBrowser } from "../support/visitors.ts";
import { useVestibule } from "../support/use-vestibule.ts";

describe("a passkey in a browser", function () {
  this.timeout(60_000);
  const open = useBrowser();
  const vestibule = useVestibule();
  const account = () => `${vestibule.issuer}/account`;

  async function begin(page: Page, user: TestUser): Promise<void> {
    await page.goto(account());
    await sendIn(page, entriesOf(user));
  }

  async function setUp(page: Page, user: TestUser): Promise<void> {
    await begin(page, user);
    await page.getByRole("radio", { name: /^Passkey/ }).check();
    await button(page, "Confirm").click();
    await onPage(page, "Set up a passkey");
    await button(page, "Create a passkey").click();
    await onPage(page, "Save your recovery codes");
    await page.getByLabel("I have saved these codes").check();
    await button(page, "Continue").click();
    await onPage(page, "Your account");
  }

  for (const viewport of [
    { width: 1280, height: 800 },
    { width: 320, height: 640 },
  ]) {
    it(`is set up, signs in and is removed (${String(viewport.width)} pixels wide)`, async () => {
      const user = await makePasskeyUser(vestibule.services);
      const { page } = await open({ viewport });
      await withDevice(page);
      await setUp(page, user);
      await page.context().clearCookies({ name: /session/ });
      await begin(page, user);
      await onPage(page, "Use your passkey");
      await expectGood(page, "the page that asks for a passkey");
      await button(page, "Use a passkey").click();
      await onPage(page, "Your account");
      await page.locator("a[href^='/account/passkeys/']").click();
      await page.getByLabel("Name").fill("Laptop");
      await button(page, "Save the name").click();
      await page.getByText("Laptop").waitFor();
      await page.locator("a[href^='/account/passkeys/']").click();
      await button(page, "Remove").click();
      await page.getByText("This is the only method you have that your office accepts.").waitFor();
    });
  }

  /** The password page of an office where a passkey replaces the password, in the owner's browser. */
  async function openAlone(page: Page, user: TestUser, { isWaiting }: { isWaiting: boolean }) {
    const { cdp, id } = await withDevice(page);
    await setUp(page, user);
    await changeOffice(vestibule.services, user.office, { isPasswordless: true });
    await page.context().clearCookies({ name: /session/ });
    const presence = { authenticatorId: id, enabled: !isWaiting };
    await cdp.send("WebAuthn.setAutomaticPresenceSimulation", presence);
    await page.goto(account());
    return () => cdp.send("WebAuthn.setAutomaticPresenceSimulation", { ...presence, enabled: true });
  }

  it("signs in alone, by its button beside the form for the password", async () => {
    const user = await makePasskeyUser(vestibule.services);
    const { page } = await open();
    const touch = await openAlone(page, user, { isWaiting: true });
    await onPage(page, "Sign in");
    await button(page, "Sign in with a passkey").waitFor();
    await expectGood(page, "the password page with a passkey");
    await touch();
    await button(page, "Sign in with a passkey").click();
    await onPage(page, "Your account");
  });

  it("signs in alone from the browser's list in the field of the username", async () => {
    const user = await makePasskeyUser(vestibule.services);
    const { page } = await open();
    await openAlone(page, user, { isWaiting: false });
    await onPage(page, "Your account");
  });

  it("takes back what it offers in the field of the username with the button, when its minutes are over", async () => {
    const user = await makePasskeyUser(vestibule.services);
    const { page } = await open();
    await page.addInitScript(`
      const get = navigator.credentials.get.bind(navigator.credentials);
      navigator.credentials.get = (options) => {
        options.signal?.addEventListener("abort", () => document.body.setAttribute("data-aborted", ""));
        return get(options);
      };
    `);
    await page.clock.install();
    await openAlone(page, user, { isWaiting: true });
    await button(page, "Sign in with a passkey").waitFor();
    await page.getByLabel("Username").fill("someone else");
    expect(await page.locator("[data-aborted]").count()).to.equal(0);
    await page.clock.fastForward("15:00");
    await page.locator("[data-aborted]").waitFor();
    expect(await button(page, "Sign in with a passkey").isVisible()).to.equal(false);
    expect(await page.getByLabel("Username").inputValue()).to.equal("someone else");
  });

  it("leaves the form for the password as it is without scripts", async () => {
    const user = await makePasskeyUser(vestibule.services);
    await changeOffice(vestibule.services, user.office, { isPasswordless: true });
    const { page } = await open({ javaScriptEnabled: false });
    await page.goto(`${vestibule.issuer}/o/${user.office.code}`);
    await page.goto(account());
    await onPage(page, "Sign in");
    expect(await button(page, "Sign in with a passkey").isVisible()).to.equal(false);
    expect(await page.getByLabel("Password", { exact: true }).isVisible()).to.equal(true);
  });

  it("says calmly that it was cancelled, and costs nothing", async () => {
    const user = await makePasskeyUser(vestibule.services);
    const { page } = await open();
    const { cdp, id } = await withDevice(page);
    await setUp(page, user);
    await page.context().clearCookies({ name: /session/ });
    await begin(page, user);
    await onPage(page, "Use your passkey");
    await cdp.send("WebAuthn.setUserVerified", { authenticatorId: id, isUserVerified: false });
    await cdp.send("WebAuthn.removeVirtualAuthenticator", { authenticatorId: id });
    await withDevice(page, { automaticPresenceSimulation: true });
    await button(page, "Use a passkey").click();
    await page.getByText("That did not work, or it was cancelled.").waitFor();
    expect(await page.title()).to.contain("Use your passkey");
  });

  it("is not asked for without scripts: a sentence says so, and the other methods are there", async () => {
    const user = await makePasskeyUser(vestibule.services);
    const { page } = await open({ javaScriptEnabled: false });
    await begin(page, user);
    await page.getByRole("radio", { name: /^Passkey/ }).check();
    await button(page, "Confirm").click();
    await page.getByText("A passkey needs JavaScript, which is switched off in this browser.").waitFor();
    expect(await button(page, "Create a passkey").isVisible()).to.equal(false);
    await link(page, "Use an app instead").click();
    await onPage(page, "Set up your authenticator app");
  });

  it("is not offered by an office that has not decided for it", async () => {
    const user = await makePasskeyUser(vestibule.services);
    const secondFactor = { demand: "required", from: null, methods: ["totp", "sms"] } as const;
    await changeOffice(vestibule.services, user.office, { secondFactor });
    const { page } = await open();
    await begin(page, user);
    expect(await page.getByRole("radio").count()).to.equal(2);
  });
});

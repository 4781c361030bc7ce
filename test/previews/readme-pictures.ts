import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { DEMO_OFFICE, DEMO_PASSWORD } from "../../demo/demo-office.ts";
import { App } from "../support/account.ts";
import { closeBrowser, theBrowser } from "../support/browser.ts";
import { closeCluster } from "../support/database.ts";
import { startDemo } from "../support/demo.ts";
import { button, link, onPage, sendIn } from "../support/pages.ts";
import { asStaff } from "./console-gallery.ts";
import { makeWorld } from "./world.ts";

/**
 * Makes the pictures of the README from the real pages:
 *
 *   npx node test/previews/readme-pictures.ts
 */
const PICTURES = fileURLToPath(new URL("../../docs/pictures/", import.meta.url));
const SCREEN = { width: 600, height: 780 };

mkdirSync(PICTURES, { recursive: true });
const { browser } = await theBrowser();
await takeSecondFactor();
await takeConsole();
await closeBrowser();
await closeCluster();

/** The choice, the QR code, and what the application learns of a sign-in with two factors. */
async function takeSecondFactor(): Promise<void> {
  const demo = await startDemo();
  const page = await browser.newPage({ viewport: SCREEN, locale: "en-GB" });
  await page.goto(demo.url);
  await link(page, "Sign in").click();
  await sendIn(page, { officeCode: DEMO_OFFICE.code, username: "anna", password: DEMO_PASSWORD });
  await onPage(page, "Choose how you receive your verification code");
  await page.getByLabel("Authenticator app").check();
  const choice = await take(page);
  await button(page, "Confirm").click();
  await onPage(page, "Set up your authenticator app");
  const qr = await take(page);
  await page.getByLabel("Verification code").fill(await new App(await keyOn(page)).code());
  await onPage(page, "Save your recovery codes"); // six digits send themselves
  await page.getByLabel("I have saved these codes").check();
  await button(page, "Continue").click();
  await onPage(page, "Signed in as Anna de Vries");
  await putTogether([choice, qr, await take(page)]);
  await demo.vestibule.stop();
}

/** The users of an office, as its superuser sees them. */
async function takeConsole(): Promise<void> {
  const world = await makeWorld();
  const page = await browser.newPage({ viewport: { width: 1280, height: 720 }, locale: "en-GB" });
  await asStaff("superuser", `/console/o/${DEMO_OFFICE.code}/users`)(page, world);
  await page.screenshot({ path: `${PICTURES}console.png`, animations: "disabled", caret: "hide" });
  await world.close();
}

/** The key, base32, from the link that opens an authenticator app on the same phone. */
async function keyOn(page: Page): Promise<string> {
  const address = await page.locator('a[href^="otpauth:"]').getAttribute("href");
  return new URL(address ?? "").searchParams.get("secret") ?? "";
}

async function take(page: Page): Promise<string> {
  const picture = await page.screenshot({ animations: "disabled", caret: "hide" });
  return `data:image/png;base64,${picture.toString("base64")}`;
}

async function putTogether(screens: readonly string[]): Promise<void> {
  const page = await browser.newPage({ viewport: { width: 1600, height: 720 } });
  const frames = screens.map((screen) => `<img src="${screen}" alt="">`).join("<i>→</i>");
  await page.setContent(`<!doctype html>
    <style>
      body { display: flex; align-items: center; gap: 20px; margin: 0; padding: 24px; background: #fff; }
      img { flex: 1; min-width: 0; border: 1px solid #d5d2ca; border-radius: 12px; }
      i { font: 32px system-ui; color: #56625d; }
    </style>${frames}`);
  await page.locator("body").screenshot({ path: `${PICTURES}second-factor.png` });
}

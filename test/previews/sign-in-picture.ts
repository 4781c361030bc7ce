import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { closeBrowser, theBrowser } from "../support/browser.ts";
import { closeCluster } from "../support/database.ts";
import { ANNA, startDemo } from "../support/demo.ts";
import { fillIn, link, onPage, sendIn } from "../support/pages.ts";

/**
 * Makes the picture of the README from the real pages, the way that a sign-in goes:
 *
 *   npx node test/previews/sign-in-picture.ts
 */
const PICTURE = fileURLToPath(new URL("../../docs/pictures/sign-in.png", import.meta.url));

const SCREEN = { width: 600, height: 780 };

const { browser } = await theBrowser();
const demo = await startDemo();
const screens = await photograph(await browser.newPage({ viewport: SCREEN, locale: "en-GB" }));
await putTogether(await browser.newPage({ viewport: { width: 1600, height: 720 } }), screens);
await demo.vestibule.stop();
await closeBrowser();
await closeCluster();

/** The application, the password page with what a user has typed, and the application again. */
async function photograph(page: Page): Promise<string[]> {
  await page.goto(demo.url);
  const first = await take(page);
  await link(page, "Sign in").click();
  await fillIn(page, ANNA);
  const second = await take(page);
  await sendIn(page, ANNA);
  await onPage(page, "Signed in as Anna de Vries");
  return [first, second, await take(page)];
}

async function take(page: Page): Promise<string> {
  const picture = await page.screenshot({ animations: "disabled", caret: "hide" });
  return `data:image/png;base64,${picture.toString("base64")}`;
}

async function putTogether(page: Page, screens: readonly string[]): Promise<void> {
  const frames = screens.map((screen) => `<img src="${screen}" alt="">`).join("<i>→</i>");
  await page.setContent(`<!doctype html>
    <style>
      body { display: flex; align-items: center; gap: 20px; margin: 0; padding: 24px; background: #fff; }
      img { flex: 1; min-width: 0; border: 1px solid #d5d2ca; border-radius: 12px; }
      i { font: 32px system-ui; color: #56625d; }
    </style>${frames}`);
  mkdirSync(dirname(PICTURE), { recursive: true });
  await page.locator("body").screenshot({ path: PICTURE });
}

import type { Page } from "playwright-core";
import { DEMO_TOTP_KEY } from "../../demo/demo-states.ts";
import { App, openAccount } from "../support/account.ts";
import { HttpBrowser } from "../support/http-browser.ts";
import type { TestUser } from "../support/people.ts";
import type { World } from "./world.ts";

/**
 * Leads a window to a page of the demo's account or console, as somebody with an app. The sign-in is done beside the
 * window, which gets its cookies: its pages have pictures of their own, and drawing them each time takes longest.
 */
export async function openSignedIn(
  page: Page,
  { demo }: World,
  { path, user }: { path: string; user: TestUser },
): Promise<void> {
  const { issuer, settings } = demo.vestibule;
  const userAgent = await page.evaluate<string>("navigator.userAgent");
  const browser = new HttpBrowser(issuer, settings.port, "", userAgent);
  await openAccount(browser, path, { user, app: new App(DEMO_TOTP_KEY) });
  await page
    .context()
    .addCookies(
      browser
        .cookies()
        .map(({ name, value, path: below }) => ({ name, value, url: `${issuer}${below}`, httpOnly: true })),
    );
  await page.goto(`${issuer}${path}`);
  await page.waitForURL(`${issuer}${path}*`);
}

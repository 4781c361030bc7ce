import type { Page } from "playwright-core";
import { DEMO_TOTP_KEY } from "../../demo/demo-states.ts";
import { App, openAccount } from "../support/account.ts";
import { HttpBrowser } from "../support/http-browser.ts";
import type { TestUser } from "../support/people.ts";
import { authorizationRequest, openSignIn } from "../support/relying-party.ts";
import { givePassword } from "../support/second-factor.ts";
import type { World } from "./world.ts";

/**
 * Opens a page of the demo's account or console as a user with an app. The sign-in is done beside the window, which
 * gets its cookies: its pages have pictures of their own, and drawing them each time takes longest.
 */
export async function openSignedIn(
  page: Page,
  world: World,
  { path, user }: { path: string; user: TestUser },
): Promise<void> {
  const browser = await browserBeside(page, world);
  await openAccount(browser, path, { user, app: new App(DEMO_TOTP_KEY) });
  await handOver(browser, page);
  await page.goto(`${browser.issuer}${path}`);
  await page.waitForURL(`${browser.issuer}${path}*`);
}

/** Opens the page that follows the password in a sign-in; the password page itself is passed beside the window. */
export async function openAfterPassword(page: Page, world: World, user: TestUser): Promise<void> {
  const browser = await browserBeside(page, world);
  const request = authorizationRequest(browser.issuer, world.ledger);
  const next = await givePassword(browser, await openSignIn(browser, request), user);
  await handOver(browser, page);
  await page.goto(next.url);
}

async function browserBeside(page: Page, { demo }: World): Promise<HttpBrowser> {
  const { issuer, settings } = demo.vestibule;
  const userAgent = await page.evaluate<string>("navigator.userAgent");
  const language = await page.evaluate<string>("navigator.language");
  return new HttpBrowser(issuer, settings.port, language, userAgent);
}

async function handOver(browser: HttpBrowser, page: Page): Promise<void> {
  const cookies = browser.cookies().map(({ name, value, path }) => ({
    name,
    value,
    url: `${browser.issuer}${path}`,
    httpOnly: true,
  }));
  await page.context().addCookies(cookies);
}

import { expect } from "chai";
import type { Locator, Page } from "playwright-core";
import type { TestUser } from "./people.ts";

/** What a user types on the password page; a missing field is left as it is. */
export interface Entries {
  readonly officeCode?: string;
  readonly username?: string;
  readonly password: string;
}

/** What a user of the tests types. */
export const entriesOf = ({ office, username, password }: TestUser): Entries => ({
  officeCode: office.code,
  username,
  password,
});

/** Fills the password page in. */
export async function fillIn(page: Page, { officeCode, username, password }: Entries): Promise<void> {
  if (officeCode !== undefined) {
    await page.getByLabel("Office code").fill(officeCode);
  }
  if (username !== undefined) {
    await page.getByLabel("Username").fill(username);
  }
  await passwordBox(page).fill(password);
}

/** Fills the password page in and sends it. */
export async function sendIn(page: Page, entries: Entries): Promise<void> {
  await fillIn(page, entries);
  await button(page, "Sign in").click();
}

/** Not the button that shows the password. */
export const passwordBox = (page: Page): Locator =>
  page.getByRole("textbox", { name: "Password", exact: true });

export const button = (page: Page, name: string): Locator => page.getByRole("button", { name, exact: true });

export const link = (page: Page, name: string): Locator => page.getByRole("link", { name, exact: true });

/** Types a code into its box and sends it; the next page is there when it returns. With a script the box sends a whole code by itself. */
export async function sendCode(box: Locator, code: string, confirm: Locator): Promise<void> {
  const page = box.page();
  await page.waitForLoadState("load");
  const digits = Number(await box.getAttribute("data-digits"));
  const hasScript = (await page.locator("html[data-can-copy]").count()) === 1;
  const sendsItself = hasScript && code.replace(/\D/g, "").length === digits;
  const next = page.waitForEvent("framenavigated", (frame) => frame === page.mainFrame());
  await Promise.all([next, sendsItself ? box.fill(code) : box.fill(code).then(() => confirm.click())]);
  await page.waitForLoadState("load");
}

/** What is wrong with the one field that has a fault. */
export const wrongField = (page: Page, message: string): Locator =>
  page.locator(".wrong").filter({ hasText: message });

/** The summary of errors: of several, or of the whole form. */
export const summary = (page: Page): Locator => page.getByRole("group", { name: "There is a problem" });

/** Waits for the page with this heading. */
export async function onPage(page: Page, title: string): Promise<void> {
  await page.getByRole("heading", { level: 1, name: title, exact: true }).waitFor();
}

export async function expectFocus(place: Locator): Promise<void> {
  const focused = place.and(place.page().locator(":focus"));
  await focused.waitFor({ state: "attached", timeout: 2_000 }).catch(() => undefined);
  expect(await focused.count(), `focus on ${String(place)}`).to.equal(1);
}

/** What exists in a page and not here. */
interface PageWindow {
  getComputedStyle(element: unknown): Readonly<Record<string, string>>;
}

/** What the browser has made of a style, such as `outlineStyle`. */
export async function styleOf(place: Locator, property: string): Promise<string> {
  const style = await place.evaluate((element, name) => {
    const page = globalThis as unknown as PageWindow;
    return page.getComputedStyle(element)[name];
  }, property);
  return style ?? "";
}

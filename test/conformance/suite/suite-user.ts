import type { BrowserContext, Page } from "playwright-core";
import { button, passwordBox, sendIn, type Entries } from "../../support/pages.ts";

/** What the user does with the pages of the provider. */
export type Manner = "answers" | "cancels" | "looks";

/** More pages than any sign-in or sign-out has. */
const PAGES = 8;

/**
 * Opens an address of the suite as its user would, and answers every page of the provider until the browser is back at
 * the suite or a page asks nothing more. Answers a picture of the last page.
 */
export async function visit(
  context: BrowserContext,
  address: string,
  { suite, user, manner }: { suite: string; user: Entries; manner: Manner },
): Promise<Buffer> {
  const page = await context.newPage();
  await page.goto(address);
  let picture = await page.screenshot({ fullPage: true });
  const pages = manner === "looks" ? 0 : PAGES;
  for (let left = pages; left > 0 && !page.url().startsWith(suite); left -= 1) {
    picture = await page.screenshot({ fullPage: true });
    if (!(await answer(page, user, manner))) {
      break;
    }
  }
  // The suite's page of the return address sends what it got with a script of its own.
  await page.waitForLoadState("networkidle");
  await page.close();
  return picture;
}

/** Whether the page asked anything. */
async function answer(page: Page, user: Entries, manner: Manner): Promise<boolean> {
  const before = page.url();
  if (manner === "cancels" && (await button(page, "Cancel").count()) > 0) {
    await button(page, "Cancel").click();
  } else if ((await passwordBox(page).count()) > 0) {
    await sendIn(page, user);
  } else if ((await button(page, "Sign out").count()) > 0) {
    await button(page, "Sign out").click();
  } else {
    return false;
  }
  await page.waitForURL((url) => url.href !== before).catch(() => undefined);
  return true;
}

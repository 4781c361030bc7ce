import type { Locator, Page } from "playwright-core";
import { sendCode } from "../support/pages.ts";
import type { World } from "./world.ts";

/**
 * Leads a window that has seen nothing yet to a page, in whatever language. The page is there as a whole when it
 * returns: one that is still on its way would be judged while it is replaced.
 */
type Open = (page: Page, world: World) => Promise<void>;

/** One page in one state. */
export interface Preview {
  readonly name: string;
  readonly open: Open;
}

/** Names a page in a state. */
export const preview = (name: string, open: Open): Preview => ({ name, open });

/** Clicks what leads to another page; that page is there as a whole when it returns. A click alone waits for none. */
export async function press(page: Page, place: Locator): Promise<void> {
  const next = page.waitForEvent("framenavigated", (frame) => frame === page.mainFrame());
  await Promise.all([next, place.click()]);
  await page.waitForLoadState("load");
}

/** Types into the page's form and sends it; the next page is there when it returns. */
export async function enter(page: Page, entries: Readonly<Record<string, string>>): Promise<void> {
  const send = page.locator("main button.primary");
  for (const [name, value] of Object.entries(entries)) {
    const box = page.locator(`[name=${name}]`);
    if ((await box.getAttribute("data-digits")) !== null) {
      await sendCode(box, value, send);
      return;
    }
    await box.fill(value);
  }
  await press(page, send);
}

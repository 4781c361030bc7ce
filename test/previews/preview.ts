import type { Page } from "playwright-core";
import type { World } from "./world.ts";

/** Leads a window that has seen nothing yet to a page, in whatever language. */
type Open = (page: Page, world: World) => Promise<void>;

/** One page in one state. */
export interface Preview {
  readonly name: string;
  readonly open: Open;
}

/** Names a page in a state. */
export const preview = (name: string, open: Open): Preview => ({ name, open });

/** Types into the page's form and sends it; the next page is there when it returns. */
export async function enter(page: Page, entries: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, value] of Object.entries(entries)) {
    await page.locator(`[name=${name}]`).fill(value);
  }
  await Promise.all([page.waitForEvent("load"), page.locator("main button.primary").click()]);
}

import { expect } from "chai";
import type { Page } from "playwright-core";
import { violationsOn } from "../previews/axe.ts";
import { staying } from "./staying.ts";

/** WCAG 2.2 AA as far as axe knows it, nothing to scroll sideways, and nothing to press that is too small. */
export async function expectGood(page: Page, what: string): Promise<void> {
  await page.waitForLoadState("load");
  await staying(page, () => judge(page, what));
}

async function judge(page: Page, what: string): Promise<void> {
  expect(await violationsOn(page), what).to.deep.equal([]);
  const overflow = await page.evaluate(
    "document.documentElement.scrollWidth - document.documentElement.clientWidth",
  );
  expect(overflow, `${what} is wider than the window`).to.equal(0);
  expect(await page.evaluate(TOO_SMALL), what).to.deep.equal([]);
}

/** Whatever can be pressed and is lower than 44 px; a box with a label is pressed by the label. */
const TOO_SMALL = `[...document.querySelectorAll("main :is(a, button, summary, input:not([type=hidden]))")]
  .map((element) => element.closest("label") ?? element)
  .filter((element) => element.checkVisibility() && element.getBoundingClientRect().height < 43.5)
  .map((element) => element.outerHTML)`;

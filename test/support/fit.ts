import type { Page } from "playwright-core";

/** What does not fit into the window: the page that scrolls sideways, and words that are cut off. */
export async function misfitsOn(page: Page): Promise<string[]> {
  return page.evaluate<string[]>(MISFITS);
}

/** An inline element has no width of its own; what is only read out has none to show; a pixel is what rounding costs. */
const MISFITS = `[
  ...[document.documentElement].filter((root) => root.scrollWidth > root.clientWidth).map(() => "the page"),
  ...[...document.querySelectorAll("h1, h2, p, li, dt, dd, a, button, summary, label, legend, .badge")]
    .filter((element) => element.checkVisibility() && getComputedStyle(element).display !== "inline")
    .filter((element) => !element.closest(".unseen"))
    .filter((element) => element.clientWidth > 1 && element.scrollWidth > element.clientWidth + 1)
    .map((element) => element.outerHTML),
]`;

/** How much of a page lies beyond the right edge. */
export async function hiddenWidth(page: Page): Promise<number> {
  const measure = "document.documentElement.scrollWidth - document.documentElement.clientWidth";
  return Number(await page.evaluate(measure));
}

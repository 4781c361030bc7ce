import { expect } from "chai";
import type { Frame, Page } from "playwright-core";

/** Notes what a page takes from another server than its own. */
export function watchForeign(page: Page): ReadonlySet<string> {
  const taken = new Set<string>();
  page.on("request", (request) => {
    const own = originOf(request.frame());
    if (!request.isNavigationRequest() && new URL(request.url()).origin !== own) {
      taken.add(request.url());
    }
  });
  return taken;
}

/** A frame that is written into its page (`srcdoc`) has no address of its own: what it takes, it takes as its page. */
function originOf(frame: Frame): string {
  const parent = frame.parentFrame();
  return frame.url() === "about:srcdoc" && parent !== null ? originOf(parent) : new URL(frame.url()).origin;
}

/**
 * Looks at a page, which has to stay: one that sends itself on, or that a click has not reached yet, is another page
 * before the look is over. Says so, where the driver would only say that something was destroyed.
 */
export async function staying(page: Page, look: () => Promise<void>): Promise<void> {
  const left: string[] = [];
  const note = (frame: Frame) => {
    if (frame === page.mainFrame()) {
      left.push(frame.url());
    }
  };
  page.on("framenavigated", note);
  try {
    await look();
  } catch (error) {
    throw left.length === 0 ? error : replaced(left, error);
  } finally {
    page.off("framenavigated", note);
  }
  expect(left, "the page was replaced while it was looked at").to.deep.equal([]);
}

const replaced = (by: readonly string[], cause: unknown): Error =>
  new Error(`The page was replaced by ${by.join(", ")} while it was looked at.`, { cause });

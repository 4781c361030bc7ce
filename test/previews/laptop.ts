import { expect } from "chai";
import type { Page } from "playwright-core";

/** What a browser with one row of tabs leaves of a screen of 1366 × 768 on Windows. */
const LAPTOP = { width: 1366, height: 657 };

/** Pages that may be longer than the screen of a laptop, each with its reason. */
const LONGER: Readonly<Record<string, string>> = {
  "sign-in/enrol-totp": "a QR code has to be large enough for a camera, between two steps that explain it",
  "sign-in/recovery-codes": "the sheet is printed, and its codes are copied by hand",
  "consent/consent": "the list is as long as what the application asks for",
  "outbox/outbox": "a page for developers, as long as there are messages",
};

/** Expects that a page shows all of itself, its last link included, without scrolling. */
export async function expectOnLaptop(page: Page, view: string): Promise<void> {
  if (view in LONGER) {
    return;
  }
  await page.setViewportSize(LAPTOP);
  const end = await page.evaluate("document.querySelector('main').getBoundingClientRect().bottom + scrollY");
  expect(Number(end), `the last line of ${view}`).to.be.at.most(LAPTOP.height);
}

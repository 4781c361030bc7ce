import { expect } from "chai";
import type { Locator, Page } from "playwright-core";
import { ANNA, useDemo } from "../support/demo.ts";
import { button, expectFocus, link, onPage, passwordBox, styleOf, summary } from "../support/pages.ts";
import { useBrowser } from "../support/visitors.ts";

describe("with the keyboard alone", () => {
  const open = useBrowser();
  const demo = useDemo();

  async function toPasswordPage(page: Page): Promise<void> {
    await page.goto(demo.url);
    await press(link(page, "Sign in"));
    await onPage(page, "Sign in");
  }

  it("a user signs in, uses the application and signs out", async () => {
    const { page } = await open();
    await toPasswordPage(page);
    await expectFocus(page.getByLabel("Office code"));
    await page.keyboard.type(ANNA.officeCode);
    await page.keyboard.press("Tab");
    await page.keyboard.type(ANNA.username);
    await page.keyboard.press("Tab");
    await page.keyboard.type(ANNA.password);
    await page.keyboard.press("Enter");
    await onPage(page, "Signed in as Anna de Vries");
    await press(button(page, "Refresh tokens"));
    await page.getByRole("status").filter({ hasText: "New tokens arrived" }).waitFor();
    await press(button(page, "Sign out everywhere"));
    await onPage(page, "You are signed out");
  });

  it("a user corrects a mistake: from the summary to the field and on", async () => {
    const { page } = await open();
    await toPasswordPage(page);
    await page.keyboard.press("Enter");
    await expectFocus(summary(page));
    await press(link(page, "Enter your username."));
    await expectFocus(page.getByLabel("Username"));
    await page.keyboard.type(ANNA.username);
    await page.keyboard.press("Shift+Tab");
    await expectFocus(page.getByLabel("Office code"));
    await page.keyboard.type(ANNA.officeCode);
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    await page.keyboard.type(ANNA.password);
    await page.keyboard.press("Enter");
    await onPage(page, "Signed in as Anna de Vries");
  });

  it("a user looks at the password, and cancels", async () => {
    const { page } = await open();
    await toPasswordPage(page);
    await tabTo(passwordBox(page));
    await page.keyboard.type("plain to see");
    await press(button(page, "Show password"));
    expect(await passwordBox(page).getAttribute("type")).to.equal("text");
    await press(button(page, "Cancel"));
    await onPage(page, "The sign-in was cancelled");
  });

  it("everything that can be pressed shows that it has the focus", async () => {
    const { page } = await open();
    await toPasswordPage(page);
    const outlines = new Map<string, string>();
    for (let presses = 0; presses < 12; presses += 1) {
      await page.keyboard.press("Tab");
      const focused = page.locator(":focus");
      if ((await focused.count()) === 1) {
        const seen = await styleOf(focused, "outlineStyle");
        outlines.set((await focused.getAttribute("id")) ?? (await focused.innerText()), seen);
      }
    }
    expect([...outlines.keys()]).to.include.members(["username", "password", "Sign in", "Nederlands"]);
    expect([...outlines].filter(([, style]) => style === "none")).to.deep.equal([]);
  });
});

/** Presses Tab until the place has the focus. */
async function tabTo(place: Locator): Promise<void> {
  const page = place.page();
  await place.waitFor();
  for (let presses = 0; presses < 30; presses += 1) {
    if ((await place.and(page.locator(":focus")).count()) === 1) {
      return;
    }
    await page.keyboard.press("Tab");
  }
  throw new Error(`The keyboard does not reach ${String(place)}`);
}

async function press(place: Locator): Promise<void> {
  await tabTo(place);
  await place.page().keyboard.press("Enter");
}

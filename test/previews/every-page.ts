import { expect } from "chai";
import type { Page } from "playwright-core";
import { LANGUAGES, type Language } from "../../src/kernel/languages.ts";
import { englishOn } from "../support/english.ts";
import { hiddenWidth, misfitsOn } from "../support/fit.ts";
import { link } from "../support/pages.ts";
import { useBrowser } from "../support/visitors.ts";
import { contrastViolationsOn, violationsOn } from "./axe.ts";
import { GALLERIES } from "./gallery.ts";
import type { Preview } from "./preview.ts";
import { staying, watchForeign } from "../support/staying.ts";
import { LOGO, useWorld } from "./world.ts";

/**
 * In CSS pixels: the narrowest screen, and a window of 1280 at 200 % zoom (WCAG 2.2, 1.4.4 and 1.4.10). A tablet upright, and a
 * small laptop, on which the console's navigation leaves the least room for its page.
 */
const WIDTHS = [1024, 912, 768, 640, 320];

/** The demo speaks English only, the outbox shows messages as they were written, and a mail has its reader's language. */
const ONE_LANGUAGE = /^(demo|outbox|mails?)-/;

/** Codes that are shown once would be gone with a switch. */
const SHOWN_ONCE = ["recovery-codes", "account-codes"];

/** Those with the longest words first: each page is opened in one of them, and switched to the others. */
const ORDERS: readonly (readonly Language[])[] = [
  ["de", "fr", "nl", "en"],
  ["fr", "de", "nl", "en"],
];

function languagesOf({ name }: Preview, index: number): readonly Language[] {
  const order = ORDERS[index % ORDERS.length] ?? [];
  return ONE_LANGUAGE.test(name) ? [] : order.slice(0, SHOWN_ONCE.includes(name) ? 1 : order.length);
}

/** A suite that opens each page once: for axe, in light and in the dark, for every width, and in every language. */
export function describePages(of: keyof typeof GALLERIES): void {
  describe(`every page of ${of} in every state`, function () {
    this.timeout(60_000);
    const open = useBrowser();
    const world = useWorld();

    GALLERIES[of].forEach((preview, index) => {
      const languages = languagesOf(preview, index);
      it(`${preview.name} has no fault that axe knows of, fits at every width in every language, and takes nothing from elsewhere (T119)`, async () => {
        const { page } = await open({ locale: languages[0] ?? "en" });
        const taken = watchForeign(page);
        await preview.open(page, world());
        await staying(page, () => expectGoodInEveryTheme(page));
        for (const [turn, language] of languages.entries()) {
          if (turn > 0) {
            await chooseLanguage(page, language);
            await page.locator(`html[lang=${language}]`).waitFor();
          }
          await expectIn(page, language);
        }
        expect([...taken]).to.deep.equal(/consent-logo/.test(preview.name) ? [LOGO] : []);
      });
    });
  });
}

/** The console has the languages in the menu of its user, and that behind a button where the window is narrow. */
async function chooseLanguage(page: Page, language: Language): Promise<void> {
  for (const way of [".app-bar button", ".app-person:not([open]) > summary"]) {
    if (await page.locator(way).isVisible()) {
      await page.locator(way).click();
    }
  }
  await link(page, LANGUAGES[language]).click();
}

/** In light and in the dark, and then at every width. */
async function expectGoodInEveryTheme(page: Page): Promise<void> {
  expect(await violationsOn(page), "in light").to.deep.equal([]);
  await page.emulateMedia({ colorScheme: "dark" });
  expect(await contrastViolationsOn(page), "in the dark").to.deep.equal([]);
  await page.emulateMedia({ colorScheme: "light" });
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 640 });
    expect(await hiddenWidth(page), `pixels beyond the edge at ${String(width)}`).to.equal(0);
  }
}

/** Of a page on the narrowest screen. */
async function expectIn(page: Page, language: Language): Promise<void> {
  expect(await page.getAttribute("html", "lang")).to.equal(language);
  expect(englishOn(await page.content(), language), language).to.deep.equal([]);
  expect(await misfitsOn(page), language).to.deep.equal([]);
}

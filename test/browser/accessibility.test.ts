import { expect } from "chai";
import type { Page } from "playwright-core";
import { violationsOn } from "../previews/axe.ts";
import { GALLERY } from "../previews/gallery.ts";
import { LOGO, makeWorld, type World } from "../previews/world.ts";
import { link, onPage } from "../support/pages.ts";
import { authorizationRequest } from "../support/relying-party.ts";
import { useBrowser } from "../support/visitors.ts";

/** In CSS pixels: the narrowest screen, and a window of 1280 at 200 % zoom (WCAG 2.2, 1.4.4 and 1.4.10). */
const WIDTHS = [320, 640];

/** Bytes on the wire of a page with all that it needs. */
const HEAVIEST = 50_000;

describe("every page in every state", function () {
  this.timeout(60_000);
  const open = useBrowser();
  let world: World;
  before(async () => {
    world = await makeWorld();
  });
  after(() => world.close());

  for (const preview of GALLERY) {
    it(`${preview.name} has no fault that axe knows of, never scrolls sideways, and takes nothing from elsewhere (T119)`, async () => {
      const { page } = await open();
      const taken = watchForeign(page);
      await preview.open(page, world);
      expect(await violationsOn(page), "in light").to.deep.equal([]);
      await page.emulateMedia({ colorScheme: "dark" });
      expect(await violationsOn(page), "in the dark").to.deep.equal([]);
      for (const width of WIDTHS) {
        await page.setViewportSize({ width, height: 640 });
        expect(await hiddenWidth(page), `pixels beyond the edge at ${String(width)}`).to.equal(0);
      }
      expect([...taken]).to.deep.equal(/logo/.test(preview.name) ? [LOGO] : []);
    });
  }

  it("keeps its words when the letters are twice as large", async () => {
    const { page } = await open({ viewport: { width: 640, height: 640 } });
    await page.goto(authorizationRequest(world.demo.vestibule.issuer, world.wordy).url);
    await page.evaluate("document.documentElement.style.fontSize = '200%'");
    expect(await hiddenWidth(page)).to.equal(0);
    await link(page, "Forgot password?").click();
    await onPage(page, "Forgot your password?");
  });

  it("is light: the password page weighs less than 50 kB with all that it needs", async () => {
    const { page } = await open();
    const bodies: Promise<Buffer>[] = [];
    page.on("response", (response) => {
      if (response.status() === 200) {
        bodies.push(response.body());
      }
    });
    await page.goto(authorizationRequest(world.demo.vestibule.issuer, world.ledger).url);
    const weight = (await Promise.all(bodies)).reduce((sum, { length }) => sum + length, 0);
    expect(weight).to.be.within(10_000, HEAVIEST);
  });

  it("is judged by an axe that would find something", async () => {
    const { page } = await open();
    await page.setContent("<title></title><img src='data:,'><input><p style='color: #eee'>Pale</p>");
    const rules = (await violationsOn(page)).map(({ rule }) => rule);
    expect(rules).to.include.members(["document-title", "image-alt", "label", "color-contrast"]);
  });
});

/** Notes what a page takes from another server than its own. */
function watchForeign(page: Page): Set<string> {
  const taken = new Set<string>();
  page.on("request", (request) => {
    const own = new URL(request.frame().url()).origin;
    if (!request.isNavigationRequest() && new URL(request.url()).origin !== own) {
      taken.add(request.url());
    }
  });
  return taken;
}

/** How much of a page lies beyond the right edge. */
async function hiddenWidth(page: Page): Promise<number> {
  const measure = "document.documentElement.scrollWidth - document.documentElement.clientWidth";
  return Number(await page.evaluate(measure));
}

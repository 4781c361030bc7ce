import { expect } from "chai";
import { useWindows } from "../support/visitors.ts";
import { violationsOn } from "./axe.ts";
import { GALLERY } from "./gallery.ts";
import type { Preview } from "./preview.ts";
import { expectOnLaptop } from "./laptop.ts";
import { watchViews, type RenderedViews } from "./rendered-views.ts";
import { VIEWS } from "./views.ts";
import { staying, watchForeign } from "../support/staying.ts";
import { LOGO, useWorld } from "./world.ts";

/** Of a mail, and of the demo applications, which have views of their own. */
const ELSEWHERE = /^(mail|demo)\//;

/** A suite that looks at each view once: in English, in light, in a window of usual width. */
export function describeViews(of: keyof typeof VIEWS): void {
  describe(`every view of ${of}`, function () {
    this.timeout(60_000);
    const open = useWindows();
    const world = useWorld();
    let rendered: RenderedViews;
    before(() => {
      rendered = watchViews();
    });
    after(() => rendered.stop());

    for (const [view, name] of Object.entries(VIEWS[of])) {
      it(`${view}, as the preview ${name} shows it, has no fault that axe knows of, and takes nothing from elsewhere (T119)`, async () => {
        const page = await open();
        const taken = watchForeign(page);
        await previewOf(name).open(page, world());
        if (!ELSEWHERE.test(view)) {
          expect(rendered.newest()).to.equal(view);
        }
        await staying(page, async () => {
          expect(await violationsOn(page)).to.deep.equal([]);
        });
        // A macro of a page can take the place of what its frame draws.
        expect(
          await page.locator(".app-side:not(:has(.app-nav a))").count(),
          "frames without navigation",
        ).to.equal(0);
        if (of === "the sign-in" && !ELSEWHERE.test(view)) {
          await expectOnLaptop(page, view);
        }
        expect([...taken]).to.deep.equal(/consent-logo/.test(name) ? [LOGO] : []);
      });
    }
  });
}

function previewOf(name: string): Preview {
  const found = GALLERY.find((preview) => preview.name === name);
  if (found === undefined) {
    throw new Error(`There is no preview ${name}.`);
  }
  return found;
}

import { expect } from "chai";
import { violationsOn } from "../previews/axe.ts";
import { useWorld } from "../previews/world.ts";
import { hiddenWidth } from "../support/fit.ts";
import { link, onPage } from "../support/pages.ts";
import { authorizationRequest } from "../support/relying-party.ts";
import { useBrowser } from "../support/visitors.ts";

/** Bytes on the wire of a page with all that it needs. */
const HEAVIEST = 50_000;

describe("the pages", function () {
  this.timeout(60_000);
  const open = useBrowser();
  const world = useWorld();

  it("keep their words when the letters are twice as large", async () => {
    const { page } = await open({ viewport: { width: 640, height: 640 } });
    await page.goto(authorizationRequest(world().demo.vestibule.issuer, world().wordy).url);
    await page.evaluate("document.documentElement.style.fontSize = '200%'");
    expect(await hiddenWidth(page)).to.equal(0);
    await link(page, "Forgot password?").click();
    await onPage(page, "Forgot your password?");
  });

  it("are light: the password page weighs less than 50 kB with all that it needs", async () => {
    const { page } = await open();
    const bodies: Promise<Buffer>[] = [];
    page.on("response", (response) => {
      if (response.status() === 200) {
        bodies.push(response.body());
      }
    });
    await page.goto(authorizationRequest(world().demo.vestibule.issuer, world().ledger).url);
    const weight = (await Promise.all(bodies)).reduce((sum, { length }) => sum + length, 0);
    expect(weight).to.be.within(10_000, HEAVIEST);
  });

  it("are judged by an axe that would find something", async () => {
    const { page } = await open();
    await page.setContent("<title></title><img src='data:,'><input><p style='color: #eee'>Pale</p>");
    const rules = (await violationsOn(page)).map(({ rule }) => rule);
    expect(rules).to.include.members(["document-title", "image-alt", "label", "color-contrast"]);
  });
});

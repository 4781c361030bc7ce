import { expect } from "chai";
import type { Page } from "playwright-core";
import { press } from "../previews/preview.ts";
import { staying } from "../support/staying.ts";
import { useBrowser } from "../support/visitors.ts";

/** Leads on only when a click is long over, as on a machine that has much to do. */
const SLOW = `<!doctype html><title>Slow</title>
<button onclick="setTimeout(() => location.assign('https://later.test/'), 300)">Go on</button>`;

describe("a page that is judged", () => {
  const open = useBrowser();

  async function slowPage(): Promise<Page> {
    const { page } = await open();
    await page.goto("https://app.test/");
    await page.setContent(SLOW);
    return page;
  }

  it("is the one that was asked for, however late it comes", async () => {
    const page = await slowPage();
    await press(page, page.getByRole("button"));
    expect(page.url()).to.equal("https://later.test/");
    expect(await page.title()).to.equal("Arrived");
  });

  it("is named when another takes its place meanwhile", async () => {
    const page = await slowPage();
    await page.getByRole("button").click();
    const judged = staying(page, async () => {
      await page.waitForURL("https://later.test/");
    });
    const fault = await judged.then(
      () => "nothing",
      (error: unknown) => String(error),
    );
    expect(fault).to.contain("the page was replaced while it was looked at");
  });
});

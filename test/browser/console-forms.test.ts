import { expect } from "chai";
import type { Locator, Page } from "playwright-core";
import { App } from "../support/account.ts";
import { makeStaff } from "../support/console.ts";
import { button, entriesOf, onPage, sendIn } from "../support/pages.ts";
import { useVestibule } from "../support/use-vestibule.ts";
import { useBrowser } from "../support/visitors.ts";

/** Everything without scripts. */
describe("the forms of the console, in a browser", function () {
  this.timeout(60_000);
  const open = useBrowser();
  const vestibule = useVestibule({ office: { name: "Noord & Zonen" } });
  const { office, services } = vestibule;

  it("have buttons no wider than their words on a desk", async () => {
    const page = await at("/settings/general", "Name, language and time zone");
    expect(await widthOf(button(page, "Save"))).to.be.below(200);
  });

  it("show the filters of the audit log on a desk, and open them above the log on a phone", async () => {
    const page = await at("/audit", "Audit log");
    const filters = page.locator("form[role=search]");
    expect(await filters.isVisible()).to.equal(true);
    await page.setViewportSize({ width: 360, height: 640 });
    expect(await filters.isVisible()).to.equal(false);
    await button(page, "Filter").click();
    expect(await filters.isVisible()).to.equal(true);
    await filters.getByLabel("From").fill("2026-01-01");
    await filters.getByRole("button").click();
    await page.waitForURL("**from=2026-01-01**");
    expect(await filters.isVisible()).to.equal(false);
    expect(await page.locator(".chips").innerText()).to.contain("January 1, 2026");
  });

  const widthOf = async (place: Locator) => (await place.boundingBox())?.width ?? 0;

  async function at(path: string, title: string): Promise<Page> {
    const staff = await makeStaff(services, office, { role: "superuser" });
    const { page } = await open({ viewport: { width: 1280, height: 800 }, javaScriptEnabled: false });
    await page.goto(`${vestibule.issuer}/console/o/${office.code}${path}`);
    await sendIn(page, entriesOf(staff.user));
    await page.getByLabel("Verification code").fill(await new App(staff.secret).code());
    await button(page, "Confirm").click();
    await onPage(page, title);
    return page;
  }
});

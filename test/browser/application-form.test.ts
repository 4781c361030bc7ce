import { expect } from "chai";
import type { Page } from "playwright-core";
import { App } from "../support/account.ts";
import { makeStaff } from "../support/console.ts";
import { button, entriesOf, sendCode, sendIn } from "../support/pages.ts";
import { makeOffice } from "../support/people.ts";
import { useFresh } from "../support/suite-resource.ts";
import { useVestibule } from "../support/use-vestibule.ts";
import { useBrowser } from "../support/visitors.ts";

describe("the form of a new application", function () {
  this.timeout(60_000);
  const open = useBrowser();
  const vestibule = useVestibule();
  const office = useFresh(() => makeOffice(vestibule.services));
  const staff = useFresh(() => makeStaff(vestibule.services, office, { role: "superuser" }));

  for (const javaScriptEnabled of [true, false]) {
    const how = javaScriptEnabled ? "with script" : "without script";

    it(`shows what there is to say, ${how}: of a client its address, of something else its kind`, async () => {
      const page = await toForm(javaScriptEnabled);
      expect(await shown(page)).to.deep.equal(["Kind", "Redirect URIs", "User consent"]);
      await page.getByLabel("Single-page application").check();
      expect(await shown(page)).to.include("Allowed origins (CORS)");
      await page.getByLabel("Machine").check();
      expect(await shown(page)).to.deep.equal(["Kind"]);
      await page.getByLabel("Made with").selectOption({ label: "Spring Security" });
      expect(await shown(page)).to.deep.equal([
        "Address of the application",
        "Redirect URIs",
        "User consent",
      ]);
    });

    it(`is filled in by the keyboard alone, ${how}, and keeps in sight what has to be mended`, async () => {
      const page = await toForm(javaScriptEnabled);
      await page.getByLabel("Made with").focus();
      await page.keyboard.type("Spring");
      await page.keyboard.press("Tab");
      await page.keyboard.type("ledger.example.com");
      await page.keyboard.press("Enter");
      await page.locator(".wrong").first().waitFor();
      await page.getByLabel("Made with").selectOption("");
      expect(await shown(page), "its error is still there").to.include("Address of the application");
      await page.getByLabel("Made with").selectOption({ label: "Spring Security" });
      await page.getByLabel("Address of the application").fill("https://ledger.example.com");
      await page.keyboard.press("Enter");
      await page.getByText("https://ledger.example.com/login/oauth2/code/vestibule").first().waitFor();
    });
  }

  async function toForm(javaScriptEnabled: boolean): Promise<Page> {
    const { page } = await open({ javaScriptEnabled });
    await page.goto(`${vestibule.issuer}/console/o/${office.code}/applications/add`);
    await sendIn(page, entriesOf(staff.user));
    await sendCode(
      page.getByLabel("Verification code"),
      await new App(staff.secret).code(),
      button(page, "Confirm"),
    );
    await page.waitForURL("**/applications/add");
    return page;
  }

  /** Which of the fields that depend on a choice can be seen. */
  async function shown(page: Page): Promise<string[]> {
    const fields = {
      ...{ "Address of the application": "#address", Kind: ".kind", "Redirect URIs": "#redirectUris" },
      ...{ "Allowed origins (CORS)": "#corsOrigins", "User consent": "#consent" },
    };
    const seen: string[] = [];
    for (const [label, place] of Object.entries(fields)) {
      if (await page.locator(place).isVisible()) {
        seen.push(label);
      }
    }
    return seen;
  }
});

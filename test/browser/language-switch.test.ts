import { expect } from "chai";
import { useWorld } from "../previews/world.ts";
import { englishOn } from "../support/english.ts";
import { misfitsOn } from "../support/fit.ts";
import { expectFocus, link } from "../support/pages.ts";
import { authorizationRequest } from "../support/relying-party.ts";
import { useBrowser } from "../support/visitors.ts";

const NARROW = { width: 320, height: 640 };

describe("the language switch", function () {
  this.timeout(60_000);
  const open = useBrowser();
  const world = useWorld();

  it("is switched by keyboard, without a script", async () => {
    const { page } = await open({ viewport: NARROW, javaScriptEnabled: false });
    await page.goto(authorizationRequest(world().demo.vestibule.issuer, world().ledger).url);
    const uid = new URL(page.url()).pathname;
    await link(page, "English").focus();
    for (const language of ["Nederlands", "Deutsch", "Français"]) {
      await page.keyboard.press("Tab");
      await expectFocus(link(page, language));
    }
    await page.keyboard.press("Enter");
    await page.locator("html[lang=fr]").waitFor();
    expect(new URL(page.url()).pathname).to.equal(uid);
  });

  it("is judged by measures that would find something", async () => {
    const { page } = await open({ viewport: NARROW });
    await page.setContent(
      `<main style="width: 400px"><button style="width: 40px; overflow: hidden; white-space: nowrap">Wiederherstellung</button></main>`,
    );
    expect((await misfitsOn(page)).map((place) => place.slice(0, 7))).to.deep.equal(["the pag", "<button"]);
    const mixed = `<p>Anmelden</p><p>Forgot password?</p><p>You have 2 tries left.</p><i>password.title</i><b>Name</b>`;
    expect(englishOn(mixed, "de")).to.include.members(["password.title", "Forgot password?"]);
    expect(englishOn("<p>Anmelden</p><p>Name</p>", "de")).to.deep.equal([]);
  });
});

import { expect } from "chai";
import type { Page } from "playwright-core";
import type { User } from "../../src/domain/users/user.ts";
import { expectGood } from "../support/accessibility.ts";
import { spoken } from "../support/catalogue.ts";
import { useDemo } from "../support/demo.ts";
import { newcomer } from "../support/factor-pages.ts";
import { button, onPage, wrongField } from "../support/pages.ts";
import { useBrowser } from "../support/visitors.ts";

const CHOOSE = "Choose a new password";
const METER = "Password strength";
const TOO_EASY = spoken("en")("newPassword.too-easy");

/** What is typed, what the meter then stands at, and what is said. */
const STEPS = [
  ["teapot", 1, "Too short so far"],
  ["aaaaaaaaaaaaaa", 2, "Long enough, but easy to guess: it repeats itself"],
  ["abcdefghijklmnopqrst", 2, "Long enough, but easy to guess: it repeats itself"],
  ["marble-cactus", 3, "Long enough. Another word makes it stronger"],
  ["copper-anchor-violin-63", 4, "Long and varied"],
] as const;

describe("the strength of a new password", function () {
  this.timeout(60_000);
  const open = useBrowser();
  const demo = useDemo();

  const meter = (page: Page) => page.getByRole("meter", { name: METER });
  const box = (page: Page) => page.getByRole("textbox", { name: "New password", exact: true });
  const said = (page: Page) => page.locator(".strength").getByRole("status");

  /** The page of a fresh link of a user. */
  async function toLink(page: Page, user: User): Promise<void> {
    const { services, issuer } = demo.vestibule;
    const draft = {
      purpose: "password-reset" as const,
      officeId: user.officeId,
      userId: user.id,
      at: new Date(Date.now()),
      data: { mail: user.mail, applicationId: null },
    };
    const token = await services.database.inOffice(user.officeId, (tx) =>
      services.stores.links.make(tx, draft),
    );
    await page.goto(`${issuer}/reset-password/${token.reveal()}`);
    await onPage(page, CHOOSE);
  }

  it("is shown and said while a user types, and is gone with the last character", async () => {
    const { page } = await open({ viewport: { width: 320, height: 640 } });
    await toLink(page, await newcomer(demo, "enrolled"));
    expect(await meter(page).count(), "before anything is typed").to.equal(0);
    for (const [typed, level, words] of STEPS) {
      await box(page).fill("");
      await box(page).pressSequentially(typed);
      await said(page).filter({ hasText: words }).waitFor();
      expect(await said(page).innerText(), typed).to.equal(words);
      expect(await meter(page).getAttribute("value"), typed).to.equal(String(level));
      await expectGood(page, typed);
    }
    expect(await page.locator("[data-strength-words]").isVisible(), "the list of words").to.equal(false);
    await box(page).fill("");
    await meter(page).waitFor({ state: "hidden" });
  });

  it("T2 is only encouragement: what the meter praises, the server may still refuse", async () => {
    const { page } = await open();
    await toLink(page, await newcomer(demo, "enrolled"));
    // The person's own name, and a year.
    await box(page).fill("SanneBakker2026");
    await said(page).filter({ hasText: "Long enough. Another word makes it stronger" }).waitFor();
    await button(page, "Save password").click();
    await wrongField(page, TOO_EASY).waitFor();
    expect(await page.title()).to.match(/^Error: /);
    expect(await meter(page).count(), "nothing is typed on the new page").to.equal(0);
  });

  it("is not seen without JavaScript, nor any of its words, and the server judges as ever", async () => {
    const { page } = await open({ javaScriptEnabled: false });
    await toLink(page, await newcomer(demo, "enrolled"));
    await box(page).fill("aaaaaaaaaaaaaa");
    expect(await meter(page).count()).to.equal(0);
    const text = await page.getByRole("main").innerText();
    for (const [, , words] of STEPS) {
      expect(text).to.not.contain(words);
    }
    await button(page, "Save password").click();
    await wrongField(page, TOO_EASY).waitFor();
    await box(page).fill("copper-anchor-violin-63");
    await button(page, "Save password").click();
    await onPage(page, "Your password has been changed");
  });
});

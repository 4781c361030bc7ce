import { expect } from "chai";
import type { Page } from "playwright-core";
import { expectGood } from "../support/accessibility.ts";
import { makeEmailUser, mailedCode, mailedCodes } from "../support/email-codes.ts";
import { button, entriesOf, onPage, sendCode, sendIn } from "../support/pages.ts";
import { BY_HAND } from "../support/outbox.ts";
import type { TestUser } from "../support/people.ts";
import { useBrowser } from "../support/visitors.ts";
import { useVestibule } from "../support/use-vestibule.ts";

describe("a code by email in a browser", function () {
  this.timeout(60_000);
  const open = useBrowser();
  const vestibule = useVestibule({ settings: BY_HAND });

  async function begin(page: Page, user: TestUser): Promise<void> {
    await page.goto(`${vestibule.issuer}/account`);
    await sendIn(page, entriesOf(user));
  }

  const enter = async (page: Page, mail: string) =>
    sendCode(
      page.getByLabel("Verification code"),
      await mailedCode(vestibule, mail),
      button(page, "Confirm"),
    );

  it("is chosen, set up and signs in, along the path of the article", async () => {
    const { user, mail } = await makeEmailUser(vestibule.services);
    const { page } = await open({ viewport: { width: 1280, height: 800 } });
    await begin(page, user);
    await page.getByRole("radio", { name: /^Code by email/ }).check();
    await page.getByText("The weakest choice").waitFor();
    await button(page, "Confirm").click();
    await onPage(page, "Confirm your email address");
    await expectGood(page, "the page that sets codes by email up");
    await enter(page, mail);
    await onPage(page, "Save your recovery codes");
    await page.getByLabel("I have saved these codes").check();
    await button(page, "Continue").click();
    await onPage(page, "Your account");
    await page.getByText("Code by email").waitFor();
    await page.context().clearCookies({ name: /session/ });
    await begin(page, user);
    await onPage(page, "Verification code");
    await expectGood(page, "the page that asks for a code by email");
    expect(await mailedCodes(vestibule, mail)).to.have.length(2);
    await enter(page, mail);
    await onPage(page, "Your account");
  });
});

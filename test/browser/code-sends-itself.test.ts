import { expect } from "chai";
import type { Page } from "playwright-core";
import { asOwner } from "../support/database.ts";
import { giveNumber, makeSmsOffice } from "../support/mobile-numbers.ts";
import { button, entriesOf, expectFocus, onPage, sendIn, summary, wrongField } from "../support/pages.ts";
import { makeUser, type TestUser } from "../support/people.ts";
import { clearGuard, giveApp, makeStrictUser, wrongCode, type TestApp } from "../support/second-factor.ts";
import { useResource } from "../support/suite-resource.ts";
import { totpNow } from "../support/totp.ts";
import { useVestibule } from "../support/use-vestibule.ts";
import { useBrowser } from "../support/visitors.ts";

describe("the box for a code", function () {
  this.timeout(60_000);
  const open = useBrowser();
  const world = useVestibule({ application: {} });
  const user = useResource(() => makeStrictUser(world.services));
  const app = useResource((): Promise<TestApp> => giveApp(world.services, user));
  const box = (page: Page) => page.getByLabel("Verification code", { exact: true });

  async function atChallenge(person: TestUser = user): Promise<Page> {
    await clearGuard(world, person);
    const { page } = await open({ viewport: { width: 1280, height: 800 } });
    await page.goto(world.request().url);
    await sendIn(page, entriesOf(person));
    await onPage(page, "Verification code");
    await page.waitForLoadState("load");
    return page;
  }

  const wrongTries = async () =>
    (await asOwner(world.database, "select 1 from audit_events where type = 'code.wrong'")).length;

  it("sends itself once six digits are typed", async () => {
    const page = await atChallenge();
    await box(page).pressSequentially(totpNow(app.secret));
    await onPage(page, "Arrived");
  });

  it("sends eight digits of a recovery code, however they are grouped", async () => {
    const page = await atChallenge();
    await page.getByRole("link", { name: "Use a recovery code" }).click();
    await onPage(page, "Use a recovery code");
    await page.getByLabel("Recovery code").fill((app.codes[0] ?? "").replace(/^.{4}/, "$& "));
    await page.waitForURL(({ pathname }) => !pathname.endsWith("/recovery-code"));
  });

  it("sends nothing that was pasted wrong", async () => {
    const page = await atChallenge();
    const before = await wrongTries();
    for (const typed of ["1234567", "12345", "12345x", "code: 123456", ""]) {
      await box(page).fill(typed);
      expect(await button(page, "Confirm").getAttribute("aria-busy"), typed).to.equal(null);
    }
    expect(await wrongTries()).to.equal(before);
  });

  it("sends once, also when the person presses Enter as always, and says what was wrong at the box, in sight, with the focus", async () => {
    const page = await atChallenge();
    const before = await wrongTries();
    await page.keyboard.type(`${wrongCode(app.secret)}\n`, { delay: 0 });
    await wrongField(page, "That code is incorrect. You have 2 tries left.").waitFor();
    await expectFocus(box(page));
    expect(await summary(page).count()).to.equal(0);
    expect(await box(page).getAttribute("aria-describedby")).to.equal("code-error");
    expect(await page.evaluate("scrollY")).to.equal(0);
    expect(await wrongField(page, "incorrect").isVisible()).to.equal(true);
    expect((await wrongTries()) - before).to.equal(1);
  });

  it("loses the hint about waiting, and gets its Resend back, when the wait is over", async () => {
    const office = await makeSmsOffice(world.services);
    const other = await makeUser(world.services, office);
    await giveNumber(world.services, other);
    const { page } = await open();
    await page.clock.install();
    await page.goto(world.request().url);
    await sendIn(page, entriesOf(other));
    const [hint, again] = [page.getByText(/^You can resend in/), button(page, "Resend")];
    await hint.waitFor();
    expect(await again.isDisabled()).to.equal(true);
    await page.clock.fastForward(31_000);
    await hint.waitFor({ state: "hidden" });
    expect(await again.isDisabled()).to.equal(false);
  });
});

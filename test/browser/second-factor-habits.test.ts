import { expect } from "chai";
import type { BrowserContextOptions, Page } from "playwright-core";
import { DEMO_TOTP_KEY } from "../../demo/demo-states.ts";
import type { User } from "../../src/domain/users/user.ts";
import { asOwner } from "../support/database.ts";
import { useDemo } from "../support/demo.ts";
import {
  expectProblem,
  giveCode,
  givePassword,
  giveRecoveryCode,
  newcomer,
  scan,
  chooseApp,
  setUpApp,
  shownCodes,
  wrongCode,
} from "../support/factor-pages.ts";
import { button, expectFocus, link, onPage, sendCode, wrongField } from "../support/pages.ts";
import { MINUTE, SECOND, travel } from "../support/time.ts";
import { totpAt, totpNow } from "../support/totp.ts";
import { useBrowser } from "../support/visitors.ts";
import { ENGLISH as words } from "../support/words.ts";

describe("habits of people with a second factor", () => {
  const open = useBrowser();
  const demo = useDemo();

  /** A user in a state, past the password. */
  async function begin(state: Parameters<typeof newcomer>[1], options: BrowserContextOptions = {}) {
    const { page, context } = await open(options);
    const user = await newcomer(demo, state);
    await givePassword(page, demo, { words, username: user.username });
    return { page, context, user };
  }
  const arrived = (page: Page) => onPage(page, "Signed in as Sanne Bakker");

  it("whose phone is slow learn that the code has expired, and the second time in a row how to set the clock", async () => {
    const { page } = await begin("enrolled");
    await giveCode(page, words, totpAt(DEMO_TOTP_KEY, Date.now() / 1000 - 5 * 60));
    await expectProblem(page, words, words.expired);
    await giveCode(page, words, totpAt(DEMO_TOTP_KEY, Date.now() / 1000 - 6 * 60));
    await expectProblem(page, words, "set its date and time to automatic");
    await giveCode(page, words, totpNow(DEMO_TOTP_KEY));
    await arrived(page);
  });

  it("who send an empty box lose no try", async () => {
    const { page } = await begin("enrolled");
    await button(page, words.confirm).click();
    await expectFocus(page.getByLabel(words.code, { exact: true }));
    await giveCode(page, words, wrongCode(DEMO_TOTP_KEY));
    await expectProblem(page, words, words.twoLeft);
  });

  it("who keep the set-up open in two tabs have one app in the end", async () => {
    const { page, context } = await begin("new");
    await chooseApp(page, words);
    await onPage(page, words.setUp);
    const other = await context.newPage();
    await other.goto(page.url());
    expect(await scan(other)).to.equal(await scan(page));
    await setUpApp(page, words);
    await arrived(page);
    await giveCode(other, words, "123456");
    await onPage(other, "This sign-in has expired");
  });

  it("who press Back after the codes land on the page that is due", async () => {
    const { page } = await begin("new");
    await chooseApp(page, words);
    await giveCode(page, words, totpNow(await scan(page)));
    await onPage(page, words.save);
    await page.goBack();
    await onPage(page, words.shown);
    await page.getByLabel(words.savedEarlier).check();
    await button(page, words.continue).click();
    await arrived(page);
  });

  it("who want to go on without saving are stopped, and the codes stay", async () => {
    const { page } = await begin("new");
    await chooseApp(page, words);
    await giveCode(page, words, totpNow(await scan(page)));
    await onPage(page, words.save);
    const codes = await shownCodes(page);
    await button(page, words.continue).click();
    await expectFocus(page.getByLabel(words.saved));
    expect(await shownCodes(page)).to.deep.equal(codes);
  });

  it("who use no JavaScript do all of it", async () => {
    const { page, user } = await begin("new", { javaScriptEnabled: false });
    await chooseApp(page, words);
    await page.getByText(words.unable).click();
    expect(await button(page, words.copy).count()).to.equal(0);
    const { secret } = await setUpApp(page, words);
    await arrived(page);
    const { page: other } = await open({ javaScriptEnabled: false });
    await givePassword(other, demo, { words, username: user.username });
    for (let tries = 0; tries < 3; tries += 1) {
      await giveCode(other, words, wrongCode(secret));
    }
    await onPage(other, words.blocked);
    expect(await other.getByRole("main").innerText()).to.match(/You can try again at\s+\d\d:\d\d [A-Z]/);
    expect(await other.getByRole("timer").textContent()).to.equal("");
    travel(15 * MINUTE + SECOND);
    await link(other, "Try again").click();
    await giveCode(other, words, totpNow(secret));
    await arrived(other);
  });

  it("who use the keyboard alone set the app up and sign in", async () => {
    const { page } = await begin("new");
    await chooseApp(page, words);
    await onPage(page, words.setUp);
    const secret = await scan(page);
    await tabTo(page, "summary");
    await page.keyboard.press("Enter");
    await link(page, words.openHere).waitFor();
    await tabTo(page, "#code");
    await page.keyboard.type(`${totpNow(secret)}\n`);
    await onPage(page, words.save);
    await tabTo(page, "#saved");
    await page.keyboard.press("Space");
    await tabTo(page, ".primary");
    await page.keyboard.press("Enter");
    await arrived(page);
  });

  it("who use the keyboard alone find their mistake and their way to a recovery code", async () => {
    const { page } = await begin("enrolled");
    await expectFocus(page.getByLabel(words.code, { exact: true }));
    await page.keyboard.type(wrongCode(DEMO_TOTP_KEY));
    await wrongField(page, "That code is incorrect.").waitFor();
    await expectFocus(page.getByLabel(words.code, { exact: true }));
    await tabTo(page, ".links a");
    await page.keyboard.press("Enter");
    await expectFocus(page.getByLabel(words.recoveryCode));
  });

  it("who cancel, on whatever page, are back in the application", async () => {
    for (const state of ["new", "enrolled", "blocked", "window-closed"] as const) {
      const { page } = await begin(state);
      await button(page, "Cancel").click();
      await onPage(page, "The sign-in was cancelled");
    }
  });

  it("who wait out the block are asked again by the page itself", async () => {
    const { page } = await open();
    await page.clock.install();
    const { username } = await newcomer(demo, "blocked");
    await givePassword(page, demo, { words, username });
    await onPage(page, words.blocked);
    await page.clock.runFor(5 * MINUTE);
    expect(await page.getByRole("timer").innerText()).to.match(/^(10:00|9:[345]\d)$/);
    travel(15 * MINUTE + SECOND);
    await page.clock.runFor(10 * MINUTE);
    await onPage(page, words.challenge);
  });

  it("who are blocked for a day see the day, and for how long", async () => {
    const { page, user } = await begin("enrolled");
    await setGuard(user, 20, "24 hours");
    await page.reload();
    await onPage(page, "You are blocked for 24 hours");
    expect(await page.getByRole("main").innerText()).to.match(/try again at\s+\w+day\D+\d\d:\d\d/);
  });

  it("whose factor is frozen are sent to the superuser, and nothing is promised of a new password", async () => {
    const { page, user } = await begin("enrolled");
    await setGuard(user, 50, null);
    await page.reload();
    await onPage(page, words.frozen);
    expect(await page.getByRole("main").innerText()).to.contain("Ask the superuser of your office");
    expect(await link(page, words.newPassword).count()).to.equal(0);
  });

  it("who have few recovery codes left are warned after using one", async () => {
    const { page, user } = await begin("new");
    const { codes } = await setUpApp(page, words);
    await arrived(page);
    await asOwner(
      demo.vestibule.database,
      "update recovery_codes set used_at = now() where ctid in (select ctid from recovery_codes where user_id = $1 limit 3)",
      [user.id],
    );
    const { page: other } = await open();
    await givePassword(other, demo, { words, username: user.username });
    await firstThatWorks(other, codes);
    expect(await other.getByRole("main").innerText()).to.contain("You have only 2 left.");
  });

  /** Tries the saved codes as a user would who has not crossed out the used ones, without being blocked. */
  async function firstThatWorks(page: Page, codes: readonly string[]): Promise<void> {
    for (const code of codes) {
      await asOwner(demo.vestibule.database, "update second_factor_guard set failed_attempts = 0");
      if (await page.getByLabel(words.recoveryCode).isVisible()) {
        await sendCode(page.getByLabel(words.recoveryCode), code, button(page, words.confirm));
      } else {
        await giveRecoveryCode(page, words, code);
      }
      await page.getByRole("heading", { level: 1 }).waitFor();
      if (page.url().endsWith("/recovered")) {
        await onPage(page, words.recovered);
        return;
      }
    }
  }

  /** As if an attacker had guessed for longer than a test lasts. */
  const setGuard = (user: User, failedSinceSuccess: number, block: string | null) =>
    asOwner(
      demo.vestibule.database,
      `insert into second_factor_guard (home, office_id, user_id, failed_since_success, blocked_until)
       values (home_of($1), $1, $2, $3, now() + $4::interval)`,
      [user.officeId, user.id, failedSinceSuccess, block],
    );
});

/** Presses Tab until a place has the focus. */
async function tabTo(page: Page, selector: string): Promise<void> {
  for (let presses = 0; presses < 30; presses += 1) {
    if ((await page.locator(`${selector}:focus`).count()) === 1) {
      return;
    }
    await page.keyboard.press("Tab");
  }
  throw new Error(`The keyboard does not reach ${selector}`);
}

import { setTimeout as pause } from "node:timers/promises";
import { expect } from "chai";
import type { Page } from "playwright-core";
import { DEMO_OFFICE, DEMO_PASSWORD } from "../../demo/demo-office.ts";
import { putInto, type DemoState } from "../../demo/demo-states.ts";
import type { User } from "../../src/domain/users/user.ts";
import type { TestDemo } from "./demo.ts";
import { button, link, onPage, sendCode, wrongField } from "./pages.ts";
import { makeUser, type TestUser } from "./people.ts";
import { readQrCode } from "./qr.ts";
import { totpAt, totpNow } from "./totp.ts";
import type { Words } from "./words.ts";

/** A new user of the demo's strict office, in one of its states. */
export async function newcomer(demo: TestDemo, state: DemoState = "new"): Promise<User & TestUser> {
  const { services } = demo.vestibule;
  const office = await services.offices.findByCode(DEMO_OFFICE.code);
  if (office === null) {
    throw new Error("The demo has no office.");
  }
  const { username } = await makeUser(services, office, { password: DEMO_PASSWORD });
  const user = await services.users.findByUsername(office.id, username);
  if (user === null) {
    throw new Error(`There is no ${username}.`);
  }
  await putInto(services, user, state);
  return { ...user, office, password: DEMO_PASSWORD };
}

/** From the demo application's link through the password page to whatever comes then. */
export async function givePassword(
  page: Page,
  demo: TestDemo,
  { words, username }: { words: Words; username: string },
): Promise<void> {
  await page.goto(`${demo.url}/sign-in`);
  await page.getByLabel(words.officeCode).fill(DEMO_OFFICE.code);
  await page.getByLabel(words.username).fill(username);
  await page.getByRole("textbox", { name: words.password, exact: true }).fill(DEMO_PASSWORD);
  await button(page, words.signIn).click();
}

/** Types a code and confirms it. */
export async function giveCode(page: Page, words: Words, code: string): Promise<void> {
  await sendCode(page.getByLabel(words.code, { exact: true }), code, button(page, words.confirm));
}

/** Types a recovery code and confirms it. */
export async function giveRecoveryCode(page: Page, words: Words, code: string): Promise<void> {
  await link(page, words.useRecoveryCode).click();
  await sendCode(page.getByLabel(words.recoveryCode), code, button(page, words.confirm));
}

/** The key that the phone takes from the QR code, base32. */
export async function scan(page: Page): Promise<string> {
  const read = await readQrCode(page.locator("svg.qr"));
  return new URL(read ?? "nothing:").searchParams.get("secret") ?? "";
}

/** The recovery codes as they are shown. Its title is there before the whole page is: a list that still comes has empty items. */
export async function shownCodes(page: Page): Promise<string[]> {
  await page.waitForLoadState("load");
  return page.getByRole("listitem").allInnerTexts();
}

/** Chooses the app, which is the one that is recommended, when that is asked. */
export async function chooseApp(page: Page, words: Words): Promise<void> {
  const choice = page.getByRole("heading", { level: 1, name: words.choose });
  await choice.or(page.getByRole("heading", { level: 1, name: words.setUp })).waitFor();
  if (await choice.isVisible()) {
    await button(page, words.confirm).click();
  }
}

/** Sets the app up, saves the codes, goes on; answers what the user has in hand then. */
export async function setUpApp(page: Page, words: Words): Promise<{ secret: string; codes: string[] }> {
  await chooseApp(page, words);
  await onPage(page, words.setUp);
  const secret = await scan(page);
  await giveCode(page, words, totpNow(secret));
  await onPage(page, words.save);
  const codes = await shownCodes(page);
  await page.getByLabel(words.saved).check();
  await button(page, words.continue).click();
  return { secret, codes };
}

/** Waits for a message, at its field or above the form. */
export async function expectProblem(page: Page, words: Words, message: string): Promise<void> {
  const problem = page.getByRole("group", { name: words.problem }).filter({ hasText: message });
  await wrongField(page, message).or(problem).waitFor();
  expect(await page.title()).to.match(words.failed);
}

/** A code that is none of this hour. */
export function wrongCode(secret: string): string {
  const now = Date.now() / 1000;
  const near = new Set(Array.from({ length: 60 }, (_, step) => totpAt(secret, now + (step - 30) * 30)));
  return ["000000", "000001", "000002", "000003"].find((code) => !near.has(code)) ?? "";
}

/** A reset or a new password counts from its second on, and whatever was proved in an earlier one is dead. */
export async function nextSecond(): Promise<void> {
  await pause(1_010 - (Date.now() % 1_000));
}

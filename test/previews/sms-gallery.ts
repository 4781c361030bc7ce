import type { Page } from "playwright-core";
import { DEMO_OFFICE, DEMO_PASSWORD } from "../../demo/demo-office.ts";
import type { TestUser } from "../support/people.ts";
import { newcomer } from "../support/factor-pages.ts";
import { giveNumber } from "../support/mobile-numbers.ts";
import { enter, preview, type Preview } from "./preview.ts";
import type { World } from "./world.ts";

/** A new user of the demo with this number signs in, up to the page after the password. */
async function begin(page: Page, { demo }: World, state: "none" | "unconfirmed" | "confirmed"): Promise<void> {
  const { id, username } = await newcomer(demo, "new");
  const office = await demo.vestibule.services.offices.findByCode(DEMO_OFFICE.code);
  if (state !== "none" && office !== null) {
    const user: TestUser = { id, username, password: DEMO_PASSWORD, office };
    await giveNumber(demo.vestibule.services, user, { state });
  }
  await page.goto(`${demo.url}/sign-in`);
  await enter(page, { officeCode: DEMO_OFFICE.code, username, password: DEMO_PASSWORD });
}

async function chooseSms(page: Page): Promise<void> {
  await page.locator("input[value='sms']").check();
  await submit(page);
}

const submit = (page: Page) => page.locator("button.primary").click();

const toPage = async (page: Page, name: string) => {
  await page.goto(page.url().replace(/[^/]+$/, name));
};

/** The pages of text messages; each with somebody of its own, because what was sent stays counted. */
export const smsPages: readonly Preview[] = [
  preview("sms-choose", (page, world) => begin(page, world, "none")),
  preview("sms-challenge", (page, world) => begin(page, world, "confirmed")),
  preview("sms-challenge-wrong", async (page, world) => {
    await begin(page, world, "confirmed");
    await enter(page, { code: "12345" });
  }),
  preview("sms-challenge-early", async (page, world) => {
    await begin(page, world, "confirmed");
    await page.evaluate("document.querySelector('button[name=resend]').disabled = false");
    await page.locator("button[name='resend']").click();
  }),
  preview("sms-lost-number", async (page, world) => {
    await begin(page, world, "confirmed");
    await toPage(page, "lost-number");
  }),
  preview("sms-new-number", async (page, world) => {
    await begin(page, world, "confirmed");
    await toPage(page, "new-number");
  }),
  preview("sms-number-pending", async (page, world) => {
    await begin(page, world, "confirmed");
    await toPage(page, "new-number");
    await enter(page, { number: "06 1234 5678" });
  }),
  preview("sms-check-number", async (page, world) => {
    await begin(page, world, "unconfirmed");
    await chooseSms(page);
  }),
  preview("sms-enter-number", async (page, world) => {
    await begin(page, world, "none");
    await chooseSms(page);
  }),
  preview("sms-enter-number-wrong", async (page, world) => {
    await begin(page, world, "none");
    await chooseSms(page);
    await enter(page, { number: "010 123 45 67" });
  }),
  preview("sms-enrol", async (page, world) => {
    await begin(page, world, "unconfirmed");
    await chooseSms(page);
    await submit(page);
  }),
];

import type { Page } from "playwright-core";
import { DEMO_PASSWORD } from "../../demo/demo-office.ts";
import { putInto } from "../../demo/demo-states.ts";
import { asOwner } from "../support/database.ts";
import { giveEmailCodes, makeEmailOffice, makeEmailUser } from "../support/email-codes.ts";
import { makeUser, type TestUser } from "../support/people.ts";
import { enter, press, preview, type Preview } from "./preview.ts";
import { openAfterPassword, openSignedIn } from "./signed-in.ts";
import type { World } from "./world.ts";

/** A user of an office that accepts codes by email signs in, up to the page after the password. */
async function begin(page: Page, world: World, { hasCodes = false, hasAddress = true } = {}): Promise<void> {
  const { services, database } = world.demo.vestibule;
  const mail = "sanne.bakker@noorderlicht.example";
  const office = await makeEmailOffice(services);
  const user: TestUser = await makeUser(services, office, { mail, password: DEMO_PASSWORD });
  // Each picture has its own budget.
  await asOwner(database, "delete from rate_limits where scope like 'email-code-%'");
  if (hasCodes) {
    await giveEmailCodes(services, user, mail);
  }
  if (!hasAddress) {
    await asOwner(database, "update users set mail = null where id = $1", [user.id]);
  }
  await openAfterPassword(page, world, user);
}

async function chooseEmail(page: Page): Promise<void> {
  await page.locator("input[value='email']").check();
  await press(page, page.locator("button.primary"));
}

/** A user with an app, whose office accepts codes by email too, at the page of the account that sets them up. */
async function beginOnAccount(page: Page, world: World): Promise<void> {
  const { services } = world.demo.vestibule;
  const { user } = await makeEmailUser(services);
  const found = await services.users.findByUsername(user.office.id, user.username);
  if (found !== null) {
    await putInto(services, found, "enrolled");
  }
  await openSignedIn(page, world, { path: "/account/email-code", user });
}

/** The pages of codes by email. */
export const emailPages: readonly Preview[] = [
  preview("email-choose", async (page, world) => {
    await begin(page, world);
  }),
  preview("email-enrol", async (page, world) => {
    await begin(page, world);
    await chooseEmail(page);
  }),
  preview("email-enrol-no-address", async (page, world) => {
    await begin(page, world, { hasAddress: false });
    await chooseEmail(page);
  }),
  preview("email-challenge", async (page, world) => {
    await begin(page, world, { hasCodes: true });
  }),
  preview("email-challenge-wrong", async (page, world) => {
    await begin(page, world, { hasCodes: true });
    await enter(page, { code: "12345" });
  }),
  preview("email-challenge-stopped", async (page, world) => {
    await begin(page, world, { hasCodes: true });
    const { database } = world.demo.vestibule;
    await asOwner(database, "update rate_limits set used = 1000000 where scope = 'email-code-sign-in'");
    await asOwner(database, "update sent_codes set resend_at = sent_at");
    await page.evaluate("document.querySelector('button[name=resend]').disabled = false");
    await press(page, page.locator("button[name=resend]"));
  }),
  preview("email-account-start", beginOnAccount),
  preview("email-account-code", async (page, world) => {
    await beginOnAccount(page, world);
    await press(page, page.locator("button[name=send]"));
  }),
];

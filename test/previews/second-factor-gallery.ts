import type { Page } from "playwright-core";
import { DEMO_TOTP_KEY, type DemoState } from "../../demo/demo-states.ts";
import { asOwner } from "../support/database.ts";
import { newcomer, nextSecond } from "../support/factor-pages.ts";
import { givePasskey, makePasskeyUser } from "../support/passkeys.ts";
import { STEP, totpAt, totpNow } from "../support/totp.ts";
import { allowTrust } from "./allow-trust.ts";
import { enter, press, preview, type Preview } from "./preview.ts";
import { openAfterPassword } from "./signed-in.ts";
import type { World } from "./world.ts";
import { changeOffice, giveApp, resetFactor } from "../support/second-factor.ts";

/** A new user of the demo in this state signs in, up to the page after the password. Answers the user's id. */
async function begin(page: Page, world: World, state: DemoState): Promise<string> {
  const user = await newcomer(world.demo, state);
  await openAfterPassword(page, world, user);
  if (state === "new") {
    await press(page, page.locator("button.primary"));
  }
  return user.id;
}

/** The same in an office that accepts passkeys too. */
async function beginWithPasskeys(page: Page, world: World): Promise<void> {
  await openAfterPassword(page, world, await makePasskeyUser(world.demo.vestibule.services));
}

/** The code of the app so many steps ago. */
const expired = (steps: number): string => totpAt(DEMO_TOTP_KEY, Date.now() / 1000 - steps * STEP);

async function toRecoveryCodes(page: Page, world: World): Promise<void> {
  await begin(page, world, "new");
  const key = (await page.locator("[data-copy]").first().getAttribute("data-copy")) ?? "";
  await enter(page, { code: totpNow(key) });
}

/** A recovery code is accepted, and so many are left. */
async function recover(page: Page, world: World, left: number): Promise<void> {
  const { database, services } = world.demo.vestibule;
  const user = await newcomer(world.demo, "new");
  const { codes } = await giveApp(services, user);
  await asOwner(
    database,
    `update recovery_codes set used_at = now()
     where ctid in (select ctid from recovery_codes where user_id = $1 order by hash limit $2)`,
    [user.id, 5 - left],
  );
  await openAfterPassword(page, world, user);
  await toRecoveryCode(page);
  for (const code of codes) {
    await asOwner(database, "delete from second_factor_guard where user_id = $1", [user.id]);
    await enter(page, { recoveryCode: code });
    if (page.url().endsWith("/recovered")) {
      return;
    }
  }
}

const toRecoveryCode = (page: Page): Promise<void> => press(page, page.locator("a[href$='/recovery-code']"));

/** The pages of the second factor; each with a user of its own, because a wrong code stays counted. */
export const secondFactor: readonly Preview[] = [
  preview("enrol-totp", async (page, world) => {
    await begin(page, world, "new");
  }),
  preview("enrol-totp-open", async (page, world) => {
    await begin(page, world, "new");
    await page.locator("summary").first().click();
  }),
  preview("enrol-totp-wrong", async (page, world) => {
    await begin(page, world, "new");
    await enter(page, { code: "000000" });
  }),
  preview("choose-passkey", beginWithPasskeys),
  preview("password-passkey", async (page, world) => {
    const { vestibule } = world.demo;
    const { office } = await makePasskeyUser(vestibule.services);
    await changeOffice(vestibule.services, office, { isPasswordless: true });
    await page.goto(`${vestibule.issuer}/o/${office.code}`);
    await page.goto(`${vestibule.issuer}/account`);
  }),
  preview("enrol-passkey", async (page, world) => {
    await beginWithPasskeys(page, world);
    await press(page, page.locator("button.primary"));
  }),
  preview("enrol-passkey-wrong", async (page, world) => {
    await beginWithPasskeys(page, world);
    await press(page, page.locator("button.primary"));
    await page.evaluate("document.querySelector('form[data-passkey]').submit()");
    await page.locator("[data-focus]").waitFor();
  }),
  preview("challenge-passkey", async (page, world) => {
    const { services } = world.demo.vestibule;
    const user = await makePasskeyUser(services);
    await givePasskey(services, user, "ea9b8d66-4d01-1d21-3ce4-b6b48cb575d4");
    await giveApp(services, user);
    await asOwner(
      world.demo.vestibule.database,
      "update factors set used_at = now() where user_id = $1 and kind = 'passkey'",
      [user.id],
    );
    await openAfterPassword(page, world, user);
  }),
  preview("recovery-codes", toRecoveryCodes),
  preview("recovery-codes-shown", async (page, world) => {
    await toRecoveryCodes(page, world);
    await page.reload();
  }),
  preview("challenge-totp", async (page, world) => {
    await begin(page, world, "enrolled");
  }),
  preview("challenge-totp-trust", async (page, world) => {
    await begin(page, world, "enrolled");
    await allowTrust(world);
    await page.reload();
  }),
  preview("challenge-totp-wrong", async (page, world) => {
    await begin(page, world, "enrolled");
    await enter(page, { code: "12345" });
  }),
  preview("challenge-totp-expired", async (page, world) => {
    await begin(page, world, "enrolled");
    await enter(page, { code: expired(4) });
  }),
  preview("challenge-totp-expired-again", async (page, world) => {
    await begin(page, world, "enrolled");
    await enter(page, { code: expired(4) });
    await enter(page, { code: expired(5) });
  }),
  preview("recovery-code", async (page, world) => {
    await begin(page, world, "enrolled");
    await toRecoveryCode(page);
  }),
  ...[5, 2, 0].map((left) =>
    preview(`recovered-${String(left)}-left`, async (page, world) => {
      await recover(page, world, left);
    }),
  ),
  preview("recovered-choose", async (page, world) => {
    await recover(page, world, 5);
    await press(page, page.locator("button[value='no']"));
  }),
  preview("recovered-enrol-totp", async (page, world) => {
    await recover(page, world, 5);
    await press(page, page.locator("button[value='no']"));
    await press(page, page.locator("button.primary"));
  }),
  preview("recovery-codes-later", async (page, world) => {
    const user = await newcomer(world.demo, "enrolled");
    await asOwner(
      world.demo.vestibule.database,
      "insert into unsaved_recovery_codes (home, office_id, user_id, shown_at) values (home_of($1), $1, $2, now())",
      [user.officeId, user.id],
    );
    await openAfterPassword(page, world, user);
    await enter(page, { code: totpNow(DEMO_TOTP_KEY) });
  }),
  preview("enrolment-code", async (page, world) => {
    const user = await newcomer(world.demo);
    await resetFactor(world.demo.vestibule.services, user, "Lost");
    await nextSecond();
    await openAfterPassword(page, world, user);
  }),
  preview("enrolment-closed", async (page, world) => {
    await begin(page, world, "window-closed");
  }),
  preview("blocked-by-codes", async (page, world) => {
    await begin(page, world, "blocked");
  }),
  preview("frozen", async (page, world) => {
    const id = await begin(page, world, "blocked");
    const text =
      "update second_factor_guard set failed_since_success = 50, blocked_until = null where user_id = $1";
    await asOwner(world.demo.vestibule.database, text, [id]);
    await page.reload();
  }),
];

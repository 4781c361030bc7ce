import type { Page } from "playwright-core";
import { DEMO_OFFICE, DEMO_PASSWORD } from "../../demo/demo-office.ts";
import { DEMO_TOTP_KEY, type DemoState } from "../../demo/demo-states.ts";
import type { LinkPurpose } from "../../src/domain/credentials/one-time-link.ts";
import type { User } from "../../src/domain/users/user.ts";
import { asOwner } from "../support/database.ts";
import { newcomer } from "../support/factor-pages.ts";
import { totpNow } from "../support/totp.ts";
import { enter, press, preview, type Preview } from "./preview.ts";
import { FAULTY_PASSWORDS, type World } from "./world.ts";

const NEW = "copper-anchor-violin-63";

const issuerOf = ({ demo }: World) => demo.vestibule.issuer;

/** Opens a fresh link of a user, up to its page. */
async function openLink(
  page: Page,
  world: World,
  {
    user,
    purpose,
    path,
    kind = "number-change",
  }: { user: User; purpose: LinkPurpose; path: string; kind?: string },
): Promise<void> {
  const { services } = world.demo.vestibule;
  const data = { mail: user.mail, applicationId: null, kind };
  const link = { purpose, officeId: user.officeId, userId: user.id, at: new Date(Date.now()), data };
  const token = await services.database.inOffice(user.officeId, (tx) => services.stores.links.make(tx, link));
  await page.goto(`${issuerOf(world)}${path}/${token.reveal()}`);
}

async function toReset(page: Page, world: World, state: DemoState = "enrolled"): Promise<User> {
  const user = await newcomer(world.demo, state);
  await openLink(page, world, { user, purpose: "password-reset", path: "/reset-password" });
  return user;
}

async function toInvitation(page: Page, world: World): Promise<void> {
  const user = await newcomer(world.demo);
  await openLink(page, world, { user, purpose: "invitation", path: "/invitation" });
}

async function toDispute(page: Page, world: World, outcome: "cancelled" | "too-late"): Promise<void> {
  world.demo.vestibule.services.links.disputeHandlers.set("number-change", () => Promise.resolve(outcome));
  const user = await newcomer(world.demo);
  await openLink(page, world, { user, purpose: "not-me", path: "/not-me" });
}

async function toNewBrowser(page: Page, world: World): Promise<void> {
  const user = await newcomer(world.demo);
  await openLink(page, world, { user, purpose: "not-me", path: "/not-me", kind: "new-browser" });
}

const setGuard = (world: World, user: User, change: string) =>
  asOwner(world.demo.vestibule.database, `update second_factor_guard set ${change} where user_id = $1`, [
    user.id,
  ]);

const asking = [
  preview("forgot-password", async (page, world) => {
    await page.goto(`${world.demo.url}/sign-in`);
    await press(page, page.locator("a[href$='/help/forgot-password']"));
  }),
  preview("forgot-password-blocked", async (page, world) => {
    const { username } = await newcomer(world.demo, "blocked");
    await page.goto(`${world.demo.url}/sign-in`);
    await enter(page, { officeCode: DEMO_OFFICE.code, username, password: DEMO_PASSWORD });
    await press(page, page.locator("a.primary"));
  }),
  preview("forgot-password-missing", async (page, world) => {
    await page.goto(`${issuerOf(world)}/forgot-password`);
    await enter(page, {});
  }),
  preview("forgot-password-sent", async (page, world) => {
    await asOwner(world.demo.vestibule.database, "delete from rate_limits");
    await page.goto(`${world.demo.url}/sign-in`);
    await press(page, page.locator("a[href$='/help/forgot-password']"));
    await enter(page, { officeCode: "DEMO", username: "nobody" });
  }),
  preview("forgot-password-too-many", async (page, world) => {
    for (let tries = 0; tries < 31; tries += 1) {
      await page.goto(`${issuerOf(world)}/forgot-password`);
      await enter(page, { officeCode: "DEMO", username: `nobody${String(tries)}` });
    }
    await asOwner(world.demo.vestibule.database, "delete from rate_limits");
  }),
  preview("which-office", async (page, world) => {
    await page.goto(`${world.demo.url}/sign-in`);
    await press(page, page.locator("a[href$='/help/which-office-code']"));
  }),
  preview("which-office-wrong", async (page, world) => {
    await page.goto(`${issuerOf(world)}/which-office-code`);
    await enter(page, { mail: "anna" });
  }),
  preview("which-office-sent", async (page, world) => {
    await page.goto(`${issuerOf(world)}/which-office-code`);
    await enter(page, { mail: "anna@demo.example" });
  }),
];

const choosing = [
  preview("reset-password", async (page, world) => {
    await toReset(page, world);
  }),
  preview("reset-password-easy", async (page, world) => {
    await toReset(page, world);
    await enter(page, { newPassword: "password12345" });
  }),
  ...FAULTY_PASSWORDS.map((kind) =>
    preview(`reset-password-${kind}`, async (page, world) => {
      await toReset(page, world);
      await enter(page, { newPassword: `FAULT-${kind}` });
    }),
  ),
  ...["teapot", "marble-cactus", NEW].map((typed, index) =>
    preview(`reset-password-strength-${String(index)}`, async (page, world) => {
      await toReset(page, world);
      await page.locator("[name=newPassword]").fill(typed);
    }),
  ),
  preview("reset-password-gone", async (page, world) => {
    await page.goto(`${issuerOf(world)}/reset-password`);
  }),
  preview("reset-password-done", async (page, world) => {
    await toReset(page, world);
    await enter(page, { newPassword: NEW });
  }),
  preview("reset-password-lifted", async (page, world) => {
    await toReset(page, world, "blocked");
    await enter(page, { newPassword: NEW });
  }),
  preview("reset-password-blocked", async (page, world) => {
    const user = await toReset(page, world, "blocked");
    await setGuard(world, user, "lifts = 2, lifts_since = now()");
    await enter(page, { newPassword: NEW });
  }),
  preview("reset-password-frozen", async (page, world) => {
    const user = await toReset(page, world, "blocked");
    await setGuard(world, user, "failed_since_success = 50");
    await enter(page, { newPassword: NEW });
  }),
  preview("invitation", toInvitation),
  preview("invitation-done", async (page, world) => {
    await toInvitation(page, world);
    await enter(page, { newPassword: NEW });
  }),
  preview("invitation-gone", async (page, world) => {
    await page.goto(`${issuerOf(world)}/invitation`);
  }),
  preview("new-password", async (page, world) => {
    const user = await newcomer(world.demo, "enrolled");
    const expire = "update users set password_expired = true where id = $1";
    await asOwner(world.demo.vestibule.database, expire, [user.id]);
    await page.goto(`${world.demo.url}/sign-in`);
    await enter(page, { officeCode: DEMO_OFFICE.code, username: user.username, password: DEMO_PASSWORD });
    await enter(page, { code: totpNow(DEMO_TOTP_KEY) });
  }),
];

const cancelling = [
  preview("not-me", (page, world) => toDispute(page, world, "cancelled")),
  preview("not-me-done", async (page, world) => {
    await toDispute(page, world, "cancelled");
    await enter(page, {});
  }),
  preview("not-me-late", async (page, world) => {
    await toDispute(page, world, "too-late");
    await enter(page, {});
  }),
  preview("not-me-browser", toNewBrowser),
  preview("not-me-browser-done", async (page, world) => {
    await toNewBrowser(page, world);
    await enter(page, {});
  }),
  preview("not-me-gone", async (page, world) => {
    await page.goto(`${issuerOf(world)}/not-me`);
  }),
];

/** The pages of links out of mails, and those that ask for them. */
export const links: readonly Preview[] = [...asking, ...choosing, ...cancelling];

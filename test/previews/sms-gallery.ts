import type { Page } from "playwright-core";
import { DEMO_OFFICE, DEMO_PASSWORD } from "../../demo/demo-office.ts";
import { makeOffice, makeUser, type TestUser } from "../support/people.ts";
import { asOwner } from "../support/database.ts";
import { eventually } from "../support/eventually.ts";
import { newcomer, nextSecond } from "../support/factor-pages.ts";
import { BY_SMS, giveNumber } from "../support/mobile-numbers.ts";
import { changeOffice, giveApp } from "../support/second-factor.ts";
import { allowTrust } from "./allow-trust.ts";
import { enter, press, preview, type Preview } from "./preview.ts";
import { openAfterPassword } from "./signed-in.ts";
import type { World } from "./world.ts";

/** A new user of the demo with this number signs in, up to the page after the password. */
async function begin(
  page: Page,
  world: World,
  state: "none" | "unconfirmed" | "confirmed",
  { hasApp = false } = {},
): Promise<TestUser> {
  const { demo } = world;
  const { id, username } = await newcomer(demo, "new");
  const office = await demo.vestibule.services.offices.findByCode(DEMO_OFFICE.code);
  if (office === null) {
    throw new Error("The demo has no office.");
  }
  const user: TestUser = { id, username, password: DEMO_PASSWORD, office };
  if (state !== "none") {
    await giveNumber(demo.vestibule.services, user, { state });
  }
  if (hasApp) {
    await giveApp(demo.vestibule.services, user);
  }
  await openAfterPassword(page, world, user);
  return user;
}

/** Waits until a worker has let go of a user's message. */
const handedOver = ({ demo }: World, userId: string) =>
  eventually(
    () =>
      asOwner<{ state: string }>(
        demo.vestibule.database,
        "select m.state from messages m join sent_codes c on c.message_id = m.id where c.user_id = $1",
        [userId],
      ),
    ([row]) => row?.state === "sent",
  );

/** Budgets by their scope in the table. */
const STOPS = {
  "sign-in": "sign-in",
  number: "number-hour",
  account: "account",
  address: "address",
  range: "prefix",
  office: "office",
};

async function chooseSms(page: Page): Promise<void> {
  await page.locator("input[value='sms']").check();
  await submit(page);
}

const submit = (page: Page) => press(page, page.locator("button.primary"));

const toPage = async (page: Page, name: string) => {
  await page.goto(page.url().replace(/[^/]+$/, name));
};

/** The pages of text messages; each with a user of its own, because what was sent stays counted. */
export const smsPages: readonly Preview[] = [
  preview("sms-choose", async (page, world) => {
    await begin(page, world, "none");
  }),
  preview("sms-challenge", async (page, world) => {
    await begin(page, world, "confirmed");
  }),
  preview("sms-challenge-trust", async (page, world) => {
    await begin(page, world, "confirmed");
    await allowTrust(world);
    await page.reload();
  }),
  preview("sms-challenge-wrong", async (page, world) => {
    await begin(page, world, "confirmed");
    await enter(page, { code: "12345" });
  }),
  preview("sms-challenge-early", async (page, world) => {
    await begin(page, world, "confirmed");
    await page.evaluate("document.querySelector('button[name=resend]').disabled = false");
    await press(page, page.locator("button[name='resend']"));
  }),
  ...(["waiting", "sent", "delivered", "refused", "failed", "unknown", "expired"] as const).map((state) =>
    preview(`sms-status-${state}`, async (page, world) => {
      const { id } = await begin(page, world, "confirmed");
      await handedOver(world, id);
      await asOwner(
        world.demo.vestibule.database,
        `update messages set state = $2 where id = (
           select message_id from sent_codes where user_id = $1 order by sent_at desc limit 1)`,
        [id, state],
      );
      await page.reload();
    }),
  ),
  preview("sms-expired", async (page, world) => {
    const { id } = await begin(page, world, "confirmed");
    await asOwner(
      world.demo.vestibule.database,
      "update sent_codes set expires_at = sent_at, resend_at = sent_at where user_id = $1",
      [id],
    );
    await page.reload();
  }),
  ...Object.entries(STOPS).map(([name, scope]) =>
    preview(`sms-stopped-${name}`, async (page, world) => {
      const { database } = world.demo.vestibule;
      await begin(page, world, "confirmed");
      await asOwner(database, "update rate_limits set used = 1000000 where scope = $1", [`sms-${scope}`]);
      await asOwner(database, "update sent_codes set resend_at = sent_at");
      await page.reload();
      await press(page, page.locator("button[name='resend']"));
      await asOwner(database, "delete from rate_limits where scope = $1", [`sms-${scope}`]);
    }),
  ),
  preview("sms-challenge-both", async (page, world) => {
    await begin(page, world, "confirmed", { hasApp: true });
    await toPage(page, "challenge-sms");
  }),
  preview("sms-lost-number-both", async (page, world) => {
    await begin(page, world, "confirmed", { hasApp: true });
    await toPage(page, "lost-number");
  }),
  preview("sms-lost-number", async (page, world) => {
    await begin(page, world, "confirmed");
    await toPage(page, "lost-number");
  }),
  preview("sms-replace-number", async (page, world) => {
    const { services } = world.demo.vestibule;
    const office = await makeOffice(services);
    const user = await makeUser(services, office);
    await giveApp(services, user);
    await giveNumber(services, user);
    await changeOffice(services, office, { secondFactor: { ...BY_SMS, methods: ["sms"] } });
    await openAfterPassword(page, world, user);
    await toPage(page, "replace-number");
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
  preview("sms-enter-number-codes-left", async (page, world) => {
    await asRecovered(page, world);
  }),
  preview("sms-confirm-number", async (page, world) => {
    await afterReset(page, world);
  }),
  preview("sms-recovered", async (page, world) => {
    await asAsked(page, world);
  }),
  preview("sms-confirm-number-code", async (page, world) => {
    await afterReset(page, world);
    await submit(page);
  }),
];

/** A recovery code was used by a user who has the app and a number. */
async function asAsked(page: Page, world: World): Promise<void> {
  const { services } = world.demo.vestibule;
  const user = await begin(page, world, "confirmed");
  const { codes } = await giveApp(services, user);
  await toPage(page, "recovery-code");
  await enter(page, { recoveryCode: codes[0] ?? "" });
}

/** The same, and text messages are chosen again. */
async function asRecovered(page: Page, world: World): Promise<void> {
  await asAsked(page, world);
  await press(page, page.locator("button[value='no']"));
  await chooseSms(page);
}

/** The office has entered another number in place of the only factor. */
async function afterReset(page: Page, world: World): Promise<void> {
  const { services } = world.demo.vestibule;
  const user = await begin(page, world, "confirmed");
  const stored = await services.users.findByUsername(user.office.id, user.username);
  if (stored !== null) {
    await services.secondFactor.numberService.set(stored, "+31612345611", { actor: "preview", reason: null });
  }
  // What was proved in the second of the change is dead.
  await nextSecond();
  await openAfterPassword(page, world, user);
}

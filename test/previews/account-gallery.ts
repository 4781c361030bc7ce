import type { Page } from "playwright-core";
import { DEMO_OFFICE } from "../../demo/demo-office.ts";
import { makeOffice, makeUser } from "../support/people.ts";
import { changeOffice, giveApp } from "../support/second-factor.ts";
import { totpNow } from "../support/totp.ts";
import { withSeals } from "../support/audit-rows.ts";
import { asOwner } from "../support/database.ts";
import { newcomer } from "../support/factor-pages.ts";
import { givePasskey, makePasskeyUser } from "../support/passkeys.ts";
import { putInto } from "../../demo/demo-states.ts";
import { BY_SMS, newNumber } from "../support/mobile-numbers.ts";
import { allowTrust, trustTwo } from "./allow-trust.ts";
import { enter, press, preview, type Preview } from "./preview.ts";
import { openSignedIn } from "./signed-in.ts";
import type { World } from "./world.ts";

const issuerOf = ({ demo }: World): string => demo.vestibule.issuer;

/** A new user of the demo with an app signs in to a page of the account. Answers the user's id. */
async function begin(page: Page, world: World, path: string): Promise<string> {
  const user = await newcomer(world.demo, "enrolled");
  await openSignedIn(page, world, { path, user });
  return user.id;
}

const at = (path: string) => async (page: Page, world: World) => {
  await begin(page, world, path);
};

/** The same with an office that accepts text messages. */
async function beginWithSms(page: Page, world: World, path: string): Promise<string> {
  const { services } = world.demo.vestibule;
  const office = await services.offices.findByCode(DEMO_OFFICE.code);
  if (office !== null) {
    await changeOffice(services, office, { secondFactor: BY_SMS });
  }
  return begin(page, world, path);
}

/** Tries that went wrong, applications and sessions of elsewhere. */
async function fill(page: Page, world: World, path: string): Promise<void> {
  const id = await begin(page, world, "/account");
  const { database } = world.demo.vestibule;
  await page.goto(`${world.demo.url}/sign-in`);
  await page.waitForURL(`${world.demo.url}/`);
  const office = "(select office_id from subjects where id = $1)";
  await asOwner(
    database,
    withSeals(`insert into audit_events (home, at, office_id, type, outcome, actor, subject, address, details)
     select home_of(${office}), now() - n * interval '5 hours', ${office}, (array['password.wrong', 'code.wrong', 'code.blocked'])[n % 3 + 1],
       'refused', $1::text, $1::text, ('2001:db8::' || n)::inet, case n % 3 when 1 then '{"kind": "totp"}'::jsonb else '{}' end
     from generate_series(1, 30) n`),
    [id],
  );
  await asOwner(
    database,
    `insert into oidc_models (home, kind, id, payload, account_id, uid, saved_at, expires_at)
     select home_of($1::text::uuid), 1, sha256(random()::text::bytea), json_build_object('accountId', $1::text, 'uid', 'preview' || n || $1,
       'loginTs', extract(epoch from now())::bigint + 5, 'device', json_build_object('browser', (array['Firefox', 'Samsung Internet'])[n],
       'system', (array['Windows', 'Android'])[n], 'network', (array['192.0.2.17', '2001:db8:1234:5678::/64'])[n])),
       $1::text::uuid, 'preview' || n || $1::text, now() - n * interval '7 hours', now() + interval '1 hour'
     from generate_series(1, 2) n`,
    [id],
  );
  await page.goto(`${issuerOf(world)}${path}`);
}

/** An app and two passkeys, in an office of its own that accepts them. */
async function withPasskeys(page: Page, world: World, path: string): Promise<void> {
  const { services } = world.demo.vestibule;
  const user = await makePasskeyUser(services);
  const found = await services.users.findByUsername(user.office.id, user.username);
  if (found !== null) {
    await putInto(services, found, "enrolled");
  }
  await openSignedIn(page, world, { path: "/account", user });
  await givePasskey(services, user, "ea9b8d66-4d01-1d21-3ce4-b6b48cb575d4");
  await givePasskey(services, user, "fa2b99dc-9e39-4257-8f92-4a30d23c4118");
  await page.goto(`${issuerOf(world)}${path}`);
}

/** Two browsers that are trusted. */
async function withTrust(page: Page, world: World, path: string): Promise<void> {
  await allowTrust(world);
  const id = await begin(page, world, path);
  await trustTwo(world, id);
  await page.reload();
}

async function toCode(page: Page, world: World): Promise<void> {
  await beginWithSms(page, world, "/account/number");
  await enter(page, { number: newNumber() });
}

/** The account page, with a user of its own for each picture. */
export const account: readonly Preview[] = [
  preview("account-general", at("/account")),
  preview("account-general-done", async (page, world) => {
    await begin(page, world, "/account/profile");
    await enter(page, { name: "Wilhelmina Alexandra Johanna van Heeckeren tot Nettelhorst-Hoogendijk" });
  }),
  preview("account-data", at("/account/data")),
  preview("account-profile", at("/account/profile")),
  preview("account-profile-wrong", async (page, world) => {
    await begin(page, world, "/account/profile");
    await enter(page, { name: " " });
  }),
  preview("account-password", at("/account/password")),
  preview("account-password-wrong", async (page, world) => {
    await begin(page, world, "/account/password");
    await enter(page, { currentPassword: "nothing", newPassword: "quarrel-biscuit-lantern-7" });
  }),
  preview("account-mail", at("/account/mail")),
  preview("account-mail-confirm", at("/account/mail/confirm")),
  preview("account-method", async (page, world) => {
    await beginWithSms(page, world, "/account/method");
  }),
  preview("account-app", at("/account/app")),
  preview("account-methods", (page, world) => withPasskeys(page, world, "/account")),
  preview("account-passkey", (page, world) => withPasskeys(page, world, "/account/passkey")),
  preview("account-passkey-edit", async (page, world) => {
    await withPasskeys(page, world, "/account");
    await press(page, page.locator("a[href^='/account/passkeys/']").first());
  }),
  preview("account-remove-method", async (page, world) => {
    await withPasskeys(page, world, "/account");
    await press(page, page.locator("a[href='/account/method/remove/totp']"));
  }),
  preview("account-number", async (page, world) => {
    await beginWithSms(page, world, "/account/number");
  }),
  preview("account-number-none", async (page, { production }) => {
    const { services, issuer } = production;
    const office = await makeOffice(services);
    await changeOffice(services, office, { secondFactor: BY_SMS });
    const { username, password, ...user } = await makeUser(services, office);
    const { secret } = await giveApp(services, { username, password, ...user });
    await page.goto(`${issuer}/account/number`);
    await enter(page, { officeCode: office.code, username, password });
    await enter(page, { code: totpNow(secret) });
  }),
  preview("account-number-wrong", async (page, world) => {
    await beginWithSms(page, world, "/account/number");
    await enter(page, { number: "020 123 4567" });
  }),
  preview("account-number-code", toCode),
  preview("account-number-code-wrong", async (page, world) => {
    await toCode(page, world);
    await enter(page, { code: "12345" });
  }),
  preview("account-new-codes", at("/account/recovery-codes")),
  preview("account-codes", async (page, world) => {
    await begin(page, world, "/account/recovery-codes");
    await press(page, page.locator("main button.primary"));
    await page.locator(".codes").waitFor();
  }),
  preview("account-sessions", (page, world) => fill(page, world, "/account/sessions")),
  preview("account-end-session", async (page, world) => {
    await fill(page, world, "/account/sessions");
    await press(page, page.locator("a[href^='/account/sessions/preview']").first());
  }),
  preview("account-sessions-trusted", async (page, world) => {
    await withTrust(page, world, "/account/sessions");
  }),
  preview("account-end-trust", async (page, world) => {
    await withTrust(page, world, "/account/sessions");
    await press(page, page.locator("a[href^='/account/trusted/']").first());
  }),
  preview("account-end-all-trust", at("/account/trusted/all")),
  preview("account-password-typed", async (page, world) => {
    await begin(page, world, "/account/password");
    await page.locator("#newPassword").fill("quarrel biscuit");
  }),
  preview("account-end-others", at("/account/sessions/others")),
  preview("account-applications", (page, world) => fill(page, world, "/account/applications")),
  preview("account-applications-none", at("/account/applications")),
  preview("account-revoke", async (page, world) => {
    await fill(page, world, "/account/applications");
    await press(page, page.locator("a[href^='/account/applications/']").first());
  }),
  preview("account-sign-ins", (page, world) => fill(page, world, "/account/sign-ins")),
  preview("account-sign-ins-older", async (page, world) => {
    await fill(page, world, "/account/sign-ins");
    await press(page, page.locator("a[href*='before=']"));
  }),
];

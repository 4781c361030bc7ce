import { expect } from "chai";
import type { Page } from "playwright-core";
import { openLoopbackListener } from "../../demo/loopback-listener.ts";
import { asOwner } from "../support/database.ts";
import { ANNA } from "../support/demo.ts";
import type { TestApplication, TestUser } from "../support/people.ts";
import { authorizationRequest } from "../support/relying-party.ts";
import { links } from "./link-gallery.ts";
import { enter, press, preview, type Preview } from "./preview.ts";
import { account } from "./account-gallery.ts";
import { consolePages } from "./console-gallery.ts";
import { devicePages } from "./device-gallery.ts";
import { peoplePages } from "./people-gallery.ts";
import { consoleOfficePages } from "./console-office-gallery.ts";
import { mails } from "./mail-gallery.ts";
import { passkeyModels } from "./passkey-models-gallery.ts";
import { secondFactor } from "./second-factor-gallery.ts";
import { emailPages } from "./email-gallery.ts";
import { smsPages } from "./sms-gallery.ts";
import type { World } from "./world.ts";

const goTo =
  (address: (world: World) => string): Preview["open"] =>
  async (page, world) => {
    await page.goto(address(world));
  };

const issuerOf = ({ demo }: World) => demo.vestibule.issuer;

/** Where an application sends a user. */
function asking(
  world: World,
  application: TestApplication = world.ledger,
  changes: Record<string, string> = {},
): string {
  return authorizationRequest(issuerOf(world), application, changes).url;
}

const entriesOf = ({ office, username, password }: TestUser) => ({
  officeCode: office.code,
  username,
  password,
});

/** A browser that remembers an office. */
async function remember(page: Page, world: World, code: string): Promise<void> {
  await page.goto(`${issuerOf(world)}/o/${code}`);
}

const signIn = [
  preview("password", goTo(asking)),
  preview(
    "password-production",
    goTo(({ productionApplication }) => authorizationRequest("https://id.test", productionApplication).url),
  ),
  preview("password-missing", async (page, world) => {
    await page.goto(asking(world));
    await enter(page, {});
  }),
  preview("password-wrong", async (page, world) => {
    await page.goto(asking(world));
    await enter(page, { officeCode: "NOORD", username: "sanne", password: "not-the-password" });
  }),
  preview("password-too-many", async (page, world) => {
    await page.goto(asking(world));
    for (let tries = 0; tries <= 10; tries += 1) {
      await enter(page, { officeCode: "NOORD", username: "nobody", password: `guess ${String(tries)}` });
    }
  }),
  preview(
    "password-pinned",
    goTo((world) => asking(world, world.pinned, { login_hint: "sanne" })),
  ),
  preview(
    "password-named-office",
    goTo((world) => asking(world, world.ledger, { office: "UNKNOWN-OFFICE" })),
  ),
  preview("password-accent", async (page, world) => {
    await remember(page, world, "NOORD");
    await page.goto(asking(world));
  }),
  preview("password-logo", async (page, world) => {
    await remember(page, world, "LOGO");
    await page.goto(asking(world));
  }),
  preview("password-long", async (page, world) => {
    await remember(page, world, world.wordyUser.office.code);
    await page.goto(asking(world, world.wordy, { login_hint: world.wordyUser.username }));
  }),
  preview("blocked", async (page, world) => {
    await page.goto(asking(world));
    await enter(page, entriesOf(world.blockedUser));
  }),
];

const EVERYTHING = "openid profile email phone office groups offline_access";

async function toConsent(
  page: Page,
  world: World,
  [application, user, scope = EVERYTHING]: [TestApplication, TestUser, string?],
) {
  await page.goto(asking(world, application, { scope, prompt: "consent" }));
  await enter(page, entriesOf(user));
  await page.locator("button[value=allow]").waitFor();
}

const consent = [
  preview("consent-logo", (page, world) => toConsent(page, world, [world.foreign, world.user])),
  preview("consent-session", (page, world) =>
    toConsent(page, world, [world.wordy, world.user, "openid email"]),
  ),
  preview("consent-long", (page, world) => toConsent(page, world, [world.wordy, world.wordyUser])),
];

async function toOtherUser(page: Page, world: World, [application, user]: [TestApplication, TestUser]) {
  await page.goto(asking(world));
  await enter(page, entriesOf(user));
  await page.waitForURL("https://app.test/**");
  const claims = JSON.stringify({ id_token: { sub: { value: "another" } } });
  await page.goto(asking(world, application, { claims }));
  await page.locator("button[value=switch]").waitFor();
}

const otherUser = [
  preview("other-user", (page, world) => toOtherUser(page, world, [world.foreign, world.user])),
  preview("other-user-long", (page, world) => toOtherUser(page, world, [world.wordy, world.wordyUser])),
];

async function toSignOut(page: Page, world: World, query: string): Promise<void> {
  await page.goto(asking(world));
  await enter(page, entriesOf(world.user));
  await page.waitForURL("https://app.test/**");
  await page.goto(`${issuerOf(world)}/sign-out${query}`);
}

const signOut = [
  preview("sign-out", (page, world) => toSignOut(page, world, "")),
  preview("sign-out-asked", (page, world) => toSignOut(page, world, `?client_id=${world.ledger.id}`)),
  preview("sign-out-done", async (page, world) => {
    await toSignOut(page, world, "");
    await press(page, page.locator("button[name=logout]"));
  }),
  preview("sign-out-stayed", async (page, world) => {
    await toSignOut(page, world, `?client_id=${world.ledger.id}`);
    await press(page, page.locator("button:not([name])"));
  }),
];

const FAULTS = [
  "not-found",
  "forbidden",
  "too-large",
  "method",
  "busy",
  "too-many-offices",
  "unavailable",
  "internal",
  "request",
];

const errors = [
  preview("error-expired", async (page, world) => {
    await page.goto(asking(world));
    await page.context().clearCookies();
    await page.reload();
  }),
  preview(
    "error-unknown-application",
    goTo((world) => asking(world, world.ledger, { client_id: "app_unknown" })),
  ),
  preview(
    "error-bad-redirect",
    goTo((world) => asking(world, world.ledger, { redirect_uri: "https://elsewhere.test/cb" })),
  ),
  preview(
    "error-request-details",
    goTo((world) => `${issuerOf(world)}/authorize?client_id=${world.ledger.id}&response_mode=nonsense`),
  ),
  ...FAULTS.map((kind) =>
    preview(
      `error-${kind}`,
      goTo((world) => `${issuerOf(world)}/o/FAULT-${kind}`),
    ),
  ),
];

const plainPages = [
  preview("welcome", goTo(issuerOf)),
  preview(
    "welcome-production",
    goTo(() => "https://id.test/"),
  ),
  preview("office", (page, world) => remember(page, world, "NOORD")),
  preview("office-logo", (page, world) => remember(page, world, "LOGO")),
  preview("outbox-empty", async (page, world) => {
    await asOwner(world.demo.vestibule.database, "delete from outbox_messages");
    await page.goto(`${issuerOf(world)}/outbox`);
  }),
  preview("outbox-full", async (page, world) => {
    const { outbox } = world.demo.vestibule.services;
    const code = "123456 is your Vestibule verification code. It is valid for 5 minutes.\n\n@id.test #123456";
    const sms = { channel: "sms", to: "+31612345678", text: code, officeId: "", until: new Date() } as const;
    await outbox.send("1", sms);
    await outbox.send("2", {
      channel: "mail",
      officeId: null,
      to: "wilhelmina.alexandra.van.heeckeren-tot-nettelhorst@administratiekantoor-van-der-meulen.example",
      subject: "Set a new password",
      text: `Open this address within 30 minutes:\n\nhttps://id.test/new-password/${"a1B2".repeat(20)}\n`,
    });
    await page.goto(`${issuerOf(world)}/outbox`);
  }),
];

async function signInToDemo(page: Page, { demo: { url } }: World): Promise<void> {
  await page.goto(`${url}/sign-in`);
  await enter(page, ANNA);
  await page.waitForURL(`${url}/`);
}

const demo = [
  preview(
    "demo-welcome",
    goTo((world) => world.demo.url),
  ),
  preview("demo-signed-in", signInToDemo),
  preview("demo-refreshed", async (page, world) => {
    await signInToDemo(page, world);
    await press(page, page.locator("form[action='/refresh'] button"));
    await page.locator("summary").first().click();
  }),
  preview("demo-cancelled", async (page, world) => {
    await page.goto(`${world.demo.url}/sign-in`);
    await press(page, page.locator("button[name=cancel]"));
  }),
  preview("demo-signed-out", async (page, world) => {
    await signInToDemo(page, world);
    await press(page, page.locator("form[action='/sign-out'] button"));
  }),
  preview(
    "demo-nowhere",
    goTo((world) => `${world.demo.url}/nowhere`),
  ),
  preview("demo-mobile-back", async (page) => {
    const listener = await openLoopbackListener();
    const callback = listener.callback({ state: "known", timeoutMs: 5_000 });
    await page.goto(`${listener.redirectUri}?state=known&code=x`);
    expect((await callback).searchParams.get("code")).to.equal("x");
    listener.close();
  }),
];

/** Every page in every state, by what it belongs to. */
export const GALLERIES = {
  "the sign-in": [
    ...signIn,
    ...secondFactor,
    ...passkeyModels,
    ...consent,
    ...otherUser,
    ...signOut,
    ...devicePages,
  ],
  "links and the account": [...links, ...account],
  "text messages and mails": [...smsPages, ...emailPages, ...mails],
  "errors and plain pages": [...errors, ...plainPages, ...demo],
  "the console's people and applications": [...consolePages, ...peoplePages],
  "the console's offices and the platform": consoleOfficePages,
} as const satisfies Readonly<Record<string, readonly Preview[]>>;

export const GALLERY: readonly Preview[] = Object.values(GALLERIES).flat();

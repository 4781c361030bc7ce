import { randomUUID } from "node:crypto";
import { PNG } from "../images.ts";
import { newNumber } from "../mobile-numbers.ts";
import { giveLogo } from "../people.ts";
import type { Page } from "../http-browser.ts";
import { giveApp, keyOf, passPassword, sendForm, sibling, type TestApp } from "../second-factor.ts";
import { totpNow } from "../totp.ts";
import { FACTOR_FORMS } from "./factor-seeds.ts";
import { follow, openSignIn } from "../relying-party.ts";
import { signedHeaders } from "../sms-http-stand-in.ts";
import { signedReceipt, webhookToken, API_KEY } from "../sms-stand-in.ts";
import type { Ground, Seed } from "./ground.ts";
import { formOf, get, page, post, withTyped, type Values } from "./right-requests.ts";

/** At a page of the sign-in of a new user, who has an app or has to enrol a factor. `typed`: what is right there. */
const atPage =
  (
    who: "newcomer" | "member",
    name: string | null,
    typed: (page: Page, given: TestApp | null) => Values,
  ): Seed =>
  async ({ world, strict }) => {
    const user = await world.makeUser({}, strict);
    const given = who === "member" ? await giveApp(world.services, user) : null;
    const browser = world.browser();
    const first = await passPassword(browser, world.application, user);
    const shown = name === null ? first : await follow(browser, await browser.get(sibling(first, name)));
    return withTyped(formOf(browser, shown), typed(shown, given));
  };

/** The page itself. */
const opened =
  (seed: Seed): Seed =>
  async (ground) => {
    const { path, headers } = await seed(ground);
    return { ...get(path, { lang: "nl" }), headers };
  };
const nothing = (): Values => ({});

async function atPassword({ world }: Ground) {
  const browser = world.browser();
  return { browser, page: await openSignIn(browser, world.request()) };
}

async function atConsent({ world, foreign, signedIn }: Ground) {
  const page = await follow(signedIn, await signedIn.get(world.request({}, foreign).url));
  return { browser: signedIn, page };
}

async function atOtherUser({ world, signedIn }: Ground) {
  const claims = JSON.stringify({ id_token: { sub: { value: randomUUID() } } });
  const page = await follow(signedIn, await signedIn.get(world.request({ claims }).url));
  return { browser: signedIn, page };
}

const RECEIPT = {
  msisdn: "31612345678",
  messageId: "A".repeat(16),
  status: "delivered",
  "err-code": "0",
  "api-key": API_KEY,
  "message-timestamp": "2021-01-01 00:00:00",
  timestamp: "1609459200",
};
const receipt = (): Values =>
  Object.fromEntries(signedReceipt({ ...RECEIPT, nonce: randomUUID() }).entries());

/** Pages that need a state of their own, and what other programs send us. */
export const PAGE_SEEDS: Readonly<Record<string, readonly Seed[]>> = {
  "GET /logos/:token/:file": [
    async ({ world }) => get(await giveLogo(world.services, world.office, PNG), { a: "1" }),
  ],
  "GET /interaction/:uid": [
    async (ground) => {
      const {
        browser,
        page: { url },
      } = await atPassword(ground);
      return get(new URL(url).pathname, { lang: "nl" }, browser);
    },
  ],
  "GET /interaction/:uid/help/:topic": [
    async (ground) => {
      const {
        browser,
        page: { url },
      } = await atPassword(ground);
      return get(`${new URL(url).pathname}/help/forgot-password`, { a: "1" }, browser);
    },
  ],
  "GET /interaction/:uid/:page": [
    opened(atPage("member", null, nothing)),
    opened(atPage("newcomer", "choose", nothing)),
    opened(atPage("newcomer", "enrol-totp", nothing)),
    opened(atPage("newcomer", "enrol-passkey", nothing)),
    opened(atPage("newcomer", "enrol-email", nothing)),
  ],
  "GET /interaction/:uid/:page/status": [
    async ({ world, strict }) => {
      const browser = world.browser();
      const choose = await passPassword(browser, world.application, await world.makeUser({}, strict));
      const enter = await browser.get(sibling(choose, "enter-number"));
      const sent = await sendForm(browser, enter, { number: newNumber() });
      return get(`${new URL(sent.url).pathname}/status`, { a: "1" }, browser);
    },
  ],
  "POST /interaction/:uid/:page": [
    async (ground) => {
      const { browser, page: shown } = await atPassword(ground);
      const { office, username, password } = ground.world.user;
      return withTyped(formOf(browser, shown), { officeCode: office.code, username, password });
    },
    atPage("member", null, (_page, given) => ({ code: totpNow(given?.secret ?? "") })),
    atPage("member", "recovery-code", (_page, given) => ({ recoveryCode: given?.codes[0] ?? "" })),
    atPage("newcomer", "choose", () => ({ method: "totp" })),
    atPage("newcomer", "enrol-totp", (shown) => ({ code: totpNow(keyOf(shown)) })),
    atPage("newcomer", "enter-number", () => ({ number: newNumber() })),
    ...FACTOR_FORMS,
  ],
  "GET /interaction/:uid/consent": [
    async (ground) => {
      const {
        browser,
        page: { url },
      } = await atConsent(ground);
      return get(new URL(url).pathname, { lang: "nl" }, browser);
    },
  ],
  "POST /interaction/:uid/consent": [
    async (ground) => {
      const { browser, page: shown } = await atConsent(ground);
      return formOf(browser, shown);
    },
  ],
  "GET /interaction/:uid/other-user": [
    async (ground) => {
      const { browser, page: shown } = await atOtherUser(ground);
      return get(new URL(shown.url).pathname, { lang: "nl" }, browser);
    },
  ],
  "POST /interaction/:uid/other-user": [
    async (ground) => {
      const { browser, page: shown } = await atOtherUser(ground);
      return formOf(browser, shown);
    },
  ],
  "GET /webhooks/vonage/receipts": [() => Promise.resolve(get("/webhooks/vonage/receipts", receipt()))],
  "POST /webhooks/vonage/receipts": [() => Promise.resolve(post("/webhooks/vonage/receipts", receipt()))],
  "POST /webhooks/vonage/status": [
    () => {
      const bytes = JSON.stringify({ message_uuid: randomUUID(), channel: "sms", status: "delivered" });
      return Promise.resolve({
        ...post("/webhooks/vonage/status", { a: "1" }, [["Authorization", `Bearer ${webhookToken(bytes)}`]]),
        body: { type: "application/json", bytes },
      });
    },
  ],
  "POST /webhooks/sms/status": [
    () => {
      const bytes = JSON.stringify({ reference: randomUUID(), status: "delivered" });
      const headers = Object.entries(signedHeaders(bytes));
      return Promise.resolve({
        ...post("/webhooks/sms/status", { a: "1" }, headers),
        body: { type: "application/json", bytes },
      });
    },
  ],
  "POST /webhooks/vonage/inbound": [() => Promise.resolve(post("/webhooks/vonage/inbound", { a: "1" }))],
  "GET /assets/:file": [
    async ({ world }) => {
      const { body } = await world.browser().get("/");
      return get(/"(\/assets\/[^"]*)"/.exec(body)?.[1] ?? "", { a: "1" });
    },
  ],
  ...linkPages("/reset-password", "password-reset"),
  ...linkPages("/invitation", "invitation"),
  ...linkPages("/not-me", "not-me"),
  "GET /health/live": [page("/health/live")],
  "GET /health/ready": [page("/health/ready")],
};

/** The pages behind a mailed link, with a link that works. */
function linkPages(path: string, purpose: "password-reset" | "invitation" | "not-me") {
  const open = async ({ world }: Ground) => {
    const browser = world.browser();
    const user = await world.makeUser();
    const account = await world.services.users.findAccount(user.id);
    const data = { mail: account?.mail ?? null, kind: "number-change" };
    const link = { purpose, officeId: user.office.id, userId: user.id, at: new Date(Date.now()), data };
    const { services } = world;
    const token = await services.database.inOffice(user.office.id, (tx) =>
      services.stores.links.make(tx, link),
    );
    return { browser, page: await follow(browser, await browser.get(`${path}/${token.reveal()}`)) };
  };
  return {
    [`GET ${path}`]: [async (ground: Ground) => get(path, { lang: "nl" }, (await open(ground)).browser)],
    [`POST ${path}`]: [
      async (ground: Ground) => {
        const { browser, page: shown } = await open(ground);
        return formOf(browser, shown);
      },
    ],
  };
}

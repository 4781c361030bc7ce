import { randomUUID } from "node:crypto";
import { newNumber } from "../mobile-numbers.ts";
import { passPassword, sendForm, sibling } from "../second-factor.ts";
import { follow, openSignIn } from "../relying-party.ts";
import { signedReceipt, webhookToken, API_KEY } from "../sms-stand-in.ts";
import type { Ground, Seed } from "./ground.ts";
import { formOf, get, page, post, type Values } from "./right-requests.ts";

/** At a page of the sign-in of someone who has to enrol a factor, or who has one. */
const atPage =
  (who: "newcomer" | "member", name: string | null, method: "GET" | "POST" = "POST"): Seed =>
  async (ground) => {
    const browser = ground.world.browser();
    const page = await passPassword(browser, ground.world.application, ground[who]);
    const shown = name === null ? page : await follow(browser, await browser.get(sibling(page, name)));
    const { pathname } = new URL(shown.url);
    return method === "GET" ? get(pathname, { lang: "nl" }, browser) : formOf(browser, shown);
  };

async function atPassword({ world }: Ground) {
  const browser = world.browser();
  return { browser, page: await openSignIn(browser, world.request()) };
}

async function atConsent({ world, foreign, signedIn }: Ground) {
  const page = await follow(signedIn, await signedIn.get(world.request({}, foreign).url));
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
  "GET /interaction/:uid": [
    async (ground) => {
      const {
        browser,
        page: { url },
      } = await atPassword(ground);
      return get(new URL(url).pathname, { lang: "nl" }, browser);
    },
  ],
  "GET /interaction/:uid/:page": [
    atPage("member", null, "GET"),
    atPage("newcomer", "choose", "GET"),
    atPage("newcomer", "enrol-totp", "GET"),
  ],
  "GET /interaction/:uid/:page/status": [
    async ({ world, newcomer }) => {
      const browser = world.browser();
      const choose = await passPassword(browser, world.application, newcomer);
      const enter = await browser.get(sibling(choose, "enter-number"));
      const sent = await sendForm(browser, enter, { number: newNumber() });
      return get(`${new URL(sent.url).pathname}/status`, { a: "1" }, browser);
    },
  ],
  "POST /interaction/:uid/:page": [
    async (ground) => {
      const { browser, page: shown } = await atPassword(ground);
      return formOf(browser, shown);
    },
    atPage("member", null),
    atPage("member", "recovery-code"),
    atPage("newcomer", "choose"),
    atPage("newcomer", "enrol-totp"),
    atPage("newcomer", "enter-number"),
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

import { FACTOR_KINDS } from "../../../src/domain/factors/factor.ts";
import { App, openAccount } from "../account.ts";
import { atConsole, makeStaff, supportOffice } from "../console.ts";
import type { HttpBrowser } from "../http-browser.ts";
import { BY_SMS, giveNumber } from "../mobile-numbers.ts";
import { makeApplication, makeUser, type TestOffice, type TestUser } from "../people.ts";
import { givePasskey } from "../passkeys.ts";
import { follow } from "../relying-party.ts";
import { changeOffice, giveApp, givePassword, sendForm } from "../second-factor.ts";
import type { World } from "../use-vestibule.ts";
import { makeWebhook } from "../webhook-receiver.ts";

/** Who sends a request. */
export type Actor = "anonymous" | "user" | "superuser" | "support";

/** A browser with what its addresses may be about; spoilt requests wear it out, so a new one is made from time to time. */
export interface Stage {
  readonly actor: Actor;
  readonly browser: HttpBrowser;
  /** The office that addresses are about. */
  readonly office: TestOffice;
  /** Another user of that office. */
  readonly target: TestUser;
  /** Values of path parameters, by name. */
  readonly values: Readonly<Record<string, string>>;
}

const MAKERS: Readonly<Record<Actor, (world: World, office: TestOffice) => Promise<HttpBrowser>>> = {
  anonymous: (world) => Promise.resolve(world.browser()),
  user: async (world, office) => {
    const secondFactor = { ...BY_SMS, methods: FACTOR_KINDS };
    await changeOffice(world.services, office, { secondFactor, trustedBrowserDays: 14 });
    const user = await makeUser(world.services, office);
    const app = new App((await giveApp(world.services, user)).secret);
    const browser = world.browser();
    await openAccount(browser, "/account", { user, app });
    await givePasskey(world.services, user, "00000000-0000-0000-0000-000000000000");
    await otherSession(world, user, app);
    await browser.get(world.request().url);
    return browser;
  },
  superuser: async (world, office) => {
    const staff = await makeStaff(world.services, office, { role: "superuser" });
    return (await atConsole(world, staff)).browser;
  },
  support: async (world) => {
    const staff = await makeStaff(world.services, await supportOffice(world.services), { role: "support" });
    return (await atConsole(world, staff)).browser;
  },
};

/** A session, and the trust in its browser, that the user's pages list. */
async function otherSession(world: World, user: TestUser, app: App): Promise<void> {
  const browser = world.browser();
  const asked = await givePassword(browser, await follow(browser, await browser.get("/account")), user);
  await sendForm(browser, asked, { code: await app.code(), trust: "yes" });
}

export async function makeStage(world: World, actor: Actor): Promise<Stage> {
  const office = await world.makeOffice();
  const target = await world.makeUser({}, office);
  await giveApp(world.services, target);
  await giveNumber(world.services, target);
  const { id } = await makeApplication(world.services, {}, office.id);
  const browser = await MAKERS[actor](world, office);
  const values = {
    office: office.code,
    code: office.code,
    user: target.id,
    id,
    application: id,
    webhook: await makeWebhook(world.services, office),
    platformWebhook: await newPlatformWebhook(world),
    change: "off",
    token: "A".repeat(64),
    file: "page.css",
  };
  return { actor, browser, office, target, values };
}

/** One of its own for each stage. The platform may have twenty, so those of stages that are long worn out go. */
async function newPlatformWebhook({ services }: World): Promise<string> {
  const { service } = services.webhooks;
  const found = [...(await service.list(null))].sort((one, other) => +other.createdAt - +one.createdAt);
  const by = { id: "command line", officeId: null, role: "operator" } as const;
  await Promise.all(found.slice(10).map((old) => service.delete(old, by)));
  return makeWebhook(services, { id: null });
}

/** The path of a route, with values of this stage; an id of the account is that of something which its pages list. */
export async function pathFor({ browser, values }: Stage, pattern: string): Promise<string> {
  const [, list = ""] = /^(\/account\/[\w/]+)\/:id$/.exec(pattern) ?? [];
  const { body } = list === "" ? { body: "" } : await browser.get(LISTS[list] ?? list);
  const listed = new RegExp(`"${list}/(?!others"|all")([^"/]+)"`).exec(body)?.[1];
  const known = listed === undefined ? values : { ...values, id: listed };
  return pattern
    .replace("/console/webhooks/:webhook", "/console/webhooks/:platformWebhook")
    .replaceAll(/:(\w+)/g, (_, name: string) => known[name] ?? name);
}

/** The pages whose things other pages are about. */
const LISTS: Readonly<Record<string, string>> = {
  "/account/trusted": "/account/sessions",
  "/account/passkeys": "/account",
  "/account/method/remove": "/account",
};

/** Whether a page says that its session has ended, or is too old for what was asked. */
export const isWornOut = ({ actor }: Stage, { location, issuer }: { location: string; issuer: string }) =>
  actor !== "anonymous" && location.startsWith(`${issuer}/authorize?`);

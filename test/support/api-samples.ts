import type { Operation } from "../../src/api/operation.ts";
import { API_PATH } from "../../src/domain/applications/own-application.ts";
import { giveApp } from "./second-factor.ts";
import { checkFile } from "./importing.ts";
import { makeActor, OPERATOR } from "./actors.ts";
import { giveNumber, storedUser } from "./mobile-numbers.ts";
import type { TestOffice } from "./people.ts";
import { giveSessions } from "./stored-sessions.ts";
import type { World } from "./use-vestibule.ts";

/** A request that is right. */
export interface Sample {
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** Undefined: none. */
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string>>;
}

/** What a request is about. */
export interface Things {
  readonly office: string;
  readonly user: string;
  readonly session: string;
  readonly approval: string;
  readonly import: string;
  readonly application: string;
  readonly newestKey: string;
  readonly hook: SampleHook;
  readonly platformHook: SampleHook;
}

/** A webhook with one of its deliveries, and a cursor of its events. */
interface SampleHook {
  readonly webhook: string;
  readonly delivery: string;
  readonly cursor: string;
}

export const NO_HOOK: SampleHook = { webhook: "", delivery: "", cursor: "" };

let made = 0;

/** A user with an app, a number and a session, a change that waits for a second person, and an application, of the office. */
export async function makeThings(world: World, office: TestOffice): Promise<Things> {
  const user = await world.makeUser({}, office);
  await giveApp(world.services, user);
  await giveNumber(world.services, user);
  await giveSessions(world.database, user);
  const { id: application } = await world.makeApplication({}, office.id);
  const [newest] = await world.services.signingKeys.list();
  return {
    office: office.id,
    user: user.id,
    session: "new",
    approval: await makeApproval(world, office),
    import: (await checkFile(world.services, office, { file: FILE() })).id,
    application,
    newestKey: newest?.id ?? "",
    ...(await makeHooks(world, office)),
  };
}

const FILE = () => `username,name\r\nfile-${String((made += 1))},Ines Smit\r\n`;

/** The first one that waits, or a new one. */
async function makeApproval({ services }: World, office: TestOffice): Promise<string> {
  const { approvals } = services.administration;
  const [first] = (await approvals.waiting.page(office.id, { size: 1 })).items;
  if (first !== undefined) {
    return first.id;
  }
  const { user } = await makeActor(services, office, "superuser");
  const by = await makeActor(services, office, "support");
  const help = { by, reason: REASON, office };
  const asked = await approvals.request(await storedUser(services, user), { action: "reset" }, help);
  return asked.type === "requested" ? asked.id : "";
}

const makeHooks = async (world: World, office: TestOffice) => ({
  hook: await makeHook(world, office.id),
  platformHook: await makeHook(world, null),
});

/** The first webhook that is there, or a new one: an office may have twenty. */
async function makeHook({ services }: World, officeId: string | null): Promise<SampleHook> {
  const { service } = services.webhooks;
  const [first] = await service.list(officeId);
  const webhook = first ?? (await service.add(officeId, HOOK(), OPERATOR)).webhook;
  const cursor = services.stores.cursors.seal(["0"], { officeId: officeId ?? "", query: "events" });
  return { webhook: webhook.id, delivery: await service.test(webhook), cursor };
}

const HOOK = () => ({ name: "Directory", url: "https://hooks.example/", types: ["application.added"] });

const REASON = "asked by the office";
const WHY = () => ({ reason: REASON });
const APPLICATION = () => ({
  ...{ name: "Ledger", type: "web", redirectUris: ["https://ledger.example/callback"] },
  homeUrl: "https://ledger.example/",
});

type Bodies = Readonly<Record<string, (things: Things) => unknown>>;

const hookBodies = (name: string, hookOf: (things: Things) => SampleHook): Bodies => ({
  [`${name}.add`]: HOOK,
  [`${name}.change`]: () => ({ name: "Directory 2", state: "off" }),
  [`${name}.send-again`]: (things) => ({ delivery: hookOf(things).delivery }),
  [`${name}.replay`]: (things) => ({ after: hookOf(things).cursor }),
});

const BODIES: Bodies = {
  "offices.add": () => ({ code: `API-${String((made += 1))}`, name: "Office" }),
  "offices.change": () => ({ name: "Noord", secondFactor: { demand: "off", from: null, methods: ["totp"] } }),
  "users.add": () => ({
    username: `api-${String((made += 1))}`,
    name: "Ines Smit",
    mail: "ines@mail.example",
  }),
  "users.change": () => ({ name: "Ines de Smit", language: "nl" }),
  "users.change-role": () => ({ role: "accountant" }),
  "users.send-link": () => ({ purpose: "invitation" }),
  "factors.reset": WHY,
  "factors.unlock": WHY,
  "number.enter": () => ({ number: "06 12345678", reason: REASON }),
  "number.approve": WHY,
  "number.refuse": WHY,
  "imports.add": FILE,
  "imports.apply": () => ({ invite: false }),
  "applications.add": APPLICATION,
  "platform-applications.add": APPLICATION,
  "applications.change": () => ({ name: "Ledger 2" }),
  "applications.rotate-secret": () => ({ overlapHours: 1 }),
  ...hookBodies("webhooks", ({ hook }) => hook),
  ...hookBodies("platform-webhooks", ({ platformHook }) => platformHook),
  "signing-keys.rotate": ({ newestKey }) => ({ newest: newestKey, aheadMinutes: 60 }),
};

const QUERIES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "users.list": { size: "10", sort: "name", descending: "true", search: "anna", role: "user" },
  "users.delete": { reason: "left" },
  "number.delete": { reason: REASON },
  "factors.remove": { reason: REASON },
  "events.list": { size: "10", types: "user.added,user.disabled", outcome: "ok" },
  "scim-tokens.end": { which: "replaced" },
  "audit.list": { group: "administration", from: "2026-01-01T00:00:00Z" },
};

/** The address of an operation, below the server. */
const addressOf = ({ path }: Pick<Operation, "path">, things: Things): string =>
  `${API_PATH}${path
    .replace("{office}", things.office)
    .replace("{webhook}", (path.startsWith("/webhooks") ? things.platformHook : things.hook).webhook)
    .replace("{user}", things.user)
    .replace("{session}", things.session)
    .replace("{factor}", "totp")
    .replace("{approval}", things.approval)
    .replace("{import}", things.import)
    .replace("{application}", things.application)}`;

export function sampleOf(operation: Operation, things: Things): Sample {
  return {
    path: addressOf(operation, things),
    query: QUERIES[operation.name] ?? {},
    body: BODIES[operation.name]?.(things),
    headers: {
      ...(operation.takesVersion ? { "if-match": "*" } : {}),
      ...(operation.takesFile.length > 0 ? { "content-type": "text/csv" } : {}),
    },
  };
}

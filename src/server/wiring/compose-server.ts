import type { Provider } from "oidc-provider";
import { createApp } from "../app.ts";
import { composeAccount } from "./compose-account.ts";
import { composeConsole } from "./compose-console.ts";
import { ClientSecretGuard } from "../../domain/applications/client-secret-guard.ts";
import { UserCodeGuard } from "../../domain/applications/user-code-guard.ts";
import type { Services } from "./compose.ts";
import { enginePages } from "../../screens/oidc-pages/engine-pages.ts";
import { Health } from "../../platform/web/health.ts";
import type { Features } from "../routes.ts";
import { composeReceipts } from "./compose-messages.ts";
import { composePasswords } from "./compose-passwords.ts";
import { composeForgotPassword, composeInteractions, composeSignIn } from "./compose-sign-in.ts";
import { composeStores, type Stores } from "./compose-stores.ts";
import { startUpkeep } from "./compose-upkeep.ts";
import { composeWeb } from "./compose-web.ts";
import { systemClock } from "../../kernel/clock.ts";
import { auditEngine } from "../../protocol/models/engine-events.ts";
import { logRefusals } from "../../protocol/models/engine-log.ts";
import { KeyRotation } from "../../protocol/keys/key-rotation.ts";
import { createProvider } from "../../protocol/provider.ts";
import type { Stoppable } from "../../platform/processes/clock-watch.ts";
import { inSigningOrder, type SigningKey } from "../../protocol/keys/signing-key.ts";

/** The web server, built and not yet listening. */
export interface Server {
  readonly app: Provider;
  readonly health: Health;
  close(): Promise<void>;
}

/** Builds everything that answers requests. */
export async function composeServer(services: Services): Promise<Server> {
  const { settings, log, database, audit } = services;
  const { clockWatch } = services.processes;
  const stores = composeStores(services);
  const web = composeWeb(services);
  const keys = await services.signingKeys.load();
  const provider = await composeProvider(services, { ...stores, keys }, web);
  const rotation = await composeRotation(services, provider, keys);
  auditEngine(provider, audit, log);
  logRefusals(provider, log);
  const health = new Health({ database, clock: clockWatch, log });
  const app = createApp({
    provider,
    settings,
    log,
    audit,
    health,
    rightClock: clockWatch,
    clock,
    engineStore: stores.engine,
    ...web,
    features: composeFeatures(services, { stores, web, provider }),
  });
  const upkeep = await clockWatch.whileRight(() => startUpkeep(services, stores));
  return {
    app,
    health,
    close: async () => {
      await Promise.all([upkeep.stop(), rotation.stop()]);
    },
  };
}

function composeFeatures(
  services: Services,
  { stores, web, provider }: { stores: Stores; web: ReturnType<typeof composeWeb>; provider: Provider },
): Features {
  const { settings, applications } = services;
  const { cookies } = web;
  return {
    signIn: composeSignIn(services, stores, cookies, provider),
    consent: {
      interactions: composeInteractions(services, stores, provider),
      users: services.users,
      offices: services.offices,
    },
    forgotPassword: composeForgotPassword(services, stores, provider),
    notMe: { notMe: services.links.notMe },
    welcome: { offices: services.offices, applications },
    account: composeAccount(services, provider, composePasswords(services, stores.guard)),
    console: composeConsole(services, provider, { ...web, drafts: stores.drafts }),
    outbox: Object.values(settings.gateways).includes("outbox") ? services.outbox : null,
    receipts: composeReceipts(services),
  };
}

/** Keys come and go by the clock: a process with a wrong one leaves them alone. */
function composeRotation(
  services: Services,
  provider: Provider,
  loaded: readonly SigningKey[],
): Promise<Stoppable> {
  const { signingKeys: keys, audit, log, settings } = services;
  const rotation = new KeyRotation(
    { provider, keys, audit, log, clock, days: settings.lifetimes.signingKeyDays },
    loaded,
  );
  return services.processes.clockWatch.whileRight(() => {
    rotation.start();
    return rotation;
  });
}

const clock = systemClock;

async function composeProvider(
  services: Services,
  stores: Stores & { keys: readonly SigningKey[] },
  web: ReturnType<typeof composeWeb>,
) {
  const { applications, audit, hash, owed } = services;
  await Promise.all([applications.keepCopies(), services.hasher.prepare()]);
  return createProvider({
    ...services,
    jwks: inSigningOrder(stores.keys, clock()),
    store: stores.engine,
    secretGuard: new ClientSecretGuard({ store: stores.guard, audit, hash, clock }),
    userCodes: new UserCodeGuard({ store: stores.guard, hash, clock, owed }),
    accounts: services.users,
    clock,
    pages: enginePages(web.renderer, web.errorPage, applications),
  });
}

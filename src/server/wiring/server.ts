import type { Provider } from "oidc-provider";
import type { Stoppable } from "../../platform/processes/clock-watch.ts";
import { Health } from "../../platform/web/health.ts";
import { KeyRotation } from "../../protocol/keys/key-rotation.ts";
import { RunningKeys } from "../../protocol/keys/running-keys.ts";
import { auditProtocol } from "../../protocol/models/oidc-events.ts";
import { RefusedRequests } from "../../protocol/requests/refused-requests.ts";
import { createProvider } from "../../protocol/provider.ts";
import { oidcPages } from "../../screens/oidc-pages/oidc-pages.ts";
import { createApp } from "../app.ts";
import { composeApi } from "./api.ts";
import { startUpkeep } from "./processes.ts";
import type { Services } from "./services.ts";
import { composeFeatures, composeWeb, signingKeyDesk, type Web } from "./screens.ts";

/** The web server, not listening yet. */
export interface Server {
  readonly app: Provider;
  readonly health: Health;
  close(): Promise<void>;
}

/** Builds everything that answers requests, and starts the background work of a server. */
export async function composeServer(services: Services, live: () => number = () => 1): Promise<Server> {
  const { settings, log, database, audit, stores } = services;
  const group = settings.share.of === 1 ? null : { live, of: settings.share.of };
  const { clockWatch } = services.processes;
  const web = composeWeb(services);
  const keys = new RunningKeys(services.signingKeys, await services.signingKeys.load());
  const provider = await composeProvider(services, web, keys);
  const rotation = await startRotation(services, keys);
  auditProtocol(provider, audit, log);
  const refused = new RefusedRequests({ log, applications: services.applications, store: stores.refusals });
  refused.watch(provider);
  const health = new Health({ database, clock: clockWatch, group, log });
  const app = createApp({
    ...{ provider, settings, log, audit, health },
    ...web,
    rightClock: clockWatch,
    oidcModels: stores.oidcModels,
    signingKeys: keys,
    refused,
    applications: services.applications,
    features: composeFeatures({ services, web, provider }),
    api: composeApi(services, { keys, signingKeys: signingKeyDesk(services) }),
  });
  const upkeep = await clockWatch.whileRight(() => startUpkeep(services));
  return {
    app,
    health,
    close: async () => {
      await Promise.all([upkeep.stop(), rotation.stop()]);
    },
  };
}

async function composeProvider(
  services: Services,
  { renderer, errorPage, waysBack }: Web,
  keys: RunningKeys,
): Promise<Provider> {
  const { applications, stores, users, log } = services;
  // An application that was added elsewhere may have the first key of its algorithm.
  const readKeys = (): void => {
    keys.read().catch((error: unknown) => {
      log.warn({ error }, "the signing keys could not be read and will be tried again");
    });
  };
  applications.follow(readKeys);
  await Promise.all([stores.announcements.listen(), services.passwordKinds.read()]);
  return createProvider({
    ...services,
    keys,
    store: stores.oidcModels,
    accounts: users,
    pages: oidcPages({ renderer, errorPage, applications, offices: services.offices, waysBack }),
  });
}

/** Keys are rotated by time, so a process with a wrong system time does not rotate. */
function startRotation(services: Services, running: RunningKeys): Promise<Stoppable> {
  const { signingKeys: keys, audit, log, settings } = services;
  const days = settings.lifetimes.signingKeyDays;
  const rotation = new KeyRotation({ running, keys, audit, log, days });
  return services.processes.clockWatch.whileRight(() => {
    rotation.start();
    return rotation;
  });
}

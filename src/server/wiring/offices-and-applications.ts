import { ApplicationService } from "../../domain/applications/application-service.ts";
import { ApplicationShutdownStore } from "../../domain/applications/application-shutdown-store.ts";
import { ApplicationShutdown } from "../../domain/applications/application-shutdown.ts";
import { ConsentLog } from "../../domain/applications/consent-log.ts";
import { ClientSecretGuard } from "../../domain/applications/client-secret-guard.ts";
import { UserCodeGuard } from "../../domain/applications/user-code-guard.ts";
import { OfficeService } from "../../domain/offices/office-service.ts";
import type { PolicyNotices } from "../../domain/offices/policy-notices.ts";
import { outgoingFetch } from "../../protocol/clients/outgoing-fetch.ts";
import { sectorFault } from "../../protocol/clients/sector-check.ts";
import { rulesOf } from "./stores.ts";
import type { Deps } from "./dependencies.ts";

export const officeService = (deps: Deps, policyNotices: PolicyNotices): OfficeService =>
  new OfficeService({
    ...{
      ...deps,
      store: deps.offices,
      closing: deps.officeClosing,
      purges: deps.officePurges,
      policyNotices,
    },
    closedDays: deps.settings.closedOfficeDays,
    sending: rulesOf(deps.settings).sending,
  });

/** The applications that users sign in to, including our own pages. */
export interface ApplicationServices {
  readonly applicationService: ApplicationService;
  readonly applicationShutdown: ApplicationShutdown;
  readonly secretGuard: ClientSecretGuard;
  readonly userCodes: UserCodeGuard;
  readonly consents: ConsentLog;
}

export function applicationServices(deps: Deps): ApplicationServices {
  const { applications: store, rateLimits: counters, settings } = deps;
  return {
    applicationService: new ApplicationService({
      ...{ ...deps, store },
      prepareAlgorithm: (tx, algorithm) => deps.signingKeys.prepare(tx, algorithm),
      surroundings: { isDevelopment: !settings.production },
      sectorFault: (sector) => sectorFault(outgoingFetch(settings.outgoingAllowedHosts), sector),
    }),
    applicationShutdown: new ApplicationShutdown({ ...deps, store: new ApplicationShutdownStore() }),
    secretGuard: new ClientSecretGuard({ ...deps, store: counters }),
    userCodes: new UserCodeGuard({ ...deps, store: counters }),
    consents: new ConsentLog({ ...deps, limits: counters }),
  };
}

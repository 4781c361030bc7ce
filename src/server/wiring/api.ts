import { ApiCallers } from "../../api/api-caller.ts";
import { apiHandler } from "../../api/api-handler.ts";
import type { ApiServices } from "../../api/api-services.ts";
import { openApiDocument } from "../../api/openapi.ts";
import { OPERATIONS } from "../../api/operations.ts";
import { now } from "../../kernel/clock.ts";
import type { Handler } from "../../platform/web/context.ts";
import { ApiTokens } from "../../protocol/api-tokens.ts";
import type { RunningKeys } from "../../protocol/keys/running-keys.ts";
import type { Services } from "./services.ts";

interface ApiParts {
  readonly keys: RunningKeys;
  readonly signingKeys: Pick<ApiServices["keys"], "rotate">;
}

/** The management API: it calls the services of the console. */
export function composeApi(services: Services, { keys, signingKeys }: ApiParts): Handler {
  const { settings, applications, stores, offices, hash, log } = services;
  const { issuer, productName } = settings;
  const tokens = new ApiTokens({ issuer, keys, applications });
  const limits = stores.rateLimits;
  return apiHandler({
    services: apiServices(services, {
      list: () => services.signingKeys.list(),
      rotate: (newest, by) => signingKeys.rotate(newest, by),
    }),
    callers: new ApiCallers({ issuer, tokens, limits, offices, hash, perMinute: settings.apiPerMinute }),
    requests: stores.apiRequests,
    clock: services.processes.clockWatch,
    log,
    document: JSON.stringify(openApiDocument(OPERATIONS, { issuer, productName })),
  });
}

function apiServices(services: Services, keys: ApiServices["keys"]): ApiServices {
  const { database, offices, users, stores, administration, lists, applications } = services;
  return {
    offices: {
      store: offices,
      list: stores.officeList,
      service: services.officeService,
      settings: administration.settings,
      dryRun: administration.dryRun,
    },
    users: {
      administration: administration.users,
      factors: administration.factors,
      list: lists.users,
      find: (officeId, id) => database.inOffice(officeId, (tx) => users.find(tx, id)),
      factorsOf: (user) => stores.factorStatus.find(user),
      numberOf: (user) => services.secondFactor.numberService.find(user),
      sessionsOf: async ({ id, officeId }) => {
        const account = await users.findAccount(id);
        const validFrom = account?.validFrom ?? Infinity;
        return account === null
          ? []
          : (await stores.access.sessions({ id, officeId, validFrom }, now())).rows;
      },
      frozenFrom: services.settings.secondFactorGuard.frozenFrom,
    },
    applications: {
      store: applications,
      service: services.applicationService,
      shutdown: services.applicationShutdown,
    },
    audit: stores.auditList,
    keys,
    cursors: stores.cursors,
  };
}

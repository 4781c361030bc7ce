import { AdmissionStore } from "../../api/admission-store.ts";
import { ApiCallers } from "../../api/api-caller.ts";
import { apiHandler } from "../../api/api-handler.ts";
import type { ApiServices } from "../../api/api-services.ts";
import type { ListedHandler } from "../../api/listed-handler.ts";
import { openApiDocument } from "../../api/openapi.ts";
import { OPERATIONS } from "../../api/operations.ts";
import { SCIM_PATH } from "../../api/scim/scim-routes.ts";
import { ScimCallers } from "../../api/scim/scim-caller.ts";
import { scimHandler } from "../../api/scim/scim-handler.ts";
import type { Handler } from "../../platform/web/context.ts";
import { ApiTokens } from "../../protocol/api-tokens.ts";
import type { RunningKeys } from "../../protocol/keys/running-keys.ts";
import type { Services } from "./services.ts";

interface ApiParts {
  readonly keys: RunningKeys;
  readonly signingKeys: Pick<ApiServices["keys"], "rotate">;
}

/** What programs call, besides OpenID Connect. The test that lists all routes reads `routers`. */
export function composeApi(services: Services, parts: ApiParts): Handler {
  const [api, directories] = [managementApi(services, parts), scim(services)];
  const serve: Handler = async (ctx, next) => {
    await api(ctx, async () => {
      await directories(ctx, next);
    });
  };
  return Object.assign(serve, { routers: [...api.routers, ...directories.routers] });
}

/** The management API: it calls the services of the console. */
function managementApi(services: Services, { keys, signingKeys }: ApiParts): ListedHandler {
  const { settings, applications, stores, database, hash, log } = services;
  const { issuer, productName } = settings;
  const tokens = new ApiTokens({ issuer, keys, applications });
  const admissions = new AdmissionStore(database);
  return apiHandler({
    services: apiServices(services, {
      list: () => services.signingKeys.list(),
      rotate: (newest, by) => signingKeys.rotate(newest, by),
    }),
    callers: new ApiCallers({ issuer, tokens, admissions, hash, perMinute: settings.apiPerMinute }),
    requests: stores.apiRequests,
    clock: services.processes.clockWatch,
    log,
    document: JSON.stringify(openApiDocument(OPERATIONS, { issuer, productName })),
  });
}

/** What the directories of offices call. */
function scim(services: Services): ListedHandler {
  const { settings, stores, administration, database, users, hash, log } = services;
  const { provisionedUsers, rateLimits: limits, scimRefusals: refusals } = stores;
  return scimHandler({
    issuer: settings.issuer,
    services: {
      users: provisionedUsers,
      provisioning: administration.provisioning,
      groups: administration.groupProvisioning,
      administration: administration.users,
      find: (officeId, id) => database.inOffice(officeId, (tx) => users.find(tx, id)),
    },
    callers: new ScimCallers({
      ...{ access: administration.scimAccess, limits, hash, perMinute: settings.apiPerMinute },
    }),
    clock: services.processes.clockWatch,
    ...{ refusals, log },
  });
}

function apiServices(services: Services, keys: ApiServices["keys"]): ApiServices {
  const { offices, stores, administration, applications } = services;
  return {
    offices: {
      store: offices,
      list: stores.officeList,
      service: services.officeService,
      settings: administration.settings,
      dryRun: administration.dryRun,
      models: stores.authenticatorModels,
    },
    users: apiUsers(services),
    approvals: administration.approvals,
    imports: { ...services.imports, personalData: administration.personalData },
    applications: {
      store: applications,
      service: services.applicationService,
      shutdown: services.applicationShutdown,
    },
    audit: stores.auditList,
    events: stores.events,
    ...{ webhooks: services.webhooks.service, directories: directoryServices(services) },
    keys,
    cursors: stores.cursors,
  };
}

function apiUsers({
  administration,
  lists,
  database,
  offices,
  users,
  stores,
  secondFactor,
  settings,
}: Services): ApiServices["users"] {
  return {
    administration: administration.users,
    factors: administration.factors,
    list: lists.users,
    find: (officeId, id) => database.inOffice(officeId, (tx) => users.find(tx, id)),
    findWithOffice: async (officeId, id) => {
      const found = await users.findWithOffice(officeId, id);
      return found === null ? null : { user: found.user, office: offices.fromJson(found.office) };
    },
    factorsOf: (user) => stores.factorStatus.find(user),
    passkeysOf: (user) => database.inOffice(user.officeId, (tx) => stores.passkeys.list(tx, user)),
    numberOf: (user) => secondFactor.numberService.find(user),
    sessionsOf: async ({ id, officeId }, asked) => {
      const account = await users.findAccount(id);
      return account === null
        ? { rows: [], next: null }
        : stores.access.sessions({ id, officeId, validFrom: account.validFrom }, asked);
    },
    frozenFrom: settings.secondFactorGuard.frozenFrom,
  };
}

const directoryServices = ({ administration, stores, settings }: Services): ApiServices["directories"] => ({
  access: administration.scimAccess,
  tokens: (officeId) => stores.scimTokens.list(officeId),
  address: `${settings.issuer}${SCIM_PATH}`,
});

import type { Services } from "../../src/server/wiring/services.ts";
import { makeApplication, type TestApplication } from "./people.ts";

/** A resource server that machines ask for, and its only scope. */
export const API = "https://api.test";
export const API_SCOPE = "read";

/** A machine, which names no resource server when it asks for a token: it may ask for one alone. */
export const MACHINE_OF_API = {
  type: "machine",
  redirectUris: [],
  firstParty: false,
  resources: [API],
} as const;

/** Registers the resource server; its tokens are references. */
export const makeApi = (services: Services): Promise<TestApplication> =>
  makeApplication(services, {
    ...{ type: "machine", name: "Interface", redirectUris: [], firstParty: false },
    ...{ resourceIdentifier: API, resourceScopes: [API_SCOPE], resourceTokens: "opaque" },
  });

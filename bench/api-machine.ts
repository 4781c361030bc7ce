import { newApplicationSchema } from "../src/domain/applications/application.ts";
import type { ApiScope } from "../src/domain/access/api-scopes.ts";
import { readSettings } from "../src/server/settings/settings.ts";
import { composeServices, type Services } from "../src/server/wiring/services.ts";
import type { Client } from "./flows.ts";
import type { Installation } from "./servers.ts";

/** Runs `work` with the services of an installation, in this process. */
export async function withServices<T>(
  { environment }: Installation,
  work: (services: Services) => Promise<T>,
): Promise<T> {
  const services = await composeServices(readSettings(environment));
  try {
    return await work(services);
  } finally {
    await services.close();
  }
}

/** A machine of the platform with these scopes of the management API. */
export const addApiMachine = (installation: Installation, scopes: readonly ApiScope[]): Promise<Client> =>
  withServices(installation, async ({ applicationService }) => {
    const draft = newApplicationSchema.parse({
      name: "Bench directory",
      type: "machine",
      apiScopes: [...scopes],
    });
    const { application, secret } = await applicationService.add(draft, null, "bench");
    return { id: application.id, secret: secret?.reveal() ?? "" };
  });

/** As many requests of one application as there may be. */
export const UNLIMITED = { VESTIBULE_API_PER_MINUTE: "100000" } as const;

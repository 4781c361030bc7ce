import type { ApplicationService } from "../applications/application-service.ts";
import type { ApplicationStore } from "../applications/application-store.ts";
import type { ClientSecretGuard } from "../applications/client-secret-guard.ts";
import { errors } from "./library.ts";

interface Parts {
  readonly applications: ApplicationStore;
  readonly service: ApplicationService;
  readonly guard: ClientSecretGuard;
}

/** Compares a typed secret with the kept hash, and stops whoever keeps guessing. */
export function createSecretCheck({ applications, service, guard }: Parts) {
  return async (clientId: string, typed: string, ctx: { ip: string } | undefined): Promise<boolean> => {
    const address = ctx?.ip ?? "";
    if (guard.isStopped(clientId, address)) {
      throw new errors.InvalidClient("too many wrong secrets, try again later");
    }
    const application = await applications.find(clientId);
    if (application !== null && service.isSecret(application, typed)) {
      return true;
    }
    await guard.countWrong(clientId, address);
    return false;
  };
}

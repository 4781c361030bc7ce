import type { KoaContextWithOIDC } from "oidc-provider";
import type { ApplicationService } from "../../domain/applications/application-service.ts";
import type { ApplicationStore } from "../../domain/applications/application-store.ts";
import type { ClientSecretGuard } from "../../domain/applications/client-secret-guard.ts";
import { isVisitor } from "../models/oidc-events.ts";
import { errors } from "../library.ts";

interface Deps {
  readonly applications: ApplicationStore;
  readonly service: ApplicationService;
  readonly guard: ClientSecretGuard;
}

/**
 * Compares a presented secret with the stored hash, and stops a client that keeps guessing. Which secrets count, a replaced one for some hours too,
 * `isSecret` of `domain/applications/application-service.ts` says.
 */
export function createSecretCheck({ applications, service, guard }: Deps) {
  return async (clientId: string, typed: string, ctx: Pick<KoaContextWithOIDC, "state"> | undefined) => {
    const known: unknown = ctx?.state["visitor"];
    const visitor = isVisitor(known) ? known : undefined;
    if (guard.isStopped(clientId, visitor)) {
      throw new errors.InvalidClient("too many wrong secrets, try again later");
    }
    const application = await applications.find(clientId);
    if (application !== null && service.isSecret(application, typed)) {
      return true;
    }
    await guard.countWrong({ id: clientId, officeId: application?.officeId ?? null }, visitor);
    return false;
  };
}

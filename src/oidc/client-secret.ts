import type { ApplicationService } from "../applications/application-service.ts";
import type { ApplicationStore } from "../applications/application-store.ts";
import type { ClientSecretGuard } from "../applications/client-secret-guard.ts";
import { isVisitor } from "./engine-events.ts";
import { errors } from "./library.ts";

interface Parts {
  readonly applications: ApplicationStore;
  readonly service: ApplicationService;
  readonly guard: ClientSecretGuard;
}

/** Compares a typed secret with the kept hash, and stops whoever keeps guessing. */
export function createSecretCheck({ applications, service, guard }: Parts) {
  return async (clientId: string, typed: string, ctx: { state: State } | undefined): Promise<boolean> => {
    const address = addressOf(ctx?.state ?? {});
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

type State = Readonly<Record<string, unknown>>;

/** What one subscriber has, as the password guard counts it: another address of the same /64 is no fresh start. */
function addressOf({ visitor }: State): string {
  return isVisitor(visitor) ? visitor.addressGroup : "";
}

import { hasSecret } from "../../domain/applications/application.ts";
import { secretOfBytes } from "../../domain/applications/application-secret.ts";
import { applicationIdOf, type AddedApplication } from "../../domain/applications/application-service.ts";
import type { ApiServices } from "../api-services.ts";
import type { Attempt } from "../idempotency-store.ts";

/** What the same request has added before its answer was lost; null where its secret was replaced since. */
export async function addedBefore(
  { applications: { service, store } }: ApiServices,
  officeId: string | null,
  { token, seed }: Attempt,
): Promise<AddedApplication | null> {
  const application = await store.findStored(applicationIdOf(token));
  const secret = secretOfBytes(seed);
  if (application?.officeId !== officeId) {
    return null;
  }
  if (!hasSecret(application)) {
    return { application, secret: null };
  }
  return service.isSecret(application, secret.reveal()) ? { application, secret } : null;
}

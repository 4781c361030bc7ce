import { ApplicationStore } from "../../domain/applications/application-store.ts";
import type { Services } from "./compose.ts";
import type { Database } from "../../platform/database/database.ts";
import { systemClock } from "../../kernel/clock.ts";
import { SecretBox } from "../../kernel/secret.ts";
import type { QueueWork } from "../../platform/messages/queue-work.ts";
import { outgoingFetch } from "../../protocol/clients/outgoing-fetch.ts";
import { SignOutDelivery } from "../../protocol/sign-out/sign-out-delivery.ts";
import { SigningKeys } from "../../protocol/keys/signing-keys.ts";

/** What tells applications of sign-outs, with the connections of the workers. */
export function composeSignOutDelivery(services: Services, database: Database): QueueWork {
  const { settings, secrets, hash, log } = services;
  return new SignOutDelivery({
    issuer: settings.issuer,
    applications: new ApplicationStore(database),
    keys: new SigningKeys(database, new SecretBox(secrets.dataKeys), systemClock),
    hash,
    fetch: outgoingFetch(settings.outgoingAllowedHosts),
    clock: systemClock,
    log,
  });
}

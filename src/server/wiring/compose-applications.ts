import { ApplicationService } from "../../domain/applications/application-service.ts";
import { ApplicationStore } from "../../domain/applications/application-store.ts";
import { ownApplications } from "../../domain/applications/own-application.ts";
import type { Services } from "./compose.ts";
import { systemClock } from "../../kernel/clock.ts";
import { outgoingFetch } from "../../protocol/clients/outgoing-fetch.ts";
import { sectorFault } from "../../protocol/clients/sector-check.ts";

/** The applications that sign people in, our own pages among them. */
export function composeApplications(parts: Pick<Services, "settings" | "database" | "audit" | "hash">) {
  const { settings, database, audit, hash } = parts;
  const { issuer, productName: name, outgoingAllowedHosts } = settings;
  const applications = new ApplicationStore(database, ownApplications({ issuer, name }));
  const applicationService = new ApplicationService({
    ...{ database, store: applications, audit, hash, clock: systemClock },
    sectorFault: (sector) => sectorFault(outgoingFetch(outgoingAllowedHosts), sector),
  });
  return { applications, applicationService };
}

import { LastChangeStore } from "../../domain/audit/last-change-store.ts";
import type { Services } from "./compose.ts";
import type { LinkBase } from "./compose-links.ts";
import { HelpService } from "../../domain/factors/help-service.ts";
import { ResetRequestStore } from "../../domain/factors/reset-request-store.ts";
import { ResetRequests } from "../../domain/factors/reset-requests.ts";
import { systemClock } from "../../kernel/clock.ts";
import { TrustHelp } from "../../domain/factors/trust-help.ts";
import { OfficeClosingStore } from "../../domain/offices/office-closing-store.ts";
import { OfficeService } from "../../domain/offices/office-service.ts";
import { OfficeSettingsService } from "../../domain/offices/office-settings-service.ts";
import { PolicyDryRun } from "../../domain/offices/policy-dry-run.ts";
import { PolicyDryRunStore } from "../../domain/offices/policy-dry-run-store.ts";
import { AccessStore } from "../../protocol/models/access-store.ts";
import { outlook } from "../../screens/sign-in/outlook.ts";
import { FirstLink } from "../../domain/credentials/first-link.ts";
import { PeopleService } from "../../domain/users/people-service.ts";
import { UserEditService } from "../../domain/users/user-edit-service.ts";
import { UserEditStore } from "../../domain/users/user-edit-store.ts";
import { UserRankStore } from "../../domain/access/user-rank-store.ts";
import { UserService } from "../../domain/users/user-service.ts";

type Parts = Pick<
  Services,
  | "settings"
  | "database"
  | "audit"
  | "users"
  | "offices"
  | "officeService"
  | "userService"
  | "secondFactor"
  | "links"
>;

/** Offices and users themselves. */
export function composeManaged(
  parts: Pick<Services, "settings" | "database" | "audit" | "users" | "offices" | "hasher"> & {
    readonly links: LinkBase;
  },
) {
  const { settings, database, audit, users, offices, hasher, links } = parts;
  const shared = { database, audit, clock: systemClock };
  const closing = new OfficeClosingStore();
  const lastChange = new LastChangeStore();
  return {
    officeService: new OfficeService({ ...shared, store: offices, closing, lastChange }),
    userService: new UserService({
      ...{ ...shared, store: users, ranks: new UserRankStore(), links: links.store },
      ...{ hasher, productName: settings.productName },
    }),
  };
}

/** What people who run an office or the platform do about others, for the console and the command line. */
export function composeAdministration(services: Parts) {
  const { settings, database, audit, users, offices, userService, secondFactor, links } = services;
  const { notices, service: factors, numberService, standing, trustedBrowsers: trusted } = secondFactor;
  const clock = systemClock;
  const told = { database, users, notices, audit, clock };
  const { store: linkStore, notMe, passwordLinks } = links;
  const { frozenFrom } = settings.secondFactorGuard;
  return {
    people: new PeopleService({ ...told, ranks: new UserRankStore(), userService, passwordLinks }),
    edit: new UserEditService({
      ...{ ...told, offices, notMe, links: linkStore },
      ...{ store: new UserEditStore(), lastChange: new LastChangeStore() },
    }),
    help: new HelpService({ factors, numbers: numberService }),
    trust: new TrustHelp({ ...told, trusted, access: new AccessStore(database) }),
    resetRequests: new ResetRequests({ ...told, factors, store: new ResetRequestStore(database) }),
    settings: new OfficeSettingsService({ offices: services.officeService, standing }),
    dryRun: new PolicyDryRun({ store: new PolicyDryRunStore(database), outlook, frozenFrom, clock }),
    firstLink: new FirstLink({ database, links: linkStore, audit, clock, issuer: settings.issuer }),
  };
}

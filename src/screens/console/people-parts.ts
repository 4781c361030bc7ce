import type { AuditListStore } from "../../domain/audit/audit-list-store.ts";
import type { HelpService } from "../../domain/factors/help-service.ts";
import type { ResetRequests } from "../../domain/factors/reset-requests.ts";
import type { TrustHelp } from "../../domain/factors/trust-help.ts";
import type { Clock } from "../../kernel/clock.ts";
import type { OverviewStore } from "../../domain/offices/overview-store.ts";
import type { PeopleService } from "../../domain/users/people-service.ts";
import type { UserEditService } from "../../domain/users/user-edit-service.ts";
import type { UserListStore } from "../../domain/users/user-list-store.ts";
import type { User } from "../../domain/users/user.ts";
import type { PersonStandingStore } from "./person-standing-store.ts";

/** What the pages about users are made of. */
export interface PeopleParts {
  readonly list: UserListStore;
  readonly overview: OverviewStore;
  readonly standing: PersonStandingStore;
  readonly events: AuditListStore;
  readonly people: PeopleService;
  readonly edit: UserEditService;
  readonly help: HelpService;
  readonly trust: TrustHelp;
  readonly resetRequests: ResetRequests;
  /** As they are stored now; null for an unknown id and for one of another office. */
  readonly find: (officeId: string, id: string) => Promise<User | null>;
  readonly findByUsername: (officeId: string, username: string) => Promise<User | null>;
  /** The id of an office; null when there is none with this code. */
  readonly officeIdOf: (code: string) => Promise<string | null>;
  readonly clock: Clock;
}

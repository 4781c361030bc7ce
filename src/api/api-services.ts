import type { Approvals } from "../domain/access/approvals.ts";
import type { ApplicationService } from "../domain/applications/application-service.ts";
import type { ApplicationShutdown } from "../domain/applications/application-shutdown.ts";
import type { ApplicationStore } from "../domain/applications/application-store.ts";
import type { AuditListStore } from "../domain/audit/audit-list-store.ts";
import type { EventStore } from "../domain/events/event-store.ts";
import type { FactorAdministration } from "../domain/factors/factor-administration.ts";
import type { AuthenticatorModelStore } from "../domain/factors/passkeys/authenticator-model-store.ts";
import type { PasskeyView } from "../domain/factors/passkeys/passkey.ts";
import type { FactorStatus } from "../domain/factors/factor-status-store.ts";
import type { MobileNumber } from "../domain/factors/number-store.ts";
import type { Office } from "../domain/offices/office.ts";
import type { OfficeListStore } from "../domain/offices/office-list-store.ts";
import type { OfficeService } from "../domain/offices/office-service.ts";
import type { OfficeSettingsService } from "../domain/offices/office-settings-service.ts";
import type { OfficeStore } from "../domain/offices/office-store.ts";
import type { PolicyDryRun } from "../domain/offices/policy-dry-run.ts";
import type { UserAdministration } from "../domain/users/user-administration.ts";
import type { ScimAccess } from "../domain/provisioning/scim-access.ts";
import type { ScimToken } from "../domain/provisioning/scim-token-store.ts";
import type { PersonalData } from "../domain/users/personal-data.ts";
import type { UserExport } from "../domain/users/user-export.ts";
import type { UserImportApply } from "../domain/users/user-import-apply.ts";
import type { ImportTexts } from "../domain/users/user-import-texts.ts";
import type { UserImporter } from "../domain/users/user-importer.ts";
import type { UserListStore } from "../domain/users/user-list-store.ts";
import type { User } from "../domain/users/user.ts";
import type { UserRef } from "../domain/users/user-ref.ts";
import type { WebhookService } from "../domain/webhooks/webhook-service.ts";
import type { ListCursors } from "../kernel/list-cursors.ts";
import type { SigningKeyInfo } from "../protocol/keys/signing-key.ts";
import type { SessionPlace } from "../protocol/models/access-lists.ts";
import type { SessionView } from "../protocol/models/session-overview-store.ts";

/** The services behind the operations: those of the console. */
export interface ApiServices {
  readonly offices: OfficeServices;
  readonly users: UserServices;
  readonly approvals: Approvals;
  readonly imports: ImportServices;
  readonly applications: ApplicationServices;
  readonly audit: AuditListStore;
  readonly events: EventStore;
  readonly webhooks: WebhookService;
  readonly directories: DirectoryServices;
  readonly keys: KeyServices;
  readonly cursors: ListCursors;
}

export interface OfficeServices {
  readonly store: OfficeStore;
  readonly list: OfficeListStore;
  readonly service: OfficeService;
  readonly settings: OfficeSettingsService;
  readonly dryRun: PolicyDryRun;
  readonly models: Pick<AuthenticatorModelStore, "unusable">;
}

interface UserServices {
  readonly administration: UserAdministration;
  readonly factors: FactorAdministration;
  readonly list: UserListStore;
  /** Null for an unknown user, and for one of another office. */
  readonly find: (officeId: string, id: string) => Promise<User | null>;
  /** The same, with the office. */
  readonly findWithOffice: (
    officeId: string,
    id: string,
  ) => Promise<{ readonly user: User; readonly office: Office } | null>;
  readonly factorsOf: (user: UserRef) => Promise<FactorStatus>;
  readonly passkeysOf: (user: UserRef) => Promise<readonly PasskeyView[]>;
  readonly numberOf: (user: UserRef) => Promise<MobileNumber | null>;
  readonly sessionsOf: (user: UserRef, asked: SessionsQuestion) => Promise<SessionPage>;
  /** Failures from which a factor is frozen. */
  readonly frozenFrom: number;
}

interface SessionsQuestion {
  readonly after: SessionPlace | null;
  readonly limit: number;
}

interface SessionPage {
  readonly rows: readonly SessionView[];
  /** Null on the last page. */
  readonly next: SessionPlace | null;
}

interface ImportServices {
  readonly importer: UserImporter;
  readonly apply: UserImportApply;
  readonly userExport: UserExport;
  readonly personalData: PersonalData;
  readonly words: (language: string) => ImportTexts;
}

interface ApplicationServices {
  readonly store: ApplicationStore;
  readonly service: ApplicationService;
  readonly shutdown: ApplicationShutdown;
}

interface DirectoryServices {
  readonly access: ScimAccess;
  /** The valid ones of an office, the newest first. */
  readonly tokens: (officeId: string) => Promise<readonly ScimToken[]>;
  /** Of the service that directories call. */
  readonly address: string;
}

interface KeyServices {
  list(): Promise<readonly SigningKeyInfo[]>;
  /** Returns false when `newest` is no longer the newest key. */
  rotate(newest: string, by: { readonly actor: string; readonly aheadMinutes: number }): Promise<boolean>;
}

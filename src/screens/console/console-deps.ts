import type { AuthenticatorModelStore } from "../../domain/factors/passkeys/authenticator-model-store.ts";
import type { Sending } from "../../domain/factors/factor.ts";
import type { Approvals } from "../../domain/access/approvals.ts";
import type { FactorAdministration } from "../../domain/factors/factor-administration.ts";
import type { UserAdministration } from "../../domain/users/user-administration.ts";
import type { ApplicationService } from "../../domain/applications/application-service.ts";
import type { ApplicationShutdown } from "../../domain/applications/application-shutdown.ts";
import type { ApplicationStore } from "../../domain/applications/application-store.ts";
import type { RefusalStore } from "../../domain/applications/refusal-store.ts";
import type { AuditExport } from "../../domain/audit/audit-export.ts";
import type { AuditListStore } from "../../domain/audit/audit-list-store.ts";
import type { AuditPack } from "../../domain/audit/audit-pack.ts";
import type { AuditStore } from "../../domain/audit/audit-store.ts";
import type { ChainVerification } from "../../domain/audit/chain-verification.ts";
import type { LogoService } from "../../domain/offices/logo-service.ts";
import type { ScimAccess } from "../../domain/provisioning/scim-access.ts";
import type { ScimRefusal } from "../../domain/provisioning/scim-refusal-store.ts";
import type { ScimToken } from "../../domain/provisioning/scim-token-store.ts";
import type { OfficeService } from "../../domain/offices/office-service.ts";
import type { OfficeSettingsService } from "../../domain/offices/office-settings-service.ts";
import type { OverviewDaysStore } from "../../domain/offices/overview-days-store.ts";
import type { OverviewStore } from "../../domain/offices/overview-store.ts";
import type { PolicyNotices } from "../../domain/offices/policy-notices.ts";
import type { PolicyDryRun } from "../../domain/offices/policy-dry-run.ts";
import type { PersonalData } from "../../domain/users/personal-data.ts";
import type { UserExport } from "../../domain/users/user-export.ts";
import type { UserImportApply } from "../../domain/users/user-import-apply.ts";
import type { ImportTexts } from "../../domain/users/user-import-texts.ts";
import type { UserImporter } from "../../domain/users/user-importer.ts";
import type { UserListStore } from "../../domain/users/user-list-store.ts";
import type { UserStore } from "../../domain/users/user-store.ts";
import type { User } from "../../domain/users/user.ts";
import type { SessionOverviewStore } from "../../protocol/models/session-overview-store.ts";
import type { SignInTests } from "../../protocol/sign-in-test.ts";
import type { ConsoleStore } from "./console-store.ts";
import type { OfficeChecklistStore } from "./office-checklist-store.ts";
import type { OfficePreviewer } from "./office-previews.ts";
import type { DraftStore } from "../../platform/web/draft-store.ts";
import type { PageTokens } from "./page-tokens.ts";
import type { SetUpStore } from "./set-up-store.ts";
import type { WebhookService } from "../../domain/webhooks/webhook-service.ts";
import type { UserStatusStore } from "./user-status-store.ts";

/** The dependencies of the console pages. Each page takes what it needs. */
export interface ConsoleDeps {
  readonly store: ConsoleStore;
  readonly tokens: PageTokens;
  readonly userDeps: UserDeps;
  readonly settings: OfficeSettingsService;
  readonly logos: LogoService;
  readonly previews: OfficePreviewer;
  readonly dryRun: PolicyDryRun;
  readonly models: Pick<AuthenticatorModelStore, "named" | "unusable">;
  readonly policyNotices: Pick<PolicyNotices, "plan">;
  readonly overview: OverviewStore;
  readonly overviewDays: OverviewDaysStore;
  readonly checklist: OfficeChecklistStore;
  readonly applications: ApplicationStore;
  readonly applicationService: ApplicationService;
  readonly applicationShutdown: ApplicationShutdown;
  readonly refusals: RefusalStore;
  readonly scim: ScimDeps;
  readonly webhooks: WebhookService;
  readonly issuer: string;
  /** Days from closing an office to its deletion. */
  readonly closedDays: number;
  /** Whether this installation has a gateway for text messages. */
  readonly sending: Sending;
  readonly imports: ImportDeps;
  readonly platform: PlatformDeps;
  readonly audit: AuditDeps;
  readonly signInTest: SignInTestDeps;
}

/** For the pages about users. */
export interface UserDeps {
  readonly list: UserListStore;
  readonly overview: OverviewStore;
  readonly status: UserStatusStore;
  readonly setUp: SetUpStore;
  readonly events: AuditListStore;
  readonly access: SessionOverviewStore;
  readonly personalData: PersonalData;
  readonly users: UserAdministration;
  readonly factors: FactorAdministration;
  readonly approvals: Approvals;
  /** The user as stored; null for an unknown id and for one of another office. */
  readonly find: (officeId: string, id: string) => Promise<User | null>;
  readonly findByUsername: (officeId: string, username: string) => Promise<User | null>;
  /** The id of an office; null for an unknown code. */
  readonly officeIdOf: (code: string) => Promise<string | null>;
}

/** For the pages that import and export users. */
interface ImportDeps {
  readonly importer: UserImporter;
  readonly apply: UserImportApply;
  readonly userExport: UserExport;
  readonly words: (language: string) => ImportTexts;
}

/** For the pages of the platform. */
interface PlatformDeps {
  readonly offices: OfficeService;
  readonly settings: OfficeSettingsService;
  readonly keys: SigningKeyService;
}

/** The signing keys, without their private parts. */
export interface SigningKeyService {
  /** The newest first. */
  list(): Promise<readonly ListedKey[]>;
  /**
   * False when a key exists that is newer than `newest`, the newest that the page has shown: the keys were rotated
   * already.
   */
  rotate(newest: string, by: { readonly actor: string; readonly aheadMinutes: number }): Promise<boolean>;
}

interface ListedKey {
  readonly id: string;
  readonly algorithm: string;
  readonly state: "next" | "current" | "retired";
  readonly usedFrom: Date;
  /** Null for a key that still signs. */
  readonly expiresAt: Date | null;
}

/** For the pages of the audit log. */
export interface AuditDeps {
  readonly list: AuditListStore;
  readonly export: AuditExport;
  readonly pack: AuditPack;
  readonly verification: ChainVerification;
  /** Records that the log was exported, and by which user. */
  readonly log: AuditStore;
  readonly users: UserStore;
}

/** For the page that tests the sign-in of an application. */
interface SignInTestDeps {
  readonly tests: SignInTests;
  readonly drafts: DraftStore;
  readonly accessTokenSeconds: number;
}

/** For the page of the directory. */
export interface ScimDeps {
  readonly access: ScimAccess;
  readonly tokens: (officeId: string) => Promise<readonly ScimToken[]>;
  readonly refusals: (officeId: string) => Promise<readonly ScimRefusal[]>;
  /** What the directory has to call. */
  readonly address: string;
}

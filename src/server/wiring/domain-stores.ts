import type { Announcements } from "../../platform/database/announcements.ts";
import { ApprovalStore } from "../../domain/access/approval-store.ts";
import { UserRankStore } from "../../domain/access/user-rank-store.ts";
import { AlarmStore } from "../../domain/audit/alarm-store.ts";
import { AuditExportStore } from "../../domain/audit/audit-export-store.ts";
import { AuditListStore } from "../../domain/audit/audit-list-store.ts";
import { AuditPackStore } from "../../domain/audit/audit-pack-store.ts";
import { AuditSealStore } from "../../domain/audit/audit-seal-store.ts";
import { LastChangeStore } from "../../domain/audit/last-change-store.ts";
import { FamiliarBrowserStore } from "../../domain/credentials/familiar-browser-store.ts";
import { OneTimeLinkStore } from "../../domain/credentials/one-time-link-store.ts";
import { PasswordCheckStore } from "../../domain/credentials/password-check-store.ts";
import { PasswordKindStore } from "../../domain/credentials/password-kind-store.ts";
import type { PasswordHasher } from "../../domain/credentials/password.ts";
import { EnrolmentStore } from "../../domain/factors/enrolment.ts";
import { FactorStore } from "../../domain/factors/factor-store.ts";
import { GuardStore } from "../../domain/factors/guard-store.ts";
import { NumberStore } from "../../domain/factors/number-store.ts";
import { AuthenticatorModelStore } from "../../domain/factors/passkeys/authenticator-model-store.ts";
import { PasskeyStore } from "../../domain/factors/passkeys/passkey-store.ts";
import { RecoveryCodeStore } from "../../domain/factors/recovery-code-store.ts";
import { SentCodeStore } from "../../domain/factors/sent-code-store.ts";
import { FactorStatusStore } from "../../domain/factors/factor-status-store.ts";
import { TotpStore } from "../../domain/factors/totp-store.ts";
import { TrustedBrowserStore } from "../../domain/factors/trusted-browser-store.ts";
import { ProvisionedUserStore } from "../../domain/provisioning/provisioned-user-store.ts";
import { ScimRefusalStore } from "../../domain/provisioning/scim-refusal-store.ts";
import { ScimTokenStore } from "../../domain/provisioning/scim-token-store.ts";
import { LockoutStore } from "../../domain/offices/lockout-store.ts";
import { LogoStore } from "../../domain/offices/logo-store.ts";
import { OfficeListStore } from "../../domain/offices/office-list-store.ts";
import { OfficeClosingStore } from "../../domain/offices/office-closing-store.ts";
import { OfficePurgeStore } from "../../domain/offices/office-purge-store.ts";
import { OfficeStore } from "../../domain/offices/office-store.ts";
import { ShownOffices } from "../../domain/offices/shown-offices.ts";
import { OverviewDaysStore } from "../../domain/offices/overview-days-store.ts";
import { PolicyDryRunStore } from "../../domain/offices/policy-dry-run-store.ts";
import { HelpStore } from "../../domain/users/help-store.ts";
import { PolicyNoticeStore } from "../../domain/offices/policy-notice-store.ts";
import { MailboxStore } from "../../domain/users/mailbox-store.ts";
import { PersonalDataStore } from "../../domain/users/personal-data-store.ts";
import { UserDeletionStore } from "../../domain/users/user-deletion-store.ts";
import { UserEditStore } from "../../domain/users/user-edit-store.ts";
import { UserExportStore } from "../../domain/users/user-export-store.ts";
import { UserImportApplyStore } from "../../domain/users/user-import-apply-store.ts";
import { UserImportStore } from "../../domain/users/user-import-store.ts";
import { UserListStore } from "../../domain/users/user-list-store.ts";
import { UserStore } from "../../domain/users/user-store.ts";
import { WebhookStore } from "../../domain/webhooks/webhook-store.ts";
import type { Log } from "../../kernel/log.ts";
import { deriveKey, type KeyedHash, type SecretBox } from "../../kernel/secret.ts";
import type { Database } from "../../platform/database/database.ts";
import type { OwedWork } from "../../platform/database/owed-work.ts";
import type { Secrets } from "../../platform/secrets/secrets-file.ts";
import type { ListCursors } from "../../kernel/list-cursors.ts";
import type { Settings } from "../settings/settings.ts";

/** The stores of the domain, and what all stores are made from. */

/** What the stores and services are built on. */
export interface Foundation {
  readonly settings: Settings;
  readonly log: Log;
  readonly database: Database;
  readonly secrets: Secrets;
  /** Encrypts with the newest data key, and decrypts with all of them. */
  readonly box: SecretBox;
  readonly hash: KeyedHash;
  readonly hasher: PasswordHasher;
  readonly owed: OwedWork;
}

/** Users, their passwords and their mailed links. */
export interface UserStores {
  /** Of every list. */
  readonly cursors: ListCursors;
  readonly users: UserStore;
  readonly ranks: UserRankStore;
  readonly approvals: ApprovalStore;
  readonly userEdits: UserEditStore;
  readonly userList: UserListStore;
  readonly userImports: UserImportStore;
  readonly userImportApplies: UserImportApplyStore;
  readonly userExports: UserExportStore;
  readonly userDeletions: UserDeletionStore;
  readonly personalData: PersonalDataStore;
  readonly help: HelpStore;
  readonly mailbox: MailboxStore;
  readonly links: OneTimeLinkStore;
  readonly passwordChecks: PasswordCheckStore;
  readonly passwordKindStore: PasswordKindStore;
  readonly familiarBrowsers: FamiliarBrowserStore;
  readonly scimTokens: ScimTokenStore;
  readonly scimRefusals: ScimRefusalStore;
  readonly provisionedUsers: ProvisionedUserStore;
}

export function userStores({ settings, database, hash }: Foundation, cursors: ListCursors): UserStores {
  const { frozenFrom } = settings.secondFactorGuard;
  return {
    cursors,
    users: new UserStore(database),
    ranks: new UserRankStore(),
    approvals: new ApprovalStore(database),
    userEdits: new UserEditStore(),
    userList: new UserListStore({ database, cursors, frozenFrom }),
    userImports: new UserImportStore(database),
    userImportApplies: new UserImportApplyStore(database),
    userExports: new UserExportStore(database),
    userDeletions: new UserDeletionStore(database),
    personalData: new PersonalDataStore(database),
    help: new HelpStore(settings.support),
    mailbox: new MailboxStore(),
    links: new OneTimeLinkStore(database, hash),
    passwordChecks: new PasswordCheckStore(database),
    passwordKindStore: new PasswordKindStore(database),
    familiarBrowsers: new FamiliarBrowserStore(),
    scimTokens: new ScimTokenStore(database),
    scimRefusals: new ScimRefusalStore(database),
    provisionedUsers: new ProvisionedUserStore(database),
  };
}

/** The second factor. */
export interface FactorStores {
  readonly factors: FactorStore;
  readonly totpStore: TotpStore;
  readonly passkeys: PasskeyStore;
  readonly authenticatorModels: AuthenticatorModelStore;
  readonly guard: GuardStore;
  readonly recoveryCodes: RecoveryCodeStore;
  readonly enrolments: EnrolmentStore;
  readonly numbers: NumberStore;
  readonly sentCodes: SentCodeStore;
  readonly factorStatus: FactorStatusStore;
  readonly trustedBrowsers: TrustedBrowserStore;
}

export function factorStores({ settings, database, secrets, hash, hasher, owed }: Foundation): FactorStores {
  const pepper = deriveKey(secrets.pepper, "recovery codes");
  return {
    factors: new FactorStore(),
    totpStore: new TotpStore(database),
    passkeys: new PasskeyStore(database),
    authenticatorModels: new AuthenticatorModelStore(database),
    guard: new GuardStore({ database, numbers: settings.secondFactorGuard, owed }),
    recoveryCodes: new RecoveryCodeStore((code, salt) => hasher.derive(code, salt, pepper)),
    enrolments: new EnrolmentStore(hash),
    numbers: new NumberStore(),
    sentCodes: new SentCodeStore(database),
    factorStatus: new FactorStatusStore(database),
    trustedBrowsers: new TrustedBrowserStore(hash),
  };
}

export interface OfficeStores {
  readonly offices: OfficeStore;
  readonly shownOffices: ShownOffices;
  readonly lockouts: LockoutStore;
  readonly officeList: OfficeListStore;
  readonly logos: LogoStore;
  readonly overviewDays: OverviewDaysStore;
  readonly officeClosing: OfficeClosingStore;
  readonly officePurges: OfficePurgeStore;
  readonly policyDryRuns: PolicyDryRunStore;
  readonly policyNoticeRounds: PolicyNoticeStore;
}

export const officeStores = (
  { database, settings }: Foundation,
  { cursors, announcements }: { cursors: ListCursors; announcements: Announcements },
): OfficeStores => {
  const offices = new OfficeStore(database, announcements, settings.timeZone);
  return {
    offices,
    shownOffices: new ShownOffices(offices, announcements),
    lockouts: new LockoutStore(database, settings.secondFactorGuard.frozenFrom),
    officeList: new OfficeListStore(database, cursors),
    logos: new LogoStore(database),
    overviewDays: new OverviewDaysStore(database),
    officeClosing: new OfficeClosingStore(),
    officePurges: new OfficePurgeStore(database),
    policyDryRuns: new PolicyDryRunStore(database),
    policyNoticeRounds: new PolicyNoticeStore(database),
  };
};

export interface AuditStores {
  readonly auditSeals: AuditSealStore;
  readonly auditList: AuditListStore;
  readonly auditExports: AuditExportStore;
  readonly auditPacks: AuditPackStore;
  readonly alarms: AlarmStore;
  readonly lastChange: LastChangeStore;
  readonly webhooks: WebhookStore;
}

export const auditStores = ({ database }: Foundation): AuditStores => ({
  auditSeals: new AuditSealStore(database),
  auditList: new AuditListStore(database),
  auditExports: new AuditExportStore(),
  auditPacks: new AuditPackStore(),
  alarms: new AlarmStore(database),
  lastChange: new LastChangeStore(),
  webhooks: new WebhookStore(database),
});

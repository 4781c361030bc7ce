import type { ConsolePage } from "./page.ts";
import type { ConsoleDeps } from "./console-deps.ts";
import { applicationAddPage } from "./pages/application-add.ts";
import { applicationDeletePage } from "./pages/application-delete.ts";
import { applicationStatusPage } from "./pages/application-status.ts";
import { applicationEditPage } from "./pages/application-edit.ts";
import { applicationSecretPage } from "./pages/application-secret.ts";
import { applicationTryPage } from "./pages/application-try.ts";
import { applicationPage } from "./pages/application.ts";
import { applicationsPage, applicationsPlatformPage } from "./pages/applications.ts";
import { auditChainPage, auditChainPlatformPage } from "./pages/audit-chain.ts";
import { auditExportPage, auditExportPlatformPage } from "./pages/audit-export.ts";
import { auditPackPage } from "./pages/audit-pack.ts";
import { auditPage, auditPlatformPage } from "./pages/audit.ts";
import { checklistPage } from "./pages/checklist.ts";
import { officeAddPage } from "./pages/office-add.ts";
import { officeClosePage } from "./pages/office-close.ts";
import { officesPage } from "./pages/offices.ts";
import { overviewPage } from "./pages/overview.ts";
import { approvalsOfficePage, approvalsPage } from "./pages/approvals.ts";
import { scimPage } from "./pages/scim.ts";
import { settingsBrandingPage } from "./pages/settings-branding.ts";
import { settingsSecondFactorPage } from "./pages/settings-second-factor.ts";
import { settingsSignInPage } from "./pages/settings-sign-in.ts";
import { platformOverviewPage } from "./pages/platform-overview.ts";
import { settingsTextsPage } from "./pages/settings-texts.ts";
import { settingsSupportPage } from "./pages/settings-support.ts";
import { settingsTextMessagesPage } from "./pages/settings-text-messages.ts";
import { settingsPage } from "./pages/settings.ts";
import { settingsGeneralPage } from "./pages/settings-general.ts";
import { userPage } from "./pages/user.ts";
import { userDataPage } from "./pages/user-data.ts";
import { userDeletePage } from "./pages/user-delete.ts";
import { userAddPage } from "./pages/user-add.ts";
import { userEditPage } from "./pages/user-edit.ts";
import { userEventsPage } from "./pages/user-events.ts";
import { userMethodPage } from "./pages/user-method.ts";
import { userNumberPage } from "./pages/user-number.ts";
import { userNumberChangePage } from "./pages/user-number-change.ts";
import { userNumberDeletePage } from "./pages/user-number-delete.ts";
import { userPasswordLinkPage } from "./pages/user-password-link.ts";
import { userResetPage } from "./pages/user-reset.ts";
import { userApprovalPage } from "./pages/user-approval.ts";
import { userRolePage } from "./pages/user-role.ts";
import { userOpenSessionsPage } from "./pages/user-open-sessions.ts";
import { userSessionsPage } from "./pages/user-sessions.ts";
import { userStatusPage } from "./pages/user-status.ts";
import { userTrustPage } from "./pages/user-trust.ts";
import { userUnlockPage } from "./pages/user-unlock.ts";
import { signingKeysPage } from "./pages/signing-keys.ts";
import { signingKeysRotatePage } from "./pages/signing-keys-rotate.ts";
import { usersExportPage } from "./pages/users-export.ts";
import { usersImportPage } from "./pages/users-import.ts";
import { usersPage } from "./pages/users.ts";
import { webhookAddPage } from "./pages/webhook-add.ts";
import { webhookChangePage } from "./pages/webhook-change.ts";
import { webhookEditPage } from "./pages/webhook-edit.ts";
import { webhookPage, webhooksPage } from "./pages/webhooks.ts";
import { onOffice, onPlatform, type WebhookPage } from "./webhook-view.ts";

/**
 * Every page of the console, one line each, in the order of the navigation. A fixed path has to come before a path with
 * a parameter, such as the id of a user.
 */
export const createConsolePages = (deps: ConsoleDeps): readonly ConsolePage[] => [
  ...platformPages(deps),
  ...officePages(deps),
  ...userPages(deps),
];

const platformPages = (deps: ConsoleDeps): readonly ConsolePage[] => [
  officesPage(deps),
  platformOverviewPage(deps),
  approvalsPage(deps),
  officeAddPage(deps),
  signingKeysPage(deps),
  signingKeysRotatePage(deps),
  applicationsPlatformPage(deps),
  ...webhookPages(deps).map(onPlatform),
  auditPlatformPage(deps),
  auditChainPlatformPage(deps),
  auditExportPlatformPage(deps),
];

const officePages = (deps: ConsoleDeps): readonly ConsolePage[] => [
  overviewPage(deps),
  checklistPage(deps),
  officeClosePage(deps),
  usersPage(deps),
  usersImportPage(deps),
  usersExportPage(deps),
  userAddPage(deps),
  approvalsOfficePage(deps),
  settingsPage(),
  settingsGeneralPage(deps),
  settingsTextMessagesPage(deps),
  settingsSignInPage(deps),
  settingsSecondFactorPage(deps),
  settingsBrandingPage(deps),
  settingsTextsPage(deps),
  settingsSupportPage(deps),
  scimPage(deps),
  applicationsPage(deps),
  applicationAddPage(deps),
  applicationPage(deps),
  applicationEditPage(deps),
  applicationSecretPage(deps),
  applicationStatusPage(deps),
  applicationDeletePage(deps),
  applicationTryPage(deps),
  ...webhookPages(deps).map(onOffice),
  auditPage(deps),
  auditChainPage(deps),
  auditExportPage(deps),
  auditPackPage(deps),
];

/** Of an office, and of the platform. */
const webhookPages = (deps: ConsoleDeps): readonly WebhookPage[] => [
  webhooksPage(deps),
  webhookAddPage(deps),
  webhookPage(deps),
  webhookEditPage(deps),
  webhookChangePage(deps),
];

const userPages = (deps: ConsoleDeps): readonly ConsolePage[] => [
  userPage(deps),
  userEditPage(deps),
  userRolePage(deps),
  userStatusPage(deps),
  userDataPage(deps),
  userDeletePage(deps),
  userNumberPage(deps),
  userNumberDeletePage(deps),
  userNumberChangePage(deps),
  userUnlockPage(deps),
  userResetPage(deps),
  userMethodPage(deps),
  userApprovalPage(deps),
  userOpenSessionsPage(deps),
  userSessionsPage(deps),
  userTrustPage(deps),
  userPasswordLinkPage(deps),
  userEventsPage(deps),
];

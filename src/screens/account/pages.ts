import type { Sending } from "../../domain/factors/factor.ts";
import type { RecoveryCodeStore } from "../../domain/factors/recovery-code-store.ts";
import type { PasskeyChallenges } from "../../domain/factors/passkeys/passkey-challenges.ts";
import type { PasskeyStore } from "../../domain/factors/passkeys/passkey-store.ts";
import type { CodeSender } from "../../domain/factors/sent-code-service.ts";
import type { TrustedBrowserStore } from "../../domain/factors/trusted-browser-store.ts";
import type { MailChange } from "../../domain/users/mail-change.ts";
import type { PersonalData } from "../../domain/users/personal-data.ts";
import type { OwnAccount } from "../../domain/users/own-account.ts";
import type { KeyedHash } from "../../kernel/secret.ts";
import type { Database } from "../../platform/database/database.ts";
import type { SessionOverviewStore } from "../../protocol/models/session-overview-store.ts";
import type { AccountStore } from "./account-store.ts";
import type { CodeForm } from "./code-form.ts";
import type { OwnMethodRemoval } from "./own-method-removal.ts";
import type { HistoryStore } from "./history-store.ts";
import type { ChangePage, ViewPage } from "./page.ts";
import { appPage } from "./pages/app.ts";
import { applicationsPage, revokePage } from "./pages/applications.ts";
import { dataPage } from "./pages/data.ts";
import { generalPage } from "./pages/general.ts";
import { confirmMailPage, mailPage } from "./pages/mail.ts";
import { methodPage } from "./pages/method.ts";
import { numberPage } from "./pages/number.ts";
import { methodRemovalPage, passkeyEditPage, passkeyPage } from "./pages/passkey.ts";
import { passwordPage } from "./pages/password.ts";
import { profilePage } from "./pages/profile.ts";
import { newCodesPage } from "./pages/recovery-codes.ts";
import { endOthersPage, endSessionPage, sessionsPage } from "./pages/sessions.ts";
import { signInsPage } from "./pages/sign-ins.ts";
import { emailCodePage } from "./pages/email-code.ts";
import { endAllTrustPage, endTrustPage } from "./pages/trusted.ts";

/** The dependencies of the account pages. */
export interface AccountDeps {
  readonly store: AccountStore;
  readonly own: OwnAccount;
  readonly personalData: PersonalData;
  readonly mailChange: MailChange;
  readonly codes: CodeForm;
  readonly challenges: PasskeyChallenges;
  readonly passkeys: PasskeyStore;
  readonly removal: OwnMethodRemoval;
  readonly sender: CodeSender;
  readonly emailSender: CodeSender;
  readonly access: SessionOverviewStore;
  readonly history: HistoryStore;
  readonly trusted: TrustedBrowserStore;
  readonly recoveryCodes: RecoveryCodeStore;
  readonly database: Database;
  readonly hash: KeyedHash;
  readonly productName: string;
  readonly sending: Sending;
}

/** The read-only pages, in the order of their tabs. */
export const accountViews = (deps: AccountDeps): readonly ViewPage[] => [
  generalPage(deps.store),
  sessionsPage(deps),
  applicationsPage(deps),
  signInsPage(deps.history),
];

/** The pages that change something. A fixed path has to come before a path that takes any id. */
export const accountChanges = (deps: AccountDeps): readonly ChangePage[] => [
  profilePage(deps.own),
  dataPage(deps.personalData),
  passwordPage(deps),
  endOthersPage(deps),
  endSessionPage(deps),
  endAllTrustPage(deps),
  endTrustPage(deps),
  revokePage(deps),
  mailPage(deps.mailChange),
  confirmMailPage(deps.mailChange),
  methodRemovalPage(deps),
  methodPage(deps),
  passkeyEditPage(deps),
  passkeyPage(deps),
  numberPage(deps),
  emailCodePage({ ...deps, sender: deps.emailSender }),
  appPage(deps),
  newCodesPage(deps),
];

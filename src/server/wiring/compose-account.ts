import type { Provider } from "oidc-provider";
import { AccountStore } from "../../screens/account/account-store.ts";
import { CodeForm } from "../../screens/account/code-form.ts";
import { HistoryStore } from "../../screens/account/history-store.ts";
import { appPage } from "../../screens/account/pages/app.ts";
import { applicationsPage, revokePage } from "../../screens/account/pages/applications.ts";
import { generalPage } from "../../screens/account/pages/general.ts";
import { confirmMailPage, mailPage } from "../../screens/account/pages/mail.ts";
import { methodPage } from "../../screens/account/pages/method.ts";
import { numberPage } from "../../screens/account/pages/number.ts";
import { passwordPage } from "../../screens/account/pages/password.ts";
import { profilePage } from "../../screens/account/pages/profile.ts";
import { newCodesPage } from "../../screens/account/pages/recovery-codes.ts";
import { endOthersPage, endSessionPage, sessionsPage } from "../../screens/account/pages/sessions.ts";
import { signInsPage } from "../../screens/account/pages/sign-ins.ts";
import { endAllTrustPage, endTrustPage } from "../../screens/account/pages/trusted.ts";
import { MethodSwitch } from "../../domain/factors/method-switch.ts";
import type { Services } from "./compose.ts";
import { systemClock } from "../../kernel/clock.ts";
import { AccessStore } from "../../protocol/models/access-store.ts";
import { OwnSessions } from "../../protocol/models/own-sessions.ts";
import { MailChange } from "../../domain/users/mail-change.ts";
import { MailboxStore } from "../../domain/users/mailbox-store.ts";
import { MailThrottle } from "../../domain/credentials/mail-throttle.ts";
import { OwnAccount } from "../../domain/users/own-account.ts";
import type { PasswordCheck } from "../../domain/credentials/password-check.ts";
import { PasswordGuardStore } from "../../platform/limits/password-guard-store.ts";

/** The account page with its stores. */
export function composeAccount(services: Services, provider: Provider, passwords: PasswordCheck) {
  const { settings, database, users, hasher, hash, audit, links, secondFactor } = services;
  const { notices, recoveryCodes } = secondFactor;
  const { productName, issuer } = settings;
  const clock = systemClock;
  const canSendSms = settings.gateways.sms !== "none";
  const access = new AccessStore(database);
  const store = new AccountStore(database, hash);
  const own = new OwnAccount({
    ...{ database, users, links: links.store, passwords, hasher, audit, notices, clock, productName },
  });
  const codes = codeForm(services, { access, own });
  const mail = mailChange(services, own);
  links.notMeHandlers.set("mail-change", mail.undo);
  const lists = { access, own, database, clock };
  return {
    sessions: new OwnSessions(provider, clock),
    store,
    issuer,
    clock,
    views: [
      generalPage(store),
      sessionsPage(lists),
      applicationsPage(lists),
      signInsPage(new HistoryStore(database)),
    ],
    changes: [
      profilePage(own),
      passwordPage({ own, clock }),
      ...endings({ ...lists, trusted: secondFactor.trustedBrowsers }),
      revokePage(lists),
      mailPage(mail),
      confirmMailPage(mail),
      methodPage({ canSendSms }),
      numberPage({ codes, sender: secondFactor.smsSender, canSend: canSendSms }),
      appPage({ codes, hash, productName }),
      newCodesPage({ recoveryCodes, own, database, clock, productName }),
    ],
  };
}

/** All before one by id, whose address is wider. */
const endings = (parts: Parameters<typeof endOthersPage>[0] & Parameters<typeof endTrustPage>[0]) => [
  endOthersPage(parts),
  endSessionPage(parts),
  endAllTrustPage(parts),
  endTrustPage(parts),
];

function codeForm(services: Services, shared: { access: AccessStore; own: OwnAccount }): CodeForm {
  const { settings, database, audit, secondFactor } = services;
  const { factors, numbers, smsCodes, numberNotices, codes } = secondFactor;
  const methods = new MethodSwitch({ factors, numbers, codes: smsCodes, notices: numberNotices, audit });
  const { frozenFrom } = settings.secondFactorGuard;
  return new CodeForm({ database, check: codes, methods, ...shared, clock: systemClock, frozenFrom });
}

function mailChange(services: Services, own: OwnAccount): MailChange {
  const { settings, database, users, hash, audit, links, secondFactor } = services;
  const clock = systemClock;
  const throttle = new MailThrottle({ store: new PasswordGuardStore(database), hash, clock });
  const { notices } = secondFactor;
  const { issuer } = settings;
  const parts = { database, users, links: links.store, notMe: links.notMe, own, notices, throttle, audit };
  return new MailChange({ ...parts, mailbox: new MailboxStore(), clock, issuer });
}

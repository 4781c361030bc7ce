import type { AuditType } from "./audit-event.ts";

/** What an auditor filters by. */
export const AUDIT_GROUPS = [
  "sign-in",
  "password",
  "second-factor",
  "account",
  "administration",
  "applications",
  "keys",
] as const;

export type AuditGroup = (typeof AUDIT_GROUPS)[number];

/** The group of each type; a type without a group does not compile. */
const GROUP_OF: Readonly<Record<AuditType, AuditGroup>> = {
  "sign-in": "sign-in",
  "sign-in.cancelled": "sign-in",
  "sign-out": "sign-in",
  consent: "sign-in",
  "session.ended": "sign-in",
  "sessions.ended": "sign-in",
  "access.revoked": "sign-in",
  "browser.trusted": "second-factor",
  "browser.trust-ended": "second-factor",
  "office-code.asked": "sign-in",
  "password.wrong": "password",
  "password.throttled": "password",
  "password.changed": "password",
  "password.reset": "password",
  "password.expired": "password",
  "password-link.asked": "password",
  "password-link.sent": "password",
  "code.wrong": "second-factor",
  "code.blocked": "second-factor",
  "code.unblocked": "second-factor",
  "factor.enrolled": "second-factor",
  "factor.reset": "second-factor",
  "factor.reset-requested": "second-factor",
  "factor.reset-cancelled": "second-factor",
  "factor.removed": "second-factor",
  "sms.sent": "second-factor",
  "sms.stopped": "second-factor",
  "sms.budget": "second-factor",
  "number.entered": "second-factor",
  "number.confirmed": "second-factor",
  "number.change-requested": "second-factor",
  "number.change-approved": "second-factor",
  "number.change-cancelled": "second-factor",
  "number.removed": "second-factor",
  "recovery-code.used": "second-factor",
  "recovery-codes.made": "second-factor",
  "not-me.used": "account",
  "mail-change.asked": "account",
  "mail.changed": "account",
  "mail.restored": "account",
  "profile.changed": "account",
  "office.added": "administration",
  "office.changed": "administration",
  "office.closed": "administration",
  "office.opened": "administration",
  "user.added": "administration",
  "user.changed": "administration",
  "user.role-changed": "administration",
  "user.disabled": "administration",
  "user.enabled": "administration",
  "users.imported": "administration",
  "users.exported": "administration",
  "audit.exported": "administration",
  "audit.pruned": "administration",
  "application.added": "applications",
  "application.changed": "applications",
  "application.secret-rotated": "applications",
  "application.tried": "applications",
  "application.wrong-secret": "applications",
  "application.without-pkce": "applications",
  "token.reused": "applications",
  "signing-key.rotated": "keys",
  "data-key.added": "keys",
  "data-key.resealed": "keys",
  "data-key.dropped": "keys",
  "backup.restored": "keys",
};

const isAuditType = (text: string): text is AuditType => Object.hasOwn(GROUP_OF, text);

export const AUDIT_TYPES: readonly AuditType[] = Object.keys(GROUP_OF).filter(isAuditType);

export const typesOf = (group: AuditGroup): readonly AuditType[] =>
  AUDIT_TYPES.filter((type) => GROUP_OF[type] === group);

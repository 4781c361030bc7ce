import type { Visitor } from "../../kernel/visitor.ts";

/**
 * The audit log: one event for each thing that an auditor asks about, written in the transaction of the change. It never
 * holds a secret. Start at `AuditEvent`, then `audit-sealer.ts`, which chains what was written so that a later change shows.
 */
export interface AuditEvent {
  readonly type: AuditType;
  readonly outcome: "ok" | "refused" | "alarm";
  /** Null for an event of no office. */
  readonly officeId: string | null;
  /** A user's id, an application's at the management API, or a named actor (`named-actors.ts`). */
  readonly actor: string;
  /** The id of the user or thing that the event is about. */
  readonly subject?: string | undefined;
  readonly applicationId?: string | undefined;
  readonly visitor?: Visitor | undefined;
  readonly details?: Readonly<Record<string, string | number | boolean | null>>;
}

export type AuditType =
  | "sign-in"
  | "sign-in.cancelled"
  | "password.wrong"
  | "password.throttled"
  | "password.changed"
  | "code.wrong"
  | "code.blocked"
  | "code.unblocked"
  | "factor.enrolled"
  | "factor.imported"
  | "passkey.cloned"
  | "passkey.renamed"
  | "factor.reset"
  | "factor.reset-requested"
  | "factor.reset-cancelled"
  | "sms.sent"
  | "sms.stopped"
  | "sms.budget"
  | "number.entered"
  | "number.confirmed"
  | "number.change-requested"
  | "number.change-approved"
  | "number.change-cancelled"
  | "number.removed"
  | "recovery-code.used"
  | "recovery-codes.made"
  | "user-code.throttled"
  | "consent"
  | "sign-out"
  | "token.reused"
  | "office.added"
  | "office.changed"
  | "office.closed"
  | "office.opened"
  | "office.deleted"
  | "user.added"
  | "user.disabled"
  | "user.enabled"
  | "user.enable-requested"
  | "user.enable-cancelled"
  | "user.deleted"
  | "user.delete-requested"
  | "user.delete-cancelled"
  | "user.data-exported"
  | "users.imported"
  | "users.exported"
  | "user.changed"
  | "user.role-changed"
  | "user.role-requested"
  | "user.role-cancelled"
  | "application.added"
  | "application.changed"
  | "application.disabled"
  | "application.enabled"
  | "application.deleted"
  | "application.secret-rotated"
  | "scim.token-made"
  | "scim.token-replaced"
  | "scim.token-ended"
  | "application.tried"
  | "application.wrong-secret"
  | "application.without-pkce"
  | "signing-key.rotated"
  | "passkey-metadata.updated"
  | "data-key.added"
  | "data-key.re-encrypted"
  | "data-key.dropped"
  | "backup.restored"
  | "password-link.asked"
  | "password-link.sent"
  | "password.reset"
  | "password.expired"
  | "office-code.asked"
  | "not-me.used"
  | "factor.removed"
  | "mail-change.asked"
  | "mail.changed"
  | "mail.proved"
  | "mail.restored"
  | "profile.changed"
  | "session.ended"
  | "sessions.ended"
  | "access.revoked"
  | "policy.notified"
  | "audit.exported"
  | "audit.pruned"
  | "webhook.added"
  | "webhook.changed"
  | "webhook.deleted"
  | "webhook.secret-rotated"
  | "webhook.failed"
  | "browser.trusted"
  | "browser.trust-ended";

import { z } from "zod";
import type { AuditType } from "../audit/audit-event.ts";
import { RESISTANT_USERS } from "../factors/phishing-resistance.ts";

/**
 * Events for programs: what the audit log tells of an office, under names that stay, with ids and without secrets. This folder owns the
 * catalogue and how the log is read in the order of its seals. It knows no receiver: `domain/webhooks/` sends, `api/` answers.
 * Go on at `event.ts`.
 */

interface Published {
  /** Stable: an audit type may be named anew, this name stays. */
  readonly name: string;
  /** For the documents. */
  readonly about: string;
  /** Those of the audit event's details that go out. Never a name, a number, an address, a reason or a code. */
  readonly data: z.ZodObject;
  /** Whose events these are: what happens in an office is in its log, and what belongs to no office in that of the platform. */
  readonly owners: readonly EventOwner[];
}

/** An office, or the platform for what belongs to no office. */
export type EventOwner = "office" | "platform";

const text = z.string();
const count = z.int();
/** Names of methods, scopes, fields or countries, with blanks between. */
const words = z.string();

const published = (name: string, about: string, data: z.ZodRawShape = {}): Published => ({
  ...{ name, about, owners: ["office"] },
  data: z.strictObject(data).partial(),
});

/** About the installation and no office: a webhook of an office never gets it. */
const ofPlatform = (name: string, about: string): Published => ({
  ...published(name, about),
  owners: ["platform"],
});

/** About what an office may have, and the platform as well. */
const ofBoth = (name: string, about: string): Published => ({
  ...published(name, about),
  owners: ["office", "platform"],
});

/** What each audit event is for programs; a new one does not compile without a decision. Null: it stays in the log. */
const PUBLISHED: Readonly<Record<AuditType, Published | null>> = {
  "sign-in": published("sign-in.completed", "A user signed in.", { methods: words }),
  "sign-in.cancelled": published("sign-in.cancelled", "A user cancelled a sign-in."),
  // Strangers write as many of these as they like: they would call every receiver.
  "password.wrong": null,
  "password.throttled": ofBoth("password.throttled", "Too many incorrect passwords; no more are compared."),
  "password.changed": published("password.changed", "A user changed the password."),
  "code.wrong": null,
  "code.blocked": published("second-factor.blocked", "Three incorrect codes: a second factor is blocked.", {
    failedSinceSuccess: count,
  }),
  "code.unblocked": published("second-factor.unblocked", "A block of a second factor ended early."),
  "factor.enrolled": published("factor.enrolled", "A user set up a factor.", { kind: text }),
  "factor.imported": published("factor.imported", "An import brought a factor.", { kind: text }),
  "factor.removed": published("factor.removed", "A user removed a factor.", { kind: text }),
  "factor.reset": published("factor.reset", "An administrator reset the second factor of a user."),
  "factor.reset-requested": published("factor.reset-requested", "A reset waits for a second person."),
  "factor.reset-cancelled": published("factor.reset-cancelled", "A requested reset was refused."),
  "passkey.cloned": published("passkey.cloned", "A passkey seems to be copied."),
  "passkey.renamed": null,
  "sms.sent": null,
  "sms.stopped": published("sms.stopped", "A limit of text messages was reached.", {
    ...{ by: text, most: count, minutes: count },
  }),
  "email-code.sent": null,
  "email-code.stopped": published("email-code.stopped", "A limit of codes by email was reached.", {
    ...{ by: text, most: count, minutes: count },
  }),
  "sms.budget": published("sms.budget-used", "Much of the daily budget of text messages is used.", {
    ...{ percent: count, sent: count, budget: count },
  }),
  "number.entered": published("number.entered", "An administrator or an import entered a mobile number."),
  "number.confirmed": published("number.confirmed", "A user confirmed a mobile number."),
  "number.change-requested": published("number.change-requested", "A new mobile number waits for approval."),
  "number.change-approved": published("number.change-approved", "A new mobile number was approved."),
  "number.change-cancelled": published("number.change-cancelled", "A new mobile number was refused."),
  "number.removed": published("number.removed", "A mobile number was deleted."),
  "recovery-code.used": published("recovery-code.used", "A user signed in with a recovery code.", {
    left: count,
  }),
  "recovery-codes.made": published("recovery-codes.made", "A user got new recovery codes."),
  "user-code.throttled": ofPlatform("device-code.throttled", "Too many incorrect codes of devices."),
  consent: published("consent.given", "A user allowed an application what it asked for.", { scopes: words }),
  "sign-out": published("sign-out.completed", "A user signed out."),
  "token.reused": ofBoth("token.reused", "A token that was spent came a second time."),
  "office.added": published("office.added", "An office was added."),
  "office.changed": published("office.changed", "The settings of an office were changed.", {
    ...{ secondFactor: text, methods: words, sessionMinutes: count, trustedBrowserDays: count },
    passwordless: z.boolean(),
    phishingResistance: z.enum(RESISTANT_USERS),
    phishingResistanceFrom: z.string().nullable(),
    passkeyModels: z.string().nullable(),
  }),
  "office.closed": published("office.closed", "An office was closed."),
  "office.opened": published("office.opened", "A closed office was opened again."),
  "office.deleted": ofBoth(
    "office.deleted",
    "A closed office was deleted. The platform gets it as an event of no office.",
  ),
  "user.added": published("user.added", "A user was added.", { role: text }),
  "user.changed": published("user.changed", "An administrator changed a user.", { fields: words }),
  "user.disabled": published("user.disabled", "A user was disabled."),
  "user.enabled": published("user.enabled", "A disabled user was enabled again."),
  "user.enable-requested": published("user.enable-requested", "Enabling a user waits for a second person."),
  "user.enable-cancelled": published("user.enable-cancelled", "Enabling a user was refused."),
  "user.deleted": published("user.deleted", "A user was deleted.", { role: text }),
  "user.delete-requested": published("user.delete-requested", "Deleting a user waits for a second person."),
  "user.delete-cancelled": published("user.delete-cancelled", "Deleting a user was refused."),
  "user.data-exported": published("user.data-exported", "The data of a user was exported."),
  "user.role-changed": published("user.role-changed", "A user got another role.", {
    before: text,
    role: text,
  }),
  "user.role-requested": published("user.role-requested", "A role waits for a second person.", {
    ...{ before: text, role: text },
  }),
  "user.role-cancelled": published("user.role-cancelled", "A requested role was refused."),
  "users.imported": published("users.imported", "Users were imported.", { users: count }),
  "users.exported": published("users.exported", "The list of users was exported."),
  "application.added": ofBoth("application.added", "An application was added."),
  "application.changed": ofBoth("application.changed", "An application was changed."),
  "application.disabled": ofBoth("application.disabled", "An application was disabled."),
  "application.enabled": ofBoth("application.enabled", "A disabled application was enabled again."),
  "application.deleted": ofBoth("application.deleted", "An application was deleted."),
  "application.secret-rotated": ofBoth("application.secret-rotated", "An application got a new secret."),
  "application.tried": null,
  "application.wrong-secret": ofBoth("application.wrong-secret", "Many incorrect secrets of an application."),
  "application.without-pkce": null,
  "signing-key.rotated": ofPlatform("signing-key.rotated", "A new signing key was made."),
  "passkey-metadata.updated": null,
  "data-key.added": ofPlatform("data-key.added", "A data key was added."),
  "data-key.re-encrypted": ofPlatform(
    "data-key.re-encrypted",
    "Everything was encrypted with the newest data key.",
  ),
  "data-key.dropped": ofPlatform("data-key.dropped", "An old data key was dropped."),
  "backup.restored": published("backup.restored", "The installation was restored from a backup."),
  "password-link.asked": null,
  "password-link.sent": published("password-link.sent", "A user was sent a link for a new password."),
  "password.reset": published("password.reset", "A user set a new password by a link."),
  "password.expired": published("password.expired", "A password has to be replaced at the next sign-in."),
  "office-code.asked": null,
  "not-me.used": published("change.disputed", "A user answered a notice with: this was not me.", {
    kind: text,
  }),
  "mail-change.asked": published("mail.change-asked", "A user asked for another email address."),
  "mail.changed": published("mail.changed", "A user got another email address."),
  "mail.proved": published("mail.proved", "A user proved an email address."),
  "mail.restored": published("mail.restored", "A disputed email address was put back."),
  "profile.changed": published("profile.changed", "A user changed name or language."),
  "session.ended": published("session.ended", "A session of a user was ended."),
  "sessions.ended": published("sessions.ended", "Several sessions of a user were ended.", { ended: count }),
  "access.revoked": published("access.revoked", "A user revoked the access of an application."),
  "policy.notified": published("policy.notified", "Notices of a policy that begins soon were sent.", {
    mails: count,
  }),
  "audit.exported": ofBoth("audit.exported", "The audit log was exported."),
  "audit.pruned": null,
  "scim.token-made": published("scim.token-made", "A token for the directory of an office was made."),
  "scim.token-replaced": published("scim.token-replaced", "The token of a directory was replaced."),
  "scim.token-ended": published("scim.token-ended", "A token of a directory was ended."),
  "webhook.added": ofBoth("webhook.added", "A webhook was added."),
  "webhook.changed": ofBoth("webhook.changed", "A webhook was changed."),
  "webhook.deleted": ofBoth("webhook.deleted", "A webhook was deleted."),
  "webhook.secret-rotated": ofBoth("webhook.secret-rotated", "A webhook got a new secret."),
  "webhook.failed": ofBoth("webhook.failed", "A webhook has failed for days and was switched off."),
  "browser.trusted": published("browser.trusted", "A user trusts a browser.", { days: count }),
  "browser.trust-ended": published("browser.trust-ended", "The trust in browsers ended.", {
    browsers: count,
  }),
};

/** An event as subscribers choose it. */
export interface EventType extends Published {
  readonly auditType: AuditType;
}

const isAuditType = (type: string): type is AuditType => Object.hasOwn(PUBLISHED, type);

/** Everything that is published, in the order of the documents. */
export const EVENT_TYPES: readonly EventType[] = Object.keys(PUBLISHED)
  .filter(isAuditType)
  .flatMap((auditType) => {
    const found = PUBLISHED[auditType];
    return found === null ? [] : [{ ...found, auditType }];
  });

const BY_NAME = new Map(EVENT_TYPES.map((type) => [type.name, type]));
const BY_AUDIT_TYPE = new Map<string, EventType>(EVENT_TYPES.map((type) => [type.auditType, type]));

export const isEventName = (name: string): boolean => BY_NAME.has(name);

/** Whether this owner has events of this name. */
export const hasEvent = (owner: EventOwner, name: string): boolean =>
  BY_NAME.get(name)?.owners.includes(owner) === true;

/** What this owner has events of. */
export const eventTypesOf = (owner: EventOwner): readonly EventType[] =>
  EVENT_TYPES.filter(({ owners }) => owners.includes(owner));

/** The published form of an audit type; null for one that stays in the log. */
export const eventTypeOf = (auditType: string): EventType | null => BY_AUDIT_TYPE.get(auditType) ?? null;

/** The audit types of these names; of all for none. */
export const auditTypesOf = (names: readonly string[]): readonly AuditType[] =>
  EVENT_TYPES.filter(({ name }) => names.length === 0 || names.includes(name)).map(
    ({ auditType }) => auditType,
  );

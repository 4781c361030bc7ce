// Made from the OpenAPI document of the management API by "npm run docs".

import type { Answer, Method, Nothing, Page, VersionedAnswer } from "./answer.ts";

export type Scope =
  | "offices:read"
  | "offices:write"
  | "offices:policy"
  | "offices:close"
  | "users:read"
  | "users:write"
  | "users:identity"
  | "users:roles"
  | "users:secrets"
  | "users:export"
  | "users:data"
  | "users:delete"
  | "factors:write"
  | "numbers:write"
  | "sessions:write"
  | "approvals:read"
  | "approvals:refuse"
  | "applications:read"
  | "applications:write"
  | "applications:secrets"
  | "applications:delete"
  | "audit:read"
  | "events:read"
  | "webhooks:read"
  | "webhooks:write"
  | "scim:write"
  | "keys:read"
  | "keys:rotate";

export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code:
    | "invalid-request"
    | "invalid-fields"
    | "invalid-file"
    | "invalid-token"
    | "insufficient-scope"
    | "office-closed"
    | "not-permitted"
    | "needs-second-person"
    | "people-only"
    | "not-found"
    | "method-not-allowed"
    | "username-taken"
    | "code-taken"
    | "last-superuser"
    | "not-possible-now"
    | "request-in-progress"
    | "events-gone"
    | "stale-version"
    | "too-large"
    | "not-json"
    | "wrong-file-type"
    | "key-reused"
    | "version-required"
    | "too-many-requests"
    | "internal"
    | "unavailable";
  readonly detail?: string;
  readonly errors?: readonly {
    readonly field: string | null;
    readonly detail: string;
  }[];
  readonly requestId: string;
}

export type ProblemCode = Problem["code"];

export interface ListedOffice {
  readonly id: string;
  readonly code: string;
  readonly name: string;
  readonly status: "open" | "closed";
  readonly isDeleted: boolean;
}

export interface Office {
  readonly id: string;
  readonly code: string;
  readonly name: string;
  readonly status: "open" | "closed";
  readonly isDeleted: boolean;
  readonly language: string;
  readonly timeZone: string | null;
  readonly accent: string | null;
  readonly welcome: Readonly<Record<string, string>>;
  readonly legal: Readonly<Record<string, string>>;
  readonly support: {
    readonly mail: string | null;
    readonly phone: string | null;
    readonly url: string | null;
    readonly hours: string | null;
  } | null;
  readonly sessionMinutes: number | null;
  readonly secondFactor: {
    readonly demand: "off" | "required";
    /** the day from which it is required, in the office's time zone */
    readonly from: string | null;
    readonly methods: readonly ("passkey" | "totp" | "sms" | "email")[];
  };
  readonly country: string;
  readonly countries: readonly string[];
  readonly smsDailyBudget: number;
  readonly trustedBrowserDays: number | null;
  readonly isPasswordless: boolean;
  readonly isMailboxEnough: boolean;
  readonly phishingResistance: {
    /** the users who need a method that resists phishing; `accountants`: and the superusers */
    readonly of: "none" | "superusers" | "accountants" | "all";
    /** the day from which they need it, in the office's time zone; null: at once */
    readonly from: string | null;
  };
  /** AAGUIDs of the models of which users may set up passkeys; null: of any */
  readonly passkeyModels: readonly string[] | null;
  /** the listed models of which no passkey can be set up, and why: the status for which the metadata of the FIDO Alliance refuse them, or `unknown`; when it has all of them, no passkey can be set up at all */
  readonly unusablePasskeyModels: readonly {
    readonly aaguid: string;
    readonly reason: string;
  }[];
  /** when a closed office is deleted */
  readonly deletedAt: string | null;
  readonly version: number;
}

export interface ListedUser {
  readonly id: string;
  readonly username: string;
  readonly name: string;
  readonly mail: string | null;
  readonly role: "user" | "accountant" | "superuser" | "support";
  readonly status: "active" | "disabled";
  readonly factors: readonly ("passkey" | "totp" | "sms" | "email")[];
  readonly lastSignInAt: string | null;
  readonly blockedUntil: string | null;
  readonly isFrozen: boolean;
  readonly recoveryCodesLeft: number | null;
  readonly hasPendingNumber: boolean;
  readonly isOverdue: boolean;
}

export interface User {
  readonly id: string;
  readonly username: string;
  readonly name: string;
  readonly mail: string | null;
  readonly role: "user" | "accountant" | "superuser" | "support";
  readonly status: "active" | "disabled";
  readonly language: string | null;
  readonly isMailProved: boolean;
  /** no password link is sent before */
  readonly linksHeldUntil: string | null;
  readonly version: number;
}

export interface NewUser {
  readonly id: string;
  readonly username: string;
  readonly name: string;
  readonly mail: string | null;
  readonly role: "user" | "accountant" | "superuser" | "support";
  readonly status: "active" | "disabled";
  readonly language: string | null;
  readonly isMailProved: boolean;
  /** no password link is sent before */
  readonly linksHeldUntil: string | null;
  readonly version: number;
  readonly isInvited: boolean;
}

export interface Approval {
  readonly id: string;
  readonly office: {
    readonly id: string;
    readonly code: string;
  };
  readonly user: {
    readonly id: string;
    readonly username: string;
    readonly name: string;
  };
  readonly action: "reset" | "role" | "enable" | "delete";
  /** the role to give; null for another action */
  readonly role: "user" | "accountant" | "superuser" | "support" | null;
  readonly reason: string;
  /** in UTC */
  readonly requestedAt: string;
  /** in UTC */
  readonly endsAt: string;
}

export interface Import {
  readonly id: string;
  readonly state: "reading" | "refused" | "faulty" | "checked" | "applied" | "dropped";
  readonly rows: number;
  readonly badRows: number;
  /** so far; no user is visible before the state is applied */
  readonly added: number;
  readonly invites: boolean;
  readonly invited: number;
  /** how the letters of the file were read */
  readonly encoding: string | null;
  readonly fault: {
    readonly code: string;
    readonly line: number | null;
    /** columns, a limit, or the line of the same username */
    readonly about: string;
  } | null;
  /** in UTC */
  readonly begunAt: string;
  /** when it last made progress */
  readonly movedAt: string;
}

export interface Application {
  readonly id: string;
  /** null: users of every office may use it */
  readonly office: string | null;
  readonly isDisabled: boolean;
  readonly oldSecretEndsAt: string | null;
  readonly name: string;
  readonly type: "web" | "native" | "browser" | "machine";
  readonly firstParty: boolean;
  /** as they can be changed */
  readonly settings: Readonly<Record<string, unknown>>;
}

export interface NewApplication {
  readonly id: string;
  /** null: users of every office may use it */
  readonly office: string | null;
  readonly isDisabled: boolean;
  readonly oldSecretEndsAt: string | null;
  readonly name: string;
  readonly type: "web" | "native" | "browser" | "machine";
  readonly firstParty: boolean;
  /** as they can be changed */
  readonly settings: Readonly<Record<string, unknown>>;
  /** it is in this answer alone; null: it has none */
  readonly secret: string | null;
}

export interface AuditEntry {
  readonly id: string;
  /** in UTC */
  readonly at: string;
  readonly type: string;
  readonly outcome: "ok" | "refused" | "alarm";
  readonly actor: {
    readonly id: string;
    readonly name: string | null;
    readonly username: string | null;
  };
  readonly subject: {
    readonly id: string;
    readonly name: string | null;
    readonly username: string | null;
  } | null;
  readonly application: string | null;
  readonly address: string | null;
  readonly requestId: string | null;
  readonly details: Readonly<Record<string, unknown>>;
}

export interface PublicEvent {
  /** the same wherever and however often the event comes */
  readonly id: string;
  /** one of docs/events.md */
  readonly type: string;
  /** in UTC */
  readonly at: string;
  readonly outcome: "ok" | "refused" | "alarm";
  /** null for an event of no office */
  readonly office: string | null;
  readonly actor: {
    readonly kind: "user" | "application" | "operator" | "directory" | "visitor" | "system";
    /** of a user or an application */
    readonly id: string | null;
  };
  /** id of the user, application or office that it is about */
  readonly subject: string | null;
  /** client id of the application it happened in */
  readonly application: string | null;
  /** of the request in the log of the server */
  readonly requestId: string | null;
  /** more of the event, by its type */
  readonly data: Readonly<Record<string, string | number | boolean | null>>;
}

export interface Webhook {
  readonly id: string;
  readonly name: string;
  readonly url: string;
  /** names of event types; none for all */
  readonly types: readonly string[];
  /** failed: switched off after days of failure */
  readonly state: "on" | "off" | "failed";
  /** since when no try has succeeded */
  readonly failingSince: string | null;
  /** in UTC */
  readonly createdAt: string;
}

export interface NewWebhook {
  readonly id: string;
  readonly name: string;
  readonly url: string;
  /** names of event types; none for all */
  readonly types: readonly string[];
  /** failed: switched off after days of failure */
  readonly state: "on" | "off" | "failed";
  /** since when no try has succeeded */
  readonly failingSince: string | null;
  /** in UTC */
  readonly createdAt: string;
  /** shown this once */
  readonly secret: string;
}

export interface WebhookDelivery {
  readonly id: string;
  /** the event's id, and the webhook-id of its requests */
  readonly event: string;
  readonly type: string;
  readonly state: "waiting" | "delivered" | "given-up";
  readonly attempts: number;
  /** in UTC */
  readonly addedAt: string;
  /** of the next try */
  readonly dueAt: string | null;
  readonly triedAt: string | null;
  /** of the last answer; null: there was none */
  readonly status: number | null;
  readonly durationMs: number | null;
  /** why there was no answer */
  readonly fault: string | null;
}

export interface SigningKey {
  readonly id: string;
  readonly algorithm: string;
  readonly state: "next" | "current" | "retired";
  /** in UTC */
  readonly createdAt: string;
  /** in UTC */
  readonly usedFrom: string;
  readonly expiresAt: string | null;
}

export interface OfficesListRequest {
  /** entries of a page */
  readonly size?: number;
  /** `next` of the page before; it belongs to these filters and this order */
  readonly after?: string | null;
  readonly search?: string;
  readonly status?: "open" | "closed" | null;
}

export interface OfficesAddRequest {
  readonly body: {
    readonly code: string;
    readonly name: string;
    readonly language?: "en" | "nl" | "de" | "fr";
    readonly accent?: string | null;
    readonly timeZone?: string | null;
    readonly sessionMinutes?: number | null;
  };
  /** for a day, a repetition gets the same answer and has no second effect */
  readonly idempotencyKey?: string;
}

export interface OfficesGetRequest {
  /** id of the office */
  readonly office: string;
}

export interface OfficesChangeRequest {
  /** id of the office */
  readonly office: string;
  readonly body: {
    readonly name?: string;
    readonly language?: "en" | "nl" | "de" | "fr";
    readonly timeZone?: string | null;
    readonly accent?: string | null;
    readonly welcome?: Readonly<Record<string, string>>;
    readonly privacyUrl?: string | null;
    readonly termsUrl?: string | null;
    readonly imprintUrl?: string | null;
    readonly sessionMinutes?: number | null;
    readonly secondFactor?: {
      readonly demand: "off" | "required";
      readonly from: string | null;
      readonly methods: readonly ("passkey" | "totp" | "sms" | "email")[];
    };
    readonly country?: string;
    readonly countries?: readonly string[];
    readonly smsDailyBudget?: number;
    readonly trustedBrowserDays?: number | null;
    readonly isPasswordless?: boolean;
    readonly isMailboxEnough?: boolean;
    readonly phishingResistance?: {
      readonly of: "none" | "superusers" | "accountants" | "all";
      readonly from: string | null;
    };
    readonly passkeyModels?: readonly string[] | null;
    readonly supportMail?: string | null;
    readonly supportPhone?: string | null;
    readonly supportUrl?: string | null;
    readonly supportHours?: string | null;
  };
  /** the ETag of what was read, or several, or `*` */
  readonly ifMatch: string;
  /** `dry-run`: says what would happen, and changes nothing */
  readonly dryRun?: boolean;
}

export type OfficesChangeAnswer =
  | Office
  | {
      /** in UTC */
      readonly at: string;
      readonly people: number;
      readonly affected: number;
      readonly groups: readonly {
        readonly people: number;
        readonly will: readonly string[];
        readonly now: readonly string[];
      }[];
      readonly first: readonly {
        readonly id: string;
        readonly username: string;
        readonly name: string;
        readonly will: readonly string[];
      }[];
      /** the users who have passkeys of models that are not listed, and keep them; null: any is accepted */
      readonly otherPasskeys: {
        readonly people: number;
        readonly first: readonly {
          readonly id: string;
          readonly username: string;
          readonly name: string;
        }[];
      } | null;
      /** the users without an email address, who cannot set up a method of those that are accepted; null: another method than codes by email is accepted, or none is demanded */
      readonly withoutAddress: {
        readonly people: number;
        readonly first: readonly {
          readonly id: string;
          readonly username: string;
          readonly name: string;
        }[];
      } | null;
      /** the listed models of which no passkey can be set up, and why: the status for which the metadata of the FIDO Alliance refuse them, or `unknown`; when it has all of them, no passkey can be set up at all */
      readonly unusablePasskeyModels: readonly {
        readonly aaguid: string;
        readonly reason: string;
      }[];
    };

export interface OfficesCloseRequest {
  /** id of the office */
  readonly office: string;
  /** for a day, a repetition gets the same answer and has no second effect */
  readonly idempotencyKey?: string;
}

export interface OfficesOpenRequest {
  /** id of the office */
  readonly office: string;
  /** for a day, a repetition gets the same answer and has no second effect */
  readonly idempotencyKey?: string;
}

export interface UsersListRequest {
  /** id of the office */
  readonly office: string;
  /** entries of a page */
  readonly size?: number;
  /** `next` of the page before; it belongs to these filters and this order */
  readonly after?: string | null;
  readonly sort?: "username" | "name" | "last-sign-in";
  readonly factor?: "passkey" | "totp" | "sms" | "email" | "none" | null;
  readonly search?: string;
  readonly descending?: boolean;
  readonly role?: "user" | "accountant" | "superuser" | null;
  readonly status?: "active" | "disabled" | null;
  readonly overdue?: boolean;
  readonly blocked?: boolean;
  readonly fewCodes?: boolean;
  readonly pendingNumber?: boolean;
}

export interface UsersAddRequest {
  /** id of the office */
  readonly office: string;
  readonly body: {
    readonly username: string;
    readonly name: string;
    readonly mail?: string | null;
    readonly role?: "user" | "accountant" | "superuser" | "support";
    readonly language?: "en" | "nl" | "de" | "fr" | null;
    /** mobile number, in any usual notation */
    readonly mobile?: string | null;
    /** mail a link to choose a password */
    readonly invite?: boolean;
  };
  /** for a day, a repetition gets the same answer and has no second effect */
  readonly idempotencyKey?: string;
}

export interface UsersGetRequest {
  /** id of the office */
  readonly office: string;
  /** id of the user, which is the sub of tokens */
  readonly user: string;
}

export interface UsersChangeRequest {
  /** id of the office */
  readonly office: string;
  /** id of the user, which is the sub of tokens */
  readonly user: string;
  readonly body: {
    readonly username?: string;
    readonly name?: string;
    readonly mail?: string | null;
    readonly language?: "en" | "nl" | "de" | "fr" | null;
  };
  /** the ETag of what was read, or several, or `*` */
  readonly ifMatch: string;
}

export interface UsersDeleteRequest {
  /** id of the office */
  readonly office: string;
  /** id of the user, which is the sub of tokens */
  readonly user: string;
  readonly reason: "left" | "asked" | "mistake" | "other";
}

export interface UsersDisableRequest {
  /** id of the office */
  readonly office: string;
  /** id of the user, which is the sub of tokens */
  readonly user: string;
  /** for a day, a repetition gets the same answer and has no second effect */
  readonly idempotencyKey?: string;
}

export interface UsersEnableRequest {
  /** id of the office */
  readonly office: string;
  /** id of the user, which is the sub of tokens */
  readonly user: string;
  /** for a day, a repetition gets the same answer and has no second effect */
  readonly idempotencyKey?: string;
}

export interface UsersChangeRoleRequest {
  /** id of the office */
  readonly office: string;
  /** id of the user, which is the sub of tokens */
  readonly user: string;
  readonly body: {
    readonly role: "user" | "accountant" | "superuser";
  };
}

export interface UsersSendLinkRequest {
  /** id of the office */
  readonly office: string;
  /** id of the user, which is the sub of tokens */
  readonly user: string;
  readonly body: {
    readonly purpose: "password-reset" | "invitation";
  };
  /** for a day, a repetition gets the same answer and has no second effect */
  readonly idempotencyKey?: string;
}

export interface FactorsGetRequest {
  /** id of the office */
  readonly office: string;
  /** id of the user, which is the sub of tokens */
  readonly user: string;
}

export interface FactorsGetAnswer {
  readonly kinds: readonly ("passkey" | "totp" | "sms" | "email")[];
  readonly passkeys: readonly {
    readonly id: string;
    /** that the user gave, or else that of the model */
    readonly name: string | null;
    readonly aaguid: string;
    /** in UTC */
    readonly addedAt: string;
    readonly usedAt: string | null;
  }[];
  /** since the last right one */
  readonly wrongCodes: number;
  readonly blockedUntil: string | null;
  /** only a reset helps */
  readonly isFrozen: boolean;
  readonly recoveryCodesLeft: number;
}

export interface FactorsResetRequest {
  /** id of the office */
  readonly office: string;
  /** id of the user, which is the sub of tokens */
  readonly user: string;
  readonly body: {
    readonly reason: string;
  };
  /** for a day, a repetition gets the same answer and has no second effect */
  readonly idempotencyKey?: string;
}

export interface FactorsResetAnswer {
  /** for the user, by another channel than mail; it is in this answer alone */
  readonly enrolmentCode: string | null;
}

export interface FactorsUnlockRequest {
  /** id of the office */
  readonly office: string;
  /** id of the user, which is the sub of tokens */
  readonly user: string;
  readonly body: {
    readonly reason: string;
  };
  /** for a day, a repetition gets the same answer and has no second effect */
  readonly idempotencyKey?: string;
}

export interface NumberGetRequest {
  /** id of the office */
  readonly office: string;
  /** id of the user, which is the sub of tokens */
  readonly user: string;
}

export interface NumberGetAnswer {
  readonly number: string | null;
  readonly state: "unconfirmed" | "confirmed" | null;
  /** waits for approval */
  readonly pendingNumber: string | null;
}

export interface NumberEnterRequest {
  /** id of the office */
  readonly office: string;
  /** id of the user, which is the sub of tokens */
  readonly user: string;
  readonly body: {
    readonly number: string;
    readonly reason: string;
  };
}

export interface NumberDeleteRequest {
  /** id of the office */
  readonly office: string;
  /** id of the user, which is the sub of tokens */
  readonly user: string;
  readonly reason: string;
}

export interface NumberDeleteAnswer {
  /** for the user, by another channel than mail; it is in this answer alone */
  readonly enrolmentCode: string | null;
}

export interface NumberApproveRequest {
  /** id of the office */
  readonly office: string;
  /** id of the user, which is the sub of tokens */
  readonly user: string;
  readonly body: {
    readonly reason: string;
  };
  /** for a day, a repetition gets the same answer and has no second effect */
  readonly idempotencyKey?: string;
}

export interface NumberRefuseRequest {
  /** id of the office */
  readonly office: string;
  /** id of the user, which is the sub of tokens */
  readonly user: string;
  readonly body: {
    readonly reason: string;
  };
  /** for a day, a repetition gets the same answer and has no second effect */
  readonly idempotencyKey?: string;
}

export interface FactorsRemoveRequest {
  /** id of the office */
  readonly office: string;
  /** id of the user, which is the sub of tokens */
  readonly user: string;
  /** a kind of factor, or the id of one of several */
  readonly factor: string;
  readonly reason: string;
}

export interface SessionsListRequest {
  /** id of the office */
  readonly office: string;
  /** id of the user, which is the sub of tokens */
  readonly user: string;
  /** entries of a page */
  readonly size?: number;
  /** `next` of the page before; it belongs to these filters and this order */
  readonly after?: string | null;
}

export type SessionsListAnswer = Page<{
  readonly id: string;
  readonly browser: string | null;
  readonly system: string | null;
  readonly signedInAt: string | null;
  /** in UTC */
  readonly usedAt: string;
}>;

export interface SessionsEndRequest {
  /** id of the office */
  readonly office: string;
  /** id of the user, which is the sub of tokens */
  readonly user: string;
}

export interface SessionsEndOneRequest {
  /** id of the office */
  readonly office: string;
  /** id of the user, which is the sub of tokens */
  readonly user: string;
  /** id of the session */
  readonly session: string;
}

export interface TrustEndRequest {
  /** id of the office */
  readonly office: string;
  /** id of the user, which is the sub of tokens */
  readonly user: string;
}

export interface ApprovalsListRequest {
  /** id of the office */
  readonly office: string;
  /** entries of a page */
  readonly size?: number;
  /** `next` of the page before; it belongs to these filters and this order */
  readonly after?: string | null;
}

export interface PlatformApprovalsListRequest {
  /** entries of a page */
  readonly size?: number;
  /** `next` of the page before; it belongs to these filters and this order */
  readonly after?: string | null;
}

export interface ApprovalsRefuseRequest {
  /** id of the office */
  readonly office: string;
  /** id of what waits for approval */
  readonly approval: string;
  /** for a day, a repetition gets the same answer and has no second effect */
  readonly idempotencyKey?: string;
}

export interface ImportsAddRequest {
  /** id of the office */
  readonly office: string;
  /** mail each user with an address a link to choose a password */
  readonly invite?: boolean;
  /** how letters are read; recognised by default */
  readonly encoding?: "utf-8" | "windows-1252" | "macintosh" | "ibm850" | "utf-16le" | "utf-16be";
  readonly file: string | Blob;
  readonly fileType: "text/csv" | "application/jsonl" | "application/x-ndjson";
  /** `dry-run`: says what would happen, and changes nothing */
  readonly dryRun?: boolean;
}

export interface ImportsListRequest {
  /** id of the office */
  readonly office: string;
}

export interface ImportsGetRequest {
  /** id of the office */
  readonly office: string;
  /** id of the import */
  readonly import: string;
}

export interface ImportsDropRequest {
  /** id of the office */
  readonly office: string;
  /** id of the import */
  readonly import: string;
}

export interface ImportsFaultsRequest {
  /** id of the office */
  readonly office: string;
  /** id of the import */
  readonly import: string;
  /** entries of a page */
  readonly size?: number;
  /** `next` of the page before; it belongs to these filters and this order */
  readonly after?: string | null;
}

export type ImportsFaultsAnswer = Page<{
  readonly line: number;
  readonly username: string;
  readonly faults: readonly {
    readonly code: string;
    /** columns, a limit, or the line of the same username */
    readonly about: string;
  }[];
}>;

export interface ImportsApplyRequest {
  /** id of the office */
  readonly office: string;
  /** id of the import */
  readonly import: string;
  readonly body: {
    readonly invite?: boolean;
  };
  /** for a day, a repetition gets the same answer and has no second effect */
  readonly idempotencyKey?: string;
}

export interface UsersExportRequest {
  /** id of the office */
  readonly office: string;
  readonly format?: "csv" | "jsonl";
}

export interface UsersExportDataRequest {
  /** id of the office */
  readonly office: string;
  /** id of the user, which is the sub of tokens */
  readonly user: string;
}

export interface ApplicationsListRequest {
  /** id of the office */
  readonly office: string;
  /** entries of a page */
  readonly size?: number;
  /** `next` of the page before; it belongs to these filters and this order */
  readonly after?: string | null;
  readonly search?: string;
}

export type ApplicationsAddRequest = {
  /** id of the office */
  readonly office: string;
  readonly body: {
    readonly redirectUris?: readonly string[];
    readonly postLogoutRedirectUris?: readonly string[];
    readonly corsOrigins?: readonly string[];
    readonly backchannelLogoutUri?: string | null;
    readonly homeUrl?: string | null;
    readonly logoUrl?: string | null;
    readonly scopes?: readonly (
      "openid" | "profile" | "email" | "phone" | "office" | "groups" | "offline_access"
    )[];
    readonly authentication?: "none" | "secret" | "private_key_jwt" | null;
    readonly jwks?: {
      readonly keys: readonly Readonly<Record<string, unknown>>[];
    } | null;
    readonly jwksUri?: string | null;
    readonly idTokenAlgorithm?: "RS256" | "ES256" | "PS256" | "EdDSA";
    readonly signedUserinfo?: boolean;
    readonly dpop?: boolean;
    readonly par?: boolean;
    readonly deviceFlow?: boolean;
    readonly signedRequests?: boolean;
    readonly pairwise?: boolean;
    readonly sectorIdentifierUri?: string | null;
    readonly claims?:
      | readonly (
          | "name"
          | "preferred_username"
          | "locale"
          | "zoneinfo"
          | "email"
          | "email_verified"
          | "phone_number"
          | "phone_number_verified"
          | "office"
          | "role"
          | "groups"
        )[]
      | null;
    readonly idTokenClaims?: boolean;
    readonly unverifiedEmail?: boolean;
    readonly bareUsername?: boolean;
    readonly fapi?: boolean;
    readonly rotateRefreshTokens?: boolean;
    readonly refreshGraceSeconds?: number;
    readonly name: string;
    readonly type: "web" | "native" | "browser" | "machine";
    readonly firstParty?: boolean;
  };
  /** for a day, a repetition gets the same answer and has no second effect */
  readonly idempotencyKey?: string;
};

export interface PlatformApplicationsListRequest {
  /** entries of a page */
  readonly size?: number;
  /** `next` of the page before; it belongs to these filters and this order */
  readonly after?: string | null;
  readonly search?: string;
}

export type PlatformApplicationsAddRequest = {
  readonly body: {
    readonly redirectUris?: readonly string[];
    readonly postLogoutRedirectUris?: readonly string[];
    readonly corsOrigins?: readonly string[];
    readonly backchannelLogoutUri?: string | null;
    readonly homeUrl?: string | null;
    readonly logoUrl?: string | null;
    readonly scopes?: readonly (
      "openid" | "profile" | "email" | "phone" | "office" | "groups" | "offline_access"
    )[];
    readonly authentication?: "none" | "secret" | "private_key_jwt" | null;
    readonly jwks?: {
      readonly keys: readonly Readonly<Record<string, unknown>>[];
    } | null;
    readonly jwksUri?: string | null;
    readonly idTokenAlgorithm?: "RS256" | "ES256" | "PS256" | "EdDSA";
    readonly signedUserinfo?: boolean;
    readonly dpop?: boolean;
    readonly par?: boolean;
    readonly deviceFlow?: boolean;
    readonly signedRequests?: boolean;
    readonly pairwise?: boolean;
    readonly sectorIdentifierUri?: string | null;
    readonly claims?:
      | readonly (
          | "name"
          | "preferred_username"
          | "locale"
          | "zoneinfo"
          | "email"
          | "email_verified"
          | "phone_number"
          | "phone_number_verified"
          | "office"
          | "role"
          | "groups"
        )[]
      | null;
    readonly idTokenClaims?: boolean;
    readonly unverifiedEmail?: boolean;
    readonly bareUsername?: boolean;
    readonly fapi?: boolean;
    readonly rotateRefreshTokens?: boolean;
    readonly refreshGraceSeconds?: number;
    readonly name: string;
    readonly type: "web" | "native" | "browser" | "machine";
    readonly firstParty?: boolean;
  };
  /** for a day, a repetition gets the same answer and has no second effect */
  readonly idempotencyKey?: string;
};

export interface ApplicationsGetRequest {
  /** client id of the application */
  readonly application: string;
}

export type ApplicationsChangeRequest = {
  /** client id of the application */
  readonly application: string;
  readonly body: {
    readonly redirectUris?: readonly string[];
    readonly postLogoutRedirectUris?: readonly string[];
    readonly corsOrigins?: readonly string[];
    readonly backchannelLogoutUri?: string | null;
    readonly homeUrl?: string | null;
    readonly logoUrl?: string | null;
    readonly scopes?: readonly (
      "openid" | "profile" | "email" | "phone" | "office" | "groups" | "offline_access"
    )[];
    readonly authentication?: "none" | "secret" | "private_key_jwt" | null;
    readonly jwks?: {
      readonly keys: readonly Readonly<Record<string, unknown>>[];
    } | null;
    readonly jwksUri?: string | null;
    readonly idTokenAlgorithm?: "RS256" | "ES256" | "PS256" | "EdDSA";
    readonly signedUserinfo?: boolean;
    readonly dpop?: boolean;
    readonly par?: boolean;
    readonly deviceFlow?: boolean;
    readonly signedRequests?: boolean;
    readonly pairwise?: boolean;
    readonly sectorIdentifierUri?: string | null;
    readonly claims?:
      | readonly (
          | "name"
          | "preferred_username"
          | "locale"
          | "zoneinfo"
          | "email"
          | "email_verified"
          | "phone_number"
          | "phone_number_verified"
          | "office"
          | "role"
          | "groups"
        )[]
      | null;
    readonly idTokenClaims?: boolean;
    readonly unverifiedEmail?: boolean;
    readonly bareUsername?: boolean;
    readonly fapi?: boolean;
    readonly rotateRefreshTokens?: boolean;
    readonly refreshGraceSeconds?: number;
    readonly name?: string;
    readonly firstParty?: boolean;
  };
  /** the ETag of what was read, or several, or `*` */
  readonly ifMatch: string;
};

export interface ApplicationsDeleteRequest {
  /** client id of the application */
  readonly application: string;
}

export interface ApplicationsDisableRequest {
  /** client id of the application */
  readonly application: string;
  /** for a day, a repetition gets the same answer and has no second effect */
  readonly idempotencyKey?: string;
}

export interface ApplicationsEnableRequest {
  /** client id of the application */
  readonly application: string;
  /** for a day, a repetition gets the same answer and has no second effect */
  readonly idempotencyKey?: string;
}

export interface ApplicationsRotateSecretRequest {
  /** client id of the application */
  readonly application: string;
  readonly body: {
    readonly overlapHours?: number;
  };
  /** for a day, a repetition gets the same answer and has no second effect */
  readonly idempotencyKey?: string;
}

export interface ApplicationsRotateSecretAnswer {
  /** it is in this answer alone; null: it has none */
  readonly secret: string | null;
}

export interface AuditListRequest {
  /** id of the office */
  readonly office: string;
  /** entries of a page */
  readonly size?: number;
  /** `next` of the page before; it belongs to these filters and this order */
  readonly after?: string | null;
  readonly group?:
    "sign-in" | "password" | "second-factor" | "account" | "administration" | "applications" | "keys";
  readonly outcome?: "ok" | "refused" | "alarm";
  readonly actor?: string;
  readonly subject?: string;
  readonly from?: string;
  /** exclusive */
  readonly to?: string;
}

export interface PlatformAuditListRequest {
  /** entries of a page */
  readonly size?: number;
  /** `next` of the page before; it belongs to these filters and this order */
  readonly after?: string | null;
  readonly group?:
    "sign-in" | "password" | "second-factor" | "account" | "administration" | "applications" | "keys";
  readonly outcome?: "ok" | "refused" | "alarm";
  readonly actor?: string;
  readonly subject?: string;
  readonly from?: string;
  /** exclusive */
  readonly to?: string;
}

export interface EventsListRequest {
  /** entries of a page */
  readonly size?: number;
  /** `next` of the page before; without it, the oldest events kept */
  readonly after?: string | null;
  /** names of event types, with commas between */
  readonly types?: string;
  readonly outcome?: "ok" | "refused" | "alarm";
  /** for an application of the platform; without it, events of no office */
  readonly office?: string;
}

export interface EventsListAnswer {
  readonly items: readonly PublicEvent[];
  /** for `after`, now or later; also when there are no items */
  readonly next: string;
  /** whether to ask again at once */
  readonly more: boolean;
}

export interface WebhooksListRequest {
  /** id of the office */
  readonly office: string;
}

export interface WebhooksAddRequest {
  /** id of the office */
  readonly office: string;
  readonly body: {
    readonly name: string;
    /** an https address */
    readonly url: string;
    /** names of docs/events.md that its owner has events of; none for all */
    readonly types?: readonly string[];
  };
  /** for a day, a repetition gets the same answer and has no second effect */
  readonly idempotencyKey?: string;
}

export interface WebhooksGetRequest {
  /** id of the office */
  readonly office: string;
  /** id of the webhook */
  readonly webhook: string;
}

export interface WebhooksChangeRequest {
  /** id of the office */
  readonly office: string;
  /** id of the webhook */
  readonly webhook: string;
  readonly body: {
    readonly name?: string;
    readonly url?: string;
    readonly types?: readonly string[];
    readonly state?: "on" | "off";
  };
  /** the ETag of what was read, or several, or `*` */
  readonly ifMatch: string;
}

export interface WebhooksDeleteRequest {
  /** id of the office */
  readonly office: string;
  /** id of the webhook */
  readonly webhook: string;
}

export interface WebhooksRotateSecretRequest {
  /** id of the office */
  readonly office: string;
  /** id of the webhook */
  readonly webhook: string;
  /** for a day, a repetition gets the same answer and has no second effect */
  readonly idempotencyKey?: string;
}

export interface WebhooksRotateSecretAnswer {
  /** shown this once */
  readonly secret: string;
}

export interface WebhooksTestRequest {
  /** id of the office */
  readonly office: string;
  /** id of the webhook */
  readonly webhook: string;
  /** for a day, a repetition gets the same answer and has no second effect */
  readonly idempotencyKey?: string;
}

export interface WebhooksDeliveriesRequest {
  /** id of the office */
  readonly office: string;
  /** id of the webhook */
  readonly webhook: string;
}

export interface WebhooksSendAgainRequest {
  /** id of the office */
  readonly office: string;
  /** id of the webhook */
  readonly webhook: string;
  readonly body: {
    readonly delivery: string;
  };
  /** for a day, a repetition gets the same answer and has no second effect */
  readonly idempotencyKey?: string;
}

export interface WebhooksReplayRequest {
  /** id of the office */
  readonly office: string;
  /** id of the webhook */
  readonly webhook: string;
  readonly body: {
    readonly after: string;
  };
  /** for a day, a repetition gets the same answer and has no second effect */
  readonly idempotencyKey?: string;
}

export interface PlatformWebhooksAddRequest {
  readonly body: {
    readonly name: string;
    /** an https address */
    readonly url: string;
    /** names of docs/events.md that its owner has events of; none for all */
    readonly types?: readonly string[];
  };
  /** for a day, a repetition gets the same answer and has no second effect */
  readonly idempotencyKey?: string;
}

export interface PlatformWebhooksGetRequest {
  /** id of the webhook */
  readonly webhook: string;
}

export interface PlatformWebhooksChangeRequest {
  /** id of the webhook */
  readonly webhook: string;
  readonly body: {
    readonly name?: string;
    readonly url?: string;
    readonly types?: readonly string[];
    readonly state?: "on" | "off";
  };
  /** the ETag of what was read, or several, or `*` */
  readonly ifMatch: string;
}

export interface PlatformWebhooksDeleteRequest {
  /** id of the webhook */
  readonly webhook: string;
}

export interface PlatformWebhooksRotateSecretRequest {
  /** id of the webhook */
  readonly webhook: string;
  /** for a day, a repetition gets the same answer and has no second effect */
  readonly idempotencyKey?: string;
}

export interface PlatformWebhooksRotateSecretAnswer {
  /** shown this once */
  readonly secret: string;
}

export interface PlatformWebhooksTestRequest {
  /** id of the webhook */
  readonly webhook: string;
  /** for a day, a repetition gets the same answer and has no second effect */
  readonly idempotencyKey?: string;
}

export interface PlatformWebhooksDeliveriesRequest {
  /** id of the webhook */
  readonly webhook: string;
}

export interface PlatformWebhooksSendAgainRequest {
  /** id of the webhook */
  readonly webhook: string;
  readonly body: {
    readonly delivery: string;
  };
  /** for a day, a repetition gets the same answer and has no second effect */
  readonly idempotencyKey?: string;
}

export interface PlatformWebhooksReplayRequest {
  /** id of the webhook */
  readonly webhook: string;
  readonly body: {
    readonly after: string;
  };
  /** for a day, a repetition gets the same answer and has no second effect */
  readonly idempotencyKey?: string;
}

export interface ScimTokensListRequest {
  /** id of the office */
  readonly office: string;
}

export interface ScimTokensListAnswer {
  /** the base URL that the directory is given */
  readonly address: string;
  readonly items: readonly {
    /** in UTC */
    readonly madeAt: string;
    /** null for the current one */
    readonly endsAt: string | null;
    /** to the minute; null: never */
    readonly usedAt: string | null;
  }[];
}

export interface ScimTokensMakeRequest {
  /** id of the office */
  readonly office: string;
  /** for a day, a repetition gets the same answer and has no second effect */
  readonly idempotencyKey?: string;
}

export interface ScimTokensMakeAnswer {
  /** the base URL that the directory is given */
  readonly address: string;
  /** shown this once */
  readonly token: string;
}

export interface ScimTokensEndRequest {
  /** id of the office */
  readonly office: string;
  /** replaced: those that a newer one has replaced, so the directory goes on */
  readonly which: "all" | "replaced";
}

export interface SigningKeysRotateRequest {
  readonly body: {
    /** id of the newest key that was seen */
    readonly newest: string;
    readonly aheadMinutes?: number;
  };
  /** for a day, a repetition gets the same answer and has no second effect */
  readonly idempotencyKey?: string;
}

/** A method for each operation. */
export interface Operations {
  readonly offices: {
    /** Lists the offices by code. Scope: offices:read. */
    readonly list: Method<OfficesListRequest, Answer<Page<ListedOffice>>>;
    /** Adds an office. Scope: offices:write. */
    readonly add: Method<OfficesAddRequest, VersionedAnswer<Office>>;
    /** Reads an office with its settings. Scope: offices:read. */
    readonly get: Method<OfficesGetRequest, VersionedAnswer<Office>>;
    /** Changes settings of an office; what is left out stays. With `Prefer: dry-run`, says whom another second factor would affect. Scope: offices:read. */
    readonly change: Method<OfficesChangeRequest, VersionedAnswer<OfficesChangeAnswer>>;
    /** Closes an office: ends every session, token and link of its users. Scope: offices:close. */
    readonly close: Method<OfficesCloseRequest, VersionedAnswer<Office>>;
    /** Opens a closed office again. Scope: offices:close. */
    readonly open: Method<OfficesOpenRequest, VersionedAnswer<Office>>;
  };
  readonly users: {
    /** Lists the users of an office, with what their second factor is like. Scope: users:read. */
    readonly list: Method<UsersListRequest, Answer<Page<ListedUser>>>;
    /** Adds a user, who chooses a password by a mailed link; with `invite`, it is mailed at once. Scope: users:write. */
    readonly add: Method<UsersAddRequest, VersionedAnswer<NewUser>>;
    /** Reads a user. Scope: users:read. */
    readonly get: Method<UsersGetRequest, VersionedAnswer<User>>;
    /** Changes a user; what is left out stays. Username and email address need `users:identity` as well. Scope: users:write. */
    readonly change: Method<UsersChangeRequest, VersionedAnswer<User>>;
    /** Deletes a user for good, with everything that belongs to the account. Scope: users:delete. */
    readonly delete: Method<UsersDeleteRequest, Answer<null>>;
    /** Disables a user: ends sessions, tokens and links. Scope: users:write. */
    readonly disable: Method<UsersDisableRequest, VersionedAnswer<User>>;
    /** Lets a disabled user sign in again. Scope: users:identity. */
    readonly enable: Method<UsersEnableRequest, VersionedAnswer<User>>;
    /** Gives a user another role: ends sessions and tokens. Scope: users:roles. */
    readonly changeRole: Method<UsersChangeRoleRequest, VersionedAnswer<User>>;
    /** Mails the user a link to choose a password. Scope: users:identity. */
    readonly sendLink: Method<UsersSendLinkRequest, Answer<null>>;
    /** Exports the users of an office as a file that can be imported again. Scope: users:export. */
    readonly export: Method<UsersExportRequest, Answer<string>>;
    /** Exports everything that is stored about a user (GDPR articles 15 and 20). Scope: users:data. */
    readonly exportData: Method<UsersExportDataRequest, Answer<Readonly<Record<string, unknown>>>>;
  };
  readonly factors: {
    /** Says which second factors a user has, and whether they are blocked. Scope: users:read. */
    readonly get: Method<FactorsGetRequest, Answer<FactorsGetAnswer>>;
    /** Removes every second factor, ends all sessions, and makes an enrolment code. Scope: factors:write. */
    readonly reset: Method<FactorsResetRequest, Answer<FactorsResetAnswer>>;
    /** Ends the lockout after wrong codes; they stay counted. Scope: factors:write. */
    readonly unlock: Method<FactorsUnlockRequest, Answer<null>>;
    /** Removes one method of a user who has others, such as the passkey of a lost device, and ends all sessions. Scope: factors:write. */
    readonly remove: Method<FactorsRemoveRequest, Answer<null>>;
  };
  readonly number: {
    /** Reads the mobile number of a user. Scope: users:read. */
    readonly get: Method<NumberGetRequest, Answer<NumberGetAnswer>>;
    /** Enters a mobile number, which the user confirms at the next sign-in. Scope: numbers:write. */
    readonly enter: Method<NumberEnterRequest, Answer<null>>;
    /** Deletes the mobile number. Where it was the last factor, the answer has an enrolment code. Scope: numbers:write. */
    readonly delete: Method<NumberDeleteRequest, Answer<NumberDeleteAnswer>>;
    /** Approves the number that the user has asked for. Scope: numbers:write. */
    readonly approve: Method<NumberApproveRequest, Answer<null>>;
    /** Refuses the number that the user has asked for; the old one stays. Scope: numbers:write. */
    readonly refuse: Method<NumberRefuseRequest, Answer<null>>;
  };
  readonly sessions: {
    /** Lists the sessions of a user, the last used first. Scope: users:read. */
    readonly list: Method<SessionsListRequest, Answer<SessionsListAnswer>>;
    /** Ends every session and token of a user. Scope: sessions:write. */
    readonly end: Method<SessionsEndRequest, Answer<null>>;
    /** Ends one session of a user with its tokens, and signs the user out of its applications. Scope: sessions:write. */
    readonly endOne: Method<SessionsEndOneRequest, Answer<null>>;
  };
  readonly trust: {
    /** Ends the trust in every browser of a user. Scope: sessions:write. */
    readonly end: Method<TrustEndRequest, Answer<null>>;
  };
  readonly approvals: {
    /** Lists the changes of an office that wait for a second person, the oldest first. Scope: approvals:read. */
    readonly list: Method<ApprovalsListRequest, Answer<Page<Approval>>>;
    /** Refuses a change that waits for a second person; all stays as it is. Scope: approvals:refuse. */
    readonly refuse: Method<ApprovalsRefuseRequest, Answer<null>>;
  };
  readonly platformApprovals: {
    /** Lists the changes of all offices that wait for a second person, the oldest first. Scope: approvals:read. */
    readonly list: Method<PlatformApprovalsListRequest, Answer<Page<Approval>>>;
  };
  readonly imports: {
    /** Adds the users of a file, all of them or none. With `Prefer: dry-run`, every line is checked, and what was checked can be applied for a day. Scope: users:write. */
    readonly add: Method<ImportsAddRequest, Answer<Import>>;
    /** Has the last import of an office, no matter who began it; an office has one at a time. Scope: users:write. */
    readonly list: Method<
      ImportsListRequest,
      Answer<{
        readonly items: readonly Import[];
      }>
    >;
    /** Reads an import, also while it runs. Scope: users:write. */
    readonly get: Method<ImportsGetRequest, Answer<Import>>;
    /** Drops a file that was checked, or is being read. Scope: users:write. */
    readonly drop: Method<ImportsDropRequest, Answer<null>>;
    /** Lists the lines that are wrong, for a day. Scope: users:write. */
    readonly faults: Method<ImportsFaultsRequest, Answer<ImportsFaultsAnswer>>;
    /** Adds the users of a file that was checked, all of them or none. Scope: users:write. */
    readonly apply: Method<ImportsApplyRequest, Answer<Import>>;
  };
  readonly applications: {
    /** Lists the applications of an office by name. Scope: applications:read. */
    readonly list: Method<ApplicationsListRequest, Answer<Page<Application>>>;
    /** Registers an application of an office; the answer has its secret. Scope: applications:write. */
    readonly add: Method<ApplicationsAddRequest, VersionedAnswer<NewApplication>>;
    /** Reads an application. Scope: applications:read. */
    readonly get: Method<ApplicationsGetRequest, VersionedAnswer<Application>>;
    /** Changes an application; what is left out stays. Redirect URIs need `applications:secrets` as well. Scope: applications:write. */
    readonly change: Method<ApplicationsChangeRequest, VersionedAnswer<Application>>;
    /** Deletes an application for good. Scope: applications:delete. */
    readonly delete: Method<ApplicationsDeleteRequest, Answer<null>>;
    /** Refuses every request and token of an application. Scope: applications:write. */
    readonly disable: Method<ApplicationsDisableRequest, VersionedAnswer<Application>>;
    /** Takes them again. Scope: applications:write. */
    readonly enable: Method<ApplicationsEnableRequest, VersionedAnswer<Application>>;
    /** Replaces the secret of an application; the old one stays valid for `overlapHours`. Scope: applications:secrets. */
    readonly rotateSecret: Method<ApplicationsRotateSecretRequest, Answer<ApplicationsRotateSecretAnswer>>;
  };
  readonly platformApplications: {
    /** Lists the applications that users of every office may use, by name. Scope: applications:read. */
    readonly list: Method<PlatformApplicationsListRequest, Answer<Page<Application>>>;
    /** Registers an application for the users of every office; the answer has its secret. Scope: applications:write. */
    readonly add: Method<PlatformApplicationsAddRequest, VersionedAnswer<NewApplication>>;
  };
  readonly audit: {
    /** Lists the events of an office's audit log, the newest first. Scope: audit:read. */
    readonly list: Method<AuditListRequest, Answer<Page<AuditEntry>>>;
  };
  readonly platformAudit: {
    /** Lists the events that belong to no office, the newest first. Scope: audit:read. */
    readonly list: Method<PlatformAuditListRequest, Answer<Page<AuditEntry>>>;
  };
  readonly events: {
    /** Lists events after a cursor, the oldest first, each once and none left out. Scope: events:read. */
    readonly list: Method<EventsListRequest, Answer<EventsListAnswer>>;
  };
  readonly webhooks: {
    /** Lists the webhooks of an office by name, twenty at most. Scope: webhooks:read. */
    readonly list: Method<
      WebhooksListRequest,
      Answer<{
        readonly items: readonly Webhook[];
      }>
    >;
    /** Adds a webhook of an office; the answer has its secret. It gets what happens from now on. Scope: webhooks:write. */
    readonly add: Method<WebhooksAddRequest, VersionedAnswer<NewWebhook>>;
    /** Reads a webhook. Scope: webhooks:read. */
    readonly get: Method<WebhooksGetRequest, VersionedAnswer<Webhook>>;
    /** Changes a webhook; what is left out stays. Switched on, it goes on where it was. Scope: webhooks:write. */
    readonly change: Method<WebhooksChangeRequest, VersionedAnswer<Webhook>>;
    /** Deletes a webhook and the log of its deliveries. Scope: webhooks:write. */
    readonly delete: Method<WebhooksDeleteRequest, Answer<null>>;
    /** Makes a new secret; the one before signs beside it for a day. Scope: webhooks:write. */
    readonly rotateSecret: Method<WebhooksRotateSecretRequest, Answer<WebhooksRotateSecretAnswer>>;
    /** Sends an event of the type webhook.test. Scope: webhooks:write. */
    readonly test: Method<
      WebhooksTestRequest,
      Answer<{
        readonly delivery: string;
      }>
    >;
    /** Lists what was sent last and what waits, the newest first, a hundred at most. Scope: webhooks:read. */
    readonly deliveries: Method<
      WebhooksDeliveriesRequest,
      Answer<{
        readonly items: readonly WebhookDelivery[];
      }>
    >;
    /** Sends a delivery again, under the same webhook-id. Scope: webhooks:write. */
    readonly sendAgain: Method<WebhooksSendAgainRequest, Answer<null>>;
    /** Sends everything after a cursor of GET /events again, in order and under the same ids. Scope: webhooks:write. */
    readonly replay: Method<WebhooksReplayRequest, Answer<null>>;
  };
  readonly platformWebhooks: {
    /** Lists the webhooks for events of no office by name, twenty at most. Scope: webhooks:read. */
    readonly list: Method<
      Nothing,
      Answer<{
        readonly items: readonly Webhook[];
      }>
    >;
    /** Adds a webhook for events of no office; the answer has its secret. It gets what happens from now on. Scope: webhooks:write. */
    readonly add: Method<PlatformWebhooksAddRequest, VersionedAnswer<NewWebhook>>;
    /** Reads a webhook. Scope: webhooks:read. */
    readonly get: Method<PlatformWebhooksGetRequest, VersionedAnswer<Webhook>>;
    /** Changes a webhook; what is left out stays. Switched on, it goes on where it was. Scope: webhooks:write. */
    readonly change: Method<PlatformWebhooksChangeRequest, VersionedAnswer<Webhook>>;
    /** Deletes a webhook and the log of its deliveries. Scope: webhooks:write. */
    readonly delete: Method<PlatformWebhooksDeleteRequest, Answer<null>>;
    /** Makes a new secret; the one before signs beside it for a day. Scope: webhooks:write. */
    readonly rotateSecret: Method<
      PlatformWebhooksRotateSecretRequest,
      Answer<PlatformWebhooksRotateSecretAnswer>
    >;
    /** Sends an event of the type webhook.test. Scope: webhooks:write. */
    readonly test: Method<
      PlatformWebhooksTestRequest,
      Answer<{
        readonly delivery: string;
      }>
    >;
    /** Lists what was sent last and what waits, the newest first, a hundred at most. Scope: webhooks:read. */
    readonly deliveries: Method<
      PlatformWebhooksDeliveriesRequest,
      Answer<{
        readonly items: readonly WebhookDelivery[];
      }>
    >;
    /** Sends a delivery again, under the same webhook-id. Scope: webhooks:write. */
    readonly sendAgain: Method<PlatformWebhooksSendAgainRequest, Answer<null>>;
    /** Sends everything after a cursor of GET /events again, in order and under the same ids. Scope: webhooks:write. */
    readonly replay: Method<PlatformWebhooksReplayRequest, Answer<null>>;
  };
  readonly scimTokens: {
    /** Lists the valid tokens of an office's directory, without the tokens themselves. Scope: scim:write. */
    readonly list: Method<ScimTokensListRequest, Answer<ScimTokensListAnswer>>;
    /** Makes a token for the directory; the one before stays valid for a day. Needs users:read, users:write, users:identity, users:roles, users:delete as well, because a directory may all of that. Scope: scim:write. */
    readonly make: Method<ScimTokensMakeRequest, Answer<ScimTokensMakeAnswer>>;
    /** Ends tokens of an office's directory at once; none to end is no fault. Scope: scim:write. */
    readonly end: Method<ScimTokensEndRequest, Answer<null>>;
  };
  readonly signingKeys: {
    /** Lists the published signing keys, the newest first. Scope: keys:read. */
    readonly list: Method<
      Nothing,
      Answer<{
        readonly items: readonly SigningKey[];
      }>
    >;
    /** Makes new signing keys, which sign after `aheadMinutes`. Scope: keys:rotate. */
    readonly rotate: Method<SigningKeysRotateRequest, Answer<null>>;
  };
}

/** Method and address of each operation. */
export const OPERATIONS = {
  offices: {
    list: "GET /offices",
    add: "POST /offices",
    get: "GET /offices/{office}",
    change: "PATCH /offices/{office}",
    close: "POST /offices/{office}/close",
    open: "POST /offices/{office}/open",
  },
  users: {
    list: "GET /offices/{office}/users",
    add: "POST /offices/{office}/users",
    get: "GET /offices/{office}/users/{user}",
    change: "PATCH /offices/{office}/users/{user}",
    delete: "DELETE /offices/{office}/users/{user}",
    disable: "POST /offices/{office}/users/{user}/disable",
    enable: "POST /offices/{office}/users/{user}/enable",
    changeRole: "PUT /offices/{office}/users/{user}/role",
    sendLink: "POST /offices/{office}/users/{user}/password-link",
    export: "GET /offices/{office}/export",
    exportData: "GET /offices/{office}/users/{user}/data",
  },
  factors: {
    get: "GET /offices/{office}/users/{user}/factors",
    reset: "POST /offices/{office}/users/{user}/factors/reset",
    unlock: "POST /offices/{office}/users/{user}/factors/unlock",
    remove: "DELETE /offices/{office}/users/{user}/factors/{factor}",
  },
  number: {
    get: "GET /offices/{office}/users/{user}/number",
    enter: "PUT /offices/{office}/users/{user}/number",
    delete: "DELETE /offices/{office}/users/{user}/number",
    approve: "POST /offices/{office}/users/{user}/number/approve",
    refuse: "POST /offices/{office}/users/{user}/number/refuse",
  },
  sessions: {
    list: "GET /offices/{office}/users/{user}/sessions",
    end: "DELETE /offices/{office}/users/{user}/sessions",
    endOne: "DELETE /offices/{office}/users/{user}/sessions/{session}",
  },
  trust: { end: "DELETE /offices/{office}/users/{user}/trusted-browsers" },
  approvals: {
    list: "GET /offices/{office}/approvals",
    refuse: "POST /offices/{office}/approvals/{approval}/refuse",
  },
  platformApprovals: { list: "GET /approvals" },
  imports: {
    add: "POST /offices/{office}/imports",
    list: "GET /offices/{office}/imports",
    get: "GET /offices/{office}/imports/{import}",
    drop: "DELETE /offices/{office}/imports/{import}",
    faults: "GET /offices/{office}/imports/{import}/faults",
    apply: "POST /offices/{office}/imports/{import}/apply",
  },
  applications: {
    list: "GET /offices/{office}/applications",
    add: "POST /offices/{office}/applications",
    get: "GET /applications/{application}",
    change: "PATCH /applications/{application}",
    delete: "DELETE /applications/{application}",
    disable: "POST /applications/{application}/disable",
    enable: "POST /applications/{application}/enable",
    rotateSecret: "POST /applications/{application}/rotate-secret",
  },
  platformApplications: { list: "GET /applications", add: "POST /applications" },
  audit: { list: "GET /offices/{office}/audit" },
  platformAudit: { list: "GET /audit" },
  events: { list: "GET /events" },
  webhooks: {
    list: "GET /offices/{office}/webhooks",
    add: "POST /offices/{office}/webhooks",
    get: "GET /offices/{office}/webhooks/{webhook}",
    change: "PATCH /offices/{office}/webhooks/{webhook}",
    delete: "DELETE /offices/{office}/webhooks/{webhook}",
    rotateSecret: "POST /offices/{office}/webhooks/{webhook}/rotate-secret",
    test: "POST /offices/{office}/webhooks/{webhook}/test",
    deliveries: "GET /offices/{office}/webhooks/{webhook}/deliveries",
    sendAgain: "POST /offices/{office}/webhooks/{webhook}/send-again",
    replay: "POST /offices/{office}/webhooks/{webhook}/replay",
  },
  platformWebhooks: {
    list: "GET /webhooks",
    add: "POST /webhooks",
    get: "GET /webhooks/{webhook}",
    change: "PATCH /webhooks/{webhook}",
    delete: "DELETE /webhooks/{webhook}",
    rotateSecret: "POST /webhooks/{webhook}/rotate-secret",
    test: "POST /webhooks/{webhook}/test",
    deliveries: "GET /webhooks/{webhook}/deliveries",
    sendAgain: "POST /webhooks/{webhook}/send-again",
    replay: "POST /webhooks/{webhook}/replay",
  },
  scimTokens: {
    list: "GET /offices/{office}/scim-tokens",
    make: "POST /offices/{office}/scim-tokens",
    end: "DELETE /offices/{office}/scim-tokens",
  },
  signingKeys: { list: "GET /signing-keys", rotate: "POST /signing-keys/rotate" },
} as const;

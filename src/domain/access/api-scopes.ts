import { PERMISSIONS, permissionOf, type Action, type Relation } from "./permissions.ts";

/**
 * What an application may do at the management API. It never may more than the person in whose place it acts: a superuser where it
 * is bound to an office, support where it is not. Of that it may what its scopes name.
 */

/** `grave`: covers what people prove themselves again for within five minutes; no other scope includes it. */
interface ScopeRules {
  readonly about: string;
  readonly isGrave: boolean;
}

/** In the order of the documents. */
export const API_SCOPES = {
  "offices:read": { about: "list offices and read their settings", isGrave: false },
  "offices:write": { about: "add offices, and change their settings and branding", isGrave: false },
  "offices:policy": { about: "change what an office requires besides the password", isGrave: true },
  "offices:close": { about: "close offices and open them again", isGrave: true },
  "users:read": { about: "list users, and read a user with factors, number and sessions", isGrave: false },
  "users:write": {
    about: "add, import and invite users of the role user, change name and language, disable",
    isGrave: false,
  },
  "users:identity": {
    about: "change username and email address, enable, send password links",
    isGrave: true,
  },
  "users:roles": { about: "change roles, and add users of a higher role", isGrave: true },
  "users:secrets": {
    about: "import password hashes, keys of authenticator apps, passkeys and confirmed numbers",
    isGrave: true,
  },
  "users:export": { about: "export the users of an office as a file", isGrave: false },
  "users:data": { about: "export everything that is stored about a user", isGrave: true },
  "users:delete": { about: "delete users", isGrave: true },
  "factors:write": {
    about: "reset a second factor, which makes an enrolment code, and unlock",
    isGrave: true,
  },
  "numbers:write": { about: "enter, delete and approve mobile numbers", isGrave: true },
  "sessions:write": { about: "end sessions and the trust in browsers", isGrave: false },
  "approvals:read": { about: "list changes that wait for a second person", isGrave: false },
  "approvals:refuse": { about: "refuse changes that wait for a second person", isGrave: true },
  "applications:read": { about: "list and read applications", isGrave: false },
  "applications:write": { about: "add, change, disable and enable applications", isGrave: false },
  "applications:secrets": { about: "replace the secret of an application", isGrave: true },
  "applications:delete": { about: "delete applications", isGrave: true },
  "audit:read": { about: "read the audit log", isGrave: false },
  "events:read": { about: "read events, in the order in which they happened", isGrave: false },
  "webhooks:read": { about: "list webhooks, and read what was sent", isGrave: false },
  "webhooks:write": { about: "add, change and delete webhooks, and send again", isGrave: true },
  "scim:write": { about: "list, make and end the tokens of an office's directory (SCIM)", isGrave: true },
  "keys:read": { about: "list signing keys", isGrave: false },
  "keys:rotate": { about: "make new signing keys", isGrave: true },
} as const satisfies Record<string, ScopeRules>;

export type ApiScope = keyof typeof API_SCOPES;

const isScope = (name: string): name is ApiScope => Object.hasOwn(API_SCOPES, name);
export const API_SCOPE_NAMES: readonly ApiScope[] = Object.keys(API_SCOPES).filter(isScope);

/** The scope that an action needs. Null: for people alone. */
export const SCOPE_OF: Readonly<Record<Action, ApiScope | null>> = {
  "overview.see": null,
  "settings.see": "offices:read",
  "settings.change": "offices:write",
  "branding.change": "offices:write",
  "second-factor.change": "offices:policy",
  "users.see": "users:read",
  "user.see": "users:read",
  "user.add": "users:write",
  "user.invite": "users:write",
  "users.import": "users:write",
  "users.import-secrets": "users:secrets",
  "users.export": "users:export",
  "user.edit": "users:write",
  "user.rename": "users:identity",
  "user.change-role": "users:roles",
  "user.disable": "users:write",
  "user.enable": "users:identity",
  "user.delete": "users:delete",
  "user.export-data": "users:data",
  "user.set-password": null,
  "user.expire-password": null,
  "user.print-link": null,
  "user.prove-mail": null,
  "user.unlock": "factors:write",
  "user.reset-authenticator": "factors:write",
  "number.delete": "numbers:write",
  "number.enter": "numbers:write",
  "number.approve": "numbers:write",
  "user.end-sessions": "sessions:write",
  "user.end-trust": "sessions:write",
  "user.send-password-link": "users:identity",
  "user.edit-mail": "users:identity",
  "user-events.see": "audit:read",
  "applications.see": "applications:read",
  "application.add": "applications:write",
  "application.change": "applications:write",
  "application.disable": "applications:write",
  "application.delete": "applications:delete",
  "application.rotate-secret": "applications:secrets",
  "application.try": null,
  "scim.change": "scim:write",
  "audit.see": "audit:read",
  "audit.export": null,
  "audit.pack": null,
  "events.see": "events:read",
  "webhooks.see": "webhooks:read",
  "webhook.change": "webhooks:write",
  "offices.see": "offices:read",
  "office.add": "offices:write",
  "office.close": "offices:close",
  "signing-keys.see": "keys:read",
  "signing-keys.rotate": "keys:rotate",
  "approvals.see": "approvals:read",
  // Two people agree; no program stands in for one of them.
  "approval.decide": null,
  "approval.refuse": "approvals:refuse",
};

/** Whether an application may perform an action. It has no session to step up: the scope replaces the fresh proof. */
export function isApplicationPermitted(
  { officeId, scopes }: { readonly officeId: string | null; readonly scopes: readonly ApiScope[] },
  action: Action,
  relation: Relation,
): boolean {
  const scope = SCOPE_OF[action];
  const place = officeId === null ? "support" : "superuser";
  return scope !== null && scopes.includes(scope) && permissionOf(place, action, relation) !== "never";
}

/** Whether people prove themselves within five minutes for it, wherever they may. */
export function isGraveAction(action: Action): boolean {
  const rows: Readonly<Partial<Record<string, Readonly<Record<string, string>>>>> = PERMISSIONS[action];
  const found = Object.values(rows).flatMap((row) => Object.values(row ?? {}));
  return found.length > 0 && found.every((permission) => permission === "stepped-up");
}

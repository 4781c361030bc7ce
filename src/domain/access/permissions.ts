import type { PersonRole, Role } from "./role.ts";

/**
 * Who may do what to whom, and which actions ask for the password and the code again: this table decides. The console, the services and the command line ask this folder,
 * which knows none of them. Start at `PERMISSIONS`, then read `access.ts`: it asks the table, and says
 * when a second person has to agree.
 */
export type Permission = "allowed" | Proof | "never";

/** A change needs a sign-in, with password and factor, that is younger than so many minutes. Looking needs none. */
export const PROOF_MINUTES = { "stepped-up": 5, "proved-lately": 30 } as const;
export type Proof = keyof typeof PROOF_MINUTES;

/** What an actor is to the target of an action. */
export const RELATIONS = {
  office: "the own office, and what belongs to it",
  self: "the own account",
  lower: "a user of the own office with a lower role",
  peer: "a user of the own office with the same role",
  higher: "a user of the own office with a higher role",
  elsewhere: "another office, and every user in it",
  platform: "what belongs to no office",
} as const;
export type Relation = keyof typeof RELATIONS;

/** An entry that is missing means never. */
type Row = Partial<Record<Role, Partial<Record<Relation, Permission>>>>;

/** Resets, roles, deletion, secrets and factors: what hands an account or an office to another holder, or ends one. */
const FRESH = "stepped-up";
/** All other changes. */
const LATELY = "proved-lately";

const SEE_OFFICE: Row = {
  superuser: { office: "allowed" },
  support: { office: "allowed", elsewhere: "allowed" },
};
const CHANGE_OFFICE: Row = {
  superuser: { office: LATELY },
  support: { office: LATELY, elsewhere: LATELY },
};
const CHANGE_POLICY: Row = { superuser: { office: FRESH }, support: { office: FRESH, elsewhere: FRESH } };
/** Staff of the platform is added by the command line only. */
const ADD_USERS: Row = { superuser: { office: LATELY }, support: { elsewhere: LATELY } };
const HELP_USER: Row = {
  superuser: { lower: FRESH, peer: FRESH },
  support: { peer: FRESH, elsewhere: FRESH },
};
const EDIT_USER: Row = {
  superuser: { self: LATELY, lower: LATELY, peer: LATELY },
  support: { self: LATELY, peer: LATELY, elsewhere: LATELY },
};
const RENAME_USER: Row = {
  superuser: { self: FRESH, lower: FRESH, peer: FRESH },
  support: { self: FRESH, peer: FRESH, elsewhere: FRESH },
};
const END_OF_USER: Row = {
  superuser: { lower: LATELY, peer: LATELY },
  support: { peer: LATELY, elsewhere: LATELY },
};
/** Never one's own and never a higher role's: a stolen session must not be able to remove the factor that guards it. */
const MOVE_NUMBER: Row = { ...HELP_USER, accountant: { lower: FRESH, peer: FRESH } };
const SUPPORT_SEES: Row = { support: { platform: "allowed" } };
const SUPPORT_CHANGES: Row = { support: { platform: LATELY } };
const CHANGE_APPLICATION: Row = {
  superuser: { office: LATELY },
  support: { office: LATELY, elsewhere: LATELY, platform: LATELY },
};
/** Its end, and its secret. */
const DELETE_APPLICATION: Row = {
  superuser: { office: FRESH },
  support: { office: FRESH, elsewhere: FRESH, platform: FRESH },
};
const DECIDE: Row = {
  superuser: { lower: FRESH, peer: FRESH },
  support: { peer: FRESH, elsewhere: FRESH },
};
/**
 * No page offers these: a link that a terminal prints once could be left open in a browser, and an office's superuser who
 * could call an address proved would be its owner in every application.
 */
const OPERATOR_ALONE: Row = {};

export const PERMISSIONS = {
  "overview.see": SEE_OFFICE,
  "settings.see": SEE_OFFICE,
  "settings.change": CHANGE_OFFICE,
  "branding.change": CHANGE_OFFICE,
  "second-factor.change": CHANGE_POLICY,
  "users.see": { ...SEE_OFFICE, accountant: { office: "allowed" } },
  "user.see": {
    accountant: { self: "allowed", lower: "allowed", peer: "allowed", higher: "allowed" },
    superuser: { self: "allowed", lower: "allowed", peer: "allowed" },
    support: { self: "allowed", peer: "allowed", elsewhere: "allowed" },
  },
  "user.add": ADD_USERS,
  "user.invite": ADD_USERS,
  "users.import": ADD_USERS,
  // Password hashes, keys of apps, passkeys and confirmed numbers: superusers could sign in as colleagues whom they have imported.
  "users.import-secrets": { support: { elsewhere: FRESH } },
  "users.export": CHANGE_OFFICE,
  "user.edit": EDIT_USER,
  "user.rename": RENAME_USER,
  // Includes the actor's own role. The store makes sure that the last superuser stays.
  "user.change-role": {
    superuser: { self: FRESH, lower: FRESH, peer: FRESH },
    support: { elsewhere: FRESH },
  },
  "user.disable": {
    superuser: { self: LATELY, lower: LATELY, peer: LATELY },
    support: { peer: LATELY, elsewhere: LATELY },
  },
  // Not for oneself: a disabled user cannot sign in.
  "user.enable": HELP_USER,
  // Not oneself: a stolen session must not be able to.
  "user.delete": HELP_USER,
  // One's own data is on the account page.
  "user.export-data": HELP_USER,
  "user.set-password": OPERATOR_ALONE,
  "user.expire-password": OPERATOR_ALONE,
  "user.print-link": OPERATOR_ALONE,
  "user.prove-mail": OPERATOR_ALONE,
  "user.unlock": HELP_USER,
  "user.reset-authenticator": HELP_USER,
  "number.delete": MOVE_NUMBER,
  "number.enter": MOVE_NUMBER,
  "number.approve": MOVE_NUMBER,
  "user.end-sessions": END_OF_USER,
  "user.end-trust": END_OF_USER,
  "user.send-password-link": HELP_USER,
  "user.edit-mail": HELP_USER,
  "user-events.see": {
    superuser: { self: "allowed", lower: "allowed", peer: "allowed" },
    support: { self: "allowed", peer: "allowed", elsewhere: "allowed" },
  },
  "applications.see": {
    superuser: { office: "allowed" },
    support: { office: "allowed", elsewhere: "allowed", platform: "allowed" },
  },
  "application.add": CHANGE_APPLICATION,
  "application.change": CHANGE_APPLICATION,
  "application.disable": CHANGE_APPLICATION,
  "application.delete": DELETE_APPLICATION,
  "application.rotate-secret": DELETE_APPLICATION,
  "application.try": CHANGE_APPLICATION,
  // The token of the directory that adds and disables users.
  "scim.change": { superuser: { office: FRESH } },
  "audit.see": {
    superuser: { office: "allowed" },
    support: { office: "allowed", elsewhere: "allowed", platform: "allowed" },
  },
  // No page shows them: they are the audit log for programs.
  "events.see": {
    superuser: { office: "allowed" },
    support: { office: "allowed", elsewhere: "allowed", platform: "allowed" },
  },
  "webhooks.see": {
    superuser: { office: "allowed" },
    support: { office: "allowed", elsewhere: "allowed", platform: "allowed" },
  },
  // It takes the events of an office to an address outside.
  "webhook.change": DELETE_APPLICATION,
  "audit.export": CHANGE_APPLICATION,
  "audit.pack": CHANGE_APPLICATION,
  "offices.see": SUPPORT_SEES,
  "office.add": SUPPORT_CHANGES,
  "office.close": { support: { elsewhere: FRESH } },
  "signing-keys.see": SUPPORT_SEES,
  "signing-keys.rotate": { support: { platform: FRESH } },
  "approvals.see": { superuser: { office: "allowed" }, support: { platform: "allowed" } },
  // Not for the user that it is about; the one who asked is refused by the statement that spends the request.
  "approval.decide": DECIDE,
  // All stays as it is, so it takes no second person.
  "approval.refuse": DECIDE,
} as const satisfies Record<string, Row>;

export type Action = keyof typeof PERMISSIONS;

/** The same for what users change of themselves. */
export const OWN_CHANGES = {
  profile: LATELY,
  application: LATELY,
  password: FRESH,
  mail: FRESH,
  sessions: FRESH,
  trust: FRESH,
  method: FRESH,
  number: FRESH,
  app: FRESH,
  "recovery-codes": FRESH,
  data: FRESH,
} as const satisfies Record<string, Proof>;
export type OwnChange = keyof typeof OWN_CHANGES;

const ROWS: readonly Row[] = Object.values(PERMISSIONS);

/** Whether the console has any page for a role. */
export const mayOpenConsole = (role: Role): boolean => ROWS.some((row) => row[role] !== undefined);

/** Whether a role may act in an office other than its own. */
export const reachesOtherOffices = (role: PersonRole): boolean =>
  role === "operator" || ROWS.some((row) => row[role]?.elsewhere !== undefined);

/** The operator owns the database anyway, but a request made by support is decided by support or by the office. */
const NOT_FOR_THE_OPERATOR: readonly Action[] = ["approval.decide", "approval.refuse"];

export function permissionOf(role: PersonRole, action: Action, relation: Relation): Permission {
  if (role === "operator") {
    return NOT_FOR_THE_OPERATOR.includes(action) ? "never" : "allowed";
  }
  const row: Row = PERMISSIONS[action];
  return row[role]?.[relation] ?? "never";
}

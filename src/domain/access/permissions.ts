import type { ActingRole } from "./actor.ts";
import type { Role } from "./role.ts";

/**
 * Who may do what to whom: one table, and nothing else decides. The pages of the console, the services and the command
 * line ask this folder; it knows none of them. Start at `PERMISSIONS`, then `access.ts` for the questions.
 */
export type Permission = "allowed" | "stepped-up" | "never";

/** What an actor is to the thing or the user that an action is about. */
export const RELATIONS = {
  office: "the own office, and what belongs to it",
  self: "the own account",
  lower: "a user of the own office with a lower role",
  peer: "a user of the own office with the same role",
  higher: "a user of the own office with a higher role",
  elsewhere: "another office, and everybody in it",
  platform: "what belongs to no office",
} as const;
export type Relation = keyof typeof RELATIONS;

/** What is not written down is never allowed. */
type Row = Partial<Record<Role, Partial<Record<Relation, Permission>>>>;

/** A factor or password proved less than five minutes ago is asked for. */
const FRESH = "stepped-up";

const SEE_OFFICE: Row = {
  superuser: { office: "allowed" },
  support: { office: "allowed", elsewhere: "allowed" },
};
const CHANGE_OFFICE: Row = { superuser: { office: FRESH }, support: { office: FRESH, elsewhere: FRESH } };
/** The own staff of the platform is added by the command line alone. */
const ADD_PEOPLE: Row = { superuser: { office: FRESH }, support: { elsewhere: FRESH } };
const HELP_PERSON: Row = {
  superuser: { lower: FRESH, peer: FRESH },
  support: { peer: FRESH, elsewhere: FRESH },
};
/** Never oneself and never a higher role: whoever holds a session must not get rid of the factor that guards it. */
const MOVE_NUMBER: Row = { ...HELP_PERSON, accountant: { lower: FRESH, peer: FRESH } };
const SUPPORT_SEES: Row = { support: { platform: "allowed" } };
const SUPPORT_CHANGES: Row = { support: { platform: FRESH } };
const CHANGE_APPLICATION: Row = {
  superuser: { office: FRESH },
  support: { office: FRESH, elsewhere: FRESH, platform: FRESH },
};
/** For no page: what is printed once at the terminal would lie about in a browser. */
const OPERATOR_ALONE: Row = {};

export const PERMISSIONS = {
  "overview.see": SEE_OFFICE,
  "settings.see": SEE_OFFICE,
  "settings.change": CHANGE_OFFICE,
  "branding.change": CHANGE_OFFICE,
  "second-factor.change": CHANGE_OFFICE,
  "users.see": { ...SEE_OFFICE, accountant: { office: "allowed" } },
  "user.see": {
    accountant: { self: "allowed", lower: "allowed", peer: "allowed", higher: "allowed" },
    superuser: { self: "allowed", lower: "allowed", peer: "allowed" },
    support: { self: "allowed", peer: "allowed", elsewhere: "allowed" },
  },
  "user.add": ADD_PEOPLE,
  "user.invite": ADD_PEOPLE,
  "users.import": ADD_PEOPLE,
  "users.export": CHANGE_OFFICE,
  "user.edit": {
    superuser: { self: FRESH, lower: FRESH, peer: FRESH },
    support: { self: FRESH, peer: FRESH, elsewhere: FRESH },
  },
  // Of themselves too; that the last superuser stays is the business of whoever changes it.
  "user.change-role": {
    superuser: { self: FRESH, lower: FRESH, peer: FRESH },
    support: { elsewhere: FRESH },
  },
  "user.disable": {
    superuser: { self: FRESH, lower: FRESH, peer: FRESH },
    support: { peer: FRESH, elsewhere: FRESH },
  },
  // Not of oneself: nobody who is disabled signs in.
  "user.enable": HELP_PERSON,
  "user.set-password": OPERATOR_ALONE,
  "user.expire-password": OPERATOR_ALONE,
  "user.print-link": OPERATOR_ALONE,
  "user.unlock": HELP_PERSON,
  "user.reset-authenticator": HELP_PERSON,
  "number.delete": MOVE_NUMBER,
  "number.enter": MOVE_NUMBER,
  "number.approve": MOVE_NUMBER,
  "user.end-sessions": HELP_PERSON,
  "user.end-trust": HELP_PERSON,
  "user.send-password-link": HELP_PERSON,
  "user.edit-mail": HELP_PERSON,
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
  "application.rotate-secret": CHANGE_APPLICATION,
  "application.try": CHANGE_APPLICATION,
  "audit.see": {
    superuser: { office: "allowed" },
    support: { office: "allowed", elsewhere: "allowed", platform: "allowed" },
  },
  "audit.export": CHANGE_APPLICATION,
  "audit.pack": CHANGE_APPLICATION,
  "offices.see": SUPPORT_SEES,
  "office.add": SUPPORT_CHANGES,
  "office.close": { support: { elsewhere: FRESH } },
  "signing-keys.see": SUPPORT_SEES,
  "signing-keys.rotate": SUPPORT_CHANGES,
  "superuser-resets.see": SUPPORT_SEES,
  "superuser-reset.approve": { support: { peer: FRESH, elsewhere: FRESH } },
} as const satisfies Record<string, Row>;

export type Action = keyof typeof PERMISSIONS;

const ROWS: readonly Row[] = Object.values(PERMISSIONS);

/** Whether there is anything at all in the console for a role. */
export const mayOpenConsole = (role: Role): boolean => ROWS.some((row) => row[role] !== undefined);

/** Whether a role does anything in an office that is not the own one. */
export const reachesOtherOffices = (role: ActingRole): boolean =>
  role === "operator" || ROWS.some((row) => row[role]?.elsewhere !== undefined);

/** The operator has the database anyway; but a request of two members of support is for two of them to decide. */
const NOT_FOR_THE_OPERATOR: Action = "superuser-reset.approve";

export function permissionOf(role: ActingRole, action: Action, relation: Relation): Permission {
  if (role === "operator") {
    return action === NOT_FOR_THE_OPERATOR ? "never" : "allowed";
  }
  const row: Row = PERMISSIONS[action];
  return row[role]?.[relation] ?? "never";
}

import type { Role } from "./role.ts";
import { permissionOf, type Action, type Permission, type Relation } from "./permissions.ts";

/** Whoever acts, as they stand in the database now. */
export interface Actor {
  readonly role: Role;
  readonly officeId: string;
  readonly userId: string;
}

/** What an action is about. */
export interface Target {
  /** Null for what belongs to no office. */
  readonly officeId: string | null;
  /** The person that it is about; null for everything else. */
  readonly person: { readonly id: string; readonly role: Role } | null;
}

const RANK = { user: 0, accountant: 1, superuser: 2, support: 3 } as const satisfies Record<Role, number>;

/** Whether somebody may do something: at once, after having proved once more who they are, or never. */
export const permit = (actor: Actor, action: Action, target: Target): Permission =>
  permissionOf(actor.role, action, relationOf(actor, target));

export function relationOf(actor: Actor, { officeId, person }: Target): Relation {
  if (officeId === null) {
    return "platform";
  }
  if (officeId !== actor.officeId) {
    return "elsewhere";
  }
  if (person === null) {
    return "office";
  }
  if (person.id === actor.userId) {
    return "self";
  }
  const difference = RANK[person.role] - RANK[actor.role];
  return difference < 0 ? "lower" : difference > 0 ? "higher" : "peer";
}

/** What brings somebody's second factor, and with it the account, into other hands. */
const TAKES_OVER: readonly Action[] = [
  "user.reset-authenticator",
  "number.delete",
  "number.enter",
  "number.approve",
];

/**
 * Whether two members of support have to agree: one of them alone must not get hold of an account that rules over an
 * office, or of a colleague's (OWASP ASVS 5.0.0 2.3.5).
 */
export const needsSecondPerson = (actor: Actor, action: Action, { person }: Target): boolean =>
  actor.role === "support" &&
  TAKES_OVER.includes(action) &&
  (person?.role === "superuser" || person?.role === "support");

/** The roles that somebody may give to others: never one above their own, and support by the command line alone. */
export const rolesToGive = (role: Role): readonly Role[] =>
  role === "superuser" || role === "support" ? ["user", "accountant", "superuser"] : [];

import { SUPPORT_OFFICE_CODE } from "../offices/office.ts";
import type { ActingRole, Actor, Target } from "./actor.ts";
import { isApplicationPermitted } from "./api-scopes.ts";
import {
  permissionOf,
  reachesOtherOffices,
  type Action,
  type Permission,
  type Relation,
} from "./permissions.ts";
import { ROLES, type Role } from "./role.ts";

const RANKS: readonly ActingRole[] = [...ROLES, "operator"];
/** An application is no higher than a superuser, wherever it may act: the platform's staff are above it. */
const rankOf = (role: ActingRole): number => RANKS.indexOf(role === "application" ? "superuser" : role);

/** Whether an actor may perform an action: at once, after a step-up, or never. */
export function permit(by: Actor, action: Action, target: Target): Permission {
  const relation = relationOf(by, target);
  if (by.role !== "application") {
    return permissionOf(by.role, action, relation);
  }
  return isApplicationPermitted(by, action, relation) ? "allowed" : "never";
}

export function relationOf(by: Actor, { officeId, user }: Target): Relation {
  if (officeId === null) {
    return "platform";
  }
  if (by.role === "application" && user?.role === "support") {
    return "higher";
  }
  if (officeId !== by.officeId) {
    return "elsewhere";
  }
  if (user === null) {
    return "office";
  }
  if (user.id === by.id) {
    return "self";
  }
  const difference = rankOf(user.role) - rankOf(by.role);
  return difference < 0 ? "lower" : difference > 0 ? "higher" : "peer";
}

/** Whether the actor may act in an office other than its own. */
export const reachesElsewhere = (by: Actor): boolean =>
  by.role === "application" ? by.officeId === null : reachesOtherOffices(by.role);

/** Whether the actor can see this office at all. */
export const reachesOffice = (by: Actor, officeId: string): boolean =>
  by.officeId === officeId || reachesElsewhere(by);

/**
 * Why an actor may not perform an action. own: the target is the actor · higher: the user has a higher role ·
 * elsewhere: the target belongs to another office · not-permitted: the actor's role does not include the action.
 */
export type Denial = "own" | "higher" | "elsewhere" | "not-permitted";

/** Null when the action is permitted. A step-up is checked by the page, because a terminal has no session. */
export function denialOf(by: Actor, action: Action, target: Target): Denial | null {
  if (permit(by, action, target) !== "never") {
    return null;
  }
  const relation = relationOf(by, target);
  switch (relation) {
    case "self":
      return "own";
    case "higher":
      return "higher";
    case "elsewhere":
      return reachesElsewhere(by) ? "not-permitted" : "elsewhere";
    case "office":
    case "lower":
    case "peer":
    case "platform":
      return "not-permitted";
  }
}

/** Actions that hand an account, or what proves it, to another holder, or that no one can undo. */
const TAKES_OVER: readonly Action[] = [
  "user.reset-authenticator",
  "user.edit-mail",
  // A name that is free again can be given to another user, whom applications then take for the first (decision 0055).
  "user.rename",
  "user.enable",
  "user.delete",
  "number.delete",
  "number.enter",
  "number.approve",
];

/** Support, or an application in its place; the operator has the database anyway. */
export const isOfPlatform = (by: Actor): boolean =>
  by.role === "support" || (by.role === "application" && by.officeId === null);

/**
 * Whether a second person has to agree; `approval.ts` lists what can be asked for, and the rest is refused. One member of support alone must not be able to take over the account of a superuser,
 * of a recent one, or of a colleague (OWASP ASVS 5.0.0 2.3.5). The superusers of an office decide alone: it is theirs.
 */
export const needsApproval = (by: Actor, action: Action, { user }: Target): boolean =>
  isOfPlatform(by) &&
  TAKES_OVER.includes(action) &&
  user !== null &&
  user.id !== by.id &&
  (user.role === "superuser" || user.role === "support" || user.ledLately);

/**
 * The same for a role. `before`: null for a new user. `hasSuperuser`: the office has one, or had one within the last two
 * weeks; for the first one of an office there is no second person but in support.
 */
export const roleNeedsApproval = (
  by: Actor,
  { before, role }: { before: Role | null; role: Role },
  hasSuperuser: boolean,
): boolean =>
  isOfPlatform(by) && before !== role && (before === "superuser" || (role === "superuser" && hasSuperuser));

/** The same for a single actor. `needs-approval`: a second person has to agree. */
export const denialAlone = (by: Actor, action: Action, target: Target): Denial | "needs-approval" | null =>
  denialOf(by, action, target) ?? (needsApproval(by, action, target) ? "needs-approval" : null);

type Place = { readonly code: string };

/** The platform's staff has an office of its own, and that office has no other roles. */
const fitsOffice = (role: Role, { code }: Place): boolean =>
  (role === "support") === (code === SUPPORT_OFFICE_CODE);

const IN_OFFICES = ["user", "accountant", "superuser"] as const;
/** Never a role above the actor's own; support is given by the command line only. */
const GIVABLE_ROLES: Readonly<Record<ActingRole, readonly Role[]>> = {
  user: [],
  accountant: [],
  superuser: IN_OFFICES,
  support: IN_OFFICES,
  operator: ROLES,
  application: IN_OFFICES,
};

/** An application that may add users could otherwise add a superuser, and act as that one. */
const hasScopeFor = (by: Actor, role: Role): boolean =>
  by.role !== "application" || role === "user" || by.scopes.includes("users:roles");

/** The roles that an actor may give to users of an office. */
export const rolesToGive = (by: Actor, office: Place): readonly Role[] =>
  GIVABLE_ROLES[by.role].filter((given) => fitsOffice(given, office) && hasScopeFor(by, given));

/** The roles that an actor may give to new users without a second person. */
export const rolesToGiveAlone = (by: Actor, office: Place, hasSuperuser: boolean): readonly Role[] =>
  rolesToGive(by, office).filter((role) => !roleNeedsApproval(by, { before: null, role }, hasSuperuser));

/** above-own: the role is above the actor's own · unfit-role: no user of this office can have it. */
export type RoleDenial = Denial | "above-own" | "unfit-role";

/** Why an actor may not perform an action that gives a user a role; null when they may. */
export function denialOfRole(
  by: Actor,
  action: Action,
  { role, office, target }: { role: Role; office: Place; target: Target },
): RoleDenial | null {
  if (rankOf(role) > rankOf(by.role)) {
    return "above-own";
  }
  if (!fitsOffice(role, office)) {
    return "unfit-role";
  }
  const isGivable = GIVABLE_ROLES[by.role].includes(role) && hasScopeFor(by, role);
  return denialOf(by, action, target) ?? (isGivable ? null : "not-permitted");
}

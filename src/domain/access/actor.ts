import type { User } from "../users/user.ts";
import type { Role } from "./role.ts";

/**
 * Whoever changes something of somebody else. Services whose rules depend on who that is take an Actor; where only the
 * audit log wants to know, its `id` is enough.
 */
export interface Actor {
  /** A user's id, or `command line`. */
  readonly id: string;
  /** Null for whoever stands outside all offices. */
  readonly officeId: string | null;
  /** `operator`: whoever has a terminal on the machine, and with it the database. */
  readonly role: Role | "operator";
}

const RANK = { user: 0, accountant: 1, superuser: 2, support: 3, operator: 4 } as const;

/** Why somebody may not act on somebody else's account. */
export type NotEntitled = "own" | "higher" | "elsewhere";

export const ranksAbove = (role: Actor["role"], other: Actor["role"]): boolean => RANK[role] > RANK[other];

/**
 * What stands against helping this user, whatever the help is: nobody helps themselves to a factor, nobody reaches a
 * higher role, and only support and the operator reach other offices. Null when nothing does.
 */
export function notEntitled(by: Actor, user: Pick<User, "id" | "officeId" | "role">): NotEntitled | null {
  if (by.id === user.id) {
    return "own";
  }
  if (by.officeId !== user.officeId && by.role !== "support" && by.role !== "operator") {
    return "elsewhere";
  }
  return ranksAbove(user.role, by.role) ? "higher" : null;
}

/** One member of support alone must not get hold of an account that rules over an office, or of a colleague's. */
export const needsSecondPerson = (by: Actor, { role }: Pick<User, "role">): boolean =>
  by.role === "support" && (role === "superuser" || role === "support");

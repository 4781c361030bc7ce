import type { Role } from "./role.ts";

/** The user who reads or changes something, as the database has them now. */
export interface Actor {
  /** A user's id, or `command line`. */
  readonly id: string;
  /** Null for the operator, who belongs to no office. */
  readonly officeId: string | null;
  readonly role: ActingRole;
}

/** `operator`: has a terminal on the machine, and with it the database. */
export type ActingRole = Role | "operator";

/** What an action applies to. */
export interface Target {
  /** Null for a target outside every office. */
  readonly officeId: string | null;
  /** The user that the action applies to; null for any other target. */
  readonly user: { readonly id: string; readonly role: Role } | null;
}

export const aboutOffice = ({ id }: { readonly id: string }): Target => ({ officeId: id, user: null });

export const aboutUser = ({
  id,
  officeId,
  role,
}: {
  readonly id: string;
  readonly officeId: string;
  readonly role: Role;
}): Target => ({ officeId, user: { id, role } });

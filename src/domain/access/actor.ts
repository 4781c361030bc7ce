import { daysAfter, now } from "../../kernel/clock.ts";
import type { ApiScope } from "./api-scopes.ts";
import type { PersonRole, Role } from "./role.ts";

/** Who acts, a user or an application, and on what. */

/** Who reads or changes something, as the database has them now. */
export type Actor = Person | ActingApplication;

export interface Person {
  /** A user's id, or `command line`. */
  readonly id: string;
  /** Null for the operator, who belongs to no office. */
  readonly officeId: string | null;
  readonly role: PersonRole;
}

/** An application at the management API. */
export interface ActingApplication {
  readonly id: string;
  /** The office that it is bound to; null: it may act in every one. */
  readonly officeId: string | null;
  readonly role: "application";
  /** Those of its token that it still has. */
  readonly scopes: readonly ApiScope[];
}

export type ActingRole = PersonRole | "application";

/** What an action applies to. */
export interface Target {
  /** Null for a target outside every office. */
  readonly officeId: string | null;
  /** The user that the action applies to; null for any other target. */
  readonly user: {
    readonly id: string;
    readonly role: Role;
    /** Whether the user was a superuser within the last two weeks. */
    readonly ledLately: boolean;
  } | null;
}

export const aboutOffice = ({ id }: { readonly id: string }): Target => ({ officeId: id, user: null });

/** For how many days a previous superuser is protected like one: else a role could be lowered, used and raised again. */
export const LED_DAYS = 14;

export const aboutUser = ({
  id,
  officeId,
  role,
  ledUntil,
}: {
  readonly id: string;
  readonly officeId: string;
  readonly role: Role;
  readonly ledUntil: Date | null;
}): Target => {
  const ledLately = ledUntil !== null && daysAfter(ledUntil, LED_DAYS) > now();
  return { officeId, user: { id, role, ledLately } };
};

import { z } from "zod";
import { FACTOR_KINDS, type FactorKind } from "../factors/factor.ts";
import type { User } from "./user.ts";

/** How the console lists the users of an office. `user-list-store.ts` finds them. */
const SORTS = ["username", "name", "last-sign-in"] as const;
export type UserSort = (typeof SORTS)[number];

/** "none": nothing enrolled yet. */
const FACTORS = [...FACTOR_KINDS, "none"] as const;

const flag = z.boolean().default(false);

/** The query of a list, for example from an address; unknown values and oversized pages are refused. */
export const userQuerySchema = z.strictObject({
  sort: z.enum(SORTS).default("username"),
  descending: flag,
  role: z.enum(["user", "accountant", "superuser"]).nullable().default(null),
  status: z.enum(["active", "disabled"]).nullable().default(null),
  factor: z.enum(FACTORS).nullable().default(null),
  /** Without a factor, although it is required, and with no time left to set one up. */
  overdue: flag,
  blocked: flag,
  fewCodes: flag,
  pendingNumber: flag,
  /** Words of username, name or email address, or parts of them. */
  search: z
    .string()
    .max(100)
    .regex(/^\P{Cc}*$/u)
    .transform((text) => text.trim())
    .default(""),
  size: z.number().int().min(1).max(100).default(50),
});
export type UserQuery = z.output<typeof userQuerySchema>;

/** One row of the list. */
export interface ListedUser {
  readonly id: string;
  readonly username: string;
  readonly name: string;
  readonly mail: string | null;
  readonly role: User["role"];
  readonly status: User["status"];
  readonly factors: readonly FactorKind[];
  /** Null: never. */
  readonly lastSignInAt: Date | null;
  /** Null: not locked out now. */
  readonly blockedUntil: Date | null;
  /** Only an authorised reset helps. */
  readonly isFrozen: boolean;
  /** Null: no recovery codes were made. */
  readonly codesLeft: number | null;
  readonly hasPendingNumber: boolean;
  readonly isOverdue: boolean;
}

export interface UserPage {
  readonly users: readonly ListedUser[];
  /** The cursor of the next page; null on the last. */
  readonly next: string | null;
}

/** With this many recovery codes or fewer, the user should make new ones. */
export const FEW_CODES = 2;

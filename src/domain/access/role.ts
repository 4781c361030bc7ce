/** The role of a user, the lowest rank first. Support is the platform's staff, in an office of its own. */
export const ROLES = ["user", "accountant", "superuser", "support"] as const;
export type Role = (typeof ROLES)[number];

/** `operator`: has a terminal on the machine, and with it the database. */
export type PersonRole = Role | "operator";

/**
 * Whether a recovery code stands in for the second factor of a user with this role. The platform's staff reach every office, so they
 * prove the factor itself: a stolen code leads to a new set-up, which they notice (docs/decisions/0065).
 */
export const mayRecover = (role: Role): boolean => role !== "support";

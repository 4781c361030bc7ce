/** The role of a user, the lowest rank first. Support is the platform's staff, in an office of its own. */
export const ROLES = ["user", "accountant", "superuser", "support"] as const;
export type Role = (typeof ROLES)[number];

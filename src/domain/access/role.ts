/** What a user is, the lowest rank first. Support is the staff of the platform, in an office of their own. */
export const ROLES = ["user", "accountant", "superuser", "support"] as const;
export type Role = (typeof ROLES)[number];

export const GROUP_SCHEMA = "urn:ietf:params:scim:schemas:core:2.0:Group";

/** The roles above `user`. */
export const GROUPS = ["accountant", "superuser"] as const;
export type GroupRole = (typeof GROUPS)[number];

/** The role of a group's id or name; null for another one. */
export const groupRole = (id: string): GroupRole | null =>
  GROUPS.find((role) => role === id.toLowerCase()) ?? null;

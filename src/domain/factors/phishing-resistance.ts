import { ROLES, type Role } from "../access/role.ts";

/** The users of an office who need a factor that resists phishing; `accountants`: and its superusers. */
export const RESISTANT_USERS = ["none", "superusers", "accountants", "all"] as const;
export type ResistantUsers = (typeof RESISTANT_USERS)[number];

const from = (lowest: Role): readonly Role[] => ROLES.slice(ROLES.indexOf(lowest));

/** The roles that each of them means. */
export const RESISTANT_ROLES: Readonly<Record<ResistantUsers, readonly Role[]>> = {
  none: [],
  superusers: from("superuser"),
  accountants: from("accountant"),
  all: from("user"),
};

/** Whether these are more users than those. */
export const areMore = (these: ResistantUsers, those: ResistantUsers): boolean =>
  RESISTANT_ROLES[these].length > RESISTANT_ROLES[those].length;

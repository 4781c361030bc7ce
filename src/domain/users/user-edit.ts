import { z } from "zod";
import { mailSchema, newUserSchema, personNameSchema, type User } from "./user.ts";

/** What an administrator may change in a user, and what an edit changes. */

const { username, language } = newUserSchema.shape;

/** What an administrator may change in a user; an omitted field stays, and unknown fields are refused. */
export const userEditSchema = z.object({
  /** The version of the user that the editor saw. */
  version: z.coerce.number().int().min(1),
  username: username.optional(),
  name: personNameSchema.optional(),
  mail: mailSchema.nullable().optional(),
  language: language.unwrap().optional(),
});
export type UserEdit = z.output<typeof userEditSchema>;

export const EDITABLE = ["username", "name", "mail", "language"] as const;

/** The user after the edit. */
export function edited(user: User, { username: name, ...edit }: UserEdit): User {
  return {
    ...user,
    username: name ?? user.username,
    name: edit.name ?? user.name,
    mail: edit.mail === undefined ? user.mail : edit.mail,
    language: edit.language === undefined ? user.language : edit.language,
  };
}

/** The fields in which two states of a user differ. */
export const differences = (one: User, other: User): readonly (typeof EDITABLE)[number][] =>
  EDITABLE.filter((field) => one[field] !== other[field]);

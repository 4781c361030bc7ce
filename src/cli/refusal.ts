import { OperatorError } from "../kernel/errors.ts";
import type { RoleDenial } from "../domain/access/access.ts";
import type { NewUser, User } from "../domain/users/user.ts";

/** The reasons for which services refuse a change; an operator meets few of them. */
const TEXTS = {
  own: "Users cannot do this to themselves.",
  higher: "The user has a higher role.",
  elsewhere: "The user belongs to another office.",
  "not-permitted": "This is for others to decide.",
  "needs-approval": "A second person has to approve it.",
  last: "This is the last active one of that role in the office: give another user the role first.",
  overtaken: "The role was changed in the meantime: look again, then try again.",
  "above-own": "Users cannot give a role above their own.",
  "unfit-role":
    'The role support exists in the office SUPPORT alone, and no other does there: use "npx vestibule support add".',
  "no-mail": "There is no email address that could be proved.",
  "username-taken": "That username is taken in the office.",
  conflict: "It was changed in the meantime: look again, then try again.",
  frozen:
    'Too many incorrect codes: only a reset helps. "npx vestibule user reset-factor" removes the second factor.',
} as const;

export type Refusal = keyof typeof TEXTS;

/** The error for a refused change of a user. */
export const notDone = (user: Pick<User, "username">, refusal: Refusal): OperatorError =>
  new OperatorError(`${user.username} stays as before. ${TEXTS[refusal]}`);

/** The error for a user who was not added: the role support exists only in the platform's own office, which has no other role. */
export function notAdded(draft: NewUser, { code }: { code: string }, denial: RoleDenial): OperatorError {
  if (denial !== "unfit-role") {
    return notDone(draft, denial);
  }
  return new OperatorError(
    draft.role === "support"
      ? 'The role support is for the platform\'s own staff: use "npx vestibule support add".'
      : `The office ${code} is for the platform's own staff: use "npx vestibule support add".`,
  );
}

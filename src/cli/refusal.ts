import { OperatorError } from "../kernel/errors.ts";
import type { RoleDenial } from "../domain/access/access.ts";
import type { NewUser, User } from "../domain/users/user.ts";

/** Why something was not done, as services answer it; whoever has a terminal meets few of them. */
const WORDS = {
  own: "Nobody does this to themselves.",
  higher: "The user has a higher role.",
  elsewhere: "The user belongs to another office.",
  "not-permitted": "This is for others to decide.",
  "needs-approval": "A second member of support has to agree.",
  last: "This is the last active one of that role in the office: give somebody else the role first.",
  overtaken: "Somebody has changed the role meanwhile: look again, then try again.",
  "above-own": "Nobody gives a role above their own.",
  "unfit-role":
    'The role support exists in the office SUPPORT alone, and no other does there: use "npx vestibule support add".',
  "username-taken": "That username is taken in the office.",
  conflict: "Somebody has changed it meanwhile: look again, then try again.",
  frozen:
    'Too many wrong codes: only a reset helps. "npx vestibule user reset-factor" takes the second factor away.',
} as const;

export type Refusal = keyof typeof WORDS;

/** For a result that is not the one wished for. */
export const notDone = (user: Pick<User, "username">, obstacle: Refusal): OperatorError =>
  new OperatorError(`${user.username} stays as before. ${WORDS[obstacle]}`);

/** For a user who was not added: the platform's own staff has an office of its own, and no other role is there. */
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

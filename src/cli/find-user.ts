import type { Services } from "../server/wiring/services.ts";
import { OperatorError } from "../kernel/errors.ts";
import type { Office } from "../domain/offices/office.ts";
import type { User } from "../domain/users/user.ts";

/** The option by which every verb about a user names the office. */
export const OFFICE_OPTION = ["--office <code>", "the office's code"] as const;

/** The user with this username, as the operator types it. Throws an OperatorError for an unknown one. */
export async function getUser(
  { users }: Services,
  office: Pick<Office, "id" | "code">,
  username: string,
): Promise<User> {
  const user = await users.findByUsername(office.id, username);
  if (user === null) {
    throw new OperatorError(
      `The office ${office.code} has no user ${username}. "npx vestibule user list --office ${office.code}" shows all of them.`,
    );
  }
  return user;
}

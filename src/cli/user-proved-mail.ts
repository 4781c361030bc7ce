import type { Services } from "../server/wiring/services.ts";
import type { Office } from "../domain/offices/office.ts";
import type { User } from "../domain/users/user.ts";
import { notDone } from "./refusal.ts";
import { OPERATOR } from "./with-services.ts";

/** Applications take a proved address for an identity, so that only the operator can call one proved without a link. */
export const PROVED_OPTION = [
  "--mail-proved",
  "the email address is the user's own, as you know for sure: applications get it as verified",
] as const;

/** Calls the user's current address proved; returns the user as stored. Throws an OperatorError where there is none. */
export async function proveMail(
  { administration, database, users }: Services,
  office: Pick<Office, "id">,
  { id }: Pick<User, "id">,
): Promise<User> {
  const find = () => database.inOffice(office.id, (tx) => users.find(tx, id));
  const user = await find();
  if (user === null) {
    throw new Error("The user no longer exists.");
  }
  const { type } = await administration.users.proveMail(user, OPERATOR);
  if (type !== "proved") {
    throw notDone(user, type);
  }
  return (await find()) ?? user;
}

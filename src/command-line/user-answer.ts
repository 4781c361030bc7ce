import type { Office } from "../offices/office.ts";
import type { User } from "../users/user.ts";
import { details, type Answer } from "./answer.ts";
import type { NewPassword } from "./password-input.ts";

interface Told {
  readonly user: User;
  readonly office: Pick<Office, "code">;
  readonly password?: NewPassword;
}

/** A user as the operator needs it; a password is there only in the answer that made it. */
export function tellUser(what: string, { user, office, password }: Told): Answer {
  const made = password?.isGenerated === true ? password.password.reveal() : null;
  const lines = details([
    ["Username", user.username],
    ["Office", office.code],
    ["Name", user.name],
    ["Role", user.role],
    ["Status", user.status],
    ["Mail", user.mail ?? "none"],
    ["Language", user.language ?? "the office's"],
    ["Id (sub)", user.id],
    ...(made === null ? [] : [["Password", `${made}   (shown only now)`] as const]),
  ]);
  return {
    json: { ...user, officeCode: office.code, ...(made === null ? {} : { password: made }) },
    text: what === "" ? lines : `The user ${user.username} of the office ${office.code} ${what}.\n\n${lines}`,
  };
}

import type { Secret } from "../kernel/secret.ts";
import type { Office } from "../domain/offices/office.ts";
import type { User } from "../domain/users/user.ts";
import { details, type Answer } from "./answer.ts";
import type { NewPassword } from "./password-input.ts";

interface UserAnswer {
  readonly user: User;
  readonly office: Pick<Office, "code">;
  readonly password?: NewPassword;
  /** The link with which the user chooses a password. */
  readonly link?: Secret;
}

/** A user as the operator needs it; a password or a link appears only in the answer that creates it. */
export function userAnswer(what: string, { user, office, password, link }: UserAnswer): Answer {
  const made = password?.isGenerated === true ? password.password.reveal() : null;
  const lines = details([
    ["Username", user.username],
    ["Office", office.code],
    ["Name", user.name],
    ["Role", user.role],
    ["Status", user.status],
    ["Mail", user.mail === null ? "none" : `${user.mail}   (${proofOf(user)})`],
    ["Language", user.language ?? "the office's"],
    ["Id (sub)", user.id],
    ...(made === null
      ? []
      : [["Password", `${made}   (shown only now, to be changed at the first sign-in)`] as const]),
    ...(link === undefined
      ? []
      : [["Link", `${link.reveal()}   (shown only now, works once, good for 24 hours)`] as const]),
  ]);
  return {
    json: {
      ...user,
      officeCode: office.code,
      ...(made === null ? {} : { password: made }),
      ...(link === undefined ? {} : { link: link.reveal() }),
    },
    text: what === "" ? lines : `The user ${user.username} of the office ${office.code} ${what}.\n\n${lines}`,
  };
}

function proofOf({ isMailProved, mailProvedAt }: User): string {
  if (!isMailProved) {
    return "not proved: applications do not get it";
  }
  return mailProvedAt === null ? "proved" : `proved on ${mailProvedAt.toISOString()}`;
}

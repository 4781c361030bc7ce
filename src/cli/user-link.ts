import type { Command } from "commander";
import type { Services } from "../server/wiring/services.ts";
import { OperatorError } from "../kernel/errors.ts";
import { isMailedLinkTooWeak } from "../domain/factors/factor.ts";
import { LANGUAGE_CHOICE } from "../kernel/languages.ts";
import type { User } from "../domain/users/user.ts";
import { newUserSchema } from "../domain/users/user.ts";
import type { Answer } from "./answer.ts";
import { getUser, OFFICE_OPTION } from "./find-user.ts";
import { notDone } from "./refusal.ts";
import { getOffice } from "./get-office.ts";
import { parseOptions } from "./option-faults.ts";
import { given } from "./typed-values.ts";
import { userAnswer } from "./user-answer.ts";
import { addVerb, answering } from "./verb.ts";
import { OPERATOR, withServices } from "./with-services.ts";

interface OfOffice {
  readonly office: string;
}

interface InviteOptions extends OfOffice {
  readonly name: string;
  readonly mail: string;
  readonly language?: string;
  readonly role?: string;
}

/** Links that are mailed to the user; a link is never printed. */
export function addLinkCommands(noun: Command): void {
  addVerb(noun, {
    usage: "invite <username>",
    about: "add a user who chooses the password with a mailed link, good for 24 hours",
    examples: ['user invite sanne --office NOORD --name "Sanne Bakker" --mail sanne@noord.example'],
  })
    .requiredOption(...OFFICE_OPTION)
    .requiredOption("--name <name>", "full name")
    .requiredOption("--mail <address>", "email address that the link goes to")
    .option("--language <language>", `${LANGUAGE_CHOICE} (default: the office's)`)
    .option("--role <role>", "user, accountant or superuser (default: user)")
    .action(answering(withServices(invite)));
  addVerb(noun, {
    usage: "send-password-link <username>",
    about: "mail a user a link to choose a new password, good for 30 minutes",
    examples: ["user send-password-link sanne --office NOORD"],
  })
    .requiredOption(...OFFICE_OPTION)
    .action(answering(withServices(sendPasswordLink)));
  addVerb(noun, {
    usage: "expire-password <username>",
    about: "let a user choose a new password at the next sign-in; every session and token ends",
    examples: ["user expire-password sanne --office NOORD"],
  })
    .requiredOption(...OFFICE_OPTION)
    .action(answering(withServices(expirePassword)));
}

async function invite(services: Services, username: string, typed: InviteOptions): Promise<Answer> {
  requireMail(services);
  const { name, mail, language, role } = typed;
  const office = await getOffice(services, typed.office);
  const fields = { username, name, mail, ...given({ language, role }) };
  const draft = parseOptions(newUserSchema, fields, { username: "USERNAME" });
  const result = await services.administration.users.add(draft, office, { by: OPERATOR, invite: true });
  if (result.type !== "added") {
    throw notDone(draft, result.type);
  }
  const user = await getUser(services, office, draft.username);
  return userAnswer(result.isInvited ? `was added and invited at ${mail}` : "was added, but not invited", {
    user,
    office,
  });
}

async function sendPasswordLink(
  services: Services,
  username: string,
  { office: code }: OfOffice,
): Promise<Answer> {
  requireMail(services);
  const office = await getOffice(services, code);
  const user = await getUser(services, office, username);
  const { type } = await services.administration.users.sendPasswordLink(user, "password-reset", OPERATOR);
  if (type !== "sent") {
    const { kinds } = await services.secondFactor.factorStatus.find(user);
    throw new OperatorError(
      `${user.username} gets no link: ${whyNot(user, isMailedLinkTooWeak(kinds, office))}.`,
    );
  }
  return { json: { sentTo: user.mail }, text: `A link was sent to ${user.mail ?? ""}.` };
}

async function expirePassword(
  services: Services,
  username: string,
  { office: code }: OfOffice,
): Promise<Answer> {
  const user = await getUser(services, await getOffice(services, code), username);
  const { type } = await services.administration.users.expirePassword(user, OPERATOR);
  if (type !== "expired") {
    throw notDone(user, type);
  }
  return { json: { expired: user.id }, text: `${user.username} chooses a new password at the next sign-in.` };
}

function requireMail({ settings }: Services): void {
  if (settings.gateways.mail === "none") {
    throw new OperatorError("No mail goes out: VESTIBULE_MAIL_GATEWAY is none.");
  }
}

function whyNot({ mail, status, linksHeldUntil }: User, isTooWeak: boolean): string {
  if (mail === null) {
    return "there is no email address";
  }
  if (status === "disabled") {
    return "the user is disabled";
  }
  if (isTooWeak) {
    return "the verification codes come to the same mailbox, which would be enough then; reset the second factor first";
  }
  return linksHeldUntil === null
    ? "the office is closed"
    : `another user has entered the email address; links are sent there from ${linksHeldUntil.toISOString()} on`;
}

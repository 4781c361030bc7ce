import type { Command } from "commander";
import type { Services } from "../server/wiring/services.ts";
import { newUserSchema } from "../domain/users/user.ts";
import type { Answer } from "./answer.ts";
import { getUser } from "./find-user.ts";
import { notDone } from "./refusal.ts";
import { parseOptions } from "./option-faults.ts";
import { terminalOf } from "./terminal.ts";
import { given } from "./typed-values.ts";
import { addUser, withUserOptions, type UserOptions } from "./user.ts";
import { proveMail } from "./user-proved-mail.ts";
import { userAnswer } from "./user-answer.ts";
import { addNoun, addVerb, answering } from "./verb.ts";
import { ACTOR, OPERATOR, withServices } from "./with-services.ts";

/** `support`: staff of the platform. */
export function addSupportCommands(program: Command): void {
  const noun = addNoun(program, {
    usage: "support",
    about: "staff of the platform, in the office SUPPORT",
    examples: ['support add dana --name "Dana Mol" --mail dana@vestibule.example'],
  });
  withUserOptions(
    addVerb(noun, {
      usage: "add <username>",
      about:
        "add a user with the role support; prints a link to choose a password with, once; makes the office SUPPORT when it is missing",
      examples: [
        'support add dana --name "Dana Mol" --mail dana@vestibule.example',
        'support add dana --name "Dana Mol" --password-stdin < password.txt',
      ],
    }),
  ).action(answering(withServices(add)));
}

async function add(
  this: Command,
  services: Services,
  username: string,
  options: UserOptions,
): Promise<Answer> {
  const { administration, officeService, settings } = services;
  const office = await officeService.supportOffice(settings.productName, ACTOR);
  if (options.passwordStdin === true) {
    return addUser(services, office, { ...options, username, role: "support" }, terminalOf(this));
  }
  const { name = "", mail, language } = options;
  const fields = { username, name, role: "support", ...given({ mail, language }) };
  const draft = parseOptions(newUserSchema, fields, { username: "USERNAME" });
  // The user has no password, and cannot sign in until the link is used.
  const added = await administration.users.add(draft, office, { by: OPERATOR, invite: false });
  if (added.type !== "added") {
    throw notDone(draft, added.type);
  }
  const member = await getUser(services, office, draft.username);
  const user = options.mailProved === true ? await proveMail(services, office, member) : member;
  const made = await administration.users.makeFirstLink(user, OPERATOR);
  if (made.type !== "made") {
    throw notDone(draft, made.type);
  }
  return userAnswer("was added", { user, office, link: made.link });
}

import type { Command } from "commander";
import type { Services } from "../server/wiring/services.ts";
import { newUserSchema } from "../domain/users/user.ts";
import type { Answer } from "./answer.ts";
import { getUser } from "./find-user.ts";
import { notDone } from "./refusal.ts";
import { parseOptions } from "./option-faults.ts";
import { terminalOf } from "./terminal.ts";
import { given } from "./typed-values.ts";
import { addPerson, withPerson, type PersonOptions } from "./user.ts";
import { tellUser } from "./user-answer.ts";
import { addNoun, addVerb, answering } from "./verb.ts";
import { ACTOR, OPERATOR, withServices } from "./with-services.ts";

export function addSupportCommands(program: Command): void {
  const noun = addNoun(program, {
    usage: "support",
    about: "staff of the platform, in the office SUPPORT",
    examples: ['support add dana --name "Dana Mol" --mail dana@vestibule.example'],
  });
  withPerson(
    addVerb(noun, {
      usage: "add <username>",
      about:
        "add somebody with the role support; prints a link to choose a password with, once; makes the office SUPPORT when it is missing",
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
  options: PersonOptions,
): Promise<Answer> {
  const { administration, officeService, settings } = services;
  const office = await officeService.supportOffice(settings.productName, ACTOR);
  if (options.passwordStdin === true) {
    return addPerson(services, office, { ...options, username, role: "support" }, terminalOf(this));
  }
  const { name = "", mail, language } = options;
  const fields = { username, name, role: "support", ...given({ mail, language }) };
  const draft = parseOptions(newUserSchema, fields, { username: "USERNAME" });
  // Nobody knows the password: until the link is used, nothing signs in.
  const added = await administration.users.add(draft, office, { by: OPERATOR, invite: false });
  if (added.type !== "added") {
    throw notDone(draft, added.type);
  }
  const user = await getUser(services, office, draft.username);
  const made = await administration.users.makeFirstLink(user, OPERATOR);
  if (made.type !== "made") {
    throw notDone(draft, made.type);
  }
  return tellUser("was added", { user, office, link: made.link });
}

import type { Command } from "commander";
import type { Services } from "../server/wiring/services.ts";
import { randomToken } from "../kernel/random.ts";
import { Secret } from "../kernel/secret.ts";
import { newUserSchema } from "../domain/users/user.ts";
import type { Answer } from "./answer.ts";
import { getUser } from "./find-user.ts";
import { parseOptions } from "./option-faults.ts";
import { terminalOf } from "./terminal.ts";
import { given } from "./typed-values.ts";
import { addPerson, withPerson, type PersonOptions } from "./user.ts";
import { tellUser } from "./user-answer.ts";
import { addNoun, addVerb, answering } from "./verb.ts";
import { ACTOR, withServices } from "./with-services.ts";

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
  const { administration, officeService, settings, userService } = services;
  const office = await officeService.supportOffice(settings.productName, ACTOR);
  if (options.passwordStdin === true) {
    return addPerson(services, office, { ...options, username, role: "support" }, terminalOf(this));
  }
  const { name = "", mail, language } = options;
  const fields = { username, name, role: "support", ...given({ mail, language }) };
  const draft = parseOptions(newUserSchema, fields, { username: "USERNAME" });
  // Nobody knows this password, and nobody is told it: until the link is used, nothing signs in.
  const access = { password: new Secret(randomToken()), actor: ACTOR };
  await userService.add(draft, office, access);
  const user = await getUser(services, office, draft.username);
  const link = await administration.firstLink.make(user, ACTOR);
  return tellUser("was added", { user, office, link });
}

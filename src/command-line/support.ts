import type { Command } from "commander";
import type { Services } from "../compose.ts";
import type { Answer } from "./answer.ts";
import { addPerson, withPerson, type PersonOptions } from "./user.ts";
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
      about: "add somebody with the role support; makes the office SUPPORT when it is missing",
      examples: [
        'support add dana --name "Dana Mol" --mail dana@vestibule.example',
        'support add dana --name "Dana Mol" --password-stdin < password.txt',
      ],
    }),
  ).action(answering(withServices(add)));
}

async function add(services: Services, username: string, options: PersonOptions): Promise<Answer> {
  const office = await services.officeService.supportOffice(services.settings.productName, ACTOR);
  return addPerson(services, office, { ...options, username, role: "support" });
}

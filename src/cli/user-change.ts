import type { Command } from "commander";
import { z } from "zod";
import type { Services } from "../server/wiring/services.ts";
import type { Office } from "../domain/offices/office.ts";
import { newUserSchema, type User } from "../domain/users/user.ts";
import { userEditSchema } from "../domain/users/user-edit.ts";
import type { Answer } from "./answer.ts";
import { getUser, OFFICE_OPTION } from "./find-user.ts";
import { notDone } from "./refusal.ts";
import { getOffice } from "./get-office.ts";
import { parseOptions } from "./option-faults.ts";
import { given, orNone } from "./typed-values.ts";
import { proveMail, PROVED_OPTION } from "./user-proved-mail.ts";
import { userAnswer } from "./user-answer.ts";
import { addVerb, answering, type HelpText } from "./verb.ts";
import { OPERATOR, withServices } from "./with-services.ts";

interface OfOffice {
  readonly office: string;
}

interface EditOptions extends OfOffice {
  readonly username?: string;
  readonly name?: string;
  readonly mail?: string;
  readonly mailProved?: boolean;
  readonly language?: string;
}

interface Target {
  readonly services: Services;
  readonly office: Office;
  readonly user: User;
}

/** Changes of a user's profile, role and access. */
export function addChangeCommands(noun: Command): void {
  userVerb(noun, {
    usage: "edit <username>",
    about: 'change a user; what is not named stays, the word "none" removes a value',
    examples: [
      'user edit sanne --office NOORD --name "Sanne de Boer" --username sanne.deboer',
      "user edit sanne --office NOORD --mail sanne@noord.example",
      "user edit sanne --office NOORD --mail-proved",
    ],
  })
    .option("--username <username>", "another username")
    .option("--name <name>", "full name")
    .option(
      "--mail <address>",
      "email address; both addresses are notified, and no password link goes there for 48 hours",
    )
    .option(...PROVED_OPTION)
    .option("--language <language>", 'en or nl; "none": the office\'s')
    .action(answering(withServices(edit)));
  userVerb(noun, {
    usage: "role <username> <role>",
    about: "give a user another role: user, accountant or superuser; every session and token ends",
    examples: ["user role sanne superuser --office NOORD"],
  }).action(answering(withServices(changeRole)));
  userVerb(noun, {
    usage: "disable <username>",
    about: "keep a user out; every session and token ends at once",
    examples: ["user disable sanne --office NOORD"],
  }).action(answering(withServices(disable)));
  userVerb(noun, {
    usage: "enable <username>",
    about: "let a disabled user in again",
    examples: ["user enable sanne --office NOORD"],
  }).action(answering(withServices(enable)));
  userVerb(noun, {
    usage: "end-sessions <username>",
    about: "end every session and token of a user, who is notified by mail",
    examples: ["user end-sessions sanne --office NOORD"],
  }).action(answering(withServices(endSessions)));
}

const userVerb = (noun: Command, help: HelpText): Command =>
  addVerb(noun, help).requiredOption(...OFFICE_OPTION);

async function targetOf(services: Services, username: string, { office: code }: OfOffice): Promise<Target> {
  const office = await getOffice(services, code);
  return { services, office, user: await getUser(services, office, username) };
}

/** Reads the user again for the answer. */
async function answerOf(what: string, { services, office, user }: Target): Promise<Answer> {
  const now = await services.database.inOffice(office.id, (tx) => services.users.find(tx, user.id));
  return userAnswer(what, { user: now ?? user, office });
}

async function edit(services: Services, username: string, options: EditOptions): Promise<Answer> {
  const target = await targetOf(services, username, options);
  const { user } = target;
  const { mail, mailProved = false, language, ...named } = options;
  const fields = given({ ...named, mail: orNone(mail), language: orNone(language) });
  const change = parseOptions(userEditSchema, { ...fields, version: user.version }, {});
  const result = await services.administration.users.edit(user, change, OPERATOR);
  if (result.type !== "changed" && result.type !== "unchanged") {
    throw notDone(user, result.type);
  }
  if (mailProved) {
    await proveMail(services, target.office, user);
  }
  return answerOf(result.type === "changed" || mailProved ? "was changed" : "is that already", target);
}

const roleSchema = z.object({ role: newUserSchema.shape.role.unwrap() });

async function changeRole(
  services: Services,
  username: string,
  typed: string,
  options: OfOffice,
): Promise<Answer> {
  const target = await targetOf(services, username, options);
  const { user, office } = target;
  const { role } = parseOptions(roleSchema, { role: typed }, { role: "ROLE" });
  const { type } = await services.administration.users.changeRole(user, role, { office, by: OPERATOR });
  if (type !== "changed" && type !== "unchanged") {
    throw notDone(user, type);
  }
  return answerOf(type === "changed" ? "has another role" : "has this role already", target);
}

async function disable(services: Services, username: string, options: OfOffice): Promise<Answer> {
  const target = await targetOf(services, username, options);
  const { type } = await services.administration.users.disable(target.user, OPERATOR);
  if (type !== "disabled") {
    throw notDone(target.user, type);
  }
  return answerOf("was disabled", target);
}

async function enable(services: Services, username: string, options: OfOffice): Promise<Answer> {
  const target = await targetOf(services, username, options);
  const { type } = await services.administration.users.enable(target.user, OPERATOR);
  if (type !== "enabled") {
    throw notDone(target.user, type);
  }
  return answerOf("was enabled", target);
}

async function endSessions(services: Services, username: string, options: OfOffice): Promise<Answer> {
  const { user } = await targetOf(services, username, options);
  const { type } = await services.administration.users.endSessions(user, OPERATOR);
  if (type !== "ended") {
    throw notDone(user, type);
  }
  return { json: { ended: user.id }, text: `Every session of ${user.username} was ended.` };
}

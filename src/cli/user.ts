import type { Command } from "commander";
import type { Services } from "../server/wiring/services.ts";
import { LANGUAGE_CHOICE } from "../kernel/languages.ts";
import type { Office } from "../domain/offices/office.ts";
import { newUserSchema } from "../domain/users/user.ts";
import { table, type Answer } from "./answer.ts";
import { getUser, OFFICE_OPTION } from "./find-user.ts";
import { addConvertCommand } from "./user-convert.ts";
import { addFileCommands } from "./user-file.ts";
import { addFactorCommands, describeFactor, factorOf } from "./user-factor.ts";
import { addNumberCommands, numberForJson, describeNumber, readNumber } from "./user-number.ts";
import { addLinkCommands } from "./user-link.ts";
import { getOffice } from "./get-office.ts";
import { notAdded, notDone } from "./refusal.ts";
import { parseOptions } from "./option-faults.ts";
import { newPassword, PASSWORD_OPTION } from "./password-input.ts";
import { terminalOf, type Terminal } from "./terminal.ts";
import { given } from "./typed-values.ts";
import { proveMail, PROVED_OPTION } from "./user-proved-mail.ts";
import { userAnswer } from "./user-answer.ts";
import { addDeletionCommands } from "./user-delete.ts";
import { addChangeCommands } from "./user-change.ts";
import { addNoun, addVerb, answering } from "./verb.ts";
import { OPERATOR, withServices } from "./with-services.ts";

interface OfOffice {
  readonly office: string;
}

export interface UserOptions {
  readonly name?: string;
  readonly mail?: string;
  readonly mailProved?: boolean;
  readonly language?: string;
  readonly role?: string;
  readonly mobile?: string;
  readonly passwordStdin?: boolean;
}

const LIMIT = 100_000;

export function addUserCommands(program: Command): void {
  const noun = addNoun(program, {
    usage: "user",
    about: "the users of an office",
    examples: ['user add sanne --office NOORD --name "Sanne Bakker"'],
  });
  withUserOptions(
    addVerb(noun, {
      usage: "add <username>",
      about:
        "add a user; without --password-stdin a password is made and printed once; the first sign-in asks for another",
      examples: [
        'user add sanne --office NOORD --name "Sanne Bakker" --mail sanne@noord.example',
        'user add anna --office NOORD --name "Anna Vos" --mail anna@noord.example --mail-proved',
        'user add joost --office NOORD --name "Joost Smit" --role superuser --password-stdin < password.txt',
      ],
    }),
  )
    .option("--mobile <number>", "mobile number; to be confirmed at the first sign-in")
    .option("--role <role>", "user, accountant or superuser (default: user)")
    .requiredOption(...OFFICE_OPTION)
    .action(answering(withServices(add)));
  addReadingCommands(noun);
  addPasswordCommand(noun);
  addChangeCommands(noun);
  addDeletionCommands(noun);
  addFactorCommands(noun);
  addNumberCommands(noun);
  addLinkCommands(noun);
  addConvertCommand(noun);
  addFileCommands(noun);
}

function addReadingCommands(noun: Command): void {
  addVerb(noun, {
    usage: "list",
    about: "list the users of an office",
    examples: ["user list --office NOORD"],
  })
    .requiredOption(...OFFICE_OPTION)
    .action(answering(withServices(list)));
  addVerb(noun, {
    usage: "show <username>",
    about: "show one user",
    examples: ["user show sanne --office NOORD"],
  })
    .requiredOption(...OFFICE_OPTION)
    .action(answering(withServices(show)));
}

function addPasswordCommand(noun: Command): void {
  addVerb(noun, {
    usage: "set-password <username>",
    about:
      "replace a password; every session and token of the user ends, and the next sign-in asks for another one",
    examples: [
      "user set-password sanne --office NOORD",
      "user set-password sanne --office NOORD --password-stdin < password.txt",
    ],
  })
    .requiredOption(...OFFICE_OPTION)
    .option(...PASSWORD_OPTION)
    .action(answering(withServices(setPassword)));
}

export const withUserOptions = (verb: Command): Command =>
  verb
    .option("--name <name>", "full name")
    .option("--mail <address>", "email address")
    .option(...PROVED_OPTION)
    .option("--language <language>", `${LANGUAGE_CHOICE} (default: the office's)`)
    .option(...PASSWORD_OPTION);

/** Adds a user to an office, and shows the password if it was generated here. */
export async function addUser(
  services: Services,
  office: Pick<Office, "id" | "code" | "name">,
  typed: Omit<UserOptions, "mobile"> & { username: string; mobile?: string | null },
  terminal: Terminal,
): Promise<Answer> {
  const { username, name = "", mail, language, role, mobile = null } = typed;
  const fields = { username, name, ...given({ mail, language, role }) };
  const draft = parseOptions(newUserSchema, fields, { username: "USERNAME" });
  const password = await newPassword(typed, terminal);
  const access = { password: password.password, by: OPERATOR, mobile };
  const { type } = await services.administration.users.addWithPassword(draft, office, access);
  if (type !== "added") {
    throw notAdded(draft, office, type);
  }
  const added = await getUser(services, office, draft.username);
  const user = typed.mailProved === true ? await proveMail(services, office, added) : added;
  return userAnswer("was added", { user, office, password });
}

async function add(
  this: Command,
  services: Services,
  username: string,
  { office, ...options }: OfOffice & UserOptions,
): Promise<Answer> {
  const of = await getOffice(services, office);
  // Parsed first: an invalid number must not leave a user behind.
  const mobile = options.mobile === undefined ? null : readNumber(options.mobile, of, "--mobile");
  return addUser(services, of, { ...options, username, mobile }, terminalOf(this));
}

async function list(services: Services, { office: code }: OfOffice): Promise<Answer> {
  const office = await getOffice(services, code);
  const users = await services.users.list(office.id, LIMIT);
  const rows = users.map(({ username, name, role, status, mail }) => [
    username,
    name,
    role,
    status,
    mail ?? "",
  ]);
  const heading = ["USERNAME", "NAME", "ROLE", "STATUS", "MAIL"];
  return { json: users, text: table(heading, rows, `The office ${office.code} has no users yet.`) };
}

async function show(services: Services, username: string, { office: code }: OfOffice): Promise<Answer> {
  const office = await getOffice(services, code);
  const user = await getUser(services, office, username);
  const answer = userAnswer("", { user, office });
  const factor = await factorOf(services, user);
  const number = await services.secondFactor.numberService.find(user);
  return {
    json: { ...user, secondFactor: factor, mobileNumber: numberForJson(number) },
    text: `${answer.text}\n\n${describeFactor(factor)}\n${describeNumber(number)}`,
  };
}

async function setPassword(
  this: Command,
  services: Services,
  username: string,
  { office: code, ...options }: OfOffice & { passwordStdin?: boolean },
): Promise<Answer> {
  const office = await getOffice(services, code);
  const user = await getUser(services, office, username);
  const password = await newPassword(options, terminalOf(this));
  const access = { password: password.password, by: OPERATOR, office };
  const { type } = await services.administration.users.changePassword(user, access);
  if (type !== "changed") {
    throw notDone(user, type);
  }
  return userAnswer("has a new password", { user, office, password });
}

import type { Command } from "commander";
import type { Services } from "../server/wiring/services.ts";
import { maskNumber, parseMobileNumber, writtenNumber } from "../domain/factors/mobile-number.ts";
import type { MobileNumber } from "../domain/factors/number-store.ts";
import { OperatorError } from "../kernel/errors.ts";
import type { Office } from "../domain/offices/office.ts";
import { details, type Answer } from "./answer.ts";
import { getUser, OFFICE_OPTION } from "./find-user.ts";
import { getOffice } from "./get-office.ts";
import { OptionFaults } from "./option-faults.ts";
import { addVerb, answering, type HelpText } from "./verb.ts";
import { endedCodes, helpOf } from "./user-factor.ts";
import { withServices } from "./with-services.ts";

interface NumberOptions {
  readonly office: string;
  readonly reason: string;
}

/** Administration of a user's mobile number. */
export function addNumberCommands(noun: Command): void {
  numberVerb(noun, {
    usage: "set-number <username> <number>",
    about:
      "enter a user's mobile number, to be confirmed at the next sign-in; in place of the last factor it ends the recovery codes",
    examples: ['user set-number sanne "+31 6 12345678" --office NOORD --reason "new phone, called back"'],
  }).action(answering(withServices(set)));
  numberVerb(noun, {
    usage: "delete-number <username>",
    about:
      "delete a user's mobile number; where no other factor is left, ends the recovery codes and prints the enrolment code",
    examples: ['user delete-number sanne --office NOORD --reason "phone lost, called back"'],
  }).action(answering(withServices(remove)));
  numberVerb(noun, {
    usage: "approve-number <username>",
    about: "approve the number that a user asked for; call that user first",
    examples: ['user approve-number sanne --office NOORD --reason "called back on the office line"'],
  }).action(answering(withServices(approve)));
  numberVerb(noun, {
    usage: "refuse-number <username>",
    about: "refuse the number that a user asked for; the old one stays",
    examples: ['user refuse-number sanne --office NOORD --reason "it was not her"'],
  }).action(answering(withServices(refuse)));
}

const numberVerb = (noun: Command, help: HelpText): Command =>
  addVerb(noun, help)
    .requiredOption(...OFFICE_OPTION)
    .requiredOption("--reason <text>", "why, for the audit log");

/** A typed number, in E.164. Throws OptionFaults that name `option`. */
export function readNumber(typed: string, office: Office, option: string): string {
  const parsed = parseMobileNumber(typed, office.country, office.countries);
  if (parsed.type === "number") {
    return parsed.e164;
  }
  const messages = {
    invalid: "must be a mobile number such as +31 6 12345678",
    country: `must be of a country that the office sends to (${office.countries.join(", ")})`,
    extension: "must have no extension: text messages do not reach one",
    "not-mobile": "must be a mobile number: codes are sent to it by text message",
  };
  throw new OptionFaults([{ option, message: messages[parsed.fault] }]);
}

async function set(
  services: Services,
  username: string,
  typed: string,
  options: NumberOptions,
): Promise<Answer> {
  const { office, user, help } = await subjectOf(services, username, options);
  const number = readNumber(typed, office, "NUMBER");
  const result = await services.administration.factors.enterNumber(user, number, help);
  if (result.type === "unchanged") {
    throw new OperatorError(`${user.username} has this number already, and it is confirmed.`);
  }
  if (result.type !== "set") {
    throw new Error(`The number of ${user.username} cannot be changed.`);
  }
  const { codesEnded } = result;
  const written = writtenNumber(number);
  return {
    json: { id: user.id, number: written, state: "unconfirmed", recoveryCodesEnded: codesEnded },
    text: `${user.username} now has the number ${written}, to be confirmed at the next sign-in.${endedCodes(codesEnded)}`,
  };
}

async function remove(services: Services, username: string, options: NumberOptions): Promise<Answer> {
  const { user, help } = await subjectOf(services, username, options);
  const result = await services.administration.factors.deleteNumber(user, help);
  if (result.type !== "removed") {
    throw new OperatorError(`${user.username} has no mobile number.`);
  }
  const code = result.enrolmentCode?.reveal() ?? null;
  const { codesEnded: recoveryCodesEnded } = result;
  if (code === null) {
    return {
      json: { id: user.id, enrolmentCode: null, recoveryCodesEnded },
      text: `The mobile number of ${user.username} was deleted.`,
    };
  }
  const lines = details([
    ["Username", user.username],
    ["Enrolment code", `${code}   (shown only now, good for 24 hours)`],
  ]);
  return {
    json: { id: user.id, enrolmentCode: code, recoveryCodesEnded },
    text: `The mobile number was deleted.${endedCodes(recoveryCodesEnded)} Hand the code over in person or by telephone, never by mail.\n\n${lines}`,
  };
}

async function approve(services: Services, username: string, options: NumberOptions): Promise<Answer> {
  const { user, help } = await subjectOf(services, username, options);
  const result = await services.administration.factors.approveNumber(user, help);
  if (result.type !== "approved") {
    throw new OperatorError(`${user.username} has asked for no other number.`);
  }
  const masked = maskNumber(result.number);
  return {
    json: { id: user.id, number: masked, state: "confirmed" },
    text: `The codes of ${user.username} go to ${masked} from the next sign-in on.`,
  };
}

async function refuse(services: Services, username: string, options: NumberOptions): Promise<Answer> {
  const { user, help } = await subjectOf(services, username, options);
  const { type } = await services.administration.factors.refuseNumber(user, help);
  if (type !== "cancelled") {
    throw new OperatorError(`${user.username} has asked for no other number.`);
  }
  return { json: { id: user.id }, text: `The number of ${user.username} stays as it is.` };
}

async function subjectOf(services: Services, username: string, options: NumberOptions) {
  const help = helpOf(options);
  const office = await getOffice(services, options.office);
  return { office, user: await getUser(services, office, username), help };
}

/** A number as administrators see it: masked once it is confirmed, in full while it has to be checked. */
export const numberForJson = (number: MobileNumber | null) => ({
  state: number?.state ?? "none",
  number: number === null ? null : (number.state === "confirmed" ? maskNumber : writtenNumber)(number.number),
  pendingNumber:
    number === null || number.pendingNumber === null ? null : writtenNumber(number.pendingNumber),
  enteredBy: number?.enteredBy ?? null,
});

export function describeNumber(number: MobileNumber | null): string {
  const { state, number: shown, pendingNumber } = numberForJson(number);
  const pending = pendingNumber === null ? "" : `; ${pendingNumber} waits for approval`;
  return details([["Mobile number ", shown === null ? "none" : `${shown}, ${state}${pending}`]]);
}

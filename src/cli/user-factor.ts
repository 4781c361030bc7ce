import type { Command } from "commander";
import { z } from "zod";
import type { Services } from "../server/wiring/services.ts";
import { reasonSchema, type Help } from "../domain/factors/help.ts";
import type { FactorStatus } from "../domain/factors/factor-status-store.ts";
import type { User } from "../domain/users/user.ts";
import { details, type Answer } from "./answer.ts";
import { getOffice } from "./get-office.ts";
import { getUser, OFFICE_OPTION } from "./find-user.ts";
import { notDone } from "./refusal.ts";
import { parseOptions } from "./option-faults.ts";
import { addVerb, answering } from "./verb.ts";
import { OPERATOR, withServices } from "./with-services.ts";

interface HelpOptions {
  readonly office: string;
  readonly reason: string;
}

/** Administration of a user's second factor. */
export function addFactorCommands(noun: Command): void {
  addVerb(noun, {
    usage: "unlock <username>",
    about: "end a block after incorrect codes; earlier ones still count",
    examples: ['user unlock sanne --office NOORD --reason "typed the codes of another account"'],
  })
    .requiredOption(...OFFICE_OPTION)
    .requiredOption("--reason <text>", "why, for the audit log")
    .action(answering(withServices(unlock)));
  addVerb(noun, {
    usage: "end-trust <username>",
    about:
      "forget a user's trusted browsers; ends the sessions that were signed in without a code, and notifies the user by mail",
    examples: ["user end-trust sanne --office NOORD"],
  })
    .requiredOption(...OFFICE_OPTION)
    .action(answering(withServices(endTrust)));
  addVerb(noun, {
    usage: "reset-factor <username>",
    about:
      "remove a user's second factor: ends all sessions and the recovery codes, prints the enrolment code to hand over; also lets a user set one up who came too late",
    examples: [
      'user reset-factor sanne --office NOORD --reason "phone was stolen, called back on the office line"',
    ],
  })
    .requiredOption(...OFFICE_OPTION)
    .requiredOption("--reason <text>", "why, for the audit log")
    .action(answering(withServices(reset)));
}

async function unlock(services: Services, username: string, options: HelpOptions): Promise<Answer> {
  const help = helpOf(options);
  const user = await getUser(services, await getOffice(services, options.office), username);
  const { type } = await services.administration.factors.unlock(user, help);
  if (type !== "unlocked") {
    throw notDone(user, type);
  }
  return { json: { unlocked: user.id }, text: `${user.username} can try again.` };
}

async function endTrust(
  services: Services,
  username: string,
  { office }: Pick<HelpOptions, "office">,
): Promise<Answer> {
  const user = await getUser(services, await getOffice(services, office), username);
  const { type } = await services.administration.factors.endTrust(user, OPERATOR);
  if (type !== "ended") {
    throw notDone(user, type);
  }
  return { json: { id: user.id }, text: `${user.username} gives a code in every browser from now on.` };
}

async function reset(services: Services, username: string, options: HelpOptions): Promise<Answer> {
  const help = helpOf(options);
  const user = await getUser(services, await getOffice(services, options.office), username);
  const { kinds, codesLeft } = await factorOf(services, user);
  const result = await services.administration.factors.reset(user, help);
  if (result.type !== "reset") {
    throw notDone(user, result.type);
  }
  const { enrolmentCode } = result;
  const done =
    kinds.length === 0
      ? `${user.username} can set up a second factor again.`
      : "The second factor was reset.";
  const lines = details([
    ["Username", user.username],
    ["Enrolment code", `${enrolmentCode.reveal()}   (shown only now, good for 24 hours)`],
  ]);
  return {
    json: { id: user.id, enrolmentCode: enrolmentCode.reveal() },
    text: `${done}${endedCodes(codesLeft)} Hand the code over in person or by telephone, never by mail.\n\n${lines}`,
  };
}

const helpSchema = z.object({ reason: reasonSchema });

/** The operator as the helper, and the reason. */
export const helpOf = ({ reason }: { reason: string }): Help => ({
  by: OPERATOR,
  reason: parseOptions(helpSchema, { reason }, {}).reason,
});

/** A sentence for an answer, after another one; empty where no code ended. */
export const endedCodes = (count: number): string =>
  count === 0
    ? ""
    : ` ${String(count)} recovery ${count === 1 ? "code no longer works" : "codes no longer work"}; six new ones come with the next method.`;

/** The status of a user's second factor. */
export const factorOf = (services: Services, user: User): Promise<FactorStatus> =>
  services.secondFactor.factorStatus.find(user);

export function describeFactor({
  kinds,
  failedAttempts,
  failedSinceSuccess,
  blockedUntil,
  codesLeft,
}: FactorStatus): string {
  return details([
    ["Second factor", kinds.length === 0 ? "none" : kinds.join(", ")],
    ["Recovery codes", `${String(codesLeft)} left`],
    ["Wrong codes", `${String(failedAttempts)} now, ${String(failedSinceSuccess)} since the last right one`],
    ["Blocked until", blockedUntil === null ? "not blocked" : blockedUntil.toISOString()],
  ]);
}

import type { Command } from "commander";
import type { Services } from "../compose.ts";
import type { FactorStanding } from "../factors/standing-store.ts";
import { OperatorError } from "../kernel/errors.ts";
import type { User } from "../users/user.ts";
import { details, type Answer } from "./answer.ts";
import { getOffice } from "./office.ts";
import { getUser, OFFICE_OPTION } from "./find-user.ts";
import { addVerb, answering } from "./verb.ts";
import { ACTOR, withServices } from "./with-services.ts";

interface OfOffice {
  readonly office: string;
}

/** What an administrator can do about somebody's second factor. */
export function addFactorCommands(noun: Command): void {
  addVerb(noun, {
    usage: "unlock <username>",
    about: "end a block after wrong codes; what was tried stays counted",
    examples: ["user unlock sanne --office NOORD"],
  })
    .requiredOption(...OFFICE_OPTION)
    .action(answering(withServices(unlock)));
  addVerb(noun, {
    usage: "reset-factor <username>",
    about: "take somebody's second factor away: ends all sessions, prints the enrolment code to hand over",
    examples: [
      'user reset-factor sanne --office NOORD --reason "phone was stolen, called back on the office line"',
    ],
  })
    .requiredOption(...OFFICE_OPTION)
    .requiredOption("--reason <text>", "why, for the audit log")
    .action(answering(withServices(reset)));
}

async function unlock(services: Services, username: string, { office: code }: OfOffice): Promise<Answer> {
  const user = await getUser(services, await getOffice(services, code), username);
  await services.secondFactor.service.unlock(user, ACTOR);
  return { json: { unlocked: user.id }, text: `${user.username} can try again.` };
}

async function reset(
  services: Services,
  username: string,
  { office: code, reason }: OfOffice & { reason: string },
): Promise<Answer> {
  if (reason.trim().length < 5) {
    throw new OperatorError("--reason: say in a few words why, for whoever reads the audit log.");
  }
  const user = await getUser(services, await getOffice(services, code), username);
  const enrolmentCode = await services.secondFactor.service.reset(user, {
    reason: reason.trim(),
    actor: ACTOR,
  });
  const lines = details([
    ["Username", user.username],
    ["Enrolment code", `${enrolmentCode.reveal()}   (shown only now, good for 24 hours)`],
  ]);
  return {
    json: { id: user.id, enrolmentCode: enrolmentCode.reveal() },
    text: `The second factor was reset. Hand the code over in person or by telephone, never by mail.\n\n${lines}`,
  };
}

/** Where somebody stands with the second factor. */
export const factorOf = (services: Services, user: User): Promise<FactorStanding> =>
  services.secondFactor.standing.find(user);

export function factorInWords({ kinds, strikes, spent, blockedUntil, codesLeft }: FactorStanding): string {
  return details([
    ["Second factor", kinds.length === 0 ? "none" : kinds.join(", ")],
    ["Recovery codes", `${String(codesLeft)} left`],
    ["Wrong codes", `${String(strikes)} now, ${String(spent)} since the last right one`],
    ["Blocked until", blockedUntil === null ? "not blocked" : blockedUntil.toISOString()],
  ]);
}

import type { Command } from "commander";
import type { Services } from "../server/wiring/services.ts";
import { OperatorError } from "../kernel/errors.ts";
import { FACTOR_KINDS } from "../domain/factors/factor.ts";
import type { Office, OfficeResistance, OfficeSecondFactor } from "../domain/offices/office.ts";
import type { NoticePlan } from "../domain/offices/policy-notices.ts";
import type { DryRun } from "../domain/offices/policy-dry-run.ts";
import type { SettingsResult } from "../domain/offices/office-settings-service.ts";
import { table, type Answer } from "./answer.ts";
import { getOffice } from "./get-office.ts";
import {
  describeSecondFactor,
  secondFactorOf,
  withSecondFactor,
  type SecondFactorOptions,
} from "./office-second-factor.ts";
import {
  describeResistance,
  resistanceOf,
  withResistance,
  type ResistanceOptions,
} from "./office-resistance.ts";
import {
  describePasskeyModels,
  passkeyModelsOf,
  withPasskeyModels,
  type PasskeyModelOptions,
} from "./office-passkey-models.ts";
import { addVerb, answering } from "./verb.ts";
import { OPERATOR, withServices } from "./with-services.ts";

/** Close and open an office, and preview a change of its policy. */
export function addOfficeActions(noun: Command): void {
  addVerb(noun, {
    usage: "close <code>",
    about:
      "lock all users of an office out; its sessions, tokens and links end for good; it is deleted after VESTIBULE_CLOSED_OFFICE_DAYS",
    examples: ["office close NOORD"],
  }).action(answering(withServices(close)));
  addVerb(noun, {
    usage: "open <code>",
    about: "open a closed office again; all users sign in again",
    examples: ["office open NOORD"],
  }).action(answering(withServices(open)));
  const trying = addVerb(noun, {
    usage: "dry-run <code>",
    about: "show which users another policy would affect, and what they would see; changes nothing",
    examples: [
      "office dry-run NOORD --second-factor required --from 2027-01-31 --methods totp",
      "office dry-run NOORD --passkey-models fa2b99dc-9e39-4257-8f92-4a30d23c4118",
      "office dry-run NOORD --phishing-resistant superusers --phishing-resistant-from 2027-01-31",
    ],
  });
  withSecondFactor(withResistance(withPasskeyModels(trying)))
    .option("--after <username>", "list the names that come after this one")
    .action(answering(withServices(dryRun)));
}

async function close(services: Services, code: string): Promise<Answer> {
  const office = await getOffice(services, code);
  return answerOf(office, await services.administration.settings.close(office, OPERATOR), "closed");
}

async function open(services: Services, code: string): Promise<Answer> {
  const office = await getOffice(services, code);
  if (office.isPurged) {
    throw new OperatorError(`The office ${code} was deleted: it cannot be opened again.`);
  }
  return answerOf(office, await services.administration.settings.open(office, OPERATOR), "open");
}

function answerOf(office: Office, result: SettingsResult, status: Office["status"]): Answer {
  switch (result.type) {
    case "changed":
      return {
        json: result.office,
        text: `The office ${office.code} is ${status} now.${purgeOf(result.office)}`,
      };
    case "unchanged":
      return { json: office, text: `The office ${office.code} is ${status} already.` };
    case "conflict":
    case "own":
    case "higher":
    case "elsewhere":
    case "not-permitted":
    case "no-own-factor":
    case "no-resistant-method":
    case "staff-rule":
      throw new OperatorError("The office was changed in the meantime: look again, then try again.");
  }
}

const purgeOf = ({ purgeAt }: Office): string =>
  purgeAt === null
    ? ""
    : ` It is deleted, with its users, applications and settings, on ${purgeAt.toISOString().slice(0, 10)}.`;

async function dryRun(
  services: Services,
  code: string,
  {
    after,
    ...typed
  }: SecondFactorOptions & ResistanceOptions & PasskeyModelOptions & { readonly after?: string },
): Promise<Answer> {
  const office = await getOffice(services, code);
  const proposed = secondFactorOf(office, typed);
  const resistance = resistanceOf(office, typed);
  const passkeyModels = passkeyModelsOf(office, typed);
  const unusablePasskeyModels = await services.stores.authenticatorModels.unusable(passkeyModels);
  const result = await services.administration.dryRun.run(office, proposed, {
    resistance,
    passkeyModels,
    ...(after === undefined ? {} : { after }),
  });
  const mails = await services.policyNotices.plan(office, {
    secondFactor: proposed,
    phishingResistance: resistance,
  });
  return {
    json: { proposed, resistance, ...result, unusablePasskeyModels, mails },
    text: [
      describeDryRun(result, { ...proposed, resistance }, office),
      unusablePasskeyModels.length === 0
        ? ""
        : `\n\nModels of passkeys: ${describePasskeyModels(passkeyModels, unusablePasskeyModels)}.`,
      describeNamed("Users who have passkeys of other models, and keep them", result.otherPasskeys),
      describeNamed(
        "Users without an email address, who cannot set up any of these methods",
        result.withoutAddress,
      ),
      ...mails.map(describeMails),
    ].join(""),
  };
}

function describeMails({ policy, rounds, people, reachable, unreachable }: NoticePlan): string {
  if (rounds.length === 0) {
    return "";
  }
  const dates = rounds.map(({ at }) => at.toISOString()).join(", ");
  const names = unreachable.map(({ username }) => username).join(", ");
  const missing = names === "" ? "" : ` Without a confirmed address: ${names}.`;
  return `\n\nReminders by mail${policy === "second-factor" ? "" : " about passkeys"} to ${String(reachable)} of ${String(people)} users without a method: ${dates}.${missing}`;
}

const describeNamed = (what: string, found: DryRun["otherPasskeys"]): string => {
  if (found === null || found.people === 0) {
    return "";
  }
  const names = found.names.map(({ username }) => username).join(", ");
  const more = found.people > found.names.length ? " and more" : "";
  return `\n\n${what}: ${String(found.people)} (${names}${more}).`;
};

const describeSteps = (steps: readonly string[]): string =>
  steps.length === 0 ? "password only" : ["password", ...steps].join(", ");

/** What the rules take away from users, one line each. */
function describeLosses({ losses: { byKind, without } }: DryRun, { demand }: OfficeSecondFactor): string[] {
  if (demand === "off") {
    return [];
  }
  const users = (count: number, one: string, more: string) =>
    count === 0 ? [] : [count === 1 ? `1 user ${one}` : `${String(count)} users ${more}`];
  const another = "would have to set up another method.";
  return [
    ...FACTOR_KINDS.flatMap((kind) =>
      users(byKind[kind], `uses ${kind} and ${another}`, `use ${kind} and ${another}`),
    ),
    ...users(
      without,
      "has no method yet and would have to set one up.",
      "have no method yet and would have to set one up.",
    ),
  ];
}

function describeDryRun(
  run: DryRun,
  policy: OfficeSecondFactor & { readonly resistance: OfficeResistance },
  office: Pick<Office, "zone">,
): string {
  const { people, affected, groups, names, next, at } = run;
  const resistant =
    policy.resistance.of === "none"
      ? ""
      : `; phishing-resistant: ${describeResistance(policy.resistance, office)}`;
  const proposed = `${describeSecondFactor(policy, office)}${resistant}`;
  const head = `Second factor ${proposed}: ${String(affected)} of ${String(people)} users would sign in in another way (as of ${at.toISOString()}).`;
  if (affected === 0) {
    return head;
  }
  const lines = groups.map(({ people: count, now, will }) => [
    String(count),
    describeSteps(now),
    describeSteps(will),
  ]);
  const changed = names.map(({ username, name, will }) => [username, name, describeSteps(will)]);
  const more = next === null ? "" : `\n\nMore of them: --after ${next}`;
  return [
    [head, ...describeLosses(run, policy)].join("\n"),
    table(["USERS", "NOW", "THEN"], lines, ""),
    `${table(["USERNAME", "NAME", "THEN"], changed, "")}${more}`,
  ].join("\n\n");
}

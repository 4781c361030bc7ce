import type { Command } from "commander";
import { oneAtATime } from "../../platform/database/one-at-a-time.ts";
import type { Services } from "../../server/wiring/services.ts";
import type { Answer } from "../answer.ts";
import { OptionFaults } from "../option-faults.ts";
import { programOf, terminalOf } from "../terminal.ts";
import { addVerb, answering, collect } from "../verb.ts";
import { withServices } from "../with-services.ts";
import { planPlatform } from "./plan-applications.ts";
import { planOffice } from "./plan-office.ts";
import { planPlatformWebhooks } from "./plan-webhooks.ts";
import type { Change, Group, MadeSecret } from "./plan.ts";
import { planPruning } from "./prune.ts";
import { References } from "./references.ts";
import { describeSecrets, runPlan } from "./run-plan.ts";
import { readSite, type SiteFile } from "./site-file.ts";

interface ApplyOptions {
  readonly file: string;
  readonly plan?: boolean;
  readonly prune?: readonly string[];
}

/** With `--plan`: something would change. */
const WOULD_CHANGE = 2;

/** `apply`: makes offices, applications, webhooks and users as a file says. */
export function addApplyCommand(program: Command): void {
  addVerb(program, {
    usage: "apply",
    about:
      "make offices, their applications, webhooks and users as a file says, by office code, client id or name, and username; what the file leaves out stays; docs/as-code.md has its form",
    examples: [
      "apply --file site.yaml --plan",
      "apply --file site.yaml",
      "apply --file site.yaml --prune office:ZUID --prune user:NOORD/anna",
    ],
  })
    .requiredOption("-f, --file <file>", "the file, in YAML or JSON")
    .option("--plan", "print what would change, and change nothing; exit code 2 when something would")
    .option(
      "--prune <name>",
      "remove this, which the file no longer has: office:CODE (is closed), application:CLIENT-ID, webhook:CODE/NAME, platform-webhook:NAME, user:CODE/USERNAME; several times",
      collect,
    )
    .action(answering(apply));
}

/** The file is read first: its faults need no database. */
async function apply(this: Command, options: ApplyOptions): Promise<Answer> {
  const file = readSite(options.file);
  const work = (services: Services) => applyFile(this, services, { file, options });
  return withServices(work).call(this);
}

interface Asked {
  readonly file: SiteFile;
  readonly options: ApplyOptions;
}

async function applyFile(command: Command, services: Services, asked: Asked): Promise<Answer> {
  const { environment } = terminalOf(command);
  const plan = () => planOf(services, asked, new References(asked.file, environment));
  if (asked.options.plan === true) {
    const groups = await plan();
    programOf(command).exitCode = groups.length === 0 ? 0 : WOULD_CHANGE;
    return answerOf(groups, () => "would be made", []);
  }
  return oneAtATime(services.databaseUrl, "apply", async () => {
    const groups = await plan();
    return answerOf(
      groups,
      (count) => (count === 1 ? "was made" : "were made"),
      await runPlan(services, groups),
    );
  });
}

/** The groups with something to do. Throws OptionFaults for what the file asks and cannot be. */
async function planOf(
  services: Services,
  { file, options }: Asked,
  references: References,
): Promise<readonly Group[]> {
  const { site } = file;
  const planning = { services, references };
  const groups: Group[] = [];
  for (const [index, entry] of site.offices.entries()) {
    groups.push(await planOffice(planning, entry, ["offices", index]));
  }
  groups.push(await planPlatform(planning, site.applications));
  groups.push(await planPlatformWebhooks(planning, site.webhooks));
  groups.push(...(await planPruning(services, site, options.prune ?? [])));
  if (references.faults.length > 0) {
    throw new OptionFaults(references.faults);
  }
  return groups.filter(({ steps }) => steps.length > 0);
}

function answerOf(
  groups: readonly Group[],
  done: (count: number) => string,
  made: readonly MadeSecret[],
): Answer {
  const changes = groups.flatMap(({ steps }) => steps.map(({ change }) => change));
  const parts = [
    ...groups.map(({ title, steps }) => [title, ...steps.map(({ change }) => describe(change))].join("\n")),
    ...(made.length === 0 ? [] : [describeSecrets(made)]),
    changes.length === 0
      ? "Nothing to change: everything is as the file says."
      : `${changes.length === 1 ? "1 change" : `${String(changes.length)} changes`} ${done(changes.length)}.`,
  ];
  return {
    json: {
      groups: groups.map(({ title, steps }) => ({ title, changes: steps.map(({ change }) => change) })),
      made,
    },
    text: parts.join("\n\n"),
  };
}

const SIGNS = { add: "+", change: "~", remove: "-" } as const;

function describe({ what, subject, fields }: Change): string {
  const lines = fields.map(({ field, before, after }) => {
    const values =
      what === "add" ? JSON.stringify(after) : `${JSON.stringify(before)} → ${JSON.stringify(after)}`;
    return `      ${field}: ${values}`;
  });
  return [`  ${SIGNS[what]} ${subject}`, ...lines].join("\n");
}

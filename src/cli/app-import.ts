import { readFileSync } from "node:fs";
import { Option, type Command } from "commander";
import { z } from "zod";
import type { NewApplication } from "../domain/applications/application.ts";
import type { Services } from "../server/wiring/services.ts";
import { OperatorError } from "../kernel/errors.ts";
import { utf8 } from "../kernel/utf8.ts";
import type { Answer } from "./answer.ts";
import {
  CONFORMANCE_PLANS,
  draftOf,
  isFapi,
  membersOf,
  suiteClientOf,
  suiteClientSchema,
  type ClientMember,
  type ConformancePlan,
  type SuiteClient,
} from "./conformance-plans.ts";
import { parseOptions } from "./option-faults.ts";
import { addVerb, answering } from "./verb.ts";
import { ACTOR, withServices } from "./with-services.ts";

const SUITE = "https://www.certification.openid.net";

/** The parts of a configuration of the OpenID Foundation's conformance suite that a provider needs. */
const suiteSchema = z.looseObject({
  alias: z.string().regex(/^[\w.-]{1,100}$/, "must be the alias of the test plan"),
  client: suiteClientSchema.optional(),
  client2: suiteClientSchema.optional(),
  client_secret_post: suiteClientSchema.optional(),
});
type SuiteFile = z.output<typeof suiteSchema>;

interface ImportOptions {
  readonly plan: ConformancePlan;
  readonly suite?: string;
  readonly alias?: string;
}

/** Registers the applications of a conformance test plan. */
export function addAppImport(noun: Command): void {
  addVerb(noun, {
    usage: "import [file]",
    about:
      "register the applications of a plan of the OpenID Foundation's conformance suite, and print its configuration filled in; the file is the suite's configuration, if there is one already",
    examples: [
      "app import --plan basic --alias ours > basic.json",
      "app import plan.json --plan fapi2 > filled-in.json",
    ],
  })
    .addOption(
      new Option("--plan <plan>", "which plan of the suite").choices(CONFORMANCE_PLANS).makeOptionMandatory(),
    )
    .option("--alias <alias>", "the alias of the plan in the suite (default: the file's)")
    .option("--suite <url>", `where the suite runs (default: ${SUITE})`)
    .action(answering(withServices(importPlan)));
}

interface Draft {
  readonly member: ClientMember;
  readonly client: SuiteClient;
  readonly application: NewApplication;
}

async function importPlan(
  services: Services,
  file: string | undefined,
  options: ImportOptions,
): Promise<Answer> {
  const given = file === undefined ? {} : read(file);
  const alias = options.alias ?? given["alias"];
  const configuration = parseOptions(suiteSchema, { ...given, alias }, {});
  const { issuer } = services.settings;
  const filledIn = {
    ...configuration,
    server: { discoveryUrl: `${issuer}/.well-known/openid-configuration` },
    // Userinfo is the resource that every sign-in may read.
    ...(isFapi(options.plan) ? { resource: { resourceUrl: `${issuer}/userinfo` } } : {}),
    ...(await register(services, draftsOf(services, configuration, options))),
  };
  return { json: filledIn, text: JSON.stringify(filledIn, null, 2) };
}

function draftsOf(
  services: Services,
  configuration: SuiteFile,
  { plan, suite }: ImportOptions,
): readonly Draft[] {
  const base = `${suite ?? SUITE}/test/a/${configuration.alias}`;
  return membersOf(plan).map((member) => {
    const client = suiteClientOf(plan, configuration[member]);
    const fields = { name: `${configuration.alias} ${member}`, ...draftOf(plan, member, base, client) };
    return { member, client, application: parseOptions(services.applicationService.schema, fields, {}) };
  });
}

async function register(services: Services, drafts: readonly Draft[]): Promise<Record<string, SuiteClient>> {
  const clients: Record<string, SuiteClient> = {};
  for (const { member, client, application } of drafts) {
    const added = await services.applicationService.add(application, null, ACTOR);
    const secret = added.secret === null ? {} : { client_secret: added.secret.reveal() };
    clients[member] = { ...client, client_id: added.application.id, ...secret };
  }
  return clients;
}

function read(file: string): Record<string, unknown> {
  try {
    return z.record(z.string(), z.unknown()).parse(JSON.parse(utf8(readFileSync(file)) ?? ""));
  } catch (cause) {
    throw new OperatorError(`${file} cannot be read as the suite's configuration.`, { cause });
  }
}

import { readFileSync } from "node:fs";
import type { Command } from "commander";
import { z } from "zod";
import { newApplicationSchema, type NewApplication } from "../domain/applications/application.ts";
import type { Services } from "../server/wiring/services.ts";
import { OperatorError } from "../kernel/errors.ts";
import type { Answer } from "./answer.ts";
import { parseOptions } from "./option-faults.ts";
import { addVerb, answering } from "./verb.ts";
import { ACTOR, withServices } from "./with-services.ts";

const SUITE = "https://www.certification.openid.net";

const jwk = z.record(z.string(), z.unknown());
const client = z.looseObject({ jwks: z.object({ keys: z.array(jwk) }).optional() });

/** The parts of a configuration of the OpenID Foundation's conformance suite that a provider needs. */
const suiteSchema = z.looseObject({
  alias: z.string().regex(/^[\w.-]{1,100}$/, "must be the alias of the test plan"),
  client: client.default({}),
  client2: client.optional(),
});

interface ImportOptions {
  readonly suite?: string;
  readonly fapi?: boolean;
}

/** Registers the applications of a conformance test plan. */
export function addAppImport(noun: Command): void {
  addVerb(noun, {
    usage: "import <file>",
    about:
      "register the applications of a plan of the OpenID Foundation's conformance suite, and print its configuration filled in",
    examples: ["app import plan.json > filled-in.json", "app import plan.json --fapi"],
  })
    .option("--suite <url>", `where the suite runs (default: ${SUITE})`)
    .option("--fapi", "for the FAPI 2.0 plans; the file must hold the keys of both clients")
    .action(answering(withServices(importPlan)));
}

async function importPlan(services: Services, file: string, options: ImportOptions): Promise<Answer> {
  const plan = parseOptions(suiteSchema, read(file), {});
  const base = `${options.suite ?? SUITE}/test/a/${plan.alias}`;
  const clients = [
    { member: "client", given: plan.client, query: "" },
    { member: "client2", given: plan.client2 ?? {}, query: options.fapi === true ? SECOND_QUERY : "" },
  ];
  const drafts = clients.map(({ member, given, query }) =>
    parseOptions(
      newApplicationSchema,
      draftOf(`${plan.alias} ${member}`, { base, query, given, options }),
      {},
    ),
  );
  const registered: [string, Record<string, unknown>][] = [];
  for (const [place, { member, given }] of clients.entries()) {
    registered.push([member, { ...given, ...(await add(services, drafts[place])) }]);
  }
  const { issuer } = services.settings;
  const filledIn = {
    ...plan,
    server: { discoveryUrl: `${issuer}/.well-known/openid-configuration` },
    ...Object.fromEntries(registered),
  };
  return { json: filledIn, text: JSON.stringify(filledIn, null, 2) };
}

/** The suite adds this to the second address, to test whether the two are distinguished. */
const SECOND_QUERY = "?dummy1=lorem&dummy2=ipsum";

interface Registration {
  readonly base: string;
  readonly query: string;
  readonly given: z.output<typeof client>;
  readonly options: ImportOptions;
}

function draftOf(name: string, { base, query, given, options }: Registration): Record<string, unknown> {
  const keys = given.jwks?.keys.map(publicHalf);
  return {
    name,
    type: "web",
    firstParty: true,
    redirectUris: [`${base}/callback${query}`],
    postLogoutRedirectUris: [`${base}/post_logout_redirect`],
    backchannelLogoutUri: `${base}/backchannel_logout`,
    ...(keys === undefined ? {} : { authentication: "private_key_jwt", jwks: { keys } }),
    ...(options.fapi === true ? { fapi: true } : {}),
  };
}

/** The suite's file has private keys too; only the public keys may be stored. */
function publicHalf(key: z.output<typeof jwk>): Record<string, unknown> {
  const isPublic = ["kty", "crv", "x", "y", "n", "e", "kid", "alg", "use"];
  return Object.fromEntries(Object.entries(key).filter(([member]) => isPublic.includes(member)));
}

async function add(services: Services, draft: NewApplication | undefined): Promise<Record<string, string>> {
  if (draft === undefined) {
    throw new Error("No application to add.");
  }
  const { application, secret } = await services.applicationService.add(draft, null, ACTOR);
  return { client_id: application.id, ...(secret === null ? {} : { client_secret: secret.reveal() }) };
}

function read(file: string): Record<string, unknown> {
  try {
    return z.record(z.string(), z.unknown()).parse(JSON.parse(readFileSync(file, "utf8")));
  } catch (cause) {
    throw new OperatorError(`${file} cannot be read as the suite's configuration.`, { cause });
  }
}

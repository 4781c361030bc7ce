import { now } from "../kernel/clock.ts";
import type { Command } from "commander";
import { hasSecret, type Application } from "../domain/applications/application.ts";
import { APPLICATION_TYPES, rulesOf } from "../domain/applications/application-types.ts";
import { KNOWN_CLIENTS } from "../domain/applications/known-clients.ts";
import type { Services } from "../server/wiring/services.ts";
import { OperatorError } from "../kernel/errors.ts";
import { table, type Answer } from "./answer.ts";
import { applicationAnswer } from "./application-answer.ts";
import { addAppShutdown } from "./app-shutdown.ts";
import { addAppImport } from "./app-import.ts";
import { fieldsOfClient } from "./app-client.ts";
import { fieldsOf, NAMES, withSettings, type AppOptions } from "./app-options.ts";
import { getOffice } from "./get-office.ts";
import { parseOptions } from "./option-faults.ts";
import { addNoun, addVerb, answering } from "./verb.ts";
import { ACTOR, withServices } from "./with-services.ts";

/** More applications than an installation has. */
const LIMIT = 10_000;
const MAX_OVERLAP_HOURS = 168;

/** `app`: relying applications and their secrets. */
export function addAppCommands(program: Command): void {
  const noun = addNoun(program, {
    usage: "app",
    about: "applications that hand their sign-in over to Vestibule",
    examples: ['app add --type web --name "Ledger" --redirect-uri https://ledger.example.com/callback'],
  });
  withSettings(
    addVerb(noun, {
      usage: "add",
      about: "register an application; prints its client id, its secret once, and the issuer",
      examples: [
        'app add --type web --name "Ledger" --redirect-uri https://ledger.example.com/callback',
        'app add --type native --name "Ledger mobile" --redirect-uri com.example.ledger:/callback',
        'app add --type browser --name "Ledger SPA" --redirect-uri https://app.example.com/',
        'app add --type machine --name "Nightly export"',
        'app add --type machine --name "Staff directory" --office NOORD --api-scopes users:read,users:write',
        'app add --for spring --at https://ledger.example.com --name "Ledger" --first-party',
      ],
    }).option("--type <type>", `${APPLICATION_TYPES.join(", ")} (browser: a single-page application)`),
  )
    .option(
      "--for <client>",
      `sets what a widely used client wants, of ${KNOWN_CLIENTS.map(({ name }) => name).join(", ")}`,
    )
    .option("--at <url>", "where that client runs; its own paths are added")
    .option("--office <code>", "only users of this office may use it (default: users of every office)")
    .action(answering(withServices(add)));
  addVerb(noun, { usage: "list", about: "list the applications", examples: ["app list --office NOORD"] })
    .option("--office <code>", "only those of this office")
    .action(answering(withServices(list)));
  addVerb(noun, {
    usage: "show <id>",
    about: "show one application",
    examples: ["app show app_x1y2…"],
  }).action(answering(withServices(show)));
  addChanges(noun);
  addAppShutdown(noun);
  addAppImport(noun);
}

function addChanges(noun: Command): void {
  withSettings(
    addVerb(noun, {
      usage: "edit <id>",
      about: 'change an application; what is not named stays, a list is replaced, the word "none" empties it',
      examples: [
        "app edit app_x1y2… --redirect-uri https://ledger.example.com/callback --redirect-uri https://test.ledger.example.com/callback",
        "app edit app_x1y2… --logo-url none",
      ],
    }),
  )
    .option("--no-first-party", "ask every user for consent")
    .option("--with-pkce", "demand PKCE or a nonce again")
    .option("--no-device-flow", "no longer give codes to devices")
    .option("--no-signed-userinfo", "answer userinfo as JSON again")
    .option("--no-dpop", "bearer tokens again, without proof of a key")
    .option("--no-par", "take authorization requests in the browser again")
    .option("--no-signed-requests", "take requests without a signature again")
    .option(
      "--no-pairwise",
      "use the same sub as for every other application; it differs from the one before",
    )
    .option("--no-id-token-claims", "leave the claims about a user to userinfo again")
    .option("--no-unverified-email", "give it proved email addresses only, again")
    .option("--no-bare-username", "preferred_username with the office code again")
    .option("--no-rotate-refresh-tokens", "keep its refresh token the same again")
    .option("--no-fapi", "leave the FAPI 2.0 profile")
    .action(answering(withServices(edit)));
  addVerb(noun, {
    usage: "rotate-secret <id>",
    about:
      "replace the secret and print the new one once; the old one is refused from this moment on, or after an overlap",
    examples: ["app rotate-secret app_x1y2…", "app rotate-secret app_x1y2… --overlap-hours 24"],
  })
    .option("--overlap-hours <n>", "the old secret is taken as well for so long, 0 to 168 (default: 0)")
    .action(answering(withServices(rotateSecret)));
}

async function add(services: Services, options: AppOptions): Promise<Answer> {
  const typed = { ...fieldsOfClient(options), ...fieldsOf(options) };
  const fields = { name: "", ...ownOrigins(typed), ...typed };
  const draft = parseOptions(services.applicationService.schema, fields, NAMES);
  const office = options.office === undefined ? null : await getOffice(services, options.office);
  const { application, secret } = await services.applicationService.add(draft, office?.id ?? null, ACTOR);
  return applicationAnswer("was added", application, { services, secret });
}

/** A single-page application asks for its tokens from where it runs, and comes back there: without another word these are its origins. */
function ownOrigins({ type, redirectUris }: Readonly<Record<string, unknown>>): object {
  const runsInPages = APPLICATION_TYPES.some((known) => known === type && rulesOf(known).cors);
  if (!runsInPages || !Array.isArray(redirectUris)) {
    return {};
  }
  const origins = redirectUris.map((uri: unknown) =>
    URL.canParse(String(uri)) ? new URL(String(uri)).origin : "null",
  );
  return { corsOrigins: [...new Set(origins)].filter((origin) => origin !== "null") };
}

async function list(services: Services, { office: code }: AppOptions): Promise<Answer> {
  const office = code === undefined ? null : await getOffice(services, code);
  const all = await services.applications.list(LIMIT);
  const found = office === null ? all : all.filter(({ officeId }) => officeId === office.id);
  const codes = new Map((await services.offices.list(LIMIT)).map((each) => [each.id, each.code]));
  const rows = found.map(({ id, name, type, officeId }) => [
    id,
    name,
    type,
    officeId === null ? "every office" : (codes.get(officeId) ?? officeId),
  ]);
  return {
    json: found.map(({ secretHash: _, oldSecret: __, ...application }) => application),
    text: table(
      ["CLIENT ID", "NAME", "TYPE", "FOR"],
      rows,
      'No application yet: "npx vestibule app add" adds one.',
    ),
  };
}

async function show(services: Services, id: string): Promise<Answer> {
  const application = await getApplication(services, id);
  const refusals = await services.stores.refusals.list(application, now());
  return applicationAnswer("", application, { services, secret: null, refusals });
}

async function edit(services: Services, id: string, options: AppOptions): Promise<Answer> {
  const application = await getApplication(services, id);
  if (options.withPkce === true && options.withoutPkce === true) {
    throw new OperatorError("--with-pkce and --without-pkce contradict each other: give one of them.");
  }
  const fields = {
    ...application,
    ...fieldsOf(options),
    ...(options.withPkce === true ? { withoutPkce: false } : {}),
  };
  const draft = parseOptions(services.applicationService.schema, fields, NAMES);
  const changed = await services.applicationService.change(application, draft, ACTOR);
  return applicationAnswer("was changed", changed, { services, secret: null });
}

async function rotateSecret(
  services: Services,
  id: string,
  { overlapHours }: { readonly overlapHours?: string },
): Promise<Answer> {
  const application = await getApplication(services, id);
  if (!hasSecret(application)) {
    const { type } = application;
    throw new OperatorError(
      rulesOf(type).authentication[0] === "none"
        ? `${id} is a ${type} application: it has no secret, PKCE proves that a code is its own.`
        : `${id} proves itself with a key of its own and has no secret.`,
    );
  }
  const hours = overlapHours === undefined ? 0 : Number(overlapHours);
  if (!Number.isInteger(hours) || hours < 0 || hours > MAX_OVERLAP_HOURS) {
    throw new OperatorError(`--overlap-hours must be a whole number from 0 to ${String(MAX_OVERLAP_HOURS)}.`);
  }
  const secret = await services.applicationService.rotateSecret(application, ACTOR, hours);
  return applicationAnswer("has a new secret", application, { services, secret });
}

async function getApplication({ applications }: Services, id: string): Promise<Application> {
  const application = await applications.find(id);
  if (application === null) {
    throw new OperatorError(`There is no application ${id}. "npx vestibule app list" shows all of them.`);
  }
  return application;
}

import type { Command } from "commander";
import { stringify } from "yaml";
import type { Application } from "../../domain/applications/application.ts";
import { applicationSettingsSchema } from "../../domain/applications/application-settings.ts";
import { SUPPORT_OFFICE_CODE, type Office } from "../../domain/offices/office.ts";
import type { Services } from "../../server/wiring/services.ts";
import type { Answer } from "../answer.ts";
import { getOffice } from "../get-office.ts";
import { addVerb, answering } from "../verb.ts";
import { withServices } from "../with-services.ts";
import { shownApplication } from "./wanted-application.ts";
import { fieldsOf } from "./plan.ts";
import { shownUser } from "./plan-users.ts";
import { shownWebhook } from "./plan-webhooks.ts";
import { shownOffice } from "./shown-office.ts";

interface ExportOptions {
  readonly office?: string;
  readonly users?: boolean;
}

const LIMIT = 1_000_000;

/** `export`: writes the file that `apply` reads. */
export function addExportCommand(program: Command): void {
  addVerb(program, {
    usage: "export",
    about:
      "print offices, applications and webhooks in the form that apply reads: without secrets, passwords, factors and logos, and with users only when asked",
    examples: ["export > site.yaml", "export --office NOORD --users > noord.yaml"],
  })
    .option("--office <code>", "this office alone")
    .option("--users", "with the users, who are people: the file is theirs to protect")
    .action(answering(withServices(exportSite)));
}

async function exportSite(
  services: Services,
  { office: code, users = false }: ExportOptions,
): Promise<Answer> {
  const chosen = code === undefined ? await services.offices.list(LIMIT) : [await getOffice(services, code)];
  const offices = chosen.filter((office) => office.code !== SUPPORT_OFFICE_CODE && !office.isPurged);
  const entries: object[] = [];
  for (const office of offices) {
    entries.push(await officeEntry(services, office, users));
  }
  const platform = code === undefined ? await applicationsOf(services, null) : [];
  const webhooks = code === undefined ? await webhooksOf(services, null) : [];
  const site = { offices: entries, applications: platform, webhooks };
  return { json: site, text: HEAD + stringify(site, { lineWidth: 0 }).trimEnd() };
}

const HEAD =
  "# Written by npx vestibule export. docs/as-code.md says what this is; docs/site.schema.json is its schema.\n";

async function officeEntry(services: Services, office: Office, withUsers: boolean): Promise<object> {
  const applications = await applicationsOf(services, office.id);
  const webhooks = await webhooksOf(services, office.id);
  const users = withUsers ? await services.users.list(office.id, LIMIT) : [];
  return {
    code: office.code,
    status: office.status,
    ...shownOffice(office),
    ...(applications.length === 0 ? {} : { applications }),
    ...(webhooks.length === 0 ? {} : { webhooks }),
    ...(users.length === 0
      ? {}
      : { users: users.map((user) => ({ username: user.username, ...shownUser(user) })) }),
  };
}

async function applicationsOf(
  { applications }: Services,
  officeId: string | null,
): Promise<readonly object[]> {
  const found = await applications.ofOffice(officeId, { after: ["", ""], limit: LIMIT });
  return found.map((application) => ({
    id: application.id,
    name: application.name,
    type: application.type,
    ...settingsThatDiffer(application),
    ...(application.isDisabled ? { isDisabled: true } : {}),
  }));
}

/** One that failed for days has no state in a file: its failures switched it off, and no choice did. */
async function webhooksOf({ webhooks }: Services, officeId: string | null): Promise<readonly object[]> {
  const found = await webhooks.service.list(officeId);
  return found.map((webhook) => {
    const { name, url, types, state } = shownWebhook(webhook);
    const isAlone = found.filter((other) => other.name === name).length === 1;
    return {
      ...{ name, url },
      ...(types.length === 0 ? {} : { types }),
      ...(state === "off" ? { state } : {}),
      ...(isAlone ? {} : { id: webhook.id }),
    };
  });
}

/** Most applications have most of the thirty settings as they come. */
const USUAL = { ...applicationSettingsSchema.parse({}), firstParty: false };

function settingsThatDiffer(application: Application): Readonly<Record<string, unknown>> {
  const { name: _, type: __, ...settings } = shownApplication(application);
  return Object.fromEntries(fieldsOf(USUAL, settings).map(({ field, after }) => [field, after]));
}

import { applicationIdOf } from "../../../domain/applications/application-service.ts";
import type { ApplicationSchema } from "../../../domain/applications/application.ts";
import { DEFAULT_ALGORITHM } from "../../../domain/applications/application-settings.ts";
import type { Fields } from "../../../platform/web/form.ts";
import type { Translate } from "../../../kernel/languages.ts";
import { randomToken } from "../../../kernel/random.ts";
import { atTheAddress, CLIENT_FIELDS, clientChoices, fillIn } from "../application-client.ts";
import { APPLICATION_FIELDS, readApplication, typedApplication } from "../application-form.ts";
import { applicationChoices, applicationHref, shownApplication } from "../application-view.ts";
import { officeHref, type OfficePage, type OfficeContext, type ConsoleOutcome } from "../page.ts";
import type { ConsoleDeps } from "../console-deps.ts";

/** Registers an application of the office. The response shows its secret. */
export function applicationAddPage(deps: ConsoleDeps): OfficePage {
  const { tokens } = deps;
  return {
    name: "application-add",
    about: "office",
    path: "/applications/add",
    action: "application.add",
    trail: ["applications"],
    keeps: ["type", ...CLIENT_FIELDS, ...APPLICATION_FIELDS],
    show: (context) =>
      Promise.resolve({
        view: "application-add",
        model: {
          values: {
            ...typedApplication({
              ...{ consent: "never", idTokenAlgorithm: DEFAULT_ALGORITHM },
              ...{ claimsIn: "userinfo", usernames: "office", addresses: "proved" },
              refreshTokens: "kept",
            }),
            ...{ client: "", address: "", type: "web" },
            attempt: tokens.sign(useOf(context), randomToken(15)),
          },
          choices: { ...applicationChoices(context.t), clients: clientChoices(context.t) },
          backHref: officeHref(context.office.code, "/applications"),
        },
      }),
    submit: (context, fields) => submit(deps, context, fields),
  };
}

async function submit(deps: ConsoleDeps, context: OfficeContext, fields: Fields): Promise<ConsoleOutcome> {
  const { tokens, applicationService } = deps;
  const { office, actor, t } = context;
  const { attempt: sent = "" } = fields;
  const attempt = tokens.read(useOf(context), sent);
  const typed = typedNew(fields);
  const read = readNew(applicationService.schema, typed, t);
  if (read.type === "errors" || attempt === null) {
    const errors = read.type === "errors" ? read.errors : [{ field: null, message: t("console.again") }];
    // An invalid token is replaced by a new one.
    const values = { ...typed, ...(attempt === null ? {} : { attempt: sent }) };
    return { type: "errors", errors, values };
  }
  const by = { officeId: office.id, actor: actor.id, attempt };
  const added = await applicationService.addOnce(read.draft, by);
  // A double click adds one application. Only the first response shows the secret.
  return added === null
    ? { type: "go", to: applicationHref(office.code, applicationIdOf(attempt)) }
    : { type: "show", shown: shownApplication(deps, context, { ...added, client: read.client }) };
}

const typedNew = (fields: Fields): Fields => ({
  ...typedApplication(fields),
  ...Object.fromEntries(["type", ...CLIENT_FIELDS].map((name) => [name, fields[name] ?? ""])),
});

/** What the form says, completed by the table of clients. */
function readNew(schema: ApplicationSchema, typed: Fields, t: Translate) {
  const filled = fillIn(typed, t);
  if (filled.type === "errors") {
    return filled;
  }
  const { client, registration, byAddress } = filled;
  const read = readApplication(schema, registration, filled.fields, t);
  return read.type === "errors"
    ? { ...read, errors: atTheAddress(read.errors, byAddress) }
    : { ...read, client };
}

const useOf = ({ office, session }: OfficeContext): string => `application ${office.id} ${session.uid}`;

import { applicationIdOf } from "../../../domain/applications/application-service.ts";
import { DEFAULT_ALGORITHM } from "../../../domain/applications/application-settings.ts";
import type { Fields } from "../../../platform/web/form.ts";
import { randomToken } from "../../../kernel/random.ts";
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
    keeps: ["type", ...APPLICATION_FIELDS],
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
            type: "web",
            attempt: tokens.sign(useOf(context), randomToken(15)),
          },
          choices: applicationChoices(context.t),
          backHref: officeHref(context.office.code, "/applications"),
        },
      }),
    submit: (context, fields) => submit(deps, context, fields),
  };
}

async function submit(deps: ConsoleDeps, context: OfficeContext, fields: Fields): Promise<ConsoleOutcome> {
  const { tokens, applicationService } = deps;
  const { office, actor, t } = context;
  const { type = "", attempt: sent = "" } = fields;
  const attempt = tokens.read(useOf(context), sent);
  const typed = typedApplication(fields);
  const read = readApplication(applicationService.schema, { type }, typed, t);
  if (read.type === "errors" || attempt === null) {
    const errors = read.type === "errors" ? read.errors : [{ field: null, message: t("console.again") }];
    // An invalid token is replaced by a new one.
    const values = { ...typed, type, ...(attempt === null ? {} : { attempt: sent }) };
    return { type: "errors", errors, values };
  }
  const by = { officeId: office.id, actor: actor.id, attempt };
  const added = await applicationService.addOnce(read.draft, by);
  // A double click adds one application. Only the first response shows the secret.
  return added === null
    ? { type: "go", to: applicationHref(office.code, applicationIdOf(attempt)) }
    : { type: "show", shown: shownApplication(deps, context, added) };
}

const useOf = ({ office, session }: OfficeContext): string => `application ${office.id} ${session.uid}`;

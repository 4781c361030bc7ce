import type { Application } from "../../../domain/applications/application.ts";
import { versionOfApplication } from "../../../domain/applications/application-version.ts";
import { OperatorError } from "../../../kernel/errors.ts";
import type { Fields } from "../../../platform/web/form.ts";
import {
  APPLICATION_FIELDS,
  applicationValues,
  readApplication,
  typedApplication,
} from "../application-form.ts";
import { applicationChoices, applicationHref, applicationStep } from "../application-view.ts";
import { findApplication } from "../find-application.ts";
import type { Conflict, OfficePage, OfficeContext, ConsoleOutcome } from "../page.ts";
import type { ConsoleDeps } from "../console-deps.ts";

/** Changes an application, except its type, id and secret. */
export function applicationEditPage(deps: ConsoleDeps): OfficePage {
  const { tokens } = deps;
  return {
    name: "application-edit",
    about: "office",
    path: "/applications/:application/edit",
    action: "application.change",
    trail: ["applications"],
    keeps: [...APPLICATION_FIELDS, "seen"],
    // Codes go to the redirect URIs, and with them the sign-ins of all users.
    isGrave: async (context, fields) => {
      const application = await findApplication(deps, context);
      const { redirectUris = "" } = typedApplication(fields);
      return redirectUris !== applicationValues(application)["redirectUris"];
    },
    show: async (context) => {
      const application = await findApplication(deps, context);
      const seen = tokens.sign(useOf(context, application), stateOf(application));
      return {
        view: "application-edit",
        model: {
          name: application.name,
          type: application.type,
          values: { ...applicationValues(application), seen },
          choices: applicationChoices(context.t),
          backHref: applicationHref(context.office.code, application.id),
        },
        below: applicationStep(context, application),
      };
    },
    submit: (context, fields) => submit(deps, context, fields),
  };
}

async function submit(deps: ConsoleDeps, context: OfficeContext, fields: Fields): Promise<ConsoleOutcome> {
  const { tokens, applicationService } = deps;
  const { office, actor, t } = context;
  const application = await findApplication(deps, context);
  const { seen = "" } = fields;
  const typed = typedApplication(fields);
  const read = readApplication(applicationService.schema, application, typed, t);
  if (read.type === "errors") {
    return { type: "errors", errors: read.errors, values: { ...typed, seen } };
  }
  const to = applicationHref(office.code, application.id);
  if (JSON.stringify(applicationValues(read.draft)) === stateOf(application)) {
    return { type: "done", to };
  }
  if (tokens.read(useOf(context, application), seen) !== stateOf(application)) {
    return overtakenBy(deps, context, { application, typed });
  }
  try {
    await applicationService.changeNewest(application, read.draft, actor.id);
  } catch (error) {
    const current = await findApplication(deps, context);
    if (
      !(error instanceof OperatorError) ||
      versionOfApplication(current) === versionOfApplication(application)
    ) {
      throw error;
    }
    if (stateOf(current) === stateOf(application)) {
      // What was changed is in no field of this form.
      return submit(deps, context, fields);
    }
    // A double click: the first one has just saved the same.
    const isSame = JSON.stringify(applicationValues(read.draft)) === stateOf(current);
    return isSame ? { type: "done", to } : overtakenBy(deps, context, { application: current, typed });
  }
  return { type: "done", to };
}

async function overtakenBy(
  deps: ConsoleDeps,
  context: OfficeContext,
  stored: { readonly application: Application; readonly typed: Fields },
): Promise<ConsoleOutcome> {
  const conflict = await conflictOf(deps, context, stored);
  const errors = [{ field: null, message: context.t("console.conflict.message") }];
  return { type: "errors", errors, conflict, values: stored.typed };
}

/**
 * The state in which the form was opened comes back with it. Otherwise it would silently overwrite the change of
 * another user.
 */
const stateOf = (application: Application): string => JSON.stringify(applicationValues(application));
const useOf = ({ session }: OfficeContext, { id }: Application): string => `application ${id} ${session.uid}`;

async function conflictOf(
  { store }: ConsoleDeps,
  { office, t }: OfficeContext,
  { application, typed }: { application: Application; typed: Fields },
): Promise<Conflict> {
  const stored = applicationValues(application);
  return {
    by: (await store.lastApplicationChange(office.id, application.id)) ?? t("console.conflict.support"),
    fields: APPLICATION_FIELDS.flatMap((name) =>
      stored[name] === typed[name]
        ? []
        : [{ label: t(`console.application.${name}`), yours: typed[name] ?? "", theirs: stored[name] ?? "" }],
    ),
  };
}

import { hasSecret, type Application } from "../../../domain/applications/application.ts";
import type { Fields } from "../../../platform/web/form.ts";
import { OperatorError, PageError } from "../../../kernel/errors.ts";
import { fault } from "../../../platform/web/page-kit.ts";
import { applicationHref, applicationStep, shownApplication } from "../application-view.ts";
import { findApplication } from "../find-application.ts";
import type { OfficePage, OfficeContext, ConsoleOutcome } from "../page.ts";
import type { ConsoleDeps } from "../console-deps.ts";
import type { PageTokens } from "../page-tokens.ts";

const HOURS = [0, 1, 24, 72, 168] as const;

/** Replaces a secret. The response shows the new one. */
export function applicationSecretPage(deps: ConsoleDeps): OfficePage {
  const { tokens } = deps;
  return {
    name: "application-secret",
    about: "office",
    path: "/applications/:application/secret",
    action: "application.rotate-secret",
    trail: ["applications"],
    keeps: ["hours", "seen"],
    show: async (context) => {
      const application = await findConfidential(deps, context);
      const { office, t } = context;
      return {
        view: "application-secret",
        model: {
          name: application.name,
          values: { hours: "24", seen: stateOf(tokens, context, application) },
          choices: HOURS.map((hours) => ({
            value: String(hours),
            label: t("console.application-secret.hours", { hours }),
          })),
          backHref: applicationHref(office.code, application.id),
        },
        below: applicationStep(context, application),
      };
    },
    submit: (context, fields) => submit(deps, context, fields),
  };
}

async function submit(deps: ConsoleDeps, context: OfficeContext, fields: Fields): Promise<ConsoleOutcome> {
  const { tokens, applicationService } = deps;
  const { hours: typed = "", seen = "" } = fields;
  const application = await findConfidential(deps, context);
  const hours = HOURS.find((one) => String(one) === typed);
  if (hours === undefined) {
    const message = context.t("console.wrong.app.hours");
    return fault("hours", message, { hours: "24", seen });
  }
  // A double click would rotate twice: the secret that is in use would become invalid at once.
  if (seen !== stateOf(tokens, context, application)) {
    return replacedAlready(context);
  }
  try {
    const secret = await applicationService.rotateSecret(application, context.actor.id, hours);
    const changed = await findApplication(deps, context);
    return { type: "show", shown: shownApplication(deps, context, { application: changed, secret }) };
  } catch (error) {
    if (error instanceof OperatorError) {
      return replacedAlready(context);
    }
    throw error;
  }
}

const replacedAlready = ({ t }: OfficeContext): ConsoleOutcome =>
  fault(null, t("console.application-secret.already"));

/** Throws PageError "not-found" for an application without a secret. */
async function findConfidential(deps: ConsoleDeps, context: OfficeContext): Promise<Application> {
  const application = await findApplication(deps, context);
  if (!hasSecret(application)) {
    throw new PageError("not-found");
  }
  return application;
}

/**
 * Identifies the current secret without revealing it: only the signature of the token goes to the browser, not the hash
 * in it.
 */
function stateOf(tokens: PageTokens, { session }: OfficeContext, { id, secretHash }: Application): string {
  const hash = secretHash?.toString("base64url") ?? "none";
  return tokens.sign(`secret ${id} ${session.uid}`, hash).split(".").at(-1) ?? "";
}

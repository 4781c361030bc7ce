import { type Application } from "../../../domain/applications/application.ts";
import { SCOPES } from "../../../domain/applications/application-settings.ts";
import { rulesOf } from "../../../domain/applications/application-types.ts";
import type { Fields } from "../../../platform/web/form.ts";
import { requestOf, type BegunTest } from "../../../protocol/sign-in-test.ts";
import { PageError } from "../../../kernel/errors.ts";
import { applicationHref } from "../application-view.ts";
import { findApplication } from "../find-application.ts";
import { untaken, type OfficePage, type OfficeContext, type Shown, type ConsoleOutcome } from "../page.ts";
import type { ConsoleDeps } from "../console-deps.ts";
import { faultOf, redirectFault, shownTest, type TestResult } from "../sign-in-test-view.ts";

const PROMPTS = ["", "none", "login", "consent"] as const;
const MAX_LENGTH = 2_000;

/**
 * A real sign-in with the settings of an application (docs/decisions/0032). The form starts it. The response comes back
 * to the same URL. It counts once, and only for the session and the user that started the test.
 */
export function applicationTryPage(deps: ConsoleDeps): OfficePage {
  return {
    name: "application-try",
    about: "office",
    path: "/applications/:application/try",
    action: "application.try",
    trail: ["applications"],
    keeps: ["redirectUri", "scope", "prompt"],
    // The answer shows tokens.
    asksFirst: true,
    show: async (context) => {
      const application = await findTryable(deps, context);
      return context.query["state"] === undefined
        ? form(context, application, false)
        : ((await resultOf(deps, context, application)) ?? form(context, application, true));
    },
    submit: (context, fields) => submit(deps, context, fields),
  };
}

function form({ office, session, t }: OfficeContext, application: Application, isOver: boolean): Shown {
  const offered = SCOPES.filter((one) => one !== "offline_access" && application.scopes.includes(one));
  return {
    view: "application-try",
    model: {
      application: application.name,
      isOver,
      isElsewhere: session.account.office.id !== office.id,
      officeName: office.name,
      values: { redirectUri: application.redirectUris[0] ?? "", scope: offered.join(" "), prompt: "" },
      // An application of the installation shows no consent page, whatever it asks for.
      prompts: PROMPTS.filter((value) => value !== "consent" || !application.firstParty).map((value) => ({
        value,
        label: t(`console.application-try.prompt.${value === "" ? "usual" : value}`),
      })),
      backHref: applicationHref(office.code, application.id),
    },
  };
}

async function submit(deps: ConsoleDeps, context: OfficeContext, fields: Fields): Promise<ConsoleOutcome> {
  const { tests, drafts } = deps.signInTest;
  const application = await findTryable(deps, context);
  const { redirectUri = "", scope = "" } = fields;
  if ([redirectUri, scope].some((typed) => typed.length > MAX_LENGTH)) {
    throw new PageError("request");
  }
  const prompt = PROMPTS.find((one) => one === fields["prompt"]) ?? "";
  const where = { applicationId: application.id, officeCode: context.office.code };
  const begun = tests.draft(where, { scope: scope.trim(), prompt });
  await recordTest(deps, context, application);
  if (!(await tests.isRegistered(application.id, redirectUri))) {
    const fault = redirectFault(redirectUri, application, context.t);
    const request = { ...requestOf(begun), redirect_uri: redirectUri };
    return {
      type: "show",
      shown: untaken(shown(deps, context, { application, request, answer: null, fault })),
    };
  }
  const grants = context.session.grantIds.join(" ");
  await drafts.put(keyOf(context, application), { ...begun, redirectUri, grants });
  return { type: "go", to: await tests.begin(begun) };
}

/** Null for an unexpected response: of another session or user, too late, or used before. */
async function resultOf(
  deps: ConsoleDeps,
  context: OfficeContext,
  application: Application,
): Promise<Shown | null> {
  const { tests, drafts } = deps.signInTest;
  const kept = await drafts.take(keyOf(context, application));
  const answer = textsOf(context.query);
  if (kept === null || answer["state"] !== kept["state"] || answer["iss"] !== deps.issuer) {
    return null;
  }
  const begun = begunOf(kept);
  const request = { ...requestOf(begun), redirect_uri: kept["redirectUri"] ?? "" };
  const fault = faultOf(answer, context);
  if (fault !== null) {
    return shown(deps, context, { application, request, answer, fault });
  }
  const by = { accountId: context.session.account.id, grantIds: (kept["grants"] ?? "").split(" ") };
  const tokens = await tests.finish(begun, answer["code"] ?? "", by);
  return tokens === null ? null : shown(deps, context, { application, request, answer, tokens });
}

const shown = ({ signInTest }: ConsoleDeps, context: OfficeContext, tried: TestResult): Shown =>
  shownTest(context, tried, signInTest.accessTokenSeconds);

const recordTest = ({ audit: { log } }: ConsoleDeps, { actor, office }: OfficeContext, { id }: Application) =>
  log.addAlone({
    type: "application.tried",
    outcome: "ok",
    officeId: office.id,
    actor: actor.id,
    subject: id,
  });

const begunOf = (kept: Fields): BegunTest => {
  const text = (name: keyof BegunTest) => kept[name] ?? "";
  return {
    ...{ applicationId: text("applicationId"), address: text("address"), state: text("state") },
    ...{ nonce: text("nonce"), verifier: text("verifier"), scope: text("scope"), prompt: text("prompt") },
  };
};

/** Throws PageError "not-found" for an application without sign-in. */
async function findTryable(deps: ConsoleDeps, context: OfficeContext): Promise<Application> {
  const application = await findApplication(deps, context);
  if (rulesOf(application.type).redirects === "none") {
    throw new PageError("not-found");
  }
  return application;
}

const keyOf = ({ session: { uid, account } }: OfficeContext, { id }: Application) => ({
  place: uid,
  userId: account.id,
  path: `try of ${id}`,
});

/** Drops repeated parameters, which arrive as arrays. */
const textsOf = (parameters: OfficeContext["query"]): Record<string, string> =>
  Object.fromEntries(
    Object.entries(parameters).flatMap(([name, value]) => (typeof value === "string" ? [[name, value]] : [])),
  );

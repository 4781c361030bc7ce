import { type Application } from "../../../domain/applications/application.ts";
import { SCOPES } from "../../../domain/applications/application-settings.ts";
import { rulesOf } from "../../../domain/applications/application-types.ts";
import type { Fields } from "../../../platform/web/form.ts";
import { requestOf, type BegunTry } from "../../../protocol/try-sign-in.ts";
import { PageError } from "../../../kernel/errors.ts";
import { applicationHref } from "../application-view.ts";
import { draftKey } from "../draft-store.ts";
import { findApplication } from "../find-application.ts";
import type { OfficePage, OfficeVisit, Shown } from "../page.ts";
import type { ConsoleDeps } from "../console-deps.ts";
import type { ConsoleOutcome } from "../page.ts";
import { faultOf, redirectFault, shownTry, type Tried } from "../try-view.ts";

const PROMPTS = ["", "none", "login", "consent"] as const;
const LONGEST = 2_000;

/**
 * A real sign-in with an application's settings (docs/decisions/0032). The form begins it; the answer comes back to the
 * same address, is good once, and only for the session and the person that began it.
 */
export function applicationTryPage(parts: ConsoleDeps): OfficePage {
  return {
    name: "application-try",
    about: "office",
    path: "/applications/:application/try",
    action: "application.try",
    trail: ["applications"],
    keeps: ["redirectUri", "scope", "prompt"],
    show: async (visit) => {
      const application = await findTryable(parts, visit);
      return visit.query["state"] === undefined
        ? form(visit, application, false)
        : ((await answered(parts, visit, application)) ?? form(visit, application, true));
    },
    submit: (visit, fields) => submit(parts, visit, fields),
  };
}

function form({ office, session, t }: OfficeVisit, application: Application, isOver: boolean): Shown {
  const offered = SCOPES.filter((one) => one !== "offline_access" && application.scopes.includes(one));
  return {
    view: "application-try",
    model: {
      application: application.name,
      isOver,
      isElsewhere: session.account.office.id !== office.id,
      officeName: office.name,
      values: { redirectUri: application.redirectUris[0] ?? "", scope: offered.join(" "), prompt: "" },
      prompts: PROMPTS.map((value) => ({
        value,
        label: t(`console.application-try.prompt.${value === "" ? "usual" : value}`),
      })),
      backHref: applicationHref(office.code, application.id),
    },
  };
}

async function submit(parts: ConsoleDeps, visit: OfficeVisit, fields: Fields): Promise<ConsoleOutcome> {
  const { signIns, drafts } = parts.tries;
  const application = await findTryable(parts, visit);
  const { redirectUri = "", scope = "" } = fields;
  if ([redirectUri, scope].some((typed) => typed.length > LONGEST)) {
    throw new PageError("request");
  }
  const prompt = PROMPTS.find((one) => one === fields["prompt"]) ?? "";
  const where = { applicationId: application.id, officeCode: visit.office.code };
  const begun = signIns.draft(where, { scope: scope.trim(), prompt });
  await record(parts, visit, application);
  if (!(await signIns.isRegistered(application.id, redirectUri))) {
    const fault = redirectFault(redirectUri, application, visit.t);
    const request = { ...requestOf(begun), redirect_uri: redirectUri };
    return { type: "show", shown: shown(parts, visit, { application, request, answer: null, fault }) };
  }
  const grants = visit.session.grantIds.join(" ");
  await drafts.put(keyOf(visit, application), { ...begun, redirectUri, grants });
  return { type: "go", to: await signIns.begin(begun) };
}

/** Null for an answer that nobody here is waiting for: of another session or person, too late, or come before. */
async function answered(
  parts: ConsoleDeps,
  visit: OfficeVisit,
  application: Application,
): Promise<Shown | null> {
  const { signIns, drafts } = parts.tries;
  const kept = await drafts.take(keyOf(visit, application));
  const answer = textsOf(visit.query);
  if (kept === null || answer["state"] !== kept["state"] || answer["iss"] !== parts.issuer) {
    return null;
  }
  const begun = begunOf(kept);
  const request = { ...requestOf(begun), redirect_uri: kept["redirectUri"] ?? "" };
  const fault = faultOf(answer, visit);
  if (fault !== null) {
    return shown(parts, visit, { application, request, answer, fault });
  }
  const by = { accountId: visit.session.account.id, grantIds: (kept["grants"] ?? "").split(" ") };
  const tokens = await signIns.finish(begun, answer["code"] ?? "", by);
  return tokens === null ? null : shown(parts, visit, { application, request, answer, tokens });
}

const shown = ({ tries }: ConsoleDeps, visit: OfficeVisit, tried: Tried): Shown =>
  shownTry(visit, tried, tries.accessTokenSeconds);

const record = ({ record: { log } }: ConsoleDeps, { actor, office }: OfficeVisit, { id }: Application) =>
  log.addAlone({
    type: "application.tried",
    outcome: "ok",
    officeId: office.id,
    actor: actor.id,
    subject: id,
  });

const begunOf = (kept: Fields): BegunTry => {
  const text = (name: keyof BegunTry) => kept[name] ?? "";
  return {
    ...{ applicationId: text("applicationId"), address: text("address"), state: text("state") },
    ...{ nonce: text("nonce"), verifier: text("verifier"), scope: text("scope"), prompt: text("prompt") },
  };
};

/** Whoever signs nobody in has no such page. */
async function findTryable(parts: ConsoleDeps, visit: OfficeVisit): Promise<Application> {
  const application = await findApplication(parts, visit);
  if (rulesOf(application.type).redirects === "none") {
    throw new PageError("not-found");
  }
  return application;
}

const keyOf = ({ session }: OfficeVisit, { id }: Application) => draftKey(session, `try of ${id}`);

/** Texts alone: whatever comes twice is left out. */
const textsOf = (parameters: OfficeVisit["query"]): Record<string, string> =>
  Object.fromEntries(
    Object.entries(parameters).flatMap(([name, value]) => (typeof value === "string" ? [[name, value]] : [])),
  );

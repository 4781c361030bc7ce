import { nearestRedirect } from "../../domain/applications/redirect-difference.ts";
import type { Application } from "../../domain/applications/application.ts";
import type { Translate } from "../../kernel/languages.ts";
import type { TestTokens } from "../../protocol/sign-in-test.ts";
import { applicationHref } from "./application-view.ts";
import type { OfficeContext, Shown } from "./page.ts";

/** An error: the code that the application gets, and an explanation. */
export interface Fault {
  readonly error: string;
  readonly description: string | null;
  readonly text: string;
}

export interface TestResult {
  readonly application: Application;
  readonly request: Readonly<Record<string, string>>;
  /** Null when the redirect URI is not registered: then no response goes out. */
  readonly answer: Readonly<Record<string, string>> | null;
  readonly fault?: Fault;
  readonly tokens?: TestTokens;
}

/** Error codes that have an explanation of their own. */
const EXPLAINED = [
  "access_denied",
  "consent_required",
  "interaction_required",
  "invalid_request",
  "invalid_scope",
  "login_required",
  "server_error",
  "temporarily_unavailable",
] as const;

/** The request, the response and the decoded tokens of one test. */
export function shownTest(
  { office, t }: OfficeContext,
  tried: TestResult,
  accessTokenSeconds: number,
): Shown {
  const { application, request, answer, fault = null, tokens = null } = tried;
  const text = (name: string) => t(`console.application-try.${name}`);
  const block = (name: string, content: string) => ({
    name: text(name),
    content,
    isAside: ASIDE.includes(name),
  });
  return {
    view: "application-tried",
    model: {
      application: application.name,
      fault,
      remarks: [...notesOf(application), ...(tokens === null ? [] : leftOut(request, tokens))].map(
        ({ name, values }) => t(`console.application-try.note.${name}`, values),
      ),
      blocks: [
        block("request", `GET /authorize\n${parametersOf(request)}`),
        ...(answer === null ? [] : [block("answer", parametersOf(answer))]),
        ...(tokens === null ? [] : tokenBlocks(tokens, accessTokenSeconds).map(([n, c]) => block(n, c))),
      ],
      againHref: applicationHref(office.code, application.id, "/try"),
      backHref: applicationHref(office.code, application.id),
    },
  };
}

/** What is seldom looked at: closed until it is opened. */
const ASIDE = ["tokens", "header"];

/** The error in a response, with its explanation. */
export function faultOf(
  answer: Readonly<Record<string, string>>,
  { t, session, office }: OfficeContext,
): Fault | null {
  const { error, error_description: description = null } = answer;
  if (error === undefined) {
    return null;
  }
  const isElsewhere = error === "login_required" && session.account.office.id !== office.id;
  const known = EXPLAINED.find((one) => one === error) ?? "other";
  const name = isElsewhere ? "login_required.elsewhere" : known;
  return { error, description, text: t(`console.application-try.fault.${name}`, { office: office.name }) };
}

/**
 * A redirect URI that is not registered. The browser must not be sent there (RFC 6749 section 3.1.2.4), so there is no
 * response.
 */
export function redirectFault(sent: string, application: Application, t: Translate): Fault {
  const nearest = nearestRedirect(sent, application.redirectUris);
  const more =
    nearest === null
      ? t("error.bad-redirect.difference.none")
      : t(`error.bad-redirect.difference.${nearest.difference}`, { address: nearest.address });
  return {
    error: "invalid_redirect_uri",
    description: null,
    text: `${t("console.application-try.fault.invalid_redirect_uri")} ${more}`,
  };
}

interface Note {
  readonly name: string;
  readonly values?: Readonly<Record<string, string>>;
}

function notesOf({ signedRequests, par, fapi, dpop }: Application): Note[] {
  return [
    ...(signedRequests ? [{ name: "signed" }] : []),
    ...(par || fapi ? [{ name: "pushed" }] : []),
    ...(dpop || fapi ? [{ name: "dpop" }] : []),
  ];
}

/** Scopes that were requested and not granted. */
function leftOut({ scope = "" }: TestResult["request"], { scope: given }: TestTokens): Note[] {
  const missing = scope.split(" ").filter((one) => one !== "" && !given.split(" ").includes(one));
  return missing.length === 0 ? [] : [{ name: "scopes", values: { scopes: missing.join(" ") } }];
}

function tokenBlocks(
  { idToken, userinfo, scope, tokenType, hasRefreshToken }: TestTokens,
  accessTokenSeconds: number,
): (readonly [string, string])[] {
  const answer = {
    access_token: "…",
    token_type: tokenType,
    expires_in: accessTokenSeconds,
    scope,
    id_token: "…",
    ...(hasRefreshToken ? { refresh_token: "…" } : {}),
  };
  return [
    ["tokens", json(answer)],
    ["header", json(idToken.header)],
    ["claims", json(idToken.payload)],
    ["userinfo", json(userinfo)],
  ];
}

const json = (value: unknown): string => JSON.stringify(value, null, 2);

/** One parameter on each line. The code is used up by now, and still hidden. */
const parametersOf = (parameters: Readonly<Record<string, string>>): string =>
  Object.entries(parameters)
    .map(([name, value]) => `${name}=${name === "code" ? "…" : value}`)
    .join("\n");

import {
  authenticationOf,
  hasSecret,
  rotatesRefreshTokens,
  type Application,
} from "../../domain/applications/application.ts";
import { SIGNING_ALGORITHMS } from "../../domain/applications/application-settings.ts";
import { APPLICATION_TYPES, type ApplicationType } from "../../domain/applications/application-types.ts";
import type { KnownClient } from "../../domain/applications/known-clients.ts";
import type { KeptRefusal } from "../../domain/applications/refusal-store.ts";
import { snippetsOf } from "../../domain/applications/snippets.ts";
import type { Translate } from "../../kernel/languages.ts";
import type { Secret } from "../../kernel/secret.ts";
import { officeHref, type OfficeContext, type Shown, type Step } from "./page.ts";
import type { ConsoleDeps } from "./console-deps.ts";
import { dateTime } from "../../kernel/date-format.ts";
import { epochSeconds, now } from "../../kernel/clock.ts";

/** Stands for a secret, which is shown only once. */
const MASK = "••••••••••••";

export const applicationHref = (code: string, id: string, path = ""): string =>
  officeHref(code, `/applications/${id}${path}`);

/** The application in the breadcrumb trail of its sub-pages. */
export const applicationStep = ({ office }: OfficeContext, { id, name }: Application): Step => ({
  text: name,
  href: applicationHref(office.code, id),
});

interface ToShow {
  readonly application: Application;
  readonly secret?: Secret | null;
  readonly refusals?: readonly KeptRefusal[];
  /** What it was just added for. */
  readonly client?: KnownClient | null;
}

/** The page of an application. `secret`: only in the one response that shows it. */
export function shownApplication(
  { issuer }: Pick<ConsoleDeps, "issuer">,
  { office, t, ...reader }: OfficeContext,
  { application, secret = null, refusals = [], client = null }: ToShow,
): Shown {
  const { id, name, type, oldSecret } = application;
  const facts = factsOf(application, t);
  const isOldAccepted = oldSecret !== null && oldSecret.endsAt > now();
  return {
    view: "application",
    model: {
      application: {
        ...{ id, name, issuer, discovery: `${issuer}/.well-known/openid-configuration` },
        type: t(`console.application.type.${type}`),
        proof: t(`console.application.proof.${authenticationOf(application)}`),
        secretMask: hasSecret(application) && application.secretHash !== null ? MASK : null,
        oldSecret: isOldAccepted ? dateTime(epochSeconds(oldSecret.endsAt), reader).text : null,
        isDisabled: application.isDisabled,
        facts: facts.filter(({ isCommon }) => isCommon),
        more: facts.filter(({ isCommon }) => !isCommon),
      },
      secret: secret?.reveal() ?? null,
      refusals: refusals.map(({ refusedAt, ...refusal }) => ({
        ...refusal,
        at: dateTime(epochSeconds(refusedAt), reader),
      })),
      client: client === null ? null : { title: client.title, note: client.note ?? null },
      snippets: snippetsOf(application, issuer, client),
      tryHref: type === "machine" ? null : applicationHref(office.code, id, "/try"),
      editHref: applicationHref(office.code, id, "/edit"),
      statusHref: applicationHref(office.code, id, "/status"),
      deleteHref: applicationHref(office.code, id, "/delete"),
      secretHref: hasSecret(application) ? applicationHref(office.code, id, "/secret") : null,
    },
  };
}

interface Fact {
  readonly label: string;
  readonly values: readonly string[];
  /** What nearly every reader of the page looks for; the rest is folded. */
  readonly isCommon: boolean;
}

function factsOf(application: Application, t: Translate): Fact[] {
  const { type, redirectUris, postLogoutRedirectUris, corsOrigins, backchannelLogoutUri } = application;
  const rows: (readonly [string, readonly (string | null)[]])[] = [
    ["apiScopes", type === "machine" ? apiScopesOf(application, t) : []],
    ["redirectUris", redirectUris],
    ["postLogoutRedirectUris", postLogoutRedirectUris],
    ["corsOrigins", corsOrigins],
    ["backchannelLogoutUri", [backchannelLogoutUri]],
    ["homeUrl", [application.homeUrl]],
    ["logoUrl", [application.logoUrl]],
    ["idTokenAlgorithm", type === "machine" ? [] : [application.idTokenAlgorithm]],
    ["claimsIn", type === "machine" ? [] : [t(`console.application.claimsIn.${claimsInOf(application)}`)]],
    ["usernames", type === "machine" ? [] : [t(`console.application.usernames.${usernamesOf(application)}`)]],
    ["addresses", type === "machine" ? [] : [t(`console.application.addresses.${addressesOf(application)}`)]],
    [
      "refreshTokens",
      type === "machine" ? [] : [t(`console.application.refreshTokens.${refreshTokensOf(application)}`)],
    ],
    ["consent", type === "machine" ? [] : [t(`console.application.consent.${consentOf(application)}`)]],
  ];
  return rows.flatMap(([name, values]) => {
    const known = values.filter((value) => value !== null);
    return known.length === 0
      ? []
      : [{ label: t(`console.application.${name}`), values: known, isCommon: COMMON_FACTS.includes(name) }];
  });
}

const COMMON_FACTS = ["apiScopes", "redirectUris", "postLogoutRedirectUris", "corsOrigins", "consent"];

const apiScopesOf = ({ apiScopes }: Application, t: Translate): readonly string[] =>
  apiScopes.length > 0 ? apiScopes : [t("console.application.apiScopes.none")];
const claimsInOf = ({ idTokenClaims }: Application): string => (idTokenClaims ? "idToken" : "userinfo");
const usernamesOf = ({ bareUsername }: Application): string => (bareUsername ? "bare" : "office");
const addressesOf = ({ unverifiedEmail }: Application): string => (unverifiedEmail ? "all" : "proved");
const refreshTokensOf = (application: Application): string =>
  rotatesRefreshTokens(application) ? "rotated" : "kept";
const consentOf = ({ firstParty }: Application): string => (firstParty ? "never" : "asked");

/** The choices of the form. */
export const applicationChoices = (t: Translate) => ({
  types: APPLICATION_TYPES.map((value: ApplicationType) => ({
    value,
    label: t(`console.application.type.${value}`),
    hint: t(`console.application.type.${value}.hint`),
  })),
  algorithms: SIGNING_ALGORITHMS.map((value) => ({ value, label: value })),
  claimsIn: ["userinfo", "idToken"].map((value) => ({
    value,
    label: t(`console.application.claimsIn.${value}`),
  })),
  usernames: ["office", "bare"].map((value) => ({
    value,
    label: t(`console.application.usernames.${value}`),
  })),
  addresses: ["proved", "all"].map((value) => ({
    value,
    label: t(`console.application.addresses.${value}`),
  })),
  refreshTokens: ["kept", "rotated"].map((value) => ({
    value,
    label: t(`console.application.refreshTokens.${value}`),
  })),
  consents: ["asked", "never"].map((value) => ({
    value,
    label: t(`console.application.consent.${value}`),
  })),
});

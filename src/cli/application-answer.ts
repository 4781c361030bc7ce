import {
  authenticationOf,
  rotatesRefreshTokens,
  type Application,
} from "../domain/applications/application.ts";
import { apiResource } from "../domain/applications/own-application.ts";
import type { Services } from "../server/wiring/services.ts";
import type { Secret } from "../kernel/secret.ts";
import type { KeptRefusal } from "../domain/applications/refusal-store.ts";
import { details, type Answer } from "./answer.ts";

interface AnswerDeps {
  readonly services: Services;
  readonly secret: Secret | null;
  /** Its last refused requests, where they are shown. */
  readonly refusals?: readonly KeptRefusal[];
}

/** An application as its developer needs it; the secret appears only in the answer that creates it. */
export async function applicationAnswer(
  what: string,
  application: Application,
  { services, secret, refusals }: AnswerDeps,
): Promise<Answer> {
  const { secretHash: _, oldSecret, id, name, type, ...rest } = application;
  const { issuer } = services.settings;
  const discoveryUrl = `${issuer}/.well-known/openid-configuration`;
  const office = application.officeId === null ? null : await services.offices.find(application.officeId);
  const heading = what === "" ? name : `The application ${name} ${what}.`;
  const lines = details([
    ["Client id", id],
    ["Client secret", secret === null ? secretKept(application) : `${secret.reveal()}   (shown only now)`],
    ["Issuer", issuer],
    ["Discovery", discoveryUrl],
    ["Type", type],
    ...(application.isDisabled ? [["Status", "disabled"] as const] : []),
    ...consentOf(application),
    ["For", office === null ? "every office" : `users of ${office.code}`],
    ...(type === "machine" ? [] : [["Scopes", application.scopes.join(" ")] as const, USER_KEY]),
    ...addressesOf(application),
    ...protocolOf(application, issuer),
  ]);
  return {
    json: {
      clientId: id,
      ...(secret === null ? {} : { clientSecret: secret.reveal() }),
      issuer,
      discoveryUrl,
      name,
      type,
      ...rest,
      authentication: authenticationOf(application),
      oldSecretEndsAt: oldSecret?.endsAt ?? null,
      officeCode: office?.code ?? null,
      ...(refusals === undefined ? {} : { refusals }),
    },
    text: [heading, lines, ...refusedRequests(refusals)].join("\n\n"),
  };
}

/** What its developer has to mend. Anyone who knows the client id can cause such a request. */
function refusedRequests(refusals: readonly KeptRefusal[] = []): string[] {
  const each = refusals.map(({ refusedAt, endpoint, error, description, detail }) =>
    details([
      ["At", refusedAt.toISOString()],
      ["Request", `${endpoint}: ${error}`],
      ["What to mend", description],
      ["Detail", detail],
    ]),
  );
  return each.length === 0 ? [] : ["Last refused requests", ...each];
}

/** Users of a native application confirm each sign-in, since any program can claim its address (docs/decisions/0007). */
function consentOf({ type, firstParty }: Application): (readonly [string, string])[] {
  if (type === "machine") {
    return [];
  }
  const asked = firstParty ? "not asked: first party" : "asked";
  return [["Consent", type === "native" ? "a confirmation at every sign-in" : asked]];
}

function secretKept(application: Application): string {
  switch (authenticationOf(application)) {
    case "none":
      return "none: a public application, PKCE proves that a code is its own";
    case "private_key_jwt":
      return "none: it proves itself with its own key (private_key_jwt)";
    case "secret":
      return application.secretHash === null
        ? 'not yet: "app rotate-secret" makes one'
        : 'set; only its hash is kept, "app rotate-secret" makes a new one';
  }
}

/** What differs from the defaults of its type. */
function protocolOf(application: Application, issuer: string): (readonly [string, string])[] {
  const { type, idTokenAlgorithm, signedUserinfo, dpop, par, fapi } = application;
  const { oldSecret, withoutPkce, resources, resourceIdentifier, resourceScopes, resourceTokens, jwksUri } =
    application;
  const lines: (readonly [string, string | null])[] = [
    ["ID tokens", type === "machine" ? null : `signed with ${idTokenAlgorithm}`],
    ["Userinfo", signedUserinfo ? "signed" : null],
    ["Keys", jwksUri],
    ["DPoP", dpop || fapi ? "demanded" : null],
    ["Pushed requests", type !== "machine" && (par || fapi) ? "demanded" : null],
    ["Device flow", application.deviceFlow ? "may show codes" : null],
    ["Requests", application.signedRequests ? "signed objects alone" : null],
    ["Subject", application.pairwise ? "pairwise" : null],
    ["Sector identifier", application.sectorIdentifierUri],
    ["Claims", application.claims === null ? null : ["sub", ...application.claims].join(" ")],
    ["Claims are in", application.idTokenClaims ? "the ID token and userinfo" : null],
    ["Email addresses", application.unverifiedEmail ? UNVERIFIED : null],
    ["Usernames", application.bareUsername ? bareNames(application) : null],
    ["Profile", fapi ? "FAPI 2.0 Security Profile" : null],
    ["Resource servers", resources.length === 0 ? null : resources.join(" ")],
    [
      "Is the resource server",
      resourceIdentifier === null
        ? null
        : `${resourceIdentifier} (${resourceTokens}) ${resourceScopes.join(" ")}`,
    ],
    ["Old secret", oldSecret === null ? null : `taken until ${oldSecret.endsAt.toISOString()}`],
    ["PKCE", withoutPkce ? "neither it nor a nonce is demanded (exception)" : null],
    ["Refresh tokens", type === "machine" ? null : refreshTokensOf(application)],
  ];
  const found = lines.flatMap(([label, value]) => (value === null ? [] : [[label, value] as const]));
  return [...found, ...apiOf(application, issuer)];
}

/** What it may do at the management API, and what it names to get a token for it. */
const apiOf = ({ apiScopes }: Application, issuer: string): (readonly [string, string])[] =>
  apiScopes.length === 0
    ? []
    : [
        ["Management API", apiScopes.join(" ")],
        ["Resource", apiResource(issuer)],
      ];

const refreshTokensOf = (application: Application): string =>
  rotatesRefreshTokens(application)
    ? `replaced at each use; the old one is good for ${String(application.refreshGraceSeconds)} s more`
    : "stay the same";

const USER_KEY = ["The user is", "iss and sub; administrators type names and email addresses"] as const;

const UNVERIFIED = "unproved ones too; find users by iss and sub, never by address";

/** An application of every office would take two users with one username for one. */
const bareNames = ({ officeId }: Application): string =>
  officeId === null
    ? "without the office code: several users can have the same one; find users by iss and sub"
    : "without the office code";

function addressesOf(application: Application): (readonly [string, string])[] {
  const { redirectUris, postLogoutRedirectUris, corsOrigins, backchannelLogoutUri, homeUrl, logoUrl } =
    application;
  const lists: (readonly [string, readonly string[]])[] = [
    ["Redirect", redirectUris],
    ["After sign-out", postLogoutRedirectUris],
    ["CORS origin", corsOrigins],
    ["Back-channel logout", backchannelLogoutUri === null ? [] : [backchannelLogoutUri]],
    ["Home", homeUrl === null ? [] : [homeUrl]],
    ["Logo", logoUrl === null ? [] : [logoUrl]],
  ];
  return lists.flatMap(([label, values]) => values.map((value) => [label, value] as const));
}

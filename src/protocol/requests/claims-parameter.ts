import type { KoaContextWithOIDC } from "oidc-provider";
import { USER_CLAIMS } from "../../domain/applications/application-settings.ts";
import { CLAIMS, claimsOfScope } from "../claims.ts";
import { errors } from "../library.ts";
import { checkAskedSubject } from "./asked-user.ts";
import type { RequestWarnings } from "./limited-warnings.ts";
import { refuseUnreachableAcr } from "./requested-acr.ts";
import { memberOf } from "../../kernel/unknown-value.ts";

/** Claims about the sign-in, not about the user. */
const ABOUT_THE_SIGN_IN: readonly string[] = ["acr", "amr", "auth_time", "sid", "sub"];

/**
 * The claims parameter (OpenID Connect Core 1.0 section 5.5), after oidc-provider has parsed it. It chooses among the claims of the
 * requested scopes and adds none to them: the consent page names scopes, so a claim outside them would be given without a consent.
 * What is left out for that reason is logged, because the application sees no error.
 */
export function readClaimsParameter(log: RequestWarnings): (ctx: KoaContextWithOIDC, claims: object) => void {
  return ({ oidc }, claims) => {
    refuseMisshapen(claims);
    checkAskedSubject(claims);
    refuseUnreachableAcr(claims);
    const offered = claimsOfScope(String(oidc.params?.["scope"]));
    const asked = { id_token: memberOf(claims, "id_token"), userinfo: memberOf(claims, "userinfo") };
    const outside = USER_CLAIMS.filter((name) => !offered.has(name) && isAsked(asked, name));
    if (outside.length > 0) {
      log.warn(
        { application: oidc.client?.clientId ?? null, claims: outside, scopes: scopesWith(outside) },
        "an application asked for claims of scopes that it did not ask for",
      );
    }
    Object.assign(oidc.params ?? {}, {
      claims: JSON.stringify({
        id_token: { ...aboutTheSignIn(asked.id_token), ...aboutTheUser(asked.id_token, offered) },
        userinfo: aboutTheUser(asked.userinfo, offered),
      }),
    });
  };
}

const isAsked = (asked: object, name: string): boolean =>
  Object.values(asked).some((member) => memberOf(member, name) !== undefined);

const scopesWith = (claims: readonly string[]): string[] =>
  Object.entries(CLAIMS).flatMap(([scope, names]) =>
    names.some((name) => claims.includes(name)) ? [scope] : [],
  );

const aboutTheSignIn = (asked: unknown): Record<string, unknown> =>
  Object.fromEntries(
    ABOUT_THE_SIGN_IN.flatMap((name) => {
      const wish = memberOf(asked, name);
      return wish === undefined ? [] : [[name, wish] as const];
    }),
  );

/** Without the wishes: a value that another system prefers changes nothing about a user. */
const aboutTheUser = (asked: unknown, offered: ReadonlySet<string>): Record<string, null> =>
  Object.fromEntries(
    USER_CLAIMS.filter((name) => offered.has(name) && memberOf(asked, name) !== undefined).map(
      (name) => [name, null] as const,
    ),
  );

/** What section 5.5.1 does not allow would otherwise be dropped in silence, and the claim with it. */
function refuseMisshapen(claims: object): void {
  for (const place of ["id_token", "userinfo"]) {
    const [fault] = membersOf(memberOf(claims, place)).flatMap(([name, wish]) => faultOf(name, wish) ?? []);
    if (fault !== undefined) {
      throw new errors.InvalidRequest(`claims: ${place}.${fault}`);
    }
  }
}

const membersOf = (value: unknown): [string, unknown][] =>
  typeof value === "object" && value !== null ? Object.entries(value) : [];

function faultOf(name: string, wish: unknown): string | null {
  // The name goes into a description, where RFC 6749 section 5.2 allows few characters.
  const claim = /^[\w:./-]{1,80}$/.test(name) ? name : "a claim";
  if (wish === null) {
    return null;
  }
  if (typeof wish !== "object" || Array.isArray(wish)) {
    return `${claim} must be null or an object`;
  }
  const [essential, values] = [memberOf(wish, "essential"), memberOf(wish, "values")];
  if (essential !== undefined && typeof essential !== "boolean") {
    return `${claim}.essential must be true or false`;
  }
  return values === undefined || Array.isArray(values) ? null : `${claim}.values must be a list`;
}

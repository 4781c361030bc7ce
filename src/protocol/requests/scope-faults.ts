import { errors } from "../library.ts";
import { SCOPES } from "../../domain/applications/application-settings.ts";

/** Names quoted in an error, at most; the address of an answer has its limits. */
const MAX_NAMES = 5;
const MAX_LETTERS = 60;

/** Scopes that an answer lists, at most: an application may have many resource servers. */
const MAX_LISTED = 30;

/** It lets an application use what other scopes give it, without the user. */
const OFFLINE = "offline_access";

const isUseful = (scope: string): boolean => scope !== OFFLINE;

/** The scopes of a parameter; RFC 6749 section 3.3. */
export const scopesIn = (parameter: unknown): string[] =>
  typeof parameter === "string" ? [...new Set(parameter.split(" ").filter((scope) => scope !== ""))] : [];

/** Whether a token with these scopes would be good for something. */
export const asksForSomething = (asked: readonly string[], known: ReadonlySet<string>): boolean =>
  asked.some((scope) => known.has(scope) && isUseful(scope));

/** The scopes that a client may have besides those of resource servers. An empty registration limits nothing, as in oidc-provider. */
export function allowedScopes({ scope }: { readonly scope?: string | undefined }): readonly string[] {
  const registered = scopesIn(scope);
  return SCOPES.filter((name) => registered.length === 0 || registered.includes(name));
}

/** oidc-provider's own `InvalidScope` repeats the whole parameter in the answer, which an address may not have room for. */
export const invalidScope = (description: string): Error =>
  new errors.CustomOIDCProviderError("invalid_scope", description);

/** What is wrong with a request for scopes of which none is known, and what to ask for instead. */
export function scopeFault(asked: readonly string[], offered: readonly string[]): string {
  return `${complaint(asked, offered)}; ${askFor(offered.filter(isUseful))}`;
}

function complaint(asked: readonly string[], offered: readonly string[]): string {
  const unknown = asked.filter(isUseful);
  if (asked.length === 0) {
    return "scope is missing";
  }
  if (unknown.length === 0) {
    return `scope ${OFFLINE} is for nothing alone`;
  }
  const isCommaSeparated = unknown.some((scope) =>
    scope.split(",").some((name) => name !== scope && offered.includes(name)),
  );
  return isCommaSeparated
    ? `scope must be separated by blanks, not by commas: ${quoted(unknown)}`
    : `scope ${quoted(unknown)} is unknown here`;
}

const askFor = (offered: readonly string[]): string =>
  offered.length === 0
    ? "the resource server has no scopes, so leave scope out"
    : `ask for at least one of ${offered.slice(0, MAX_LISTED).join(", ")}`;

function quoted(names: readonly string[]): string {
  const shown = names.slice(0, MAX_NAMES).map((name) => name.slice(0, MAX_LETTERS));
  const more = names.length - shown.length;
  return `${shown.join(", ")}${more > 0 ? ` and ${String(more)} more` : ""}`;
}

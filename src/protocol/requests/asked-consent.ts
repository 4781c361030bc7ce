import type { KoaContextWithOIDC } from "oidc-provider";
import { fieldsOf } from "../../kernel/unknown-value.ts";

/** What an application asks a user for. Claims follow from the scopes (claim-choice.ts). */
export interface AskedConsent {
  readonly scopes: readonly string[];
  /** Scopes of resource servers, by the server's identifier. */
  readonly resources: ReadonlyMap<string, readonly string[]>;
}

/**
 * Everything that a request asks for, as details of the consent prompt. oidc-provider's own details name only what was never
 * granted: a page of those would be empty where the application asks again (`prompt=consent`) or a native one is confirmed.
 */
export function askedDetails({ oidc }: KoaContextWithOIDC): { readonly asked: object } {
  const scopes = [...oidc.requestParamScopes];
  const resources = Object.entries(oidc.resourceServers ?? {})
    .map(([identifier, server]) => [identifier, scopes.filter((scope) => server.scopes.has(scope))] as const)
    .filter(([, asked]) => asked.length > 0);
  return {
    asked: {
      scopes: [...oidc.requestParamOIDCScopes],
      resources: Object.fromEntries(resources),
    },
  };
}

/** Reads the details again, as they were stored. */
export function readAsked(details: Readonly<Record<string, unknown>>): AskedConsent {
  const { scopes, resources } = fieldsOf(details["asked"]);
  const byServer = Object.entries(fieldsOf(resources));
  return {
    scopes: listOf(scopes),
    resources: new Map(byServer.map(([identifier, asked]) => [identifier, listOf(asked)])),
  };
}

const listOf = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];

import type { Client } from "oidc-provider";
import type { Application } from "../../domain/applications/application.ts";
import type { KeyedHash } from "../../kernel/secret.ts";

/**
 * What an application knows somebody by: the account's id, or a name that no other sector's application has and that
 * nobody can trace back without our key (OpenID Connect Core 1.0 section 8.1).
 */
export function subjectFor(
  hash: KeyedHash,
  { pairwise, sectorIdentifierUri, redirectUris }: Application,
  accountId: string,
): string {
  const address = sectorIdentifierUri ?? redirectUris[0];
  return pairwise && address !== undefined ? subjectIn(hash, new URL(address).host, accountId) : accountId;
}

/** The same for oidc-provider's description of the application. */
export function clientSubject(hash: KeyedHash, client: Client, accountId: string): string {
  const sector = client["sectorIdentifier"];
  return client.subjectType === "pairwise" && typeof sector === "string"
    ? subjectIn(hash, sector, accountId)
    : accountId;
}

const subjectIn = (hash: KeyedHash, sector: string, accountId: string): string =>
  hash(`subject ${sector} ${accountId}`).toString("base64url");

import type { Client } from "oidc-provider";
import type { Application } from "../../domain/applications/application.ts";
import type { KeyedHash } from "../../kernel/secret.ts";

/**
 * The `sub` that an application sees: the account's id, or a pairwise identifier that differs for each sector and cannot
 * be traced back to the account without our key (OpenID Connect Core 1.0 section 8.1).
 */
export function subjectFor(
  hash: KeyedHash,
  { pairwise, sectorIdentifierUri, redirectUris }: Application,
  accountId: string,
): string {
  const address = sectorIdentifierUri ?? redirectUris[0];
  return pairwise && address !== undefined ? subjectIn(hash, new URL(address).host, accountId) : accountId;
}

/** The same for a client of oidc-provider. */
export function clientSubject(hash: KeyedHash, client: Client, accountId: string): string {
  const sector = client["sectorIdentifier"];
  return client.subjectType === "pairwise" && typeof sector === "string"
    ? subjectIn(hash, sector, accountId)
    : accountId;
}

const subjectIn = (hash: KeyedHash, sector: string, accountId: string): string =>
  hash(`subject ${sector} ${accountId}`).toString("base64url");

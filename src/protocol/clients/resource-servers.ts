import type { Client, KoaContextWithOIDC, ResourceServer } from "oidc-provider";
import type { ApplicationStore } from "../../domain/applications/application-store.ts";
import { errors } from "../library.ts";

/** What introspection looks at of a token. */
interface LookedAt {
  readonly clientId?: string | undefined;
  readonly aud?: unknown;
}

/**
 * Resource servers (RFC 8707): applications that have an identifier of their own. A token is made for one of them, for
 * applications that were allowed to ask for it; as a JWT (RFC 9068), or as a reference that the server introspects.
 */
export class ResourceServers {
  readonly #applications: ApplicationStore;

  constructor(applications: ApplicationStore) {
    this.#applications = applications;
  }

  /** Throws `invalid_target` for what is unknown or was not allowed: the same, so that nobody learns which. */
  async get(_ctx: KoaContextWithOIDC, identifier: string, client: Client): Promise<ResourceServer> {
    const allowed: unknown = client["urn:vestibule:resources"];
    const server =
      Array.isArray(allowed) && allowed.includes(identifier)
        ? await this.#applications.findByResource(identifier)
        : null;
    if (server === null) {
      throw new errors.InvalidTarget("the resource is unknown, or this application may not ask for it");
    }
    const { resourceScopes, resourceTokens, idTokenAlgorithm } = server;
    return {
      scope: resourceScopes.join(" "),
      audience: identifier,
      accessTokenFormat: resourceTokens,
      ...(resourceTokens === "jwt" ? { jwt: { sign: { alg: idTokenAlgorithm } } } : {}),
    };
  }
}

/** A token is the business of the application that it was issued to, and of the resource server that it is meant for. */
export function mayIntrospect(client: Client, token: LookedAt): boolean {
  const identifier = client["urn:vestibule:resource_identifier"];
  const isMeantFor =
    typeof identifier === "string" &&
    identifier !== "" &&
    typeof token.aud === "string" &&
    token.aud === identifier;
  return token.clientId === client.clientId || isMeantFor;
}

import type { Client, KoaContextWithOIDC, ResourceServer } from "oidc-provider";
import type { ApplicationStore } from "../../domain/applications/application-store.ts";
import type { Application } from "../../domain/applications/application.ts";
import { signingAlgorithm, type SigningAlgorithm } from "../../domain/applications/application-settings.ts";
import type { RunningKeys } from "../keys/running-keys.ts";
import { errors } from "../library.ts";

/** The fields of a token that introspection checks. */
interface IntrospectedToken {
  readonly clientId?: string | undefined;
  readonly aud?: unknown;
}

/**
 * Resource servers (RFC 8707): applications with a resource identifier. A token is issued for one of them, to an
 * application that may ask for it, as a JWT (RFC 9068) or as an opaque token that the server introspects.
 */
export class ResourceServers {
  readonly #applications: ApplicationStore;
  readonly #keys: Pick<RunningKeys, "know">;

  constructor(applications: ApplicationStore, keys: Pick<RunningKeys, "know">) {
    this.#applications = applications;
    this.#keys = keys;
  }

  /** Throws `invalid_target` for an unknown and for a forbidden server alike, so that a client cannot find out which exist. */
  async get(_ctx: KoaContextWithOIDC, identifier: string, client: Client): Promise<ResourceServer> {
    const allowed: unknown = client["urn:vestibule:resources"];
    const server =
      Array.isArray(allowed) && allowed.includes(identifier)
        ? await this.#applications.findByResource(identifier)
        : null;
    if (server === null) {
      throw new errors.InvalidTarget("the resource is unknown, or this application may not ask for it");
    }
    const { resourceScopes, resourceTokens } = server;
    const alg = algorithmFor(server, client);
    await this.#keys.know(alg);
    return {
      scope: resourceScopes.join(" "),
      audience: identifier,
      accessTokenFormat: resourceTokens,
      ...(resourceTokens === "jwt" ? { jwt: { sign: { alg } } } : {}),
    };
  }
}

/** The resource server's; a FAPI application's own where that is RS256, which FAPI forbids (Security Profile section 5.4.1). */
function algorithmFor({ idTokenAlgorithm }: Application, client: Client): SigningAlgorithm {
  if (client["urn:vestibule:fapi"] !== true || idTokenAlgorithm !== "RS256") {
    return idTokenAlgorithm;
  }
  return signingAlgorithm.parse(client.idTokenSignedResponseAlg);
}

/** Only the application that got the token and the resource server that it is for may introspect it. */
export function mayIntrospect(client: Client, token: IntrospectedToken): boolean {
  const identifier = client["urn:vestibule:resource_identifier"];
  const isMeantFor =
    typeof identifier === "string" &&
    identifier !== "" &&
    typeof token.aud === "string" &&
    token.aud === identifier;
  return token.clientId === client.clientId || isMeantFor;
}

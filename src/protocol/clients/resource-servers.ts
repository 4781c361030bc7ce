import type { Client, KoaContextWithOIDC, ResourceServer } from "oidc-provider";
import type { Application } from "../../domain/applications/application.ts";
import type { ApplicationStore } from "../../domain/applications/application-store.ts";
import {
  SCOPES,
  signingAlgorithm,
  type SigningAlgorithm,
} from "../../domain/applications/application-settings.ts";
import type { RunningKeys } from "../keys/running-keys.ts";
import { errors } from "../library.ts";
import { logIgnoredScopes } from "../requests/ignored-scopes.ts";
import type { RequestWarnings } from "../requests/limited-warnings.ts";
import { asksForSomething, invalidScope, scopeFault, scopesIn } from "../requests/scope-faults.ts";

/** The fields of a token that introspection checks. */
interface IntrospectedToken {
  readonly clientId?: string | undefined;
  readonly aud?: unknown;
}

interface Deps {
  readonly applications: Pick<ApplicationStore, "findByResource">;
  readonly keys: Pick<RunningKeys, "know">;
  readonly log: RequestWarnings;
  /** The identifier of the management API. */
  readonly api: string;
}

/**
 * Resource servers (RFC 8707): applications with a resource identifier. A token is issued for one of them, to an
 * application that may ask for it, as a JWT (RFC 9068) or as an opaque token that the server introspects.
 */
export class ResourceServers {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Throws `invalid_target` for an unknown and for a forbidden server alike, so that a client cannot find out which exist. */
  async get(ctx: KoaContextWithOIDC, identifier: string, client: Client): Promise<ResourceServer> {
    const known = this.#mayAskFor(client);
    const server = known.includes(identifier)
      ? await this.#deps.applications.findByResource(identifier)
      : null;
    if (server === null) {
      throw new errors.InvalidTarget(
        `the resource is unknown, or this application may not ask for it; ${nameOne(known)}`,
      );
    }
    const isApi = identifier === this.#deps.api;
    const resourceScopes = isApi ? apiScopesOf(client) : server.resourceScopes;
    if (isForMachine(ctx)) {
      this.#checkScopes(ctx, resourceScopes, isApi);
    }
    const { resourceTokens } = server;
    const alg = algorithmFor(server, client);
    await this.#deps.keys.know(alg);
    return {
      scope: resourceScopes.join(" "),
      audience: identifier,
      accessTokenFormat: resourceTokens,
      ...(resourceTokens === "jwt" ? { jwt: { sign: { alg } } } : {}),
    };
  }

  /**
   * What a request without `resource` is for (`defaultResource`): what `audience` names, as other products call it; for a machine, the
   * only server that it may ask for; else the servers that know the scopes. `granted`: those of a code or token, of which the token
   * request has to name one.
   */
  async meant(
    ctx: KoaContextWithOIDC,
    client: Client,
    granted?: readonly string[],
  ): Promise<string | readonly string[] | undefined> {
    const named = audiencesOf(ctx);
    if (named.length > 0 || granted !== undefined) {
      return named.length === 1 ? named[0] : (granted ?? named);
    }
    return isForMachine(ctx)
      ? onlyOne(this.#mayAskFor(client))
      : this.#knowing(client, scopesIn(ctx.oidc.params?.["scope"]));
  }

  /** The scopes of the servers that an application may ask for. */
  async scopesFor(client: Client): Promise<string[]> {
    return [...new Set((await this.#serversOf(client)).flatMap(({ resourceScopes }) => resourceScopes))];
  }

  /** A token has one audience, so a scope that two servers know does not say which one is meant. */
  async #knowing(client: Client, asked: readonly string[]): Promise<string[] | undefined> {
    const others = asked.filter((scope) => !isOfUser(scope));
    const servers = others.length === 0 ? [] : await this.#serversOf(client);
    const meant = others.flatMap((scope) => {
      const knowing = servers
        .filter(({ resourceScopes }) => resourceScopes.includes(scope))
        .map(({ resourceIdentifier }) => resourceIdentifier ?? "");
      if (knowing.length > 1) {
        throw new errors.InvalidTarget(`name a resource: ${knowing.join(", ")} have the scope ${scope}`);
      }
      return knowing;
    });
    return meant.length === 0 ? undefined : [...new Set(meant)];
  }

  async #serversOf(client: Client): Promise<Application[]> {
    const { applications } = this.#deps;
    const found = await Promise.all(this.#mayAskFor(client).map((each) => applications.findByResource(each)));
    return found.filter((server) => server !== null);
  }

  /** What is named at its registration, and the management API where it has scopes of it. */
  #mayAskFor(client: Client): readonly string[] {
    const identifiers = textsOf(client["urn:vestibule:resources"]);
    return apiScopesOf(client).length === 0 ? identifiers : [...new Set([...identifiers, this.#deps.api])];
  }

  /**
   * A machine's token with none of its scopes would be refused by the resource server, and by nothing before. `isApi`: there, none at
   * all is good for nothing either.
   */
  #checkScopes(ctx: KoaContextWithOIDC, resourceScopes: readonly string[], isApi: boolean): void {
    const asked = scopesIn(ctx.oidc.params?.["scope"]);
    const known = new Set(resourceScopes);
    if ((asked.length > 0 || isApi) && !asksForSomething(asked, known)) {
      throw invalidScope(scopeFault(asked, resourceScopes));
    }
    logIgnoredScopes(
      this.#deps.log,
      ctx,
      asked.filter((scope) => !known.has(scope)),
    );
  }
}

/**
 * Whether a token request that names no resource gets the token of the server that the authorization request was for. A refresh for
 * scopes of the user alone gets one for userinfo. Throws `invalid_target` where `audience` names a server that the request was not for.
 */
export function usesGrantedResource(
  ctx: KoaContextWithOIDC,
  granted: { readonly resource?: unknown },
): boolean {
  const named = audiencesOf(ctx);
  if (named.length > 0) {
    requireGranted(named, granted.resource);
    return true;
  }
  const asked = scopesIn(ctx.oidc.params?.["scope"]);
  return typeof granted.resource === "string" && (asked.length === 0 || !asked.every(isOfUser));
}

function requireGranted(named: readonly string[], granted: unknown): void {
  const known: unknown[] = Array.isArray(granted) ? granted : [granted];
  if (!named.every((each) => known.includes(each))) {
    throw new errors.InvalidTarget();
  }
}

const isOfUser = (scope: string): boolean => SCOPES.some((name) => name === scope);

const isForMachine = ({ oidc }: KoaContextWithOIDC): boolean =>
  oidc.route === "token" && oidc.params?.["grant_type"] === "client_credentials";

/** `audience` is no parameter of the token endpoint for oidc-provider, so there it is read from the form. */
function audiencesOf({ oidc }: KoaContextWithOIDC): string[] {
  const sent: unknown = (oidc.route === "token" ? oidc.body : oidc.params)?.["audience"];
  const values: unknown[] = Array.isArray(sent) ? sent : [sent];
  return values.filter((value) => typeof value === "string").filter((value) => value !== "");
}

const textsOf = (values: unknown): readonly string[] =>
  Array.isArray(values) ? values.filter((each) => typeof each === "string") : [];

const apiScopesOf = (client: Client): readonly string[] => textsOf(client["urn:vestibule:api_scopes"]);

function onlyOne(known: readonly string[]): string {
  const [only, ...others] = known;
  if (only === undefined || others.length > 0) {
    throw new errors.InvalidTarget(nameOne(known));
  }
  return only;
}

/** Names only what the application is registered for. */
function nameOne(known: readonly string[]): string {
  return known.length === 0
    ? "name a resource: this application is registered for none; its registration names those that it may ask for"
    : `name a resource: send resource with one of ${known.join(", ")}`;
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

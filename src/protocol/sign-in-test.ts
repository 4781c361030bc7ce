import { createHash } from "node:crypto";
import type { AuthorizationCode, Client, Grant, Provider } from "oidc-provider";
import { epochSeconds, now } from "../kernel/clock.ts";
import { randomToken } from "../kernel/random.ts";
import { sameBytes } from "../kernel/secret.ts";
import type { UserStore } from "../domain/users/user-store.ts";
import { accountBehind } from "./find-account.ts";
import { jwtPayload } from "./requests/jwt-payload.ts";
import { testAddress } from "./requests/test-address.ts";

/** A started test, to be stored with the administrator's session. An empty prompt is not sent. */
export interface BegunTest {
  readonly applicationId: string;
  readonly address: string;
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
  readonly scope: string;
  readonly prompt: string;
}

/** The administrator who runs the test, and the grants of their session from before it. */
export interface TestOwner {
  readonly accountId: string;
  readonly grantIds: readonly string[];
}

/** What the application would have received. It has no signature and no token, so it is useless to an attacker. */
export interface TestTokens {
  readonly idToken: { readonly header: Claims; readonly payload: Claims };
  readonly userinfo: Claims;
  readonly scope: string;
  readonly tokenType: "Bearer" | "DPoP";
  readonly hasRefreshToken: boolean;
}

type Claims = Readonly<Record<string, unknown>>;

interface Deps {
  readonly provider: Provider;
  readonly users: UserStore;
}

/** Lifetime of the pushed request: the browser follows at once. */
const PUSHED_SECONDS = 60;

/**
 * A real sign-in with an application's own settings, whose response goes to the console (docs/decisions/0032). This
 * process itself pushes the request, which is the only way to name the console's address. The code is spent here: its
 * claims are shown, and no token is issued.
 */
export class SignInTests {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Whether the address is a redirect address of the application. */
  async isRegistered(applicationId: string, redirectUri: string): Promise<boolean> {
    const client = await this.#deps.provider.Client.find(applicationId);
    return client?.redirectUriAllowed(redirectUri) ?? false;
  }

  /** A test that is not started: nothing is stored yet. */
  draft(
    { applicationId, officeCode }: { applicationId: string; officeCode: string },
    asked: Pick<BegunTest, "scope" | "prompt">,
  ): BegunTest {
    return {
      ...asked,
      applicationId,
      address: testAddress(this.#deps.provider.issuer, officeCode, applicationId),
      ...{ state: randomToken(), nonce: randomToken(), verifier: randomToken() },
    };
  }

  /** Returns the address to which the browser goes. */
  async begin(draft: BegunTest): Promise<string> {
    const { provider } = this.#deps;
    const pushed = new provider.PushedAuthorizationRequest({ request: this.#unsigned(requestOf(draft)) });
    const query = new URLSearchParams({
      client_id: draft.applicationId,
      request_uri: `urn:ietf:params:oauth:request_uri:${await pushed.save(PUSHED_SECONDS)}`,
    });
    return `/authorize?${query.toString()}`;
  }

  /**
   * Spends the code. Null when it is expired or belongs to another test or another user, or when the office demands more
   * than was proved.
   */
  async finish(begun: BegunTest, code: string, by: TestOwner): Promise<TestTokens | null> {
    const { provider } = this.#deps;
    const [found, client] = await Promise.all([
      provider.AuthorizationCode.find(code),
      provider.Client.find(begun.applicationId),
    ]);
    if (found === undefined || client === undefined || !isOf(found, begun, by.accountId)) {
      return null;
    }
    const grant = await provider.Grant.find(String(found.grantId));
    const account = await accountBehind(this.#deps, by.accountId, { token: found, client });
    if (grant === undefined || account === undefined) {
      return null;
    }
    await found.consume();
    const scope = grant.getOIDCScopeFiltered(found.scopes);
    const claims = { ...(await account.claims("id_token", scope, {}, [])), sub: by.accountId };
    const issued = await this.#issuedClaims(claims, { code: found, client, grant });
    if (!by.grantIds.includes(grant.jti)) {
      // The application never learns of this grant, so it would only be a leftover.
      await grant.destroy();
    }
    return {
      ...issued,
      scope,
      tokenType: client["dpopBoundAccessTokens"] === true ? "DPoP" : "Bearer",
      hasRefreshToken: client.grantTypeAllowed("refresh_token") && found.scopes.has("offline_access"),
    };
  }

  /** The claims as the token endpoint and userinfo would send them. The signature is dropped, so that there is no token to steal. */
  async #issuedClaims(
    claims: Claims & { sub: string },
    { code, client, grant }: { code: AuthorizationCode; client: Client; grant: Grant },
  ): Promise<Pick<TestTokens, "idToken" | "userinfo">> {
    const { provider } = this.#deps;
    const { acr, amr, authTime, nonce, sid } = code;
    const idToken = new provider.IdToken({ ...claims, acr, amr, auth_time: authTime }, { client });
    Object.assign(idToken, { scope: "openid" });
    idToken.set("nonce", nonce);
    idToken.set("sid", sid);
    const userinfo = new provider.IdToken(claims, { client });
    Object.assign(userinfo, { scope: grant.getOIDCScopeFiltered(code.scopes) });
    const [header = "", payload = ""] = (await idToken.issue({ use: "idtoken" })).split(".");
    return {
      idToken: { header: jwtPayload(`.${header}`), payload: jwtPayload(`.${payload}`) },
      userinfo: await userinfo.payload(),
    };
  }

  /** The form in which oidc-provider stores a pushed request. */
  #unsigned(request: Readonly<Record<string, string>>): string {
    const { provider } = this.#deps;
    const seconds = epochSeconds(now());
    const claims = {
      ...request,
      ...{ iss: request["client_id"], aud: provider.issuer },
      ...{ iat: seconds, nbf: seconds, exp: seconds + PUSHED_SECONDS },
    };
    const encoded = [{ alg: "none" }, claims].map((part) =>
      Buffer.from(JSON.stringify(part)).toString("base64url"),
    );
    return `${encoded.join(".")}.`;
  }
}

/** The request as the application would send it. */
export const requestOf = ({ applicationId, prompt, ...begun }: BegunTest): Record<string, string> => ({
  client_id: applicationId,
  response_type: "code",
  redirect_uri: begun.address,
  scope: begun.scope,
  state: begun.state,
  nonce: begun.nonce,
  code_challenge: challengeOf(begun.verifier).toString("base64url"),
  code_challenge_method: "S256",
  ...(prompt === "" ? {} : { prompt }),
});

function isOf(code: AuthorizationCode, begun: BegunTest, accountId: string): boolean {
  const { isValid, clientId, redirectUri, codeChallenge = "" } = code;
  return (
    isValid &&
    clientId === begun.applicationId &&
    redirectUri === begun.address &&
    code.accountId === accountId &&
    sameBytes(Buffer.from(codeChallenge, "base64url"), challengeOf(begun.verifier))
  );
}

const challengeOf = (verifier: string): Buffer => createHash("sha256").update(verifier).digest();

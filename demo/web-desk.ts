import type { Configuration } from "openid-client";
import type { Html } from "./html.ts";
import type { LogoutTokenVerifier } from "./logout-token.ts";
import type { Session, WebMemory } from "./web-session.ts";

/** Where the application lives; the identity provider must know these addresses. */
export interface WebAddresses {
  readonly url: string;
  readonly redirectUri: string;
  readonly postLogoutRedirectUri: string;
  readonly backchannelLogoutUri: string;
}

/** Everything that the handlers of the web application work with. */
export interface WebDesk {
  readonly issuer: string;
  readonly addresses: WebAddresses;
  readonly memory: WebMemory;
  readonly provider: () => Promise<Configuration>;
  readonly verifyLogoutToken: LogoutTokenVerifier;
}

/** One request of a browser. */
export interface Visit {
  readonly browserId: string;
  readonly session: Session | undefined;
  readonly path: string;
  readonly query: URLSearchParams;
}

/** A form that was sent from a page of a signed-in person; its CSRF token has been checked. */
export interface SignedInVisit extends Visit {
  readonly session: Session;
}

/** What a handler wants to happen. `session` is put into the cookie; `null` removes the cookie. */
export type Answer =
  | { readonly type: "page"; readonly status: number; readonly page: Html }
  | { readonly type: "go"; readonly to: string; readonly session?: Session | null };

/** The addresses of the web application on a port of this machine, for its registration. */
export function demoWebAddresses(port: number): WebAddresses {
  // The address and not "localhost": cookies do not know ports, and "localhost" is likely the identity
  // provider's.
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    redirectUri: `${url}/callback`,
    postLogoutRedirectUri: `${url}/signed-out`,
    backchannelLogoutUri: `${url}/backchannel-logout`,
  };
}

import {
  allowInsecureRequests,
  type ClientAuth,
  type Configuration,
  discovery,
  enableNonRepudiationChecks,
} from "openid-client";

export interface ApplicationRegistration {
  readonly issuer: string;
  readonly clientId: string;
  readonly authentication: ClientAuth;
}

/**
 * What the demo applications ask for; every scope is explained in the documentation of the identity provider.
 */
export const scope = "openid profile email phone office groups offline_access";

/** Reads the metadata of the identity provider: its endpoints, keys and abilities. */
export async function discover(registration: ApplicationRegistration): Promise<Configuration> {
  const server = new URL(registration.issuer);
  // The signature of ID tokens is checked even though they come straight from the token endpoint.
  const extensions = [enableNonRepudiationChecks];
  // Without TLS anyone on the way could read tokens: allowed on this machine, for development, and nowhere
  // else.
  if (server.protocol === "http:" && isLoopback(server.hostname)) {
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- marked so to stand out, not to go away
    extensions.push(allowInsecureRequests);
  }
  return discovery(server, registration.clientId, undefined, registration.authentication, {
    execute: extensions,
    timeout: 10,
  });
}

/**
 * Discovery at the first use, so that the identity provider may start later than the application.
 * A success is kept; a failure is forgotten, so that the next call tries again.
 */
export function lazyDiscovery(registration: ApplicationRegistration): () => Promise<Configuration> {
  let found: Promise<Configuration> | undefined;
  return () => {
    found ??= discover(registration).catch((error: unknown) => {
      found = undefined;
      throw error;
    });
    return found;
  };
}

function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(\.\d{1,3}){3}$/.test(hostname);
}

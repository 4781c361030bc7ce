import { Provider } from "../library.ts";

/** Where the answer of a sign-in comes that the console tries for an application. */
export const tryAddress = (issuer: string, officeCode: string, applicationId: string): string =>
  `${issuer}/console/o/${officeCode}/applications/${applicationId}/try`;

/**
 * No application has the console's address registered. It is taken in a pushed request alone, and /par takes it from
 * nobody: so only `TrySignIns`, in this process, can ask for an answer there.
 */
export function takeTestAddresses(provider: Provider): void {
  const { prototype } = provider.Client;
  const isRegistered = prototype.redirectUriAllowed;
  Object.defineProperty(prototype, "redirectUriAllowed", {
    value(this: typeof prototype, redirectUri: string) {
      return isRegistered.call(this, redirectUri) || isTried(provider, this.clientId, redirectUri);
    },
  });
}

function isTried({ issuer }: Provider, clientId: string, redirectUri: string): boolean {
  const isPushed = Provider.ctx?.oidc?.entities.PushedAuthorizationRequest !== undefined;
  const [start, end] = tryAddress(issuer, " ", clientId).split(" ");
  return isPushed && redirectUri.startsWith(start ?? "") && redirectUri.endsWith(end ?? "");
}

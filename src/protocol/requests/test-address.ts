import { Provider } from "../library.ts";

/** The redirect address of a sign-in test, which the console runs for an application. */
export const testAddress = (issuer: string, officeCode: string, applicationId: string): string =>
  `${issuer}/console/o/${officeCode}/applications/${applicationId}/try`;

/**
 * No application has the console's address registered. Only a pushed request may name it, and /par refuses it from every
 * client, so that only `SignInTests`, in this process, can have a response sent there.
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
  const [start, end] = testAddress(issuer, " ", clientId).split(" ");
  return isPushed && redirectUri.startsWith(start ?? "") && redirectUri.endsWith(end ?? "");
}

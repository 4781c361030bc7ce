import { API_SCOPE_NAMES } from "../access/api-scopes.ts";
import { type Application } from "./application.ts";
import { applicationSettingsSchema } from "./application-settings.ts";

/** The account page as an application of Vestibule: in no table, without a secret, and without tokens. */
export const ACCOUNT_APPLICATION_ID = "app_vestibule-account-page";
/** The console, in the same way; staff need a second factor there, whatever their office requires. */
export const CONSOLE_APPLICATION_ID = "app_vestibule-console";

/** The management API as a resource server (RFC 8707). It asks for no tokens itself. */
const API_APPLICATION_ID = "app_vestibule-management";

/** Where the management API is, and what a machine names to get a token for it. */
export const API_PATH = "/api/v1";
export const apiResource = (issuer: string): string => `${issuer}${API_PATH}`;

/** Where oidc-provider returns a user who opened the account page. */
export const ACCOUNT_RETURN_PATH = "/account/signed-in";
export const CONSOLE_RETURN_PATH = "/console/signed-in";

/** Whether an application is one of Vestibule's own, which learn at most that a user has signed in. */
export const isOwnApplication = (id: string): boolean =>
  id === ACCOUNT_APPLICATION_ID || id === CONSOLE_APPLICATION_ID || id === API_APPLICATION_ID;

/** The applications that Vestibule's own pages sign in with (docs/decisions/0018 and 0023), and its API. */
export function ownApplications({ issuer, name }: { issuer: string; name: string }): Application[] {
  return [
    ownApplication(ACCOUNT_APPLICATION_ID, name, {
      redirectUris: [`${issuer}${ACCOUNT_RETURN_PATH}`],
      homeUrl: `${issuer}/account`,
    }),
    ownApplication(CONSOLE_APPLICATION_ID, name, {
      redirectUris: [`${issuer}${CONSOLE_RETURN_PATH}`],
      homeUrl: `${issuer}/console`,
    }),
    {
      ...ownApplication(API_APPLICATION_ID, name, {}),
      ...{ type: "machine", resourceIdentifier: apiResource(issuer), resourceScopes: [...API_SCOPE_NAMES] },
    },
  ];
}

function ownApplication(
  id: string,
  name: string,
  addresses: { redirectUris?: string[]; homeUrl?: string },
): Application {
  return {
    ...applicationSettingsSchema.parse({ ...addresses, scopes: ["openid"], authentication: "none" }),
    id,
    name,
    type: "web",
    firstParty: true,
    officeId: null,
    secretHash: null,
    isDisabled: false,
    oldSecret: null,
  };
}
